/* GELU in its form with erf: y = x h(x), h(x) = (1 + erf(x / sqrt 2)) / 2, the normal
 * distribution function; its derivative is h(x) + x phi(x), phi the normal density, and
 * the second one 2 phi(x) - x x phi(x).
 *
 * Arguments are shifted to the exponents of functions.h.  In most blocks all shifts are
 * known to stay within a word; `plain` says so and skips what other blocks need. */
#include "num/fixed/block.h"
#include "num/fixed/functions.h"
#include "num/fixed/kernels/power.h"
#include "num/scratch.h"

#define FRAC 60 /* of h and of the derivative */
#define CHUNK 256

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

/* |x| at 60, or 10 if it is more. */
SLT_INLINE uint64_t size_of(uint64_t size, int frac, bool plain)
{
    const uint64_t ten = (uint64_t)10 << FRAC;
    if (plain)
        return size >> frac >= 10 ? ten : size << (FRAC - frac);
    slt_wide scaled = slt_wide_scaled((slt_wide){size, 0}, FRAC - frac, FRAC + 4);
    return scaled.high > 0 || scaled.low >= ten ? ten : scaled.low;
}

/* factor phi(x) / phi(0) at exponent 60, factor too, of x = size 2^-60; less than a unit
 * if x^2 / 2 >= 45, so from 10 on. */
SLT_INLINE int64_t dampen(uint64_t factor, uint64_t size)
{
    slt_wide half = slt_wide_floor(slt_wide_mul_u64(size, size), 49); /* at 72 */
    if (half.high >= 45 << 8)
        return 0;
    slt_power power = slt_power_of(slt_wide_neg(half));
    return slt_mul_shift((int64_t)factor, power.mantissa, 61 - power.exponent);
}

/* |x| phi(x) at exponent 60. */
SLT_INLINE int64_t steepness(uint64_t size)
{
    return dampen(slt_wide_floor(slt_wide_mul_u64(size, SLT_FIXED_PHI_ZERO), 62).low,
                  size);
}

/* x phi(x) at exponent 60. */
SLT_INLINE int64_t slope(int64_t x, int frac, bool plain)
{
    uint64_t size = size_of(slt_fixed_size(x), frac, plain);
    return slt_fixed_signed((uint64_t)steepness(size), x);
}

/* 2 phi(x) - x x phi(x) at exponent 60. */
SLT_INLINE int64_t bend(int64_t x, int frac)
{
    uint64_t size = size_of(slt_fixed_size(x), frac, false);
    slt_wide down = slt_wide_mul_u64(size, (uint64_t)steepness(size));
    return dampen(SLT_FIXED_PHI_ZERO >> 1, size) -
           (int64_t)slt_wide_floor(down, FRAC).low;
}

#if LANES > 1

/* slope of a plain block's numbers. */
SLT_INLINE lanes slope_in_lanes(lanes x, int frac)
{
    lanes sign = lanes_sign(x), end = lanes_of((uint64_t)10 << frac);
    lanes size = lanes_least(lanes_negate(x, sign), end) << (FRAC - frac);
    lanes_half factor = lanes_halves(size);
    lanes_wide square = lanes_mul(factor, factor);
    lanes high = square.high >> 49, low = square.high << 15 | square.low >> 49;
    lanes live = lanes_sign(high - lanes_of(45 << 8));
    power_parts power = power_of((high << 16 | low >> 48) + lanes_some(low << 16), low);
    lanes_wide part = lanes_mul(factor, lanes_halves(lanes_of(SLT_FIXED_PHI_ZERO)));
    lanes_wide product = lanes_mul(lanes_halves(part.high << 2 | part.low >> 62),
                                   lanes_halves(power.size));
    lanes whole = product.high << 4 | product.low >> 60; /* where live, below 2^64 */
    live &= lanes_sign(power.down - lanes_of(64));
    lanes found = ((whole >> (power.down & lanes_of(63))) + lanes_of(1)) >> 1;
    return lanes_negate(found & live, sign);
}

SLT_INLINE void slopes(const int64_t *x, size_t count, int frac, bool plain, int64_t *to)
{
    for (size_t e = 0; e < count && plain; e += LANES)
        lanes_store(to + e, slope_in_lanes(lanes_load(x + e, count - e), frac),
                    count - e);
    for (size_t e = 0; e < count && !plain; e++)
        to[e] = slope(x[e], frac, false);
}

