/* Softmax over the columns of each row, or over those that the row sees; its derivative
 * along a change, which is that by its argument too, and how this one changes. */
#include "num/float/kernels/softmax.h"

/* Rows at a time, whose powers are made together. */
#define ROWS 64

SLT_INLINE void hide(real *row, size_t seen, size_t cols)
{
    for (size_t j = seen; j < cols; j++)
        row[j] = 0;
}

void SLT_KERNEL(softmax)(const slt_tensor *x, size_t causal, slt_tensor *y)
{
    const size_t cols = x->cols;
    for (size_t i = 0; i < x->rows; i += ROWS) {
        const real *from = (const real *)x->data + i * cols;
        real *to = (real *)y->data + i * cols;
        const size_t rows = x->rows - i < ROWS ? x->rows - i : ROWS;
        for (size_t r = 0; r < rows; r++) {
            const size_t seen = slt_num_softmax_seen(cols, causal, i + r);
            softmax_differences(from + r * cols, seen, to + r * cols);
            hide(to + r * cols, seen, cols);
        }
        lanes_exp(to, to, rows * cols);
        for (size_t r = 0; r < rows; r++) {
            const size_t seen = slt_num_softmax_seen(cols, causal, i + r);
            softmax_divide(to + r * cols, seen);
            hide(to + r * cols, seen, cols);
        }
    }
}

void SLT_KERNEL(softmax_along)(const slt_tensor *y, size_t causal,
                               const slt_tensor *change, slt_tensor *out)
{
    const size_t cols = y->cols;
    for (size_t i = 0; i < y->rows; i++) {
        real *to = (real *)out->data + i * cols;
        const size_t seen = slt_num_softmax_seen(cols, causal, i);
        softmax_along_row((const real *)y->data + i * cols,
                          (const real *)change->data + i * cols, seen, to);
        hide(to, seen, cols);
    }
}

void SLT_KERNEL(softmax_bend)(const slt_tensor *y, size_t causal, const slt_tensor *dy,
                              const slt_tensor *dshare, slt_tensor *dx)
{
    const size_t cols = y->cols;
    for (size_t i = 0; i < y->rows; i++) {
        real *to = (real *)dx->data + i * cols;
        const size_t seen = slt_num_softmax_seen(cols, causal, i);
        softmax_bend_row((const real *)y->data + i * cols,
                         (const real *)dy->data + i * cols,
                         (const real *)dshare->data + i * cols, seen, to);
        hide(to, seen, cols);
    }
}
