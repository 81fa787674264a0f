/* Softmax of a row, and means by its shares: for softmax itself and cross entropy. */
#ifndef SLT_NUM_FIXED_KERNELS_SOFTMAX_H
#define SLT_NUM_FIXED_KERNELS_SOFTMAX_H

#include "num/fixed/block.h"
#include "num/fixed/kernels/power.h"

SLT_INLINE int64_t largest(const int64_t *x, size_t count)
{
    int64_t most = x[0];
    for (size_t j = 1; j < count; j++)
        most = x[j] > most ? x[j] : most;
    return most;
}

#if LANES > 1

/* The exact sum of shares, whose halves' sums fit 64 bits. */
SLT_INLINE slt_wide sum_of(const int64_t *share, size_t count)
{
    lanes high = lanes_of(0), low = high;
    uint64_t whole = 0, rest = 0;
    for (size_t j = 0; j < count; j += LANES) {
        lanes part = lanes_load(share + j, count - j);
        high += part >> 32;
        low += part & lanes_of(UINT32_MAX);
    }
    for (int i = 0; i < LANES; i++) {
        whole += high[i];
        rest += low[i];
    }
    return slt_wide_add(slt_wide_left((slt_wide){whole, 0}, 32), (slt_wide){rest, 0});
}

SLT_INLINE slt_wide powers_in_lanes(const int64_t *x, size_t count, int64_t most,
                                    int frac, int64_t *to)
{
    lanes from = lanes_of((uint64_t)most), end = lanes_of(power_end(frac));
    for (size_t j = 0; j < count; j += LANES) {
        lanes below = from - lanes_load(x + j, count - j);
        lanes_store(to + j, power_down(lanes_least(below, end), frac), count - j);
    }
    return sum_of(to, count);
}

/* row[j] inverse 2^-62, to nearest, halves up. */
SLT_INLINE void divide(int64_t *row, size_t count, int64_t inverse)
{
    lanes_half factor = lanes_halves(lanes_of((uint64_t)inverse));
    for (size_t j = 0; j < count; j += LANES) {
        lanes_wide product =
            lanes_mul(lanes_halves(lanes_load(row + j, count - j)), factor);
        lanes quotient =
            (product.high << 2 | product.low >> 62) + ((product.low >> 61) & lanes_of(1));
        lanes_store(row + j, quotient, count - j);
    }
}

#else

SLT_INLINE slt_wide powers_in_lanes(const int64_t *x, size_t count, int64_t most,
                                    int frac, int64_t *to)
{
    (void)x, (void)count, (void)most, (void)frac, (void)to;
    return slt_wide_of(0); /* power_fits says no */
}

SLT_INLINE void divide(int64_t *row, size_t count, int64_t inverse)
{
    for (size_t j = 0; j < count; j++)
        row[j] = slt_mul_shift(row[j], inverse, 62);
}

#endif

/* Leaves e^(x - most) at exponent 60 in `to`; returns the sum. */
SLT_INLINE slt_wide powers_of(const int64_t *x, size_t count, int64_t most, int frac,
                              int64_t *to)
{
    slt_wide sum = slt_wide_of(0);
    for (size_t j = 0; j < count; j++) {
        uint64_t below = (uint64_t)most - (uint64_t)x[j];
        to[j] = slt_power_down(slt_power_argument(below, frac));
        sum = slt_wide_add(sum, slt_wide_of(to[j]));
    }
    return sum;
}

/* row / sum at exponent 60, by the sum's inverse at 62. */
SLT_INLINE void normalise(int64_t *row, size_t count, slt_wide sum)
{
    int doublings = slt_wide_bits(sum) - 1 - SLT_EXP_FRAC;
    int64_t y = (int64_t)slt_wide_scaled(sum, 2 - doublings, 63).low; /* [1, 2) at 62 */
    slt_wide one = slt_wide_left(slt_wide_of(1), 124 - doublings);
    int64_t inverse = slt_wide_quotient(one, y);
    divide(row, count, inverse);
}

/* e^(x - most) at exponent 60, `quick` saying that lanes may take the block; returns
 * their sum. */
SLT_INLINE slt_wide softmax_powers(const int64_t *x, size_t count, int64_t most, int frac,
                                   bool quick, int64_t *to)
{
    return quick ? powers_in_lanes(x, count, most, frac, to)
                 : powers_of(x, count, most, frac, to);
}

/* A row's shares at exponent 60. */
SLT_INLINE void softmax_row(const int64_t *x, size_t count, int frac, bool quick,
                            int64_t *share)
{
    normalise(share, count,
              softmax_powers(x, count, largest(x, count), frac, quick, share));
}

/* The numbers of `change` have so few bits that none of them less a mean of them leaves
 * a word. */
#define CHANGE_BITS 60

/* sum of share z, rounded, at the exponent of z: below 2^121, the shares being at most
 * one and some units of 2^-60 together. */
SLT_INLINE int64_t softmax_mean(const int64_t *share, const int64_t *z, size_t count)
{
    slt_wide sum = slt_wide_of((int64_t)1 << (SLT_EXP_FRAC - 1));
    for (size_t j = 0; j < count; j++)
        sum = slt_wide_add(sum, slt_wide_mul(share[j], z[j]));
    return (int64_t)slt_wide_floor(sum, SLT_EXP_FRAC).low;
}

#endif
