/* Roots and quotients of blocks, for updates by the size of gradients. */
#ifndef SLT_NUM_FIXED_KERNELS_RATIO_H
#define SLT_NUM_FIXED_KERNELS_RATIO_H

#include "num/fixed/block.h"
#include "num/fixed/kernels/root.h"
#include "num/scratch.h"

#define CHUNK 256

/* floor(sqrt(m 2^64)) of numbers 0 <= m < 2^62. */
static inline void block_roots(int64_t *m, size_t count)
{
    int64_t x[CHUNK], start[CHUNK], half[CHUNK];
    for (size_t e = 0; e < count; e++) {
        rootee from = rootee_of((uint64_t)m[e]);
        x[e] = (int64_t)from.x;
        start[e] = (int64_t)from.start;
        half[e] = from.half;
    }
    for (size_t e = 0; e < count; e += LANES) {
        size_t left = count - e;
        lanes root = root_of(lanes_load(x + e, left), lanes_load(start + e, left));
        lanes none = lanes_some(lanes_load(m + e, left)) - lanes_of(1);
        lanes_store(m + e, (root >> lanes_load(half + e, left)) & ~none, left);
    }
}

/* The positive root of each element at half the exponent.  A sum of squares below 2^62,
 * as all are but the largest that two blocks can meet in. */
static inline void block_root(slt_tensor *v)
{
    int64_t *m = v->data;
    int odd = v->frac & 1;
    size_t n = slt_tensor_count(v);
    for (size_t e = 0; e < n; e++)
        m[e] = slt_round_shift(m[e], odd);
    v->overflow |= slt_block_bits(v) > 62;
    for (size_t e = 0; !v->overflow && e < n; e += CHUNK)
        block_roots(m + e, n - e < CHUNK ? n - e : CHUNK);
    v->frac = (v->frac - odd + 64) / 2;
}

/* d = d + eps, meeting as blocks do. */
static inline void add_scalar(slt_tensor *d, slt_scalar eps)
{
    int64_t *m = d->data;
    int bits = slt_bits_u64((uint64_t)eps.mantissa);
    int frac = slt_block_meet(d->frac, slt_block_bits(d), -eps.exponent, bits);
    int64_t term = slt_block_shift(eps.mantissa, frac + eps.exponent);
    for (size_t e = 0, n = slt_tensor_count(d); e < n; e++)
        m[e] = slt_block_shift(m[e], frac - d->frac) + term;
    d->frac = frac;
}

/* a 2^-frac_a / (b 2^-frac_b), b > 0, at exponent `to`, towards zero. */
static inline bool quotient(int64_t a, int frac_a, int64_t b, int frac_b, int to,
                            int64_t *result)
{
    int shift = to - frac_a + frac_b;
    slt_wide size = slt_wide_abs(slt_wide_of(a));
    *result = 0;
    if (b == 0 || (shift > 0 && slt_wide_bits(size) + shift > 126))
        return a == 0;
    size = shift > 0 ? slt_wide_left(size, shift)
                     : slt_wide_floor(size, -shift > 127 ? 127 : -shift);
    if (slt_wide_bits(size) - slt_bits_u64((uint64_t)b) > 61)
        return false;
    int64_t ratio = slt_wide_quotient(size, b);
    *result = a < 0 ? -ratio : ratio;
    return true;
}

/* A tensor like w whose elements are part `which` of this thread's scratch memory. */
static inline slt_tensor scratch_like(const slt_tensor *w, size_t which, size_t parts)
{
    size_t n = slt_tensor_count(w);
    slt_tensor room = *w;
    room.overflow = false;
    room.data = (int64_t *)slt_kernel_scratch(parts * n * sizeof(int64_t)) + which * n;
    return room;
}

#endif
