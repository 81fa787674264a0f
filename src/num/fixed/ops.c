/* Operations of a network on fixed-point blocks. */
#include "num/fixed/fixed.h"

#include <string.h>

#include "base/assert.h"
#include "base/assumptions.h"
#include "num/fixed/block.h"
#include "num/scratch.h"

/* ---- Products ------------------------------------------------------------------------
 */

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

void slt_fixed_product(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                       const slt_tensor *b, slt_tensor *c)
{
    size_t rows = c->rows, cols = c->cols, depth = ta ? a->rows : a->cols;
    int64_t *out = c->data;
    /* 2 bits + ceil(log2 depth) <= 62: the sum of products is exact. */
    int bits = (62 - slt_block_log2(depth ? depth : 1)) / 2;
    bits = bits > 30 ? 30 : bits;
    int32_t *left = slt_kernel_scratch((rows + cols) * depth * sizeof *left);
    int32_t *right = left + rows * depth;
    c->frac = quantise(a, bits, ta == SLT_TRANSPOSED, left) +
              quantise(b, bits, tb == SLT_PLAIN, right);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            out[i * cols + j] = inner(left + i * depth, right + j * depth, depth);
    c->overflow |= a->overflow || b->overflow;
}

void slt_fixed_column_sums(const slt_tensor *dy, slt_tensor *out)
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

/* ---- Sums ----------------------------------------------------------------------------
 */

void slt_fixed_add_bias(slt_tensor *y, const slt_tensor *bias)
{
    int64_t *m = y->data;
    const int64_t *b = bias->data;
    int frac =
        slt_block_meet(y->frac, slt_block_bits(y), bias->frac, slt_block_bits(bias));
    for (size_t i = 0; i < y->rows; i++)
        for (size_t j = 0; j < y->cols; j++) {
            int64_t *at = &m[i * y->cols + j];
            *at = slt_block_shift(*at, frac - y->frac) +
                  slt_block_shift(b[j], frac - bias->frac);
        }
    y->frac = frac;
    y->overflow |= bias->overflow;
}

/* out = a + sign b. */
static void sum_of(const slt_tensor *a, const slt_tensor *b, int sign, slt_tensor *out)
{
    const int64_t *x = a->data, *y = b->data;
    int64_t *to = out->data;
    int frac_a = a->frac, frac_b = b->frac;
    int frac = slt_block_meet(frac_a, slt_block_bits(a), frac_b, slt_block_bits(b));
    for (size_t e = 0, n = slt_tensor_count(a); e < n; e++)
        to[e] = slt_block_shift(x[e], frac - frac_a) +
                sign * slt_block_shift(y[e], frac - frac_b);
    out->frac = frac;
    out->overflow |= a->overflow || b->overflow;
}

void slt_fixed_add(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    sum_of(a, b, 1, out);
}

/* ---- Elementwise ---------------------------------------------------------------------
 */

void slt_fixed_relu(const slt_tensor *x, slt_tensor *y)
{
    const int64_t *m = x->data;
    int64_t *to = y->data;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++)
        to[e] = m[e] > 0 ? m[e] : 0;
    y->frac = x->frac;
    y->overflow |= x->overflow;
}

void slt_fixed_relu_back(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    const int64_t *m = x->data, *d = dy->data;
    int64_t *to = dx->data;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++)
        to[e] = m[e] > 0 ? d[e] : 0;
    dx->frac = dy->frac;
    dx->overflow |= dy->overflow;
}

void slt_fixed_multiply(const slt_tensor *a, const slt_tensor *b, slt_tensor *to)
{
    const int64_t *x = a->data, *y = b->data;
    int64_t *out = to->data;
    int shift = slt_block_excess(slt_block_bits(a) + slt_block_bits(b), 62);
    int frac = a->frac + b->frac - shift;
    for (size_t e = 0, n = slt_tensor_count(a); e < n; e++)
        out[e] = (int64_t)slt_wide_round(slt_wide_mul(x[e], y[e]), shift).low;
    to->frac = frac;
    to->overflow |= a->overflow || b->overflow;
}

void slt_fixed_square(const slt_tensor *x, slt_tensor *y)
{
    slt_fixed_multiply(x, x, y);
}

void slt_fixed_square_back(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    slt_fixed_multiply(x, dy, dx);
    dx->frac -= 1; /* times two */
}

/* ---- Losses --------------------------------------------------------------------------
 */

/* The exact sum of a_e b_e after rounding both blocks to 48 bits: below 2^127 for up to
 * 2^31 elements. */
slt_real slt_fixed_dot(const slt_tensor *a, const slt_tensor *b)
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

void slt_fixed_times(slt_real scalar, const slt_tensor *x, slt_tensor *y)
{
    slt_scalar by = slt_scalar_of(scalar);
    const int64_t *m = x->data;
    int64_t *out = y->data;
    int bits = slt_block_bits(x), shift = slt_block_excess(53 + bits, 62);
    /* Zeros keep no exponent, lest it grow with every step. */
    int frac = bits ? x->frac - by.exponent - shift : SLT_FIXED_FRAC;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++)
        out[e] = (int64_t)slt_wide_round(slt_wide_mul(by.mantissa, m[e]), shift).low;
    y->frac = frac;
    y->overflow |= x->overflow;
}

slt_real slt_fixed_squared_error(const slt_tensor *y, const slt_tensor *t, slt_real scale,
                                 slt_tensor *dy)
{
    slt_tensor error = *y;
    error.overflow = false;
    error.data = slt_kernel_scratch(slt_tensor_count(y) * sizeof(int64_t));
    sum_of(y, t, -1, &error);
    slt_real sum = slt_fixed_dot(&error, &error);
    if (dy) {
        dy->overflow = false;
        slt_fixed_times(scale, &error, dy);
    }
    return sum;
}

bool slt_fixed_finite(const slt_tensor *tensor)
{
    return !tensor->overflow;
}