/* to = m h 2^-shift, to nearest, ties to even. */
SLT_INLINE void weigh(const int64_t *m, const int64_t *h, size_t count, int shift,
                      int64_t *to)
{
    lanes lost = lanes_of(0);
    for (size_t e = 0; e < count; e += LANES) {
        lanes a = lanes_load(m + e, count - e), b = lanes_load(h + e, count - e);
        lanes sign_a = lanes_sign(a), sign_b = lanes_sign(b);
        lanes_wide product = lanes_mul(lanes_halves(lanes_negate(a, sign_a)),
                                       lanes_halves(lanes_negate(b, sign_b)));
        lanes size = lanes_round(product, shift, &lost);
        lanes_store(to + e, lanes_negate(size, sign_a ^ sign_b), count - e);
    }
}

#else

SLT_INLINE void slopes(const int64_t *x, size_t count, int frac, bool plain, int64_t *to)
{
    for (size_t e = 0; e < count; e++)
        to[e] = slope(x[e], frac, plain);
}

SLT_INLINE void weigh(const int64_t *m, const int64_t *h, size_t count, int shift,
                      int64_t *to)
{
    for (size_t e = 0; e < count; e++)
        to[e] = slt_mul_round(m[e], h[e], shift);
}

#endif

/* The shift by which m h fits 62 bits; that of zeros leaves them their exponent, lest it
 * grow with every op. */
SLT_INLINE int shift_of(const slt_tensor *block)
{
    int bits = slt_block_bits(block);
    return bits ? bits - 1 : FRAC;
}

SLT_INLINE void shares(const int64_t *x, size_t count, int frac, bool plain, int64_t *to)
{
    for (size_t e = 0; e < count; e++)
        to[e] = distribution(x[e], frac, plain);
}

SLT_INLINE void forward(const int64_t *x, size_t count, int frac, bool plain, int shift,
                        int64_t *to)
{
    int64_t share[CHUNK];
    for (size_t e = 0; e < count; e += CHUNK) {
        size_t left = count - e < CHUNK ? count - e : CHUNK;
        shares(x + e, left, frac, plain, share);
        weigh(x + e, share, left, shift, to + e);
    }
}

SLT_INLINE void backward(const int64_t *x, const int64_t *dy, size_t count, int frac,
                         bool plain, int shift, int64_t *to)
{
    int64_t share[CHUNK], rise[CHUNK];
    for (size_t e = 0; e < count; e += CHUNK) {
        size_t left = count - e < CHUNK ? count - e : CHUNK;
        shares(x + e, left, frac, plain, share);
        slopes(x + e, left, frac, plain, rise);
        for (size_t i = 0; i < left; i++)
            rise[i] += share[i];
        weigh(dy + e, rise, left, shift, to + e);
    }
}

void SLT_FIXED(gelu)(const slt_tensor *x, slt_tensor *y)
{
    int frac = x->frac, shift = shift_of(x);
    size_t count = slt_tensor_count(x);
    if (is_plain(frac))
        forward(x->data, count, frac, true, shift, y->data);
    else
        forward(x->data, count, frac, false, shift, y->data);
    slt_block_place(y, frac + FRAC - shift);
    y->overflow |= x->overflow;
}

void SLT_FIXED(gelu_back)(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    int frac = x->frac, shift = shift_of(dy);
    size_t count = slt_tensor_count(x);
    if (is_plain(frac))
        backward(x->data, dy->data, count, frac, true, shift, dx->data);
    else
        backward(x->data, dy->data, count, frac, false, shift, dx->data);
    slt_block_place(dx, dy->frac + FRAC - shift);
    dx->overflow |= dy->overflow || x->overflow;
}

void SLT_FIXED(gelu_second)(const slt_tensor *x, const slt_tensor *dy,
                            const slt_tensor *change, slt_tensor *dx)
{
    const int64_t *at = x->data, *from = dy->data;
    int64_t bent[CHUNK];
    slt_tensor weighed = *dx;
    weighed.data = slt_kernel_scratch(slt_tensor_count(x) * sizeof(int64_t));
    weighed.overflow = x->overflow || dy->overflow;
    int shift = shift_of(dy);
    for (size_t e = 0, count = slt_tensor_count(x); e < count; e += CHUNK) {
        size_t left = count - e < CHUNK ? count - e : CHUNK;
        for (size_t i = 0; i < left; i++)
            bent[i] = bend(at[e + i], x->frac);
        weigh(from + e, bent, left, shift, (int64_t *)weighed.data + e);
    }
    slt_block_place(&weighed, dy->frac + FRAC - shift);
    SLT_FIXED(multiply)(&weighed, change, dx);
}
