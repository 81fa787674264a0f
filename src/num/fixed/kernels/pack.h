/* Factors of a product: blocks rounded to 32 bits, and copies of them laid out for
 * reading along columns. */
#ifndef SLT_NUM_FIXED_KERNELS_PACK_H
#define SLT_NUM_FIXED_KERNELS_PACK_H

#include <string.h>

#include "num/fixed/block.h"
#include "num/fixed/kernels/body.h"

typedef int32_t number;
#include "num/factor.h"

/* slt_round_shift of numbers below 2^62 by 1 to 62 places, for results of 32 bits.  With
 * 2^63 added all are positive: vectors of 64 bits seldom have shifts of signed numbers.
 */
static inline void round_down_to(const int64_t *m, size_t count, int shift, int32_t *out)
{
    const uint64_t offset = (uint64_t)1 << 63;
    const uint64_t bias = offset + ((uint64_t)1 << (shift - 1)) - 1;
    const uint32_t zero = (uint32_t)(offset >> shift);
    for (size_t e = 0; e < count; e++) {
        uint64_t from = (uint64_t)m[e];
        out[e] =
            (int32_t)((uint32_t)((from + bias + (from >> shift & 1)) >> shift) - zero);
    }
}

/* How a block is rounded to at most `bits` bits. */
typedef struct rounding {
    const int64_t *m;
    int shift;
    bool near; /* below 2^62 */
} rounding;

static inline rounding rounding_of(const slt_tensor *block, int bits)
{
    int most = slt_block_bits(block);
    return (rounding){block->data, slt_block_excess(most, bits), most <= 62};
}

/* `count` elements of it from element `first` on. */
static inline void round_part(rounding of, size_t first, size_t count, int32_t *out)
{
    const int64_t *m = of.m + first;
    if (of.shift > 0 && of.near)
        round_down_to(m, count, of.shift, out);
    else
        for (size_t e = 0; e < count; e++)
            out[e] = (int32_t)slt_round_shift(m[e], of.shift);
}

#endif
