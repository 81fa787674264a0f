/* c = op(a) op(b): exact sums of products of blocks rounded beforehand. */
#include "num/fixed/block.h"
#include "num/fixed/kernels/body.h"
#include "num/scratch.h"

/* Rounds a block to at most `bits` bits, as op(block) laid out so that the k index of the
 * product runs fastest; returns the new exponent. */
static int quantise(const slt_tensor *block, int bits, bool turn, int32_t *out)
{
    const int64_t *m = block->data;
    int shift = slt_block_excess(slt_block_bits(block), bits);
    for (size_t i = 0; i < block->rows; i++)
        for (size_t j = 0; j < block->cols; j++) {
            size_t to = turn ? j * block->rows + i : i * block->cols + j;
            out[to] = (int32_t)slt_round_shift(m[i * block->cols + j], shift);
        }
    return block->frac - shift;
}

static int64_t inner(const int32_t *a, const int32_t *b, size_t n)
{
    int64_t sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += (int64_t)a[k] * b[k];
    return sum;
}

void SLT_FIXED(product)(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                        const slt_tensor *b, slt_tensor *c)
{
    size_t rows = c->rows, cols = c->cols, depth = ta ? a->rows : a->cols;
    int64_t *out = c->data;
    int bits = slt_block_factor(depth);
    int32_t *left = slt_kernel_scratch((rows + cols) * depth * sizeof *left);
    int32_t *right = left + rows * depth;
    c->frac = quantise(a, bits, ta == SLT_TRANSPOSED, left) +
              quantise(b, bits, tb == SLT_PLAIN, right);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            out[i * cols + j] = inner(left + i * depth, right + j * depth, depth);
    c->overflow |= a->overflow || b->overflow;
}
