#include "array/idx.h"

#include <stdio.h>

/* What the third byte says. */
static bool type_of(uint8_t code, slt_array *array)
{
    static const struct {
        uint8_t code;
        const char *type;
        slt_array_form form;
        size_t size;
    } types[] = {{0x08, "|u1", SLT_ARRAY_UNSIGNED, 1}, {0x09, "|i1", SLT_ARRAY_SIGNED, 1},
                 {0x0b, ">i2", SLT_ARRAY_SIGNED, 2},   {0x0c, ">i4", SLT_ARRAY_SIGNED, 4},
                 {0x0d, ">f4", SLT_ARRAY_FLOAT, 4},    {0x0e, ">f8", SLT_ARRAY_FLOAT, 8}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].code == code) {
            snprintf(array->type, sizeof array->type, "%s", types[i].type);
            array->form = types[i].form;
            array->size = types[i].size;
            array->big = true;
            return true;
        }
    return false;
}

bool slt_idx_is(const uint8_t *bytes, size_t size)
{
    slt_array array;
    return size >= 4 && !bytes[0] && !bytes[1] && type_of(bytes[2], &array) && bytes[3];
}

slt_status slt_idx_read(const uint8_t *bytes, size_t size, slt_array *array,
                        slt_error *err)
{
    *array = (slt_array){0};
    if (!slt_idx_is(bytes, size))
        return slt_fail(err, SLT_FORMAT,
                        "byte 0: expected the first bytes of an IDX file");
    type_of(bytes[2], array);
    array->dimensions = bytes[3];
    if (bytes[3] > SLT_ARRAY_DIMENSIONS_MAX)
        return slt_fail(err, SLT_FORMAT, "byte 3: expected at most %d axes, found %d",
                        SLT_ARRAY_DIMENSIONS_MAX, bytes[3]);
    const size_t begin = 4 + 4 * (size_t)bytes[3];
    if (size < begin)
        return slt_fail(err, SLT_FORMAT, "byte %zu: cut short in the IDX header", size);
    for (int d = 0; d < array->dimensions; d++)
        for (int i = 0; i < 4; i++)
            array->shape[d] = array->shape[d] << 8 | bytes[4 + 4 * d + i];
    array->elements = bytes + begin;
    const size_t count = slt_array_count(array), behind = size - begin;
    if (count > SIZE_MAX / 8 || count * array->size != behind)
        return slt_fail(err, SLT_FORMAT,
                        "expected %zu elements of %zu bytes behind the IDX header, found "
                        "%zu bytes",
                        count, array->size, behind);
    return SLT_OK;
}
