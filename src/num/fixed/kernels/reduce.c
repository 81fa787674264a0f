/* Sums over blocks: exact, so that any order gives them. */
#include <string.h>

#include "base/assert.h"
#include "num/fixed/block.h"
#include "num/fixed/kernels/body.h"
#include "num/scratch.h"

void SLT_FIXED(column_sums)(const slt_tensor *dy, slt_tensor *out)
{
    const int64_t *m = dy->data;
    int64_t *sums = out->data;
    int most = 62 - slt_block_log2(dy->rows ? dy->rows : 1);
    int shift = slt_block_excess(slt_block_bits(dy), most);
    memset(sums, 0, dy->cols * sizeof *sums);
    for (size_t i = 0; i < dy->rows; i++)
        for (size_t j = 0; j < dy->cols; j++)
            sums[j] += slt_round_shift(m[i * dy->cols + j], shift);
    out->frac = dy->frac - shift;
    out->overflow |= dy->overflow;
}

/* The exact sum of a_e b_e after rounding both blocks to 48 bits: below 2^127 for up to
 * 2^31 elements. */
slt_real SLT_FIXED(dot)(const slt_tensor *a, const slt_tensor *b)
{
    const int64_t *x = a->data, *y = b->data;
    size_t n = slt_tensor_count(a);
    SLT_ASSERT(n <= (size_t)1 << 31);
    int shift_a = slt_block_excess(slt_block_bits(a), 48);
    int shift_b = slt_block_excess(slt_block_bits(b), 48);
    slt_wide sum = slt_wide_of(0);
    for (size_t e = 0; e < n; e++)
        sum = slt_wide_add(sum, slt_wide_mul(slt_round_shift(x[e], shift_a),
                                             slt_round_shift(y[e], shift_b)));
    return slt_fixed_real(sum, a->frac - shift_a + b->frac - shift_b);
}

slt_real SLT_FIXED(squared_error)(const slt_tensor *y, const slt_tensor *t,
                                  slt_real scale, slt_tensor *dy)
{
    slt_tensor error = *y;
    error.overflow = false;
    error.data = slt_kernel_scratch(slt_tensor_count(y) * sizeof(int64_t));
    SLT_FIXED(subtract)(y, t, &error);
    slt_real sum = SLT_FIXED(dot)(&error, &error);
    if (dy) {
        dy->overflow = false;
        SLT_FIXED(times)(scale, &error, dy);
    }
    return sum;
}
