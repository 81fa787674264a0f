/* Cross entropy of a softmax with integer targets, over the rows of a table. */
#include "num/fixed/kernels/softmax.h"
#include "num/scalar.h"
#include "num/scratch.h"

#define LOG_FRAC 58 /* ln of a sum of fewer than 2^31 shares is below 2^5 */

static int64_t log_of_sum(slt_wide sum)
{
    slt_wide half = slt_wide_of((int64_t)1 << (61 - LOG_FRAC));
    slt_wide log = slt_wide_add(slt_log_of(sum, SLT_EXP_FRAC), half);
    return (int64_t)slt_wide_floor(log, 62 - LOG_FRAC).low;
}

slt_real SLT_FIXED(cross_entropy)(const slt_tensor *y, const slt_tensor *t,
                                  slt_real scale, slt_tensor *dy)
{
    const int32_t *target = t->data;
    size_t cols = y->cols;
    int64_t *to = dy ? dy->data : slt_kernel_scratch(cols * sizeof *to);
    slt_wide logs = slt_wide_of(0), gaps = slt_wide_of(0);
    bool quick = power_fits(y->frac, slt_block_bits(y));
    for (size_t i = 0; i < y->rows; i++) {
        const int64_t *row = (const int64_t *)y->data + i * cols;
        int64_t most = largest(row, cols);
        slt_wide sum = softmax_powers(row, cols, most, y->frac, quick, to);
        slt_wide gap = {(uint64_t)most - (uint64_t)row[target[i]], 0};
        logs = slt_wide_add(logs, slt_wide_of(log_of_sum(sum)));
        gaps = slt_wide_add(gaps, gap);
        if (dy) {
            normalise(to, cols, sum);
            to[target[i]] -= (int64_t)1 << SLT_EXP_FRAC;
            to += cols;
        }
    }
    if (dy) {
        dy->frac = SLT_EXP_FRAC;
        dy->overflow = y->overflow;
        SLT_FIXED(times)(scale, dy, dy);
    }
    return slt_real_add(slt_fixed_real(logs, LOG_FRAC), slt_fixed_real(gaps, y->frac));
}

void SLT_FIXED(cross_entropy_second)(const slt_tensor *y, const slt_tensor *change,
                                     slt_real scale, slt_tensor *dz)
{
    const size_t cols = y->cols;
    int64_t *share = slt_kernel_scratch(cols * sizeof *share);
    const int shift = slt_block_excess(slt_block_bits(change), CHANGE_BITS);
    const bool quick = power_fits(y->frac, slt_block_bits(y));
    for (size_t i = 0; i < y->rows; i++) {
        const int64_t *row = (const int64_t *)y->data + i * cols;
        const int64_t *from = (const int64_t *)change->data + i * cols;
        int64_t *to = (int64_t *)dz->data + i * cols;
        softmax_row(row, cols, y->frac, quick, share);
        for (size_t j = 0; j < cols; j++)
            to[j] = slt_round_shift(from[j], shift);
        const int64_t mean = softmax_mean(share, to, cols);
        for (size_t j = 0; j < cols; j++)
            to[j] = slt_mul_round(share[j], to[j] - mean, SLT_EXP_FRAC);
    }
    const bool overflow = y->overflow || change->overflow;
    slt_block_place(dz, change->frac - shift);
    SLT_FIXED(times)(scale, dz, dz);
    dz->overflow |= overflow;
}
