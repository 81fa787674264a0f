/* Blocks: mantissas that share an exponent, and how two blocks are brought to one. */
#ifndef SLT_NUM_FIXED_BLOCK_H
#define SLT_NUM_FIXED_BLOCK_H

#include "num/convert.h"
#include "num/fixed/fixed.h"

/* The number of bits of the largest magnitude; 0 for a block of zeros. */
static inline int slt_block_bits(const slt_tensor *block)
{
    enum {
        ABREAST = 32
    }; /* several sums side by side, which do not wait for one another */
    const int64_t *m = block->data;
    size_t e = 0, n = slt_tensor_count(block);
    uint64_t all = 0, abreast[ABREAST] = {0};
    for (; e + ABREAST <= n; e += ABREAST)
        for (int i = 0; i < ABREAST; i++)
            abreast[i] |= m[e + i] < 0 ? 0 - (uint64_t)m[e + i] : (uint64_t)m[e + i];
    for (; e < n; e++)
        all |= m[e] < 0 ? 0 - (uint64_t)m[e] : (uint64_t)m[e];
    for (int i = 0; i < ABREAST; i++)
        all |= abreast[i];
    return slt_bits_u64(all);
}

/* A mantissa at another exponent: exact to the left, rounded to nearest even to the
 * right.  The caller makes sure that it fits. */
static inline int64_t slt_block_shift(int64_t m, int by)
{
    return by >= 0 ? (int64_t)((uint64_t)m << (by > 63 ? 0 : by))
                   : slt_round_shift(m, -by);
}

/* The exponent at which blocks a and b are added: the finest of the two at which both fit
 * 61 bits, so that the sum fits 62. */
static inline int slt_block_meet(int frac_a, int bits_a, int frac_b, int bits_b)
{
    int frac = frac_a > frac_b ? frac_a : frac_b;
    if (bits_a && frac > frac_a + 61 - bits_a)
        frac = frac_a + 61 - bits_a;
    if (bits_b && frac > frac_b + 61 - bits_b)
        frac = frac_b + 61 - bits_b;
    return frac;
}

/* Gives a block its exponent.  One above SLT_FRAC_MAX is brought down to it, its
 * mantissas rounded to nearest even; below -SLT_FRAC_MAX the block does not fit, unless
 * all is 0. */
void slt_block_place_far(slt_tensor *block);
static inline void slt_block_place(slt_tensor *block, int frac)
{
    block->frac = frac;
    if (frac > SLT_FRAC_MAX || frac < -SLT_FRAC_MAX)
        slt_block_place_far(block);
}

/* ceil(log2 n), n >= 1. */
static inline int slt_block_log2(size_t n)
{
    return slt_bits_u64((uint64_t)n - 1);
}

/* The bits to which a product of this depth rounds its operands: 2 bits + ceil(log2
 * depth) <= 62, so that the sum of products is exact. */
static inline int slt_block_factor(size_t depth)
{
    int bits = (62 - slt_block_log2(depth ? depth : 1)) / 2;
    return bits > 30 ? 30 : bits;
}

/* sum / n, n >= 1, to nearest, ties to even; it fits. */
static inline int64_t slt_block_mean(slt_wide sum, size_t n)
{
    const slt_wide size = slt_wide_abs(sum);
    int64_t quotient = slt_wide_quotient(size, (int64_t)n);
    const uint64_t rest = size.low - (uint64_t)quotient * n;
    quotient += 2 * rest > n || (2 * rest == n && (quotient & 1));
    return slt_wide_negative(sum) ? -quotient : quotient;
}

/* How far mantissas of `bits` bits must be shifted right to have at most `most`. */
static inline int slt_block_excess(int bits, int most)
{
    return bits > most ? bits - most : 0;
}

#endif
