/* safetensors files: what is taken has tensors that cover it, each once, and every one
 * that is listed is found. */
#include "fuzz.h"

#include "array/safetensors.h"
#include "base/endian.h"

static void seed(size_t n, slt_buffer *bytes)
{
    static const struct {
        const char *header;
        size_t size;
    } files[] = {
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}}", 24},
        {"{\"__metadata__\":{\"format\":\"pt\"},\"b.0\":{\"dtype\":\"BF16\",\"shape\":[1]"
         ","
         "\"data_offsets\":[8,10]},\"c\":{\"dtype\":\"F64\",\"shape\":[],\"data_"
         "offsets\":"
         "[0,8]}}",
         10},
        {"{\"\\u00e9\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[3,3]},\"e\":{"
         "\"dtype\":\"I8\",\"shape\":[3,1,1,1,1],\"data_offsets\":[0,3]}}",
         3},
        {"{}  ", 0},
    };
    uint8_t length[8];
    slt_store_le64(length, strlen(files[n].header));
    slt_buffer_append(bytes, length, sizeof length);
    slt_buffer_append(bytes, files[n].header, strlen(files[n].header));
    for (size_t i = 0; i < files[n].size; i++)
        slt_buffer_byte(bytes, (uint8_t)(37 * i));
}

/* The header's length that the file has room for, so that its JSON is reached. */
static void repair(slt_buffer *bytes)
{
    if (bytes->size > 8 && slt_load_le64(bytes->data) > bytes->size - 8)
        slt_store_le64(bytes->data, bytes->size - 8);
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_safetensors file;
    slt_error err = {0};
    slt_status status = slt_safetensors_read(bytes, size, &file, &err);
    if (status) {
        FUZZ_REFUSED(status, err, "");
        return false;
    }
    uint64_t covered = 8 + slt_load_le64(bytes);
    for (size_t i = 0; i < file.count; i++) {
        const slt_safetensor *tensor = &file.list[i];
        const size_t count = slt_array_count(&tensor->array);
        slt_array array;
        FUZZ_REQUIRE((slt_safetensors_find(&file, tensor->name, &array, &err) ==
                      SLT_OK) == tensor->plain,
                     "%s is not found", tensor->name);
        if (!tensor->plain) /* its shape is not known */
            covered = size + file.count;
        FUZZ_REQUIRE(!tensor->plain || !count ||
                         (array.elements >= bytes + 8 &&
                          array.elements + count * array.size <= bytes + size),
                     "%s lies elsewhere", tensor->name);
        covered += tensor->plain ? count * tensor->array.size : 0;
        if (tensor->plain && count)
            slt_array_get(&array, count - 1);
    }
    FUZZ_REQUIRE(covered >= size, "%zu bytes, of which %zu are covered", size,
                 (size_t)covered);
    slt_safetensors_free(&file);
    return true;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    slt_safetensors file;
    slt_status status = slt_safetensors_read(bytes, size, &file, NULL);
    for (size_t i = 0; !status && i < file.count; i++)
        slt_buffer_printf(said, "%s %s\n", file.list[i].name, file.list[i].array.type);
    if (!status)
        slt_safetensors_free(&file);
    return status;
}

static const fuzz_target fuzz_this = {.name = "safetensors",
                                      .mutants = 100000,
                                      .seeds = 4,
                                      .seed = seed,
                                      .repair = repair,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
