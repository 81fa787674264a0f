#include "num/convert.h"

#include "base/assert.h"
#include "base/assumptions.h"

#define MANTISSA_BITS 52
#define BIAS 1075    /* bias of the exponent of the mantissa taken as an integer */
#define REBIAS 896   /* what binary64's exponent bias is more than binary32's */
#define NARROWING 29 /* how many more mantissa bits binary64 has */
#define INFINITE64 (UINT64_C(0x7ff) << MANTISSA_BITS)
#define QUIET64 (UINT64_C(1) << (MANTISSA_BITS - 1))
#define INFINITE32 UINT32_C(0x7f800000)
#define QUIET32 UINT32_C(0x400000)

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
    /* The leading bit of the mantissa adds one to the exponent, and so does a carry of
     * the rounding. */
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

slt_real slt_real_from_f32(uint32_t bits)
{
    uint64_t sign = (uint64_t)(bits >> 31) << 63, mantissa = bits & 0x7fffff;
    uint64_t exponent = bits >> 23 & 0xff;
    if (exponent == 0xff)
        return (slt_real){sign | INFINITE64 | (mantissa ? QUIET64 : 0)};
    if (exponent)
        return (slt_real){sign | (exponent + REBIAS) << MANTISSA_BITS |
                          mantissa << NARROWING};
    slt_real size = slt_real_from_fixed((int64_t)mantissa, 149);
    return (slt_real){sign | size.bits};
}

uint32_t slt_real_to_f32(slt_real x)
{
    uint32_t sign = (uint32_t)(x.bits >> 63) << 31;
    uint64_t mantissa = x.bits & ((UINT64_C(1) << MANTISSA_BITS) - 1);
    int exponent = (int)(x.bits >> MANTISSA_BITS & 0x7ff) - REBIAS, shift = NARROWING;
    if (!slt_real_finite(x))
        return sign | INFINITE32 | (mantissa ? QUIET32 : 0);
    if (exponent < -MANTISSA_BITS)
        return sign;
    mantissa |= UINT64_C(1) << MANTISSA_BITS;
    if (exponent < 1) {
        shift += 1 - exponent;
        exponent = 1;
    }
    uint64_t kept = shift > 63 ? 0 : shift_rounded(mantissa, shift);
    uint64_t bits = ((uint64_t)(exponent - 1) << 23) + kept;
    return sign | (bits > INFINITE32 ? INFINITE32 : (uint32_t)bits);
}
