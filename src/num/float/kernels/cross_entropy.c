/* Cross entropy of a softmax with integer targets, over the rows of a table. */
#include "num/float/kernels/body.h"
#include "num/float/kernels/lanes.h"
#include "num/scratch.h"
#include "num/float/reduce.h"

/* Rows at a time: as many as a reduction has partials, so that row r of a piece belongs
 * to partial r. */
#define ROWS SLT_REDUCE_PARTIALS
#define WIDE 16

/* Of numbers that are not NaN the order decides at most the sign of a zero, which no
 * exp(x - m) shows; with a NaN the row's loss is NaN whatever this returns. */
SLT_INLINE real largest(const real *x, size_t count)
{
    real lane[WIDE], most = x[0];
    size_t whole = count - count % WIDE;
    for (size_t k = 0; k < WIDE; k++)
        lane[k] = most;
    for (size_t j = 0; j < whole; j += WIDE) {
        SLT_SIMD
        for (size_t k = 0; k < WIDE; k++)
            lane[k] = lane[k] > x[j + k] ? lane[k] : x[j + k];
    }
    for (size_t k = 0; k < WIDE; k++)
        most = most > lane[k] ? most : lane[k];
    for (size_t j = whole; j < count; j++)
        most = most > x[j] ? most : x[j];
    return most;
}

SLT_INLINE void add_widened(const real *x, size_t count, double *partial)
{
    SLT_SIMD
    for (size_t j = 0; j < count; j++)
        partial[j] = partial[j] + (double)x[j];
}

/* The reduction of a row. */
SLT_INLINE double sum_row(const real *x, size_t count)
{
    double partial[SLT_REDUCE_PARTIALS] = {0};
    size_t whole = count - count % SLT_REDUCE_PARTIALS, e;
    for (e = 0; e < whole; e += SLT_REDUCE_PARTIALS)
        add_widened(x + e, SLT_REDUCE_PARTIALS, partial);
    add_widened(x + e, count - e, partial);
    return slt_reduce_tree(partial);
}

SLT_INLINE void differentiate(real *row, size_t count, size_t target, real sum,
                              real scale)
{
    real chosen = row[target] / sum;
    SLT_SIMD
    for (size_t j = 0; j < count; j++)
        row[j] = row[j] / sum * scale;
    row[target] = (chosen - 1) * scale;
}

/* Leaves exp(x - m) in `to` and the sums of its rows in `sum`; adds the rows' losses. */
SLT_INLINE void add_losses(const real *x, const int32_t *target, size_t rows, size_t cols,
                           real *to, double *sum, double *partial)
{
    double at[ROWS], logs[ROWS];
    for (size_t r = 0; r < rows; r++) {
        const real *row = x + r * cols;
        real most = largest(row, cols);
        SLT_SIMD
        for (size_t j = 0; j < cols; j++)
            to[r * cols + j] = row[j] - most;
        at[r] = (double)to[r * cols + (size_t)target[r]];
    }
    lanes_exp(to, to, rows * cols);
    for (size_t r = 0; r < rows; r++)
        sum[r] = sum_row(to + r * cols, cols);
    lanes_log_f64(sum, logs, rows);
    for (size_t r = 0; r < rows; r++)
        partial[r] = partial[r] + (logs[r] - at[r]);
}

slt_real SLT_KERNEL(cross_entropy)(const slt_tensor *y, const slt_tensor *t,
                                   slt_real scale, slt_tensor *dy)
{
    const real *value = y->data, factor = real_of(scale);
    const int32_t *target = t->data;
    double partial[ROWS] = {0}, sum[ROWS];
    size_t cols = y->cols, room = y->rows < ROWS ? y->rows : ROWS;
    real *scratch = dy ? NULL : slt_kernel_scratch(room * cols * sizeof *scratch);
    for (size_t i = 0; i < y->rows; i += ROWS) {
        size_t rows = y->rows - i < ROWS ? y->rows - i : ROWS;
        real *to = dy ? (real *)dy->data + i * cols : scratch;
        add_losses(value + i * cols, target + i, rows, cols, to, sum, partial);
        for (size_t r = 0; dy && r < rows; r++)
            differentiate(to + r * cols, cols, (size_t)target[i + r], (real)sum[r],
                          factor);
    }
    return slt_real_of(slt_reduce_tree(partial));
}

/* The target is argmax where all before it are below it and none behind it above. */
uint64_t SLT_KERNEL(count_correct)(const slt_tensor *y, const slt_tensor *t)
{
    const int32_t *target = t->data;
    uint64_t correct = 0;
    for (size_t i = 0; i < y->rows; i++) {
        const real *row = (const real *)y->data + i * y->cols;
        size_t chosen = (size_t)target[i], better = 0;
        for (size_t j = 0; j < chosen; j++)
            better += row[j] >= row[chosen];
        for (size_t j = chosen + 1; j < y->cols; j++)
            better += row[j] > row[chosen];
        correct += better == 0;
    }
    return correct;
}
