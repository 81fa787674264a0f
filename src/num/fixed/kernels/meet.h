/* Sums of two blocks. */
#ifndef SLT_NUM_FIXED_KERNELS_MEET_H
#define SLT_NUM_FIXED_KERNELS_MEET_H

#include "num/fixed/block.h"
#include "num/fixed/kernels/body.h"

/* out = a + sign b; returns the bits of the largest element. */
static inline int sum_of(const slt_tensor *a, const slt_tensor *b, int sign,
                         slt_tensor *out)
{
    const int64_t *x = a->data, *y = b->data;
    int64_t *to = out->data;
    int frac_a = a->frac, frac_b = b->frac;
    int frac = slt_block_meet(frac_a, slt_block_bits(a), frac_b, slt_block_bits(b));
    int by_a = frac - frac_a, by_b = frac - frac_b;
    uint64_t all = 0;
    for (size_t e = 0, n = slt_tensor_count(a); e < n; e++) {
        int64_t sum = slt_block_shift(x[e], by_a) + sign * slt_block_shift(y[e], by_b);
        all |= sum < 0 ? 0 - (uint64_t)sum : (uint64_t)sum;
        to[e] = sum;
    }
    slt_block_place(out, frac);
    out->overflow |= a->overflow || b->overflow;
    return out->frac == frac ? slt_bits_u64(all) : slt_block_bits(out);
}

#endif
