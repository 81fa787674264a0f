/* Softmax over the columns of each row, or over those that the row sees; its derivative
 * along a change, and how this one changes. */
#include <string.h>

#include "num/fixed/kernels/softmax.h"
#include "num/scratch.h"

static const int64_t *row_of(const slt_tensor *tensor, size_t row)
{
    return (const int64_t *)tensor->data + row * tensor->cols;
}

SLT_INLINE void hide(int64_t *row, size_t seen, size_t cols)
{
    memset(row + seen, 0, (cols - seen) * sizeof *row);
}

void SLT_FIXED(softmax)(const slt_tensor *x, size_t causal, slt_tensor *y)
{
    const size_t cols = x->cols;
    const bool quick = power_fits(x->frac, slt_block_bits(x));
    for (size_t i = 0; i < x->rows; i++) {
        int64_t *to = (int64_t *)y->data + i * cols;
        const size_t seen = slt_num_softmax_seen(cols, causal, i);
        softmax_row(row_of(x, i), seen, x->frac, quick, to);
        hide(to, seen, cols);
    }
    y->overflow |= x->overflow;
    y->frac = SLT_EXP_FRAC;
}

void SLT_FIXED(softmax_along)(const slt_tensor *y, size_t causal,
                              const slt_tensor *change, slt_tensor *out)
{
    const size_t cols = y->cols;
    const int shift = slt_block_excess(slt_block_bits(change), CHANGE_BITS);
    const int frac = change->frac - shift;
    int64_t *u = slt_kernel_scratch(cols * sizeof *u);
    for (size_t i = 0; i < y->rows; i++) {
        const int64_t *share = row_of(y, i), *from = row_of(change, i);
        int64_t *to = (int64_t *)out->data + i * cols;
        const size_t seen = slt_num_softmax_seen(cols, causal, i);
        for (size_t j = 0; j < seen; j++)
            u[j] = slt_round_shift(from[j], shift);
        const int64_t mean = softmax_mean(share, u, seen);
        for (size_t j = 0; j < seen; j++)
            to[j] = slt_mul_round(share[j], u[j] - mean, SLT_EXP_FRAC);
        hide(to, seen, cols);
    }
    out->overflow |= y->overflow || change->overflow;
    slt_block_place(out, frac);
}

/* The shares' changes are those that softmax_along makes, so that none has more than 60
 * bits and those of a row are at most 2^61 together: sums are below 2^123. */
void SLT_FIXED(softmax_bend)(const slt_tensor *y, size_t causal, const slt_tensor *dy,
                             const slt_tensor *dshare, slt_tensor *dx)
{
    const size_t cols = y->cols;
    const int shift = slt_block_excess(slt_block_bits(dy), CHANGE_BITS);
    const int frac = dy->frac - shift + dshare->frac - SLT_EXP_FRAC;
    int64_t *u = slt_kernel_scratch(cols * sizeof *u);
    for (size_t i = 0; i < y->rows; i++) {
        const int64_t *share = row_of(y, i), *from = row_of(dy, i);
        const int64_t *v = row_of(dshare, i);
        int64_t *to = (int64_t *)dx->data + i * cols;
        const size_t seen = slt_num_softmax_seen(cols, causal, i);
        for (size_t j = 0; j < seen; j++)
            u[j] = slt_round_shift(from[j], shift);
        const int64_t mean = softmax_mean(share, u, seen);
        const int64_t bent = softmax_mean(v, u, seen);
        for (size_t j = 0; j < seen; j++) {
            const slt_wide moved = slt_wide_mul(v[j], u[j] - mean);
            const slt_wide less = slt_wide_neg(slt_wide_mul(share[j], bent));
            to[j] =
                (int64_t)slt_wide_round(slt_wide_add(moved, less), SLT_EXP_FRAC).low;
        }
        hide(to, seen, cols);
    }
    dx->overflow |= y->overflow || dy->overflow || dshare->overflow;
    slt_block_place(dx, frac);
}
