/* IDX files: what is taken has exactly the bytes that its axes need. */
#include "fuzz.h"

#include "array/idx.h"

static void seed(size_t n, slt_buffer *bytes)
{
    static const uint8_t types[] = {8, 9, 11, 12, 13, 14};
    static const uint8_t sizes[] = {1, 1, 2, 4, 4, 8};
    const uint8_t axes = (uint8_t)(1 + n % 4);
    size_t count = sizes[n];
    slt_buffer_append(bytes, "\0\0", 2);
    slt_buffer_byte(bytes, types[n]);
    slt_buffer_byte(bytes, axes);
    for (uint8_t d = 0; d < axes; d++) {
        slt_buffer_append(bytes, "\0\0\0", 3);
        slt_buffer_byte(bytes, (uint8_t)(1 + d));
        count *= 1u + d;
    }
    for (size_t i = 0; i < count; i++)
        slt_buffer_byte(bytes, (uint8_t)(37 * i));
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_array array;
    slt_error err = {0};
    slt_status status = slt_idx_read(bytes, size, &array, &err);
    if (status) {
        FUZZ_REFUSED(status, err, "");
        return false;
    }
    const size_t count = slt_array_count(&array);
    FUZZ_REQUIRE(array.elements + count * array.size == bytes + size,
                 "%zu bytes for %zu elements", size, count);
    for (size_t e = 0; e < count; e++)
        FUZZ_REQUIRE(!slt_array_get(&array, e).bits == !slt_array_bits(&array, e),
                     "element %zu is another number", e);
    return true;
}

static const fuzz_target fuzz_this = {
    .name = "idx", .mutants = 100000, .seeds = 6, .seed = seed, .check = check};

FUZZ_MAIN
