/* Factors of a product: blocks rounded to 32 bits, and copies of them laid out for
 * reading along columns. */
#ifndef SLT_NUM_FIXED_KERNELS_PACK_H
#define SLT_NUM_FIXED_KERNELS_PACK_H

#include <string.h>

#include "num/fixed/block.h"
#include "num/fixed/kernels/body.h"

/* Element (i, k) of op(a) is at[i * row + k * step]; element (k, j) of op(b) is
 * at[k * step + j * row]. One of row and step is 1. */
typedef struct operand {
    const int32_t *at;
    size_t row, step;
} operand;

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

/* Rounds a block to at most `bits` bits, in place of its elements; returns the new
 * exponent. */
static inline int quantise(const slt_tensor *block, int bits, int32_t *out)
{
    const int64_t *m = block->data;
    int most = slt_block_bits(block), shift = slt_block_excess(most, bits);
    size_t count = slt_tensor_count(block);
    if (shift > 0 && most <= 62)
        round_down_to(m, count, shift, out);
    else
        for (size_t e = 0; e < count; e++)
            out[e] = (int32_t)slt_round_shift(m[e], shift);
    return block->frac - shift;
}

typedef int32_t quad __attribute__((vector_size(4 * sizeof(int32_t))));
#define SHUFFLE __builtin_shufflevector

/* to[k * width + j] = from[j * row + k], j and k < 4. */
SLT_INLINE void turn_four(const int32_t *from, size_t row, int32_t *to, size_t width)
{
    quad in[4], half[4], out[4];
    for (int j = 0; j < 4; j++)
        memcpy(&in[j], from + j * row, sizeof in[j]);
    half[0] = SHUFFLE(in[0], in[1], 0, 4, 1, 5);
    half[1] = SHUFFLE(in[2], in[3], 0, 4, 1, 5);
    half[2] = SHUFFLE(in[0], in[1], 2, 6, 3, 7);
    half[3] = SHUFFLE(in[2], in[3], 2, 6, 3, 7);
    out[0] = SHUFFLE(half[0], half[1], 0, 1, 4, 5);
    out[1] = SHUFFLE(half[0], half[1], 2, 3, 6, 7);
    out[2] = SHUFFLE(half[2], half[3], 0, 1, 4, 5);
    out[3] = SHUFFLE(half[2], half[3], 2, 3, 6, 7);
    for (int k = 0; k < 4; k++)
        memcpy(to + k * width, &out[k], sizeof out[k]);
}

#undef SHUFFLE

/* A matrix whose rows run along k, transposed: depth rows of `columns`, `width` apart. */
static inline void turn(const int32_t *from, size_t row, size_t depth, size_t columns,
                        size_t width, int32_t *to)
{
    size_t whole_k = depth - depth % 4, whole_j = columns - columns % 4;
    for (size_t j = 0; j < whole_j; j += 4) {
        for (size_t k = 0; k < whole_k; k += 4)
            turn_four(from + j * row + k, row, to + k * width + j, width);
        for (size_t k = whole_k; k < depth; k++)
            for (size_t i = j; i < j + 4; i++)
                to[k * width + i] = from[i * row + k];
    }
    for (size_t j = whole_j; j < columns; j++)
        for (size_t k = 0; k < depth; k++)
            to[k * width + j] = from[j * row + k];
}

#endif
