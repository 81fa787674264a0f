/* GELU in its form with erf: y = x h(x), h(x) = (1 + erf(x / sqrt 2)) / 2, the normal
 * distribution function; its derivative is h(x) + x phi(x), phi the normal density.
 *
 * Arguments are shifted to the exponents of functions.h.  Of most blocks all shifts are
 * known to be within a word: `plain` says so, and leaves out what the others need. */
#include "num/fixed/block.h"
#include "num/fixed/functions.h"
#include "num/fixed/kernels/body.h"

#define FRAC 60 /* of h and of the derivative */

static bool is_plain(int frac)
{
    return frac > 6 && frac <= FRAC;
}

/* x / sqrt 2 as erf takes it. */
SLT_INLINE slt_wide part_of(uint64_t size, int frac, bool plain)
{
    slt_wide scaled = slt_wide_mul_u64(size, SLT_FIXED_ROOT_HALF);
    if (!plain)
        return slt_erf_argument(scaled, frac + 62);
    int right = frac - 6;
    uint64_t high = (uint64_t)scaled.high;
    return (slt_wide){high << (64 - right) | scaled.low >> right,
                      (int64_t)(high >> right)};
}

SLT_INLINE int64_t distribution(int64_t x, int frac, bool plain)
{
    int64_t part = slt_erf_of(part_of(slt_fixed_size(x), frac, plain));
    uint64_t twice = (uint64_t)slt_fixed_signed((uint64_t)part, x);
    return (int64_t)((((uint64_t)1 << 62) + twice + 4) >> 3);
}

/* |x| at 60, or 10 where it is more. */
SLT_INLINE uint64_t size_of(uint64_t size, int frac, bool plain)
{
    const uint64_t ten = (uint64_t)10 << FRAC;
    if (plain)
        return size >> frac >= 10 ? ten : size << (FRAC - frac);
    slt_wide scaled = slt_wide_scaled((slt_wide){size, 0}, FRAC - frac, FRAC + 4);
    return scaled.high > 0 || scaled.low >= ten ? ten : scaled.low;
}

/* x phi(x) at exponent 60; less than a unit where x^2 / 2 >= 45, so from 10 on. */
SLT_INLINE int64_t slope(int64_t x, int frac, bool plain)
{
    uint64_t size = size_of(slt_fixed_size(x), frac, plain);
    slt_wide half = slt_wide_floor(slt_wide_mul_u64(size, size), 49); /* at 72 */
    if (half.high >= 45 << 8)
        return 0;
    slt_power power = slt_power_of(slt_wide_neg(half));
    slt_wide part = slt_wide_floor(slt_wide_mul_u64(size, SLT_FIXED_PHI_ZERO), 62);
    int64_t found = slt_mul_shift((int64_t)part.low, power.mantissa, 61 - power.exponent);
    return slt_fixed_signed((uint64_t)found, x);
}

/* The shift by which m h fits 62 bits; that of zeros leaves them their exponent, lest it
 * grow with every op. */
SLT_INLINE int shift_of(const slt_tensor *block)
{
    int bits = slt_block_bits(block);
    return bits ? bits - 1 : FRAC;
}

SLT_INLINE void weigh(const int64_t *m, size_t count, int frac, bool plain, int shift,
                      int64_t *to)
{
    for (size_t e = 0; e < count; e++)
        to[e] = slt_mul_round(m[e], distribution(m[e], frac, plain), shift);
}

SLT_INLINE void weigh_back(const int64_t *m, const int64_t *dy, size_t count, int frac,
                           bool plain, int shift, int64_t *to)
{
    for (size_t e = 0; e < count; e++) {
        int64_t rise = distribution(m[e], frac, plain) + slope(m[e], frac, plain);
        to[e] = slt_mul_round(dy[e], rise, shift);
    }
}

void SLT_FIXED(gelu)(const slt_tensor *x, slt_tensor *y)
{
    int frac = x->frac, shift = shift_of(x);
    size_t count = slt_tensor_count(x);
    if (is_plain(frac))
        weigh(x->data, count, frac, true, shift, y->data);
    else
        weigh(x->data, count, frac, false, shift, y->data);
    y->frac = frac + FRAC - shift;
    y->overflow |= x->overflow;
}

void SLT_FIXED(gelu_back)(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    int frac = x->frac, shift = shift_of(dy);
    size_t count = slt_tensor_count(x);
    if (is_plain(frac))
        weigh_back(x->data, dy->data, count, frac, true, shift, dx->data);
    else
        weigh_back(x->data, dy->data, count, frac, false, shift, dx->data);
    dx->frac = dy->frac + FRAC - shift;
    dx->overflow |= dy->overflow || x->overflow;
}
