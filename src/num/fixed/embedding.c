/* Rows of a table looked up by number: products with one-hot rows, without the zeros.
 *
 * A one-hot row is data: its 1 is 2^48 at exponent 48, which a product rounds to as many
 * bits as the table's entries.  So the product, and what is made here, is the table's
 * rounded entry times 2^(bits - 1). */
#include <string.h>

#include "num/fixed/block.h"
#include "num/fixed/fixed.h"

void slt_fixed_embedding(const slt_tensor *weight, const slt_tensor *index, slt_tensor *y)
{
    const int32_t *at = index->data;
    int bits = slt_block_factor(weight->rows);
    int shift = slt_block_excess(slt_block_bits(weight), bits);
    for (size_t i = 0; i < y->rows; i++) {
        const int64_t *from = (const int64_t *)weight->data + (size_t)at[i] * y->cols;
        int64_t *to = (int64_t *)y->data + i * y->cols;
        for (size_t j = 0; j < y->cols; j++)
            to[j] = slt_block_shift(slt_round_shift(from[j], shift), bits - 1);
    }
    slt_block_place(y, weight->frac - shift + bits - 1);
    y->overflow |= weight->overflow;
}

void slt_fixed_embedding_back(const slt_tensor *index, const slt_tensor *dy,
                              slt_tensor *dweight)
{
    const int32_t *at = index->data;
    int64_t *sums = dweight->data;
    int bits = slt_block_factor(dy->rows);
    int shift = slt_block_excess(slt_block_bits(dy), bits);
    size_t count = slt_tensor_count(dweight);
    memset(sums, 0, count * sizeof *sums);
    for (size_t i = 0; i < dy->rows; i++) {
        const int64_t *from = (const int64_t *)dy->data + i * dy->cols;
        int64_t *sum = sums + (size_t)at[i] * dy->cols;
        for (size_t j = 0; j < dy->cols; j++)
            sum[j] += slt_round_shift(from[j], shift);
    }
    for (size_t e = 0; e < count; e++)
        sums[e] = slt_block_shift(sums[e], bits - 1);
    slt_block_place(dweight, dy->frac - shift + bits - 1);
    dweight->overflow |= dy->overflow;
}
