/* Element by element: sums, activations and their derivatives. */
#include "num/float/kernels/body.h"

void SLT_KERNEL(add_bias)(slt_tensor *y, const slt_tensor *bias)
{
    const real *from = bias->data;
    for (size_t i = 0; i < y->rows; i++) {
        real *row = (real *)y->data + i * y->cols;
        SLT_SIMD
        for (size_t j = 0; j < y->cols; j++)
            row[j] = row[j] + from[j];
    }
}

/* fma(1, dy, sum) rounds dy + sum once: it is the addition. */
void SLT_KERNEL(column_sums)(const slt_tensor *dy, slt_tensor *out)
{
    real *sum = out->data;
    for (size_t j = 0; j < dy->cols; j++)
        sum[j] = 0;
    for (size_t i = 0; i < dy->rows; i++) {
        const real *row = (const real *)dy->data + i * dy->cols;
        SLT_SIMD
        for (size_t j = 0; j < dy->cols; j++)
            sum[j] = row[j] + sum[j];
    }
}

void SLT_KERNEL(add)(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    const real *left = a->data, *right = b->data;
    real *to = out->data;
    size_t count = slt_tensor_count(out);
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        to[e] = left[e] + right[e];
}

void SLT_KERNEL(relu)(const slt_tensor *x, slt_tensor *y)
{
    const real *from = x->data;
    real *to = y->data;
    size_t count = slt_tensor_count(x);
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        to[e] = from[e] > 0 ? from[e] : 0;
}

void SLT_KERNEL(relu_back)(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    const real *at = x->data, *from = dy->data;
    real *to = dx->data;
    size_t count = slt_tensor_count(x);
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        to[e] = at[e] > 0 ? from[e] : 0;
}

void SLT_KERNEL(square)(const slt_tensor *x, slt_tensor *y)
{
    const real *from = x->data;
    real *to = y->data;
    size_t count = slt_tensor_count(x);
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        to[e] = from[e] * from[e];
}

void SLT_KERNEL(square_back)(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    const real *at = x->data, *from = dy->data;
    real *to = dx->data;
    size_t count = slt_tensor_count(x);
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        to[e] = (at[e] + at[e]) * from[e];
}
