/* Columns times a number each, and sums of products of columns. */
#include <string.h>

#include "num/fixed/block.h"

/* The elementwise product of x and rows that are all the weight. */
void slt_fixed_multiply_columns(const slt_tensor *x, const slt_tensor *weight,
                                slt_tensor *y)
{
    const int64_t *from = x->data, *by = weight->data;
    int64_t *to = y->data;
    const int shift = slt_block_excess(slt_block_bits(x) + slt_block_bits(weight), 62);
    const int frac = x->frac + weight->frac - shift;
    const bool overflow = x->overflow || weight->overflow;
    for (size_t i = 0; i < x->rows; i++)
        for (size_t j = 0; j < x->cols; j++) {
            const size_t e = i * x->cols + j;
            to[e] = (int64_t)slt_wide_round(slt_wide_mul(from[e], by[j]), shift).low;
        }
    slt_block_place(y, frac);
    y->overflow |= overflow;
}

/* The diagonal of a product whose depth is the number of rows. */
void slt_fixed_column_dots(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    const int64_t *left = a->data, *right = b->data;
    int64_t *sum = out->data;
    const int most = slt_block_factor(a->rows);
    const int shift_a = slt_block_excess(slt_block_bits(a), most),
              shift_b = slt_block_excess(slt_block_bits(b), most);
    memset(sum, 0, a->cols * sizeof *sum);
    for (size_t i = 0; i < a->rows; i++)
        for (size_t j = 0; j < a->cols; j++) {
            const size_t e = i * a->cols + j;
            sum[j] +=
                slt_round_shift(left[e], shift_a) * slt_round_shift(right[e], shift_b);
        }
    slt_block_place(out, a->frac - shift_a + b->frac - shift_b);
    out->overflow |= a->overflow || b->overflow;
}
