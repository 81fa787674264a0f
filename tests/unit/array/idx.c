/* array/idx.c: MNIST's files are read, any other header is refused by its byte. */
#include "tap.h"

#include "array/idx.h"

static slt_array array;
static slt_error err;

static bool reads(const uint8_t *bytes, size_t size)
{
    err.text[0] = 0;
    return slt_idx_read(bytes, size, &array, &err) == SLT_OK;
}

static bool refuses(const uint8_t *bytes, size_t size, const char *words)
{
    uint8_t *copy = (uint8_t *)malloc(size + !size); /* nothing behind it is read */
    if (size)
        memcpy(copy, bytes, size);
    const bool refused = !reads(copy, size) && strstr(err.text, words);
    if (!refused)
        tap_note("%s", err.text);
    free(copy);
    return refused;
}

int main(void)
{
    static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0,
                                     1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6};
    static const uint8_t whole[] = {0, 0, 12, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe};
    static const uint8_t half[] = {0, 0, 13, 1, 0, 0, 0, 1, 0x3f, 0, 0, 0};
    static const struct {
        uint8_t code;
        const char *type;
    } types[] = {{8, "|u1"},  {9, "|i1"},  {11, ">i2"},
                 {12, ">i4"}, {13, ">f4"}, {14, ">f8"}};
    TAP_OK(reads(images, sizeof images) && array.dimensions == 3 && array.shape[0] == 2 &&
               array.shape[1] == 1 && array.shape[2] == 3 &&
               slt_array_bits(&array, 5) == 6,
           "images of bytes");
    TAP_OK(reads(whole, sizeof whole) && array.form == SLT_ARRAY_SIGNED && array.big &&
               slt_array_get(&array, 0).bits == slt_real_of(-2).bits,
           "whole numbers, big-endian");
    TAP_OK(reads(half, sizeof half) &&
               slt_array_get(&array, 0).bits == slt_real_of(0.5).bits,
           "floats");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const uint8_t empty[] = {0, 0, types[i].code, 1, 0, 0, 0, 0};
        TAP_OK(reads(empty, sizeof empty) && !strcmp(array.type, types[i].type), "%s",
               types[i].type);
    }
    TAP_OK(!slt_idx_is((const uint8_t *)"\x93NUMPY", 6) && slt_idx_is(images, 4),
           "it is told by its first bytes");
    size_t taken = 0;
    for (size_t size = 0; size < sizeof images; size++)
        taken +=
            !refuses(images, size, "byte") && !strstr(err.text, "expected 6 elements");
    TAP_EQ_U64(taken, 0, "no file that was cut is taken");
    static const uint8_t types_none[] = {0, 0, 10, 1, 0, 0, 0, 1, 0};
    static const uint8_t axes_none[] = {0, 0, 8, 0, 1};
    static const uint8_t axes_many[] = {0, 0, 8, 5, 0, 0, 0, 1, 0, 0, 0, 1, 0,
                                        0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9};
    static const uint8_t wide[] = {0,    0,    14,   4,    0xff, 0xff, 0xff,
                                   0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                   0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    TAP_OK(refuses(types_none, sizeof types_none, "byte 0"), "no such type");
    TAP_OK(refuses(axes_none, sizeof axes_none, "byte 0"), "no axis");
    TAP_OK(refuses(axes_many, sizeof axes_many, "at most 4 axes, found 5"), "five axes");
    TAP_OK(refuses(wide, sizeof wide, "found 0 bytes"), "2^128 elements");
    TAP_OK(refuses(images, sizeof images - 1, "found 5 bytes"), "one byte too few");
    return tap_done();
}
