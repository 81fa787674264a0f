/* Element by element: sums, activations and their derivatives. */
#include <string.h>

#include "num/float/kernels/columns.h"
#include "num/float/kernels/vector.h"

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

SLT_INLINE void sum_narrow(const real *dy, size_t rows, size_t cols, real *out)
{
    vec sum = vec_broadcast(0);
    for (size_t i = 0; i < rows; i++)
        sum = vec_load_part(dy + i * cols, cols) + sum;
    vec_store_part(out, sum, cols);
}

/* The last vector ends with the last column, so that it may sum some of them again. */
void SLT_KERNEL(column_sums)(const slt_tensor *dy, slt_tensor *out)
{
    const real *from = dy->data;
    real *to = out->data;
    const size_t rows = dy->rows, cols = dy->cols;
    if (cols < LANES)
        sum_narrow(from, rows, cols, to);
    else if (sum_columns(false, from, rows, cols, to) < cols)
        sum_vectors(1, false, from + cols - LANES, rows, cols, to + cols - LANES);
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

void SLT_KERNEL(subtract)(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    const real *left = a->data, *right = b->data;
    real *to = out->data;
    size_t count = slt_tensor_count(out);
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        to[e] = left[e] - right[e];
}

void SLT_KERNEL(negate)(const slt_tensor *x, slt_tensor *y)
{
    const real *from = x->data;
    real *to = y->data;
    size_t count = slt_tensor_count(x);
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        to[e] = -from[e];
}

void SLT_KERNEL(concat)(const slt_tensor *const *parts, size_t count, slt_tensor *to)
{
    real *at = to->data;
    for (size_t i = 0; i < to->rows; i++)
        for (size_t p = 0; p < count; p++) {
            const size_t cols = parts[p]->cols;
            memcpy(at, (const real *)parts[p]->data + i * cols, cols * sizeof *at);
            at += cols;
        }
}

void SLT_KERNEL(multiply)(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    const real *left = a->data, *right = b->data;
    real *to = out->data;
    size_t count = slt_tensor_count(out);
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        to[e] = left[e] * right[e];
}

void SLT_KERNEL(multiply_columns)(const slt_tensor *x, const slt_tensor *weight,
                                  slt_tensor *y)
{
    const real *by = weight->data;
    const size_t cols = x->cols;
    for (size_t i = 0; i < x->rows; i++) {
        const real *from = (const real *)x->data + i * cols;
        real *to = (real *)y->data + i * cols;
        SLT_SIMD
        for (size_t j = 0; j < cols; j++)
            to[j] = by[j] * from[j];
    }
}

void SLT_KERNEL(column_dots)(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    const size_t cols = a->cols;
    real *sum = out->data;
    for (size_t j = 0; j < cols; j++)
        sum[j] = 0;
    for (size_t i = 0; i < a->rows; i++) {
        const real *left = (const real *)a->data + i * cols;
        const real *right = (const real *)b->data + i * cols;
        SLT_SIMD
        for (size_t j = 0; j < cols; j++)
            sum[j] = real_fma(left[j], right[j], sum[j]);
    }
}

void SLT_KERNEL(scale)(slt_real scalar, const slt_tensor *x, slt_tensor *y)
{
    const real factor = real_of(scalar), *from = x->data;
    real *to = y->data;
    size_t count = slt_tensor_count(x);
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        to[e] = factor * from[e];
}

void SLT_KERNEL(add_sign)(slt_real scalar, const slt_tensor *x, slt_tensor *y)
{
    const real term = real_of(scalar), *from = x->data;
    real *to = y->data;
    size_t count = slt_tensor_count(x);
    SLT_SIMD
    for (size_t e = 0; e < count; e++) {
        const real up = to[e] + term, down = to[e] - term;
        to[e] = from[e] > 0 ? up : from[e] < 0 ? down : to[e];
    }
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

void SLT_KERNEL(tanh_slope)(const slt_tensor *y, slt_tensor *slope)
{
    const real *from = y->data;
    real *to = slope->data;
    size_t count = slt_tensor_count(y);
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        to[e] = real_fma(-from[e], from[e], 1);
}

void SLT_KERNEL(tanh_bend)(const slt_tensor *y, slt_tensor *bend)
{
    const real *from = y->data;
    real *to = bend->data;
    size_t count = slt_tensor_count(y);
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        to[e] = -(from[e] + from[e]) * real_fma(-from[e], from[e], 1);
}
