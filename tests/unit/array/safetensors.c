/* array/safetensors.c: tensors of every type and order are found where they are, and any
 * header that does not cover the file is refused. */
#include "tap.h"

#include "array/safetensors.h"
#include "base/buffer.h"
#include "base/endian.h"

static slt_safetensors file;
static slt_error err;

/* A file of that header and so many bytes behind it: 1, 2, 3, ... */
static slt_buffer file_of(const char *header, size_t behind)
{
    slt_buffer bytes = {0};
    uint8_t length[8];
    slt_store_le64(length, strlen(header));
    slt_buffer_append(&bytes, length, sizeof length);
    slt_buffer_append(&bytes, header, strlen(header));
    for (size_t i = 0; i < behind; i++)
        slt_buffer_byte(&bytes, (uint8_t)(i + 1));
    return bytes;
}

static void test_taken(void)
{
    slt_array array;
    slt_buffer bytes = file_of(
        "{\"__metadata__\":{\"format\":\"pt\"},"
        "\"b\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[8,14]},"
        "\"a.W\":{\"shape\":[2,1],\"data_offsets\":[0,8],\"dtype\":\"F32\"},"
        "\"none\":{\"dtype\":\"F64\",\"shape\":[0,7],\"data_offsets\":[5,5]},"
        "\"one\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[14,15]},"
        "\"e\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[15,17]},"
        "\"five\":{\"dtype\":\"I8\",\"shape\":[1,1,1,1,2],\"data_offsets\":[17,19]}}   ",
        19);
    TAP_OK(!slt_safetensors_read(bytes.data, bytes.size, &file, &err) && file.count == 6,
           "tensors in any order, blanks behind the header: %s", err.text);
    TAP_OK(!slt_safetensors_find(&file, "a.W", &array, &err) && array.dimensions == 2 &&
               array.shape[0] == 2 && array.shape[1] == 1 && array.size == 4 &&
               array.form == SLT_ARRAY_FLOAT && slt_array_bits(&array, 1) == 0x08070605,
           "one of them");
    TAP_OK(!slt_safetensors_find(&file, "b", &array, &err) &&
               array.form == SLT_ARRAY_BFLOAT && !strcmp(array.type, "BF16") &&
               slt_array_bits(&array, 2) == 0x0e0d,
           "another");
    TAP_OK(!slt_safetensors_find(&file, "one", &array, &err) && array.dimensions == 0 &&
               slt_array_bits(&array, 0) == 15,
           "one without axes");
    TAP_OK(slt_safetensors_find(&file, "e", &array, &err) == SLT_FORMAT &&
               slt_safetensors_find(&file, "five", &array, &err) == SLT_FORMAT,
           "eight bits, or five axes, are not read: %s", err.text);
    TAP_OK(slt_safetensors_find(&file, "A.W", &array, &err) == SLT_FORMAT &&
               strstr(err.text, "no tensor 'A.W'; it has b, a.W, none, one, e, five"),
           "one that is not there: %s", err.text);
    slt_safetensors_free(&file);
    slt_buffer_free(&bytes);
    bytes = file_of("{}", 0);
    TAP_OK(!slt_safetensors_read(bytes.data, bytes.size, &file, &err) && !file.count,
           "no tensor at all");
    slt_safetensors_free(&file);
    slt_buffer_free(&bytes);
}

/* What is turned away by a look at its brackets and commas is no header of any tensors.
 */
static void test_plausible(void)
{
    for (size_t axes = 64; axes <= 65; axes++) {
        slt_buffer header = {0};
        slt_buffer_printf(&header, " \n{\"t\":{\"dtype\":\"U8\",\"shape\":[1");
        for (size_t i = 1; i < axes; i++)
            slt_buffer_printf(&header, ",1");
        slt_buffer_printf(&header, "],\"data_offsets\":[0,1]}}");
        slt_buffer bytes = file_of(slt_buffer_text(&header), 1);
        const slt_status status =
            slt_safetensors_read(bytes.data, bytes.size, &file, &err);
        TAP_OK(axes == 64 ? !status && file.count == 1
                          : status == SLT_FORMAT && strstr(err.text, "at most 64 axes"),
               "%zu axes", axes);
        slt_safetensors_free(&file);
        slt_buffer_free(&bytes);
        slt_buffer_free(&header);
    }
    for (int metadata = 0; metadata < 2; metadata++) {
        slt_buffer header = {0};
        slt_buffer_printf(&header, "{%s", metadata ? "\"__metadata__\":{}," : "");
        for (size_t i = 0; i < 10000; i++)
            slt_buffer_printf(&header,
                              "%s\"%zx\":{\"dtype\":\"U8\",\"shape\":[],"
                              "\"data_offsets\":[%zu,%zu]}",
                              i ? "," : "", i, i, i + 1);
        slt_buffer_printf(&header, "}");
        slt_buffer bytes = file_of(slt_buffer_text(&header), 10000);
        TAP_OK(!slt_safetensors_read(bytes.data, bytes.size, &file, &err) &&
                   file.count == 10000,
               "ten thousand short tensors: %s", err.text);
        slt_safetensors_free(&file);
        slt_buffer_free(&bytes);
        slt_buffer_free(&header);
    }
    slt_buffer bytes =
        file_of("{\"__metadata__\":{\"a\":\"\\\"{{{{[,,,\",\"b\":\"\\\\\"},"
                "\"{{{{{{,\":{\"dtype\":\"U8\",\"shape\":[],"
                "\"data_offsets\":[0,1]}}",
                1);
    TAP_OK(!slt_safetensors_read(bytes.data, bytes.size, &file, &err) && file.count == 1,
           "brackets and commas in texts are not counted: %s", err.text);
    slt_safetensors_free(&file);
    slt_buffer_free(&bytes);
    bytes = file_of("{\"a\":{},\"b\":{},\"c\":{}}", 0);
    TAP_OK(slt_safetensors_read(bytes.data, bytes.size, &file, &err) == SLT_FORMAT &&
               strstr(err.text, "byte 8: safetensors header: expected an object"),
           "objects that are too short: %s", err.text);
    slt_buffer_free(&bytes);
}

