/* Rows divided by their size, and the derivatives: docs/spec/06-operations.md. */
#include "num/float/kernels/reduction.h"
#include "num/scratch.h"

SLT_INLINE lanes_f64 product_of(const reduced *of, size_t e, lanes_f64 p)
{
    return wide_fma(widen(few_load(of->in[0] + e)), widen(few_load(of->in[1] + e)), p);
}

SLT_INLINE double mean_product(const real *a, const real *b, size_t cols)
{
    const reduced of = {.in = {a, b}};
    return slt_real_double(reduce(product_of, &of, cols)) / (double)cols;
}

/* The reduction of terms that may be -0 begins from +0, so it is never -0. */
SLT_INLINE real mean_of(const real *x, size_t cols)
{
    return (real)((row_sum(x, cols) + 0) / (double)cols);
}

/* Leaves x less its mean, or x, in `to`, which may be x. */
SLT_INLINE void centre(bool centred, const real *x, size_t cols, real *to)
{
    const real mean = centred ? mean_of(x, cols) : 0;
    if (!centred) {
        memmove(to, x, cols * sizeof *to);
        return;
    }
    SLT_SIMD
    for (size_t j = 0; j < cols; j++)
        to[j] = x[j] - mean;
}

/* Leaves n in `to`; returns i. */
SLT_INLINE real normalize_row(slt_normalize how, const real *x, size_t cols, real *to)
{
    centre(how.centred, x, cols, to);
    const double square = mean_product(to, to, cols) + slt_real_double(how.eps);
    const real inverse = (real)(1 / __builtin_sqrt(square));
    SLT_SIMD
    for (size_t j = 0; j < cols; j++)
        to[j] = to[j] * inverse;
    return inverse;
}

/* Leaves g - mean(g) - q n in `to`, which may be g; returns q = mean(g n). */
SLT_INLINE real project_row(bool centred, const real *g, const real *n, size_t cols,
                            real *to)
{
    const real share = (real)mean_product(g, n, cols);
    centre(centred, g, cols, to);
    SLT_SIMD
    for (size_t j = 0; j < cols; j++)
        to[j] = real_fma(-share, n[j], to[j]);
    return share;
}

void SLT_KERNEL(normalize)(slt_normalize how, const slt_tensor *x, slt_tensor *y)
{
    const size_t cols = x->cols;
    for (size_t i = 0; i < x->rows; i++)
        normalize_row(how, (const real *)x->data + i * cols, cols,
                      (real *)y->data + i * cols);
}

void SLT_KERNEL(normalize_back)(slt_normalize how, const slt_tensor *x,
                                const slt_tensor *dy, slt_tensor *dx)
{
    const size_t cols = x->cols;
    real *n = slt_kernel_scratch(cols * sizeof *n);
    for (size_t i = 0; i < x->rows; i++) {
        real *to = (real *)dx->data + i * cols;
        const real by = normalize_row(how, (const real *)x->data + i * cols, cols, n);
        project_row(how.centred, (const real *)dy->data + i * cols, n, cols, to);
        SLT_SIMD
        for (size_t j = 0; j < cols; j++)
            to[j] = by * to[j];
    }
}

void SLT_KERNEL(normalize_second)(slt_normalize how, const slt_tensor *x,
                                  const slt_tensor *dy, const slt_tensor *change,
                                  slt_tensor *dx)
{
    const size_t cols = x->cols;
    real *n = slt_kernel_scratch(3 * cols * sizeof *n), *slope = n + cols,
         *moved = slope + cols;
    for (size_t i = 0; i < x->rows; i++) {
        const real *g = (const real *)dy->data + i * cols;
        real *to = (real *)dx->data + i * cols;
        const real by = normalize_row(how, (const real *)x->data + i * cols, cols, n);
        const real q = project_row(how.centred, g, n, cols, slope);
        const real u = project_row(how.centred, (const real *)change->data + i * cols, n,
                                   cols, moved);
        const real p = (real)mean_product(g, moved, cols), less = -(by * by);
        SLT_SIMD
        for (size_t j = 0; j < cols; j++)
            to[j] = less * real_fma(u, slope[j], real_fma(p, n[j], q * moved[j]));
    }
}
