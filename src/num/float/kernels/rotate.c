/* Pairs of columns, rotated. */
#include "num/float/kernels/body.h"

/* Pair i is x[i * step] and x[i * step + apart].  Callers that inline this pass constants
 * for back and step. */
SLT_INLINE void rotate_head(bool back, size_t step, size_t apart, const real *cosine,
                            const real *sine, size_t pairs, const real *x, real *y)
{
    SLT_SIMD
    for (size_t i = 0; i < pairs; i++) {
        const real a = x[i * step], b = x[i * step + apart];
        const real across = b * sine[i], along = a * sine[i];
        y[i * step] = real_fma(a, cosine[i], back ? across : -across);
        y[i * step + apart] = real_fma(b, cosine[i], back ? -along : along);
    }
}

SLT_INLINE void rotate_row(bool back, const slt_rotation *by, size_t position,
                           const real *x, size_t cols, real *y)
{
    const size_t pairs = by->cosine->cols, width = cols / by->heads;
    const real *cosine = (const real *)by->cosine->data + position * pairs;
    const real *sine = (const real *)by->sine->data + position * pairs;
    for (size_t h = 0; h < by->heads; h++) {
        if (by->neighbours)
            rotate_head(back, 2, 1, cosine, sine, pairs, x + h * width, y + h * width);
        else
            rotate_head(back, 1, pairs, cosine, sine, pairs, x + h * width,
                        y + h * width);
    }
}

void SLT_KERNEL(rotate)(const slt_rotation *by, const slt_tensor *x, slt_tensor *y)
{
    const size_t cols = x->cols;
    for (size_t i = 0; i < x->rows; i++) {
        const real *from = (const real *)x->data + i * cols;
        real *to = (real *)y->data + i * cols;
        const size_t position = i % by->cosine->rows;
        if (by->back)
            rotate_row(true, by, position, from, cols, to);
        else
            rotate_row(false, by, position, from, cols, to);
    }
}
