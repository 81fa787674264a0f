/* array/array.c: elements of every type, byte order and order of axes as numbers. */
#include "tap.h"

#include <math.h>

#include "array/array.h"
#include "num/scalar.h"

static uint8_t bytes[64];

/* An array of one axis of `count` elements in `bytes`. */
static slt_array flat(slt_array_form form, size_t size, size_t count)
{
    return (slt_array){
        .form = form, .size = size, .dimensions = 1, .shape = {count}, .elements = bytes};
}

static void put(const slt_array *array, size_t e, uint64_t bits)
{
    for (size_t i = 0; i < array->size; i++)
        bytes[e * array->size + (array->big ? array->size - 1 - i : i)] =
            (uint8_t)(bits >> 8 * i);
}

/* value = (-1)^s 2^(e - 25) (1024 + f), or 2^-24 f where e is 0. */
static double half_of(uint32_t half)
{
    const int exponent = half >> 10 & 31, fraction = half & 1023;
    const double value =
        exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
    return half >> 15 ? -value : value;
}

static void test_halves(void)
{
    size_t wrong = 0;
    for (uint32_t big = 0; big < 2; big++) {
        slt_array array = flat(SLT_ARRAY_FLOAT, 2, 1);
        array.big = big;
        for (uint32_t half = 0; half < 65536; half++) {
            put(&array, 0, half);
            const slt_real value = slt_array_get(&array, 0);
            if ((half >> 10 & 31) < 31)
                wrong += value.bits != slt_real_of(half_of(half)).bits;
            else
                wrong += slt_real_finite(value) ||
                         (value.bits << 12 != 0) != ((half & 1023) != 0) ||
                         value.bits >> 63 != half >> 15;
        }
    }
    TAP_EQ_U64(wrong, 0, "every binary16 is widened exactly, of either byte order");
}

/* Those of binary32 that begin so, subnormal ones too, and of bfloat16 all. */
static void test_singles(void)
{
    size_t wrong = 0, wrong_brain = 0;
    for (uint32_t top = 0; top < 65536; top++) {
        const uint32_t pattern = top << 16 | (top * 2654435761u >> 16);
        float single;
        slt_array array = flat(SLT_ARRAY_FLOAT, 4, 1);
        memcpy(&single, &pattern, sizeof single);
        put(&array, 0, pattern);
        if ((pattern >> 23 & 255) < 255)
            wrong += slt_array_get(&array, 0).bits != slt_real_of(single).bits;
        else
            wrong += slt_real_finite(slt_array_get(&array, 0));
        const uint32_t begun = top << 16;
        memcpy(&single, &begun, sizeof single);
        array = flat(SLT_ARRAY_BFLOAT, 2, 1);
        put(&array, 0, top);
        if ((begun >> 23 & 255) < 255)
            wrong_brain += slt_array_get(&array, 0).bits != slt_real_of(single).bits;
        else
            wrong_brain += slt_real_finite(slt_array_get(&array, 0));
    }
    TAP_EQ_U64(wrong, 0, "binary32 is widened exactly");
    TAP_EQ_U64(wrong_brain, 0, "every bfloat16 is widened exactly");
}

static bool reads_as(slt_array_form form, size_t size, uint64_t bits, double value)
{
    bool right = true;
    for (int big = 0; big < 2; big++) {
        slt_array array = flat(form, size, 2);
        array.big = big;
        put(&array, 1, bits);
        right &= slt_array_get(&array, 1).bits == slt_real_of(value).bits;
    }
    return right;
}

