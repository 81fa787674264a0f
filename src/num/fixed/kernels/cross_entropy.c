/* Cross entropy of a softmax with integer targets, over the rows of a table. */
#include "num/fixed/functions.h"
#include "num/fixed/kernels/body.h"
#include "num/scalar.h"
#include "num/scratch.h"

#define LOG_FRAC 58 /* ln of a sum of fewer than 2^31 shares is below 2^5 */

SLT_INLINE int64_t largest(const int64_t *x, size_t count)
{
    int64_t most = x[0];
    for (size_t j = 1; j < count; j++)
        most = x[j] > most ? x[j] : most;
    return most;
}

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

static int64_t log_of_sum(slt_wide sum)
{
    slt_wide half = slt_wide_of((int64_t)1 << (61 - LOG_FRAC));
    slt_wide log = slt_wide_add(slt_log_of(sum, SLT_EXP_FRAC), half);
    return (int64_t)slt_wide_floor(log, 62 - LOG_FRAC).low;
}

/* row / sum - [j = target] at exponent 60, by the sum's inverse at 62. */
SLT_INLINE void differentiate(int64_t *row, size_t count, size_t target, slt_wide sum)
{
    int doublings = slt_wide_bits(sum) - 1 - SLT_EXP_FRAC;
    int64_t y = (int64_t)slt_wide_scaled(sum, 2 - doublings, 63).low; /* [1, 2) at 62 */
    slt_wide one = slt_wide_left(slt_wide_of(1), 124 - doublings);
    int64_t inverse = slt_wide_quotient(one, y);
    for (size_t j = 0; j < count; j++)
        row[j] = slt_mul_shift(row[j], inverse, 62);
    row[target] -= (int64_t)1 << SLT_EXP_FRAC;
}

slt_real SLT_FIXED(cross_entropy)(const slt_tensor *y, const slt_tensor *t,
                                  slt_real scale, slt_tensor *dy)
{
    const int32_t *target = t->data;
    size_t cols = y->cols;
    int64_t *to = dy ? dy->data : slt_kernel_scratch(cols * sizeof *to);
    slt_wide logs = slt_wide_of(0), gaps = slt_wide_of(0);
    for (size_t i = 0; i < y->rows; i++) {
        const int64_t *row = (const int64_t *)y->data + i * cols;
        int64_t most = largest(row, cols);
        slt_wide sum = powers_of(row, cols, most, y->frac, to);
        slt_wide gap = {(uint64_t)most - (uint64_t)row[target[i]], 0};
        logs = slt_wide_add(logs, slt_wide_of(log_of_sum(sum)));
        gaps = slt_wide_add(gaps, gap);
        if (dy)
            differentiate(to, cols, (size_t)target[i], sum);
        to += dy ? cols : 0;
    }
    if (dy) {
        dy->frac = SLT_EXP_FRAC;
        dy->overflow = y->overflow;
        SLT_FIXED(times)(scale, dy, dy);
    }
    return slt_real_add(slt_fixed_real(logs, LOG_FRAC), slt_fixed_real(gaps, y->frac));
}