#define TENSOR(more) "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":" more "}}"

static void test_refused(void)
{
    static const struct {
        const char *header;
        size_t behind;
        const char *words;
    } cases[] = {
        {TENSOR("[0,8]"), 7, "data_offsets within the file"},
        {TENSOR("[0,8]"), 9, "cover the 9 bytes"},
        {TENSOR("[1,9]"), 9, "cover the 9 bytes"},
        {TENSOR("[0,4]"), 8, "as many bytes as its shape needs"},
        {TENSOR("[8,0]"), 8, "data_offsets within the file"},
        {TENSOR("[-8,0]"), 8, "data_offsets: two whole numbers"},
        {TENSOR("[0,8,8]"), 8, "data_offsets: two whole numbers"},
        {TENSOR("[0,8.0]"), 8, "data_offsets: two whole numbers"},
        {TENSOR("[0,18446744073709551616]"), 8, "too big integer"},
        {TENSOR("[0,8],\"x\":1"), 8, "dtype, shape and data_offsets"},
        {TENSOR("[0,8],\"shape\":[2]"), 8, "duplicate"},
        {"{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}",
         16, "duplicate"},
        {"{\"s\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
         8, "each once"},
        {"{\"s\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
         12, "each once"},
        {"{\"t\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8,
         "a list of whole numbers"},
        {"{\"t\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}", 8,
         "a list of whole numbers"},
        {"{\"t\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],"
         "\"data_offsets\":[0,8]}}",
         8, "a smaller shape"},
        {"{\"t\":{\"dtype\":\"C64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8,
         "a dtype"},
        {"{\"t\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,8]}}", 8, "a dtype"},
        {"{\"t\":[1,2,3]}", 8, "dtype, shape and data_offsets"},
        {"[]", 0, "expected an object"},
        {"{", 0, "safetensors header"},
        {"{}x", 0, "safetensors header"},
        {"{\"\xff\":{}}", 0, "safetensors header"},
        {"", 0, "safetensors header"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        slt_buffer bytes = file_of(cases[i].header, cases[i].behind);
        err.text[0] = 0;
        const slt_status status =
            slt_safetensors_read(bytes.data, bytes.size, &file, &err);
        if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, cases[i].words) &&
                        !file.list,
                    "refused: %s", cases[i].header))
            tap_note("%d %s", (int)status, err.text);
        slt_buffer_free(&bytes);
    }
}

/* Cut anywhere it is refused, and nothing behind its end is read; nor is a length that no
 * file has. */
static void test_cut(void)
{
    slt_buffer bytes = file_of(TENSOR("[0,8]"), 8);
    size_t accepted = 0;
    for (size_t size = 0; size < bytes.size; size++) {
        uint8_t *copy = (uint8_t *)malloc(size + !size);
        memcpy(copy, bytes.data, size);
        accepted += slt_safetensors_read(copy, size, &file, &err) == SLT_OK;
        free(copy);
    }
    TAP_EQ_U64(accepted, 0, "no file that was cut is taken");
    memset(bytes.data, 0xff, 8);
    TAP_OK(slt_safetensors_read(bytes.data, bytes.size, &file, &err) == SLT_FORMAT &&
               strstr(err.text, "at most 1048576 bytes, found 18446744073709551615"),
           "a header of 2^64 bytes");
    slt_buffer_free(&bytes);
    slt_buffer deep = {0};
    for (size_t i = 0; i < 8; i++)
        slt_buffer_byte(&deep, (uint8_t)((size_t)1000000 >> 8 * i));
    for (size_t i = 0; i < 1000000; i++)
        slt_buffer_byte(&deep, '[');
    TAP_OK(slt_safetensors_read(deep.data, deep.size, &file, &err) == SLT_FORMAT,
           "a million brackets: %s", err.text);
    slt_buffer_free(&deep);
}

int main(void)
{
    test_taken();
    test_plausible();
    test_refused();
    test_cut();
    return tap_done();
}
