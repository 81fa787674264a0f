/* array/npy_read.c: what NumPy writes is read, any other header is refused by its byte.
 */
#include "tap.h"

#include "array/npy_read.h"
#include "base/buffer.h"

static slt_array array;
static uint64_t first; /* bits of its first element, where it has one */
static slt_error err;

/* A file of that version whose header is padded as NumPy pads it, of so many bytes behind
 * it: 1, 2, 3, ... */
static slt_buffer file_of(int version, const char *header, size_t behind)
{
    slt_buffer file = {0};
    const size_t start = version == 1 ? 10 : 12;
    size_t length = strlen(header) + 1;
    length += (64 - (start + length) % 64) % 64;
    slt_buffer_append(&file, "\x93NUMPY", 6);
    slt_buffer_byte(&file, (uint8_t)version);
    slt_buffer_byte(&file, 0);
    for (size_t i = 0; i < start - 8; i++)
        slt_buffer_byte(&file, (uint8_t)(length >> 8 * i));
    slt_buffer_append(&file, header, strlen(header));
    for (size_t i = strlen(header); i + 1 < length; i++)
        slt_buffer_byte(&file, ' ');
    slt_buffer_byte(&file, '\n');
    for (size_t i = 0; i < behind; i++)
        slt_buffer_byte(&file, (uint8_t)(i + 1));
    return file;
}

static bool reads(int version, const char *header, size_t behind)
{
    slt_buffer file = file_of(version, header, behind);
    err.text[0] = 0;
    bool read = slt_npy_read(file.data, file.size, &array, &err) == SLT_OK;
    first = read && slt_array_count(&array) ? slt_array_bits(&array, 0) : 0;
    slt_buffer_free(&file);
    return read;
}

static void test_heads(void)
{
    TAP_OK(reads(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24) &&
               array.form == SLT_ARRAY_FLOAT && array.size == 4 && !array.big &&
               !array.columns && array.dimensions == 2 && array.shape[0] == 2 &&
               array.shape[1] == 3 && !strcmp(array.type, "<f4") && first == 0x04030201,
           "as NumPy writes it: %s", err.text);
    TAP_OK(
        reads(2, "{\"shape\": (5,), \"descr\": \">f8\", \"fortran_order\": True}", 40) &&
            array.form == SLT_ARRAY_FLOAT && array.size == 8 && array.big &&
            array.columns && array.dimensions == 1,
        "version 2, keys in another order, in other quotes: %s", err.text);
    TAP_OK(reads(3, "{'descr':'<i8','fortran_order':False,'shape':(2L,1L)}", 16) &&
               array.form == SLT_ARRAY_SIGNED && array.size == 8,
           "version 3, no blanks, Python 2's numbers: %s", err.text);
    TAP_OK(reads(1, "{'descr': '<f2', 'fortran_order': False, 'shape': (), }", 2) &&
               array.dimensions == 0,
           "no dimension: one number");
}

static void test_types(void)
{
    static const struct {
        const char *type;
        slt_array_form form;
        size_t size;
    } cases[] = {{"|b1", SLT_ARRAY_UNSIGNED, 1}, {"|u1", SLT_ARRAY_UNSIGNED, 1},
                 {"<u1", SLT_ARRAY_UNSIGNED, 1}, {"<u2", SLT_ARRAY_UNSIGNED, 2},
                 {">u4", SLT_ARRAY_UNSIGNED, 4}, {"<u8", SLT_ARRAY_UNSIGNED, 8},
                 {"|i1", SLT_ARRAY_SIGNED, 1},   {">i2", SLT_ARRAY_SIGNED, 2},
                 {"<i4", SLT_ARRAY_SIGNED, 4},   {">i8", SLT_ARRAY_SIGNED, 8},
                 {"<f2", SLT_ARRAY_FLOAT, 2},    {">f4", SLT_ARRAY_FLOAT, 4},
                 {"<f8", SLT_ARRAY_FLOAT, 8}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char header[100];
        snprintf(header, sizeof header,
                 "{'descr': '%s', 'fortran_order': False, 'shape': (3,), }",
                 cases[i].type);
        TAP_OK(reads(1, header, 3 * cases[i].size) && array.form == cases[i].form &&
                   array.size == cases[i].size && array.big == (*cases[i].type == '>') &&
                   !strcmp(array.type, cases[i].type),
               "%s: %s", cases[i].type, err.text);
    }
}

static void test_refused(void)
{
    static const struct {
        const char *header;
        size_t behind;
        const char *words;
    } cases[] = {
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 23,
         "expected 6 elements of 4 bytes behind the .npy header, found 23 bytes"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 25, "found 25"},
        {"{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", 8, "f2, f4 or f8"},
        {"{'descr': '|u2', 'fortran_order': False, 'shape': (2,), }", 4, "byte order"},
        {"{'descr': '<f1', 'fortran_order': False, 'shape': (4,), }", 4, "f2, f4 or f8"},
        {"{'descr': '<u3', 'fortran_order': False, 'shape': (1,), }", 3, "f2, f4 or f8"},
        {"{'descr': '<i16', 'fortran_order': False, 'shape': (1,), }", 16, "f2, f4"},
        {"{'descr': 'f4', 'fortran_order': False, 'shape': (1,), }", 4, "its byte order"},
        {"{'descr': '=f4', 'fortran_order': False, 'shape': (1,), }", 4, "byte order"},
        {"{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", 4, "True or False"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4), }", 16, "a comma"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4,, ), }", 16, "a number"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 16, "a number"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': [4], }", 16, "a shape"},
        {"{'descr': '<f4', 'fortran_order': False}", 4, "descr, fortran_order and shape"},
        {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 4,
         "each once"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", 4,
         "each once"},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", 4,
         "a text in quotes"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", 4, "blanks"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", 4,
         "a smaller shape"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", 8,
         "expected"},
        {"{'descr': '<f4", 4, "type of a plain array"},
        {"", 4, "a dictionary"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!TAP_OK(!reads(1, cases[i].header, cases[i].behind) &&
                        strstr(err.text, cases[i].words),
                    "refused: %s", cases[i].header))
            tap_note("%s", err.text);
    TAP_OK(!reads(4, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 4) &&
               strstr(err.text, "found 4.0"),
           "refused: version 4");
    slt_buffer file =
        file_of(1, "{'descr': '<f4', 'fortran_order': False, 'shape': ()}", 4);
    file.data[7] = 1;
    TAP_OK(slt_npy_read(file.data, file.size, &array, &err) == SLT_FORMAT &&
               strstr(err.text, "found 1.1"),
           "refused: version 1.1");
    slt_buffer_free(&file);
}

/* Cut anywhere it is refused, and nothing behind its end is read. */
static void test_cut(void)
{
    slt_buffer file =
        file_of(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24);
    size_t accepted = 0;
    for (size_t size = 0; size < file.size; size++) {
        uint8_t *copy = (uint8_t *)malloc(size + !size);
        memcpy(copy, file.data, size);
        accepted += slt_npy_read(copy, size, &array, &err) == SLT_OK;
        free(copy);
    }
    TAP_EQ_U64(accepted, 0, "no file that was cut is taken");
    slt_buffer_free(&file);
}

int main(void)
{
    test_heads();
    test_refused();
    test_cut();
    test_types();
    return tap_done();
}
