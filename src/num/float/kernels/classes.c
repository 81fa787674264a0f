/* Squared error against one-hot rows, which are not made, centred or not. */
#include "num/float/kernels/reduction.h"
#include "num/scratch.h"

SLT_INLINE void centre_samples(real *x, size_t rows, size_t cols, double *mean)
{
    for (size_t j = 0; j < cols; j++)
        mean[j] = 0;
    for (size_t i = 0; i < rows; i++) {
        SLT_SIMD
        for (size_t j = 0; j < cols; j++)
            mean[j] = (double)x[i * cols + j] + mean[j];
    }
    for (size_t j = 0; j < cols; j++)
        mean[j] = mean[j] / (double)rows;
    for (size_t i = 0; i < rows; i++) {
        SLT_SIMD
        for (size_t j = 0; j < cols; j++)
            x[i * cols + j] = x[i * cols + j] - (real)mean[j];
    }
}

/* The reduction of terms that may be -0 begins from +0, so it is never -0; row_sum is
 * where all of them are. */
SLT_INLINE void centre_outputs(real *x, size_t rows, size_t cols)
{
    for (size_t i = 0; i < rows; i++) {
        real *row = x + i * cols, mean = (real)((row_sum(row, cols) + 0) / (double)cols);
        SLT_SIMD
        for (size_t j = 0; j < cols; j++)
            row[j] = row[j] - mean;
    }
}

/* `mean` has room for a number a column. */
SLT_INLINE void centre_rows(slt_centre centre, real *x, size_t rows, size_t cols,
                            double *mean)
{
    if (centre == SLT_CENTRE_SAMPLES)
        centre_samples(x, rows, cols, mean);
    if (centre == SLT_CENTRE_OUTPUTS)
        centre_outputs(x, rows, cols);
}

void SLT_KERNEL(centre)(slt_centre centre, slt_tensor *x)
{
    double *mean = slt_kernel_scratch(x->cols * sizeof *mean);
    centre_rows(centre, x->data, x->rows, x->cols, mean);
}

SLT_INLINE lanes_f64 squared(const reduced *of, size_t e, lanes_f64 p)
{
    few error = few_load(of->in[0] + e), slope = of->scale * error;
    if (of->out)
        memcpy(of->out + e, &slope, sizeof slope);
    lanes_f64 wide = widen(error);
    return wide_fma(wide, wide, p);
}

slt_real SLT_KERNEL(class_error)(const slt_tensor *y, const slt_tensor *t,
                                 slt_centre centre, slt_real scale, slt_tensor *dy)
{
    const int32_t *target = t->data;
    const size_t rows = y->rows, cols = y->cols, count = slt_tensor_count(y);
    double *mean = slt_kernel_scratch(cols * sizeof *mean + count * sizeof(real));
    real *error = dy ? dy->data : (void *)(mean + cols);
    if (error != y->data)
        memcpy(error, y->data, count * sizeof *error);
    for (size_t i = 0; i < rows; i++)
        error[i * cols + (size_t)target[i]] -= 1;
    centre_rows(centre, error, rows, cols, mean);
    reduced of = {.in = {error}, .scale = real_of(scale)};
    if (!dy)
        return reduce(squared, &of, count);
    of.out = error;
    return reduce(squared, &of, count);
}
