/* NumPy files: what is taken has exactly the bytes that its shape needs, and its
 * elements, written as a plain file of C order and read again, are the same. */
#include "fuzz.h"

#include "array/npy_read.h"

static void put(slt_buffer *bytes, uint8_t version, const char *dictionary, size_t size)
{
    const size_t start = version == 1 ? 10 : 12, text = strlen(dictionary);
    const size_t length = (start + text + 1 + 63) / 64 * 64 - start;
    slt_buffer_append(bytes, "\x93NUMPY", 6);
    slt_buffer_byte(bytes, version);
    slt_buffer_byte(bytes, 0);
    for (size_t i = 0; i < start - 8; i++)
        slt_buffer_byte(bytes, (uint8_t)(length >> 8 * i));
    slt_buffer_append(bytes, dictionary, text);
    for (size_t i = text + 1; i < length; i++)
        slt_buffer_byte(bytes, ' ');
    slt_buffer_byte(bytes, '\n');
    for (size_t i = 0; i < size; i++)
        slt_buffer_byte(bytes, (uint8_t)(37 * i));
}

static void seed(size_t n, slt_buffer *bytes)
{
    static const struct {
        uint8_t version;
        const char *dictionary;
        size_t size;
    } files[] = {
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24},
        {2, "{\"descr\": \">f8\", \"fortran_order\": True, \"shape\": (3, 2)}", 48},
        {3, "{'shape': (5,), 'fortran_order': False, 'descr': '<f2'}", 10},
        {1, "{'descr': '>i8', 'fortran_order': True, 'shape': (2L, 1L, 2L, 1L)}", 32},
        {1, "{'descr': '<f8', 'fortran_order': False, 'shape': ()}", 8},
        {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4)}", 0},
        {1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 2)}", 12},
        {1, "{'descr': '>u4', 'fortran_order': False, 'shape': (1, 2)}", 8},
    };
    put(bytes, files[n].version, files[n].dictionary, files[n].size);
}

/* Its elements in the shape's order, each the lowest byte first. */
static void put_elements(const slt_array *array, slt_buffer *out)
{
    for (size_t e = 0; e < slt_array_count(array); e++) {
        const uint64_t bits = slt_array_bits(array, e);
        for (size_t i = 0; i < array->size; i++)
            slt_buffer_byte(out, (uint8_t)(bits >> 8 * i));
    }
}

/* Numbers read from what is written in C order, little-endian. */
static void check_again(const slt_array *array, const slt_buffer *elements)
{
    slt_array other;
    slt_buffer file = {0}, again = {0};
    slt_error err = {0};
    char dictionary[200], shape[SLT_ARRAY_SHAPE_TEXT_MAX];
    slt_array_shape_text(array, shape);
    shape[strlen(shape) - 1] = 0;
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '%c%s', 'fortran_order': False, 'shape': (%s%s)}",
             array->size == 1 ? '|' : '<', array->type + 1, shape + 1,
             array->dimensions == 1 ? "," : "");
    put(&file, 1, dictionary, 0);
    slt_buffer_append(&file, elements->data, elements->size);
    slt_status status = slt_npy_read(file.data, file.size, &other, &err);
    FUZZ_REQUIRE(!status, "written again: %s", err.text);
    if (!status)
        put_elements(&other, &again);
    FUZZ_REQUIRE(status || fuzz_same(&again, elements->data, elements->size),
                 "written again it has other elements");
    for (size_t e = 0; !status && e < slt_array_count(array); e++)
        FUZZ_REQUIRE(slt_array_get(array, e).bits == slt_array_get(&other, e).bits,
                     "element %zu is another number", e);
    slt_buffer_free(&file);
    slt_buffer_free(&again);
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_array array;
    slt_error err = {0};
    slt_buffer elements = {0};
    slt_status status = slt_npy_read(bytes, size, &array, &err);
    if (status) {
        FUZZ_REFUSED(status, err, "");
        return false;
    }
    const size_t count = slt_array_count(&array);
    FUZZ_REQUIRE(array.elements + count * array.size == bytes + size,
                 "%zu bytes for %zu elements", size, count);
    put_elements(&array, &elements);
    if (elements.size)
        check_again(&array, &elements);
    slt_buffer_free(&elements);
    return true;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    slt_array array;
    slt_status status = slt_npy_read(bytes, size, &array, NULL);
    if (!status)
        put_elements(&array, said);
    return status;
}

static const fuzz_target fuzz_this = {.name = "npy",
                                      .mutants = 100000,
                                      .seeds = 8,
                                      .seed = seed,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
