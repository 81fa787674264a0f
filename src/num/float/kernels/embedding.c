/* Rows of a table looked up by number: products with one-hot rows, without the zeros. */
#include "num/float/kernels/rows.h"

SLT_INLINE vec plus(vec x, vec zero, vec unused)
{
    (void)unused;
    return x + zero;
}

/* w + 0 is what the chain from +0 makes of the one row that counts: -0 becomes +0. */
void SLT_KERNEL(embedding)(const slt_tensor *weight, const slt_tensor *index,
                           slt_tensor *y)
{
    const int32_t *at = index->data;
    for (size_t i = 0; i < y->rows; i++) {
        const real *from = (const real *)weight->data + (size_t)at[i] * y->cols;
        row_each(plus, from, (real *)y->data + i * y->cols, y->cols, 0, 0);
    }
}

/* A chain from +0 is never -0, so the terms fma(0, dy, sum) left out change no bit of it;
 * fma(1, dy, sum) is the addition. */
void SLT_KERNEL(embedding_back)(const slt_tensor *index, const slt_tensor *dy,
                                slt_tensor *dweight)
{
    const int32_t *at = index->data;
    real *sums = dweight->data;
    for (size_t e = 0; e < slt_tensor_count(dweight); e++)
        sums[e] = 0;
    for (size_t i = 0; i < dy->rows; i++) {
        row_add((const real *)dy->data + i * dy->cols, sums + (size_t)at[i] * dy->cols,
                dy->cols);
    }
}
