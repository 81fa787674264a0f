/* GELU in its form with erf: y = x h(x), h(x) = (1 + erf(x / sqrt 2)) / 2, the normal
 * distribution function; its derivative is h(x) + x phi(x), phi the normal density. */
#include "num/fixed/block.h"
#include "num/fixed/functions.h"
#include "num/fixed/kernels/body.h"

#define FRAC 60 /* of h and of the derivative */

SLT_INLINE int64_t distribution(int64_t x, int frac)
{
    slt_wide scaled = slt_wide_mul_u64(slt_fixed_size(x), SLT_FIXED_ROOT_HALF);
    uint64_t part = (uint64_t)slt_erf_of(slt_erf_argument(scaled, frac + 62));
    uint64_t twice = ((uint64_t)1 << 62) + (x < 0 ? 0 - part : part);
    return (int64_t)((twice + 4) >> 3);
}

/* x phi(x) at exponent 60; less than a unit where x^2 / 2 >= 45. */
SLT_INLINE int64_t slope(int64_t x, int frac)
{
    const slt_wide end = slt_wide_left(slt_wide_of(10), FRAC);
    slt_wide size =
        slt_wide_scaled((slt_wide){slt_fixed_size(x), 0}, FRAC - frac, FRAC + 4);
    if (size.high > 0 || size.low >= end.low)
        return 0;
    slt_wide half = slt_wide_floor(slt_wide_mul_u64(size.low, size.low), 49); /* at 72 */
    if (half.high >= 45 << 8)
        return 0;
    slt_power power = slt_power_of(slt_wide_neg(half));
    slt_wide part = slt_wide_floor(slt_wide_mul_u64(size.low, SLT_FIXED_PHI_ZERO), 62);
    int64_t found = slt_mul_shift((int64_t)part.low, power.mantissa, 61 - power.exponent);
    return x < 0 ? -found : found;
}

/* The shift by which m h fits 62 bits; that of zeros leaves them their exponent, lest it
 * grow with every op. */
SLT_INLINE int shift_of(const slt_tensor *block)
{
    int bits = slt_block_bits(block);
    return bits ? bits - 1 : FRAC;
}

/* m h 2^-shift, to nearest, ties to even. */
SLT_INLINE int64_t times_share(int64_t m, int64_t h, int shift)
{
    return (int64_t)slt_wide_round(slt_wide_mul(m, h), shift).low;
}

void SLT_FIXED(gelu)(const slt_tensor *x, slt_tensor *y)
{
    const int64_t *m = x->data;
    int64_t *to = y->data;
    int frac = x->frac, shift = shift_of(x);
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++)
        to[e] = times_share(m[e], distribution(m[e], frac), shift);
    y->frac = frac + FRAC - shift;
    y->overflow |= x->overflow;
}

void SLT_FIXED(gelu_back)(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    const int64_t *at = x->data, *from = dy->data;
    int64_t *to = dx->data;
    int frac = x->frac, shift = shift_of(dy);
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++)
        to[e] =
            times_share(from[e], distribution(at[e], frac) + slope(at[e], frac), shift);
    dx->frac = dy->frac + FRAC - shift;
    dx->overflow |= dy->overflow || x->overflow;
}
