/* Pairs of columns, rotated: both products of a number are exact, their sum is rounded
 * once. */
#include "num/fixed/block.h"

/* a c + b s at the exponent of both products less `shift`. */
static int64_t turn_of(int64_t a, int64_t c, int64_t b, int64_t s, int shift)
{
    const slt_wide sum = slt_wide_add(slt_wide_mul(a, c), slt_wide_mul(b, s));
    return (int64_t)slt_wide_round(sum, shift).low;
}

void slt_fixed_rotate(const slt_rotation *by, const slt_tensor *x, slt_tensor *y)
{
    const size_t pairs = by->cosine->cols, cols = x->cols, width = 2 * pairs;
    const size_t step = by->neighbours ? 2 : 1, apart = by->neighbours ? 1 : pairs;
    const int bits = slt_block_bits(x), shift = bits ? bits - 1 : SLT_ROTATION_FRAC;
    for (size_t i = 0; i < x->rows; i++) {
        const size_t position = i % by->cosine->rows;
        const int64_t *cosine = (const int64_t *)by->cosine->data + position * pairs;
        const int64_t *sine = (const int64_t *)by->sine->data + position * pairs;
        for (size_t e = 0; e < cols / 2; e++) {
            const size_t pair = e % pairs;
            const size_t at = i * cols + e / pairs * width + pair * step;
            const int64_t a = ((const int64_t *)x->data)[at];
            const int64_t b = ((const int64_t *)x->data)[at + apart];
            const int64_t s = by->back ? sine[pair] : -sine[pair];
            ((int64_t *)y->data)[at] = turn_of(a, cosine[pair], b, s, shift);
            ((int64_t *)y->data)[at + apart] = turn_of(b, cosine[pair], a, -s, shift);
        }
    }
    y->overflow |= x->overflow;
    slt_block_place(y, x->frac + SLT_ROTATION_FRAC - shift);
}
