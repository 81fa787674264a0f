/* Cross entropy of a softmax with integer targets, over the rows of a table. */
#include "num/float/kernels/softmax.h"
#include "num/scratch.h"

/* Rows at a time: as many as a reduction has partials, so that row r of a piece belongs
 * to partial r. */
#define ROWS SLT_REDUCE_PARTIALS

SLT_INLINE vec slope(vec power, vec sum, vec scale)
{
    return power / sum * scale;
}

/* Leaves exp(x - m) in `to` and the sums of its rows in `sum`; adds the rows' losses.
 * With a NaN the row's loss is NaN whatever m is. */
SLT_INLINE void add_losses(const real *x, const int32_t *target, size_t rows, size_t cols,
                           real *to, double *sum, double *partial)
{
    double at[ROWS], logs[ROWS];
    for (size_t r = 0; r < rows; r++) {
        const real *row = x + r * cols;
        const real most = softmax_differences(row, cols, to + r * cols);
        at[r] = (double)(row[target[r]] - most);
    }
    lanes_exp(to, to, rows * cols);
    for (size_t r = 0; r < rows; r++)
        sum[r] = row_sum(to + r * cols, cols);
    lanes_log_f64(sum, logs, rows);
    for (size_t r = 0; r < rows; r++)
        partial[r] = partial[r] + (logs[r] - at[r]);
}

SLT_INLINE void differentiate(const real *power, const int32_t *target, const double *sum,
                              real scale, size_t rows, size_t cols, real *dy)
{
    for (size_t r = 0; r < rows; r++) {
        real divisor = (real)sum[r], chosen = power[r * cols + (size_t)target[r]];
        row_each(slope, power + r * cols, dy + r * cols, cols, divisor, scale);
        dy[r * cols + (size_t)target[r]] = (chosen / divisor - 1) * scale;
    }
}

slt_real SLT_KERNEL(cross_entropy)(const slt_tensor *y, const slt_tensor *t,
                                   slt_real scale, slt_tensor *dy)
{
    const real *value = y->data, factor = real_of(scale);
    const int32_t *target = t->data;
    double partial[ROWS] = {0}, sum[ROWS];
    size_t cols = y->cols, room = y->rows < ROWS ? y->rows : ROWS;
    real *power = slt_kernel_scratch(room * cols * sizeof *power);
    for (size_t i = 0; i < y->rows; i += ROWS) {
        size_t rows = y->rows - i < ROWS ? y->rows - i : ROWS;
        add_losses(value + i * cols, target + i, rows, cols, power, sum, partial);
        if (dy)
            differentiate(power, target + i, sum, factor, rows, cols,
                          (real *)dy->data + i * cols);
    }
    return slt_real_of(slt_reduce_tree(partial));
}

void SLT_KERNEL(cross_entropy_second)(const slt_tensor *y, const slt_tensor *change,
                                      slt_real scale, slt_tensor *dz)
{
    const real factor = real_of(scale);
    const size_t cols = y->cols;
    real *share = slt_kernel_scratch(cols * sizeof *share);
    for (size_t i = 0; i < y->rows; i++) {
        const real *z = (const real *)change->data + i * cols;
        real *to = (real *)dz->data + i * cols;
        softmax_row((const real *)y->data + i * cols, cols, share);
        const real mean = softmax_mean(share, z, cols);
        SLT_SIMD
        for (size_t j = 0; j < cols; j++)
            to[j] = share[j] * (z[j] - mean) * factor;
    }
}

/* The target is argmax where all before it are below it and none behind it above. */
uint64_t SLT_KERNEL(count_correct)(const slt_tensor *y, const slt_tensor *t)
{
    const int32_t *target = t->data;
    uint64_t correct = 0;
    for (size_t i = 0; i < y->rows; i++) {
        const real *row = (const real *)y->data + i * y->cols;
        size_t chosen = (size_t)target[i];
        correct += row_largest(row, y->cols) == row[chosen] &&
                   (chosen == 0 || row_largest(row, chosen) < row[chosen]);
    }
    return correct;
}
