#include "array/array.h"

#include <stdio.h>

#include "num/scalar.h"

size_t slt_array_count(const slt_array *array)
{
    size_t count = 1;
    for (int d = 0; d < array->dimensions; d++)
        if (__builtin_mul_overflow(count, array->shape[d], &count))
            return SIZE_MAX;
    return count;
}

/* Where element e lies in the file. */
static size_t place_of(const slt_array *array, size_t e)
{
    if (!array->columns)
        return e;
    size_t place = 0;
    for (int d = array->dimensions - 1; d >= 0; d--) {
        size_t stride = 1;
        for (int k = 0; k < d; k++)
            stride *= array->shape[k];
        place += e % array->shape[d] * stride;
        e /= array->shape[d];
    }
    return place;
}

uint64_t slt_array_bits(const slt_array *array, size_t e)
{
    const uint8_t *at = array->elements + place_of(array, e) * array->size;
    uint64_t bits = 0;
    for (size_t i = 0; i < array->size; i++)
        bits |= (uint64_t)at[array->big ? array->size - 1 - i : i] << 8 * i;
    return bits;
}

/* A float of so many bits of exponent and of fraction as binary64, which holds it
 * exactly. */
static slt_real widen_float(uint64_t bits, int exponent_bits, int fraction_bits)
{
    const uint64_t top = (UINT64_C(1) << exponent_bits) - 1;
    const uint64_t one = UINT64_C(1) << fraction_bits;
    const uint64_t sign = bits >> (exponent_bits + fraction_bits) & 1;
    uint64_t exponent = bits >> fraction_bits & top, fraction = bits & (one - 1);
    const int up = 52 - fraction_bits;
    if (exponent == top)
        exponent = 2047;
    else if (exponent || fraction) {
        const bool subnormal = !exponent;
        exponent += 1023 - (top >> 1) + subnormal;
        for (; subnormal && !(fraction & one); exponent--)
            fraction <<= 1;
    }
    return (slt_real){sign << 63 | exponent << 52 | (fraction & (one - 1)) << up};
}

static slt_real of_signed(uint64_t bits, size_t size)
{
    const uint64_t sign = UINT64_C(1) << (8 * size - 1);
    if (!(bits & sign))
        return slt_real_from_u64(bits);
    return slt_real_neg(slt_real_from_u64((sign << 1) - bits)); /* modulo 2^64 */
}

slt_real slt_array_get(const slt_array *array, size_t e)
{
    const uint64_t bits = slt_array_bits(array, e);
    switch (array->form) {
    case SLT_ARRAY_UNSIGNED:
        return slt_real_from_u64(bits);
    case SLT_ARRAY_SIGNED:
        return of_signed(bits, array->size);
    case SLT_ARRAY_BFLOAT:
        return widen_float(bits, 8, 7);
    case SLT_ARRAY_FLOAT:
        break;
    }
    return array->size == 2   ? widen_float(bits, 5, 10)
           : array->size == 4 ? widen_float(bits, 8, 23)
                              : (slt_real){bits};
}

bool slt_array_whole(const slt_array *array, size_t e, size_t below, size_t *whole)
{
    const uint64_t bits = slt_array_get(array, e).bits;
    const uint64_t exponent = bits >> 52, fraction = bits << 12 >> 12 | UINT64_C(1) << 52;
    *whole = 0;
    if (!(bits << 1))
        return below > 0;
    if (exponent < 1023 || exponent > 1023 + 31)
        return false; /* below 1, negative, or too large */
    const int down = 52 - (int)(exponent - 1023);
    *whole = (size_t)(fraction >> down);
    return (uint64_t)*whole << down == fraction && *whole < below;
}

void slt_array_shape_text(const slt_array *array, char text[SLT_ARRAY_SHAPE_TEXT_MAX])
{
    size_t have = 1;
    snprintf(text, SLT_ARRAY_SHAPE_TEXT_MAX, "[");
    for (int d = 0; d < array->dimensions; d++)
        have += (size_t)snprintf(text + have, SLT_ARRAY_SHAPE_TEXT_MAX - have,
                                 d ? ", %zu" : "%zu", array->shape[d]);
    snprintf(text + have, SLT_ARRAY_SHAPE_TEXT_MAX - have, "]");
}