static void test_integers(void)
{
    TAP_OK(reads_as(SLT_ARRAY_UNSIGNED, 1, 255, 255) &&
               reads_as(SLT_ARRAY_SIGNED, 1, 255, -1) &&
               reads_as(SLT_ARRAY_SIGNED, 1, 128, -128) &&
               reads_as(SLT_ARRAY_SIGNED, 1, 127, 127),
           "bytes");
    TAP_OK(reads_as(SLT_ARRAY_UNSIGNED, 2, 65535, 65535) &&
               reads_as(SLT_ARRAY_SIGNED, 2, 32768, -32768) &&
               reads_as(SLT_ARRAY_UNSIGNED, 4, UINT32_MAX, 4294967295.0) &&
               reads_as(SLT_ARRAY_SIGNED, 4, UINT32_MAX, -1),
           "two and four bytes");
    TAP_OK(reads_as(SLT_ARRAY_UNSIGNED, 8, UINT64_MAX, 18446744073709551616.0) &&
               reads_as(SLT_ARRAY_UNSIGNED, 8, (UINT64_C(1) << 53) + 1,
                        9007199254740992.0) &&
               reads_as(SLT_ARRAY_UNSIGNED, 8, (UINT64_C(1) << 53) + 3,
                        9007199254740996.0) &&
               reads_as(SLT_ARRAY_SIGNED, 8, UINT64_C(1) << 63, -9223372036854775808.0) &&
               reads_as(SLT_ARRAY_SIGNED, 8, UINT64_MAX, -1) &&
               reads_as(SLT_ARRAY_SIGNED, 8, 0, 0),
           "eight bytes, rounded to nearest even from 2^53 on");
    TAP_OK(reads_as(SLT_ARRAY_FLOAT, 8, UINT64_C(0x8000000000000001), -0x1p-1074) &&
               reads_as(SLT_ARRAY_FLOAT, 8, UINT64_C(1) << 63, -0.0),
           "binary64 as it is, minus zero too");
}

static void test_whole(void)
{
    static const struct {
        double value;
        size_t below;
        bool whole;
    } cases[] = {{0, 1, true},
                 {-0.0, 1, true},
                 {0, 0, false},
                 {1, 2, true},
                 {1, 1, false},
                 {9, 10, true},
                 {10, 10, false},
                 {0.5, 10, false},
                 {1.5, 10, false},
                 {-1, 10, false},
                 {1e300, 9, false},
                 {16777215, 16777216, true},
                 {(double)INFINITY, 9, false},
                 {(double)NAN, 9, false}};
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        slt_array array = flat(SLT_ARRAY_FLOAT, 8, 1);
        size_t whole;
        put(&array, 0, slt_real_of(cases[i].value).bits);
        const bool is = slt_array_whole(&array, 0, cases[i].below, &whole);
        if (is != cases[i].whole || (is && (double)whole != cases[i].value)) {
            tap_note("%g below %zu", cases[i].value, cases[i].below);
            wrong++;
        }
    }
    TAP_EQ_U64(wrong, 0, "whole numbers below a bound, and nothing else");
}

/* Element (i, j, k) of 2 x 3 x 4 is 100 i + 10 j + k, whichever axis is the slowest. */
static void test_orders(void)
{
    size_t wrong = 0;
    char text[SLT_ARRAY_SHAPE_TEXT_MAX];
    slt_array array = {.form = SLT_ARRAY_UNSIGNED,
                       .size = 1,
                       .dimensions = 3,
                       .shape = {2, 3, 4},
                       .elements = bytes};
    for (int columns = 0; columns < 2; columns++) {
        array.columns = columns;
        for (size_t i = 0; i < 2; i++)
            for (size_t j = 0; j < 3; j++)
                for (size_t k = 0; k < 4; k++)
                    bytes[columns ? i + 2 * (j + 3 * k) : (i * 3 + j) * 4 + k] =
                        (uint8_t)(100 * i + 10 * j + k);
        for (size_t e = 0; e < 24; e++)
            wrong +=
                slt_array_bits(&array, e) != 100 * (e / 12) + 10 * (e / 4 % 3) + e % 4;
    }
    TAP_EQ_U64(wrong, 0, "elements in the order of the shape, however they are stored");
    TAP_EQ_U64(slt_array_count(&array), 24, "their number");
    slt_array_shape_text(&array, text);
    TAP_EQ_TEXT(text, "[2, 3, 4]", "the shape as text");
    array.shape[0] = array.shape[1] = array.shape[2] = SIZE_MAX / 2;
    TAP_OK(slt_array_count(&array) == SIZE_MAX, "more than memory can hold");
    array.dimensions = 0;
    TAP_EQ_U64(slt_array_count(&array), 1, "no axis: one element");
}

int main(void)
{
    test_halves();
    test_singles();
    test_integers();
    test_whole();
    test_orders();
    return tap_done();
}
