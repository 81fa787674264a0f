#include "num/fixed/fixed.h"

#include "base/assert.h"
#include "base/assumptions.h"

slt_scalar slt_scalar_of(slt_real real)
{
    SLT_ASSERT(slt_real_finite(real));
    int exponent = (int)(real.bits >> 52 & 0x7ff);
    int64_t mantissa = (int64_t)(real.bits & (((uint64_t)1 << 52) - 1));
    if (exponent)
        mantissa |= (int64_t)1 << 52;
    else
        exponent = 1;
    return (slt_scalar){real.bits >> 63 ? -mantissa : mantissa, exponent - 1075};
}

slt_real slt_fixed_real(slt_wide value, int frac)
{
    uint64_t sign = slt_wide_negative(value) ? (uint64_t)1 << 63 : 0;
    slt_wide size = slt_wide_abs(value);
    int bits = slt_wide_bits(size);
    int top = bits - 1 - frac; /* exponent of the highest bit */
    if (bits == 0)
        return (slt_real){sign};
    int unit = top < -1022 ? -1074 : top - 52; /* exponent of the last place kept */
    int shift = unit + frac;
    slt_wide mantissa =
        shift > 0 ? slt_wide_round(size, shift) : slt_wide_left(size, -shift);
    /* The hidden bit of a normal mantissa, or a carry, moves the exponent up by itself.
     */
    uint64_t biased = top < -1022 ? 0 : (uint64_t)(top + 1022);
    if (top > 1023)
        return (slt_real){sign | (uint64_t)0x7ff << 52};
    return (slt_real){sign | ((biased << 52) + mantissa.low)};
}

bool slt_fixed_scale(slt_scalar scalar, int64_t m, int frac, int to, int64_t *result)
{
    slt_wide product = slt_wide_mul(scalar.mantissa, m);
    int shift = scalar.exponent - frac + to;
    *result = 0;
    if (shift >= 0) {
        int bits = slt_wide_bits(slt_wide_abs(product));
        if (bits && bits + shift > 63)
            return false;
        product = bits ? slt_wide_left(product, shift) : product;
    } else {
        product = slt_wide_round(product, -shift);
    }
    if (!slt_wide_fits(product))
        return false;
    *result = (int64_t)product.low;
    return true;
}

bool slt_fixed_finite(const slt_tensor *tensor)
{
    return !tensor->overflow;
}
