#include "num/convert.h"

#include "base/assert.h"
#include "base/assumptions.h"

#define MANTISSA_BITS 52
#define BIAS 1075 /* of the exponent of the mantissa taken as an integer */

/* value / 2^shift to the nearest integer, ties to even; 1 <= shift <= 63. */
static uint64_t shift_rounded(uint64_t value, int shift)
{
    uint64_t half = UINT64_C(1) << (shift - 1);
    uint64_t kept = value >> shift, rest = value & (2 * half - 1);
    return kept + (rest > half || (rest == half && (kept & 1)));
}

slt_real slt_real_from_fixed(int64_t value, int frac)
{
    SLT_ASSERT(frac >= -SLT_FRAC_MAX && frac <= SLT_FRAC_MAX);
    if (value == 0)
        return (slt_real){0};
    uint64_t sign = value < 0 ? UINT64_C(1) << 63 : 0;
    uint64_t mantissa = value < 0 ? -(uint64_t)value : (uint64_t)value;
    int shift = 11 - __builtin_clzll(mantissa);
    if (shift > 0)
        mantissa = shift_rounded(mantissa, shift);
    else
        mantissa <<= -shift;
    /* The leading bit adds one to the exponent, and a carry of the rounding another. */
    uint64_t exponent = (uint64_t)(BIAS - 1 + shift - frac) << MANTISSA_BITS;
    return (slt_real){sign | (exponent + mantissa)};
}

bool slt_real_to_fixed(slt_real x, int frac, int64_t *value)
{
    int exponent = (int)(x.bits >> MANTISSA_BITS & 0x7ff);
    uint64_t mantissa = x.bits & ((UINT64_C(1) << MANTISSA_BITS) - 1);
    if (exponent)
        mantissa |= UINT64_C(1) << MANTISSA_BITS;
    int shift = (exponent ? exponent : 1) - BIAS + frac;
    if (!slt_real_finite(x) || (mantissa && shift > 10))
        return false;
    if (shift >= 0)
        mantissa <<= mantissa ? shift : 0;
    else
        mantissa = shift < -MANTISSA_BITS - 2 ? 0 : shift_rounded(mantissa, -shift);
    *value = x.bits >> 63 ? -(int64_t)mantissa : (int64_t)mantissa;
    return true;
}
