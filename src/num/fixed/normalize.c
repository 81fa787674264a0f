/* Rows divided by their size.  The size of a row is a binary64 number, made by integers;
 * all else is whole numbers.  With h half of log2 of the columns, rounded up, a row of n
 * has no number above 2^h, and what a row's slope is projected to is at most so many
 * times as large as the slope: so slopes have h bits less than there is room for. */
#include <limits.h>

#include "num/fixed/block.h"
#include "num/scalar.h"
#include "num/scratch.h"

#define ROW_BITS 60  /* of a row, before its mean is taken off */
#define SIZE_BITS 48 /* of what is squared: 2^24 squares fit 126 bits */
#define UNIT 54      /* n is at exponent UNIT - h */

static int half_log2(size_t cols)
{
    return (slt_block_log2(cols) + 1) / 2;
}

static int bits_of(const int64_t *m, size_t count)
{
    const slt_tensor row = {.rows = 1, .cols = count, .data = (void *)(uintptr_t)m};
    return slt_block_bits(&row);
}

/* Leaves x 2^-shift, rounded, less its mean where `centred`, in `to`, which may be x. */
static void centre_row(bool centred, const int64_t *x, int shift, size_t cols,
                       int64_t *to)
{
    slt_wide sum = slt_wide_of(0);
    for (size_t j = 0; j < cols; j++) {
        to[j] = slt_round_shift(x[j], shift);
        sum = slt_wide_add(sum, slt_wide_of(to[j]));
    }
    const int64_t mean = centred ? slt_block_mean(sum, cols) : 0;
    for (size_t j = 0; j < cols; j++)
        to[j] -= mean;
}

/* The sum of squares of numbers at this exponent. */
static slt_real square_row(const int64_t *c, int frac, size_t cols)
{
    const int shift = slt_block_excess(bits_of(c, cols), SIZE_BITS);
    slt_wide sum = slt_wide_of(0);
    for (size_t j = 0; j < cols; j++) {
        const int64_t u = slt_round_shift(c[j], shift);
        sum = slt_wide_add(sum, slt_wide_mul(u, u));
    }
    return slt_fixed_real(sum, 2 * (frac - shift));
}

/* Leaves n in `to`, which may be x; returns i, which is 0, an overflow, where the sum of
 * squares is infinite. */
static slt_real normalize_row(slt_normalize how, const int64_t *x, int frac, size_t cols,
                              int64_t *to, bool *overflow)
{
    const int shift = slt_block_excess(bits_of(x, cols), ROW_BITS);
    centre_row(how.centred, x, shift, cols, to);
    const slt_real sum = square_row(to, frac - shift, cols);
    const slt_real mean = slt_real_div(sum, slt_real_from_u64(cols));
    const slt_real inverse =
        slt_real_div(slt_real_from_u64(1), slt_real_sqrt(slt_real_add(mean, how.eps)));
    const slt_scalar by = slt_scalar_of(inverse);
    *overflow |= !slt_real_finite(sum);
    for (size_t j = 0; j < cols; j++)
        *overflow |=
            !slt_fixed_scale(by, to[j], frac - shift, UNIT - half_log2(cols), &to[j]);
    return inverse;
}

void slt_fixed_normalize(slt_normalize how, const slt_tensor *x, slt_tensor *y)
{
    const size_t cols = x->cols;
    y->overflow |= x->overflow;
    for (size_t i = 0; i < x->rows; i++)
        normalize_row(how, (const int64_t *)x->data + i * cols, x->frac, cols,
                      (int64_t *)y->data + i * cols, &y->overflow);
    y->frac = UNIT - half_log2(cols);
}

/* A block of slopes as it is projected: its numbers rounded by `shift`. */
typedef struct slopes {
    const slt_tensor *block;
    int shift, frac;
} slopes;

static slopes slopes_of(const slt_tensor *block)
{
    const int most = ROW_BITS - half_log2(block->cols);
    const int shift = slt_block_excess(slt_block_bits(block), most);
    return (slopes){block, shift, block->frac - shift};
}

static const int64_t *slope_row(const slopes *of, size_t row)
{
    return (const int64_t *)of->block->data + row * of->block->cols;
}

/* The mean of products with numbers that `shift` places are behind. */
static int64_t mean_product(const slopes *of, size_t row, const int64_t *by, int shift)
{
    const int64_t *g = slope_row(of, row);
    const size_t cols = of->block->cols;
    slt_wide sum = slt_wide_of(0);
    for (size_t j = 0; j < cols; j++)
        sum = slt_wide_add(sum, slt_wide_mul(slt_round_shift(g[j], of->shift), by[j]));
    return slt_block_mean(slt_wide_round(sum, shift), cols);
}

/* Leaves G - mean(G) - q n in `to`, which may be the row itself; returns q = mean(G n).
 */
static int64_t project_row(bool centred, const slopes *of, size_t row, const int64_t *n,
                           int64_t *to)
{
    const size_t cols = of->block->cols;
    const int unit = UNIT - half_log2(cols);
    const int64_t share = mean_product(of, row, n, unit);
    centre_row(centred, slope_row(of, row), of->shift, cols, to);
    for (size_t j = 0; j < cols; j++)
        to[j] -= slt_mul_round(share, n[j], unit);
    return share;
}

/* Each row of a block at exponent `frac` times its number, at the exponent at which the
 * largest product has 62 bits. */
static void scale_rows(const slt_real *by, int frac, slt_tensor *d)
{
    const size_t cols = d->cols;
    int64_t *m = d->data;
    int most = INT_MIN;
    for (size_t i = 0; i < d->rows; i++) {
        const int bits = bits_of(m + i * cols, cols);
        const int all = bits + 53 + slt_scalar_of(by[i]).exponent;
        most = bits && all > most ? all : most;
    }
    const int to = most == INT_MIN ? SLT_FIXED_FRAC : frac + 62 - most;
    for (size_t i = 0; i < d->rows; i++)
        for (size_t j = 0; j < cols; j++) {
            int64_t *at = &m[i * cols + j];
            d->overflow |= !slt_fixed_scale(slt_scalar_of(by[i]), *at, frac, to, at);
        }
    slt_block_place(d, to);
}

void slt_fixed_normalize_back(slt_normalize how, const slt_tensor *x,
                              const slt_tensor *dy, slt_tensor *dx)
{
    const size_t cols = x->cols;
    const slopes of = slopes_of(dy);
    const bool overflow = x->overflow || dy->overflow;
    slt_real *by = slt_kernel_scratch((x->rows + cols) * sizeof *by);
    int64_t *n = (int64_t *)(void *)(by + x->rows);
    dx->overflow |= overflow;
    for (size_t i = 0; i < x->rows; i++) {
        by[i] = normalize_row(how, (const int64_t *)x->data + i * cols, x->frac, cols, n,
                              &dx->overflow);
        project_row(how.centred, &of, i, n, (int64_t *)dx->data + i * cols);
    }
    scale_rows(by, of.frac, dx);
}

/* What the second derivative takes of each row. */
typedef struct projected {
    slt_tensor slope, moved; /* of the derivative by n and of the change of x */
    int64_t *q, *u;          /* their shares of n */
    slt_real *less;          /* -i^2 */
    int64_t *n;              /* of one row */
} projected;

static projected projected_like(const slt_tensor *x)
{
    const size_t count = slt_tensor_count(x), rows = x->rows;
    projected room = {.slope = *x, .moved = *x};
    int64_t *at = slt_kernel_scratch((2 * count + 3 * rows + x->cols) * sizeof *at);
    room.slope.data = at;
    room.moved.data = at + count;
    room.q = at + 2 * count;
    room.u = room.q + rows;
    room.n = room.u + rows;
    room.less = (slt_real *)(void *)(room.n + x->cols);
    return room;
}

static void round_block(slt_tensor *block, int shift)
{
    int64_t *m = block->data;
    for (size_t e = 0; e < slt_tensor_count(block); e++)
        m[e] = slt_round_shift(m[e], shift);
}

void slt_fixed_normalize_second(slt_normalize how, const slt_tensor *x,
                                const slt_tensor *dy, const slt_tensor *change,
                                slt_tensor *dx)
{
    const size_t cols = x->cols;
    const int64_t *from = x->data;
    const slopes g = slopes_of(dy), v = slopes_of(change);
    const int unit = UNIT - half_log2(cols), most = ROW_BITS - half_log2(cols);
    bool overflow = x->overflow || dy->overflow || change->overflow;
    projected all = projected_like(x);
    int64_t *slope = all.slope.data, *moved = all.moved.data, *to = dx->data;
    for (size_t i = 0; i < x->rows; i++) {
        const slt_real by =
            normalize_row(how, from + i * cols, x->frac, cols, all.n, &overflow);
        all.less[i] = slt_real_neg(slt_real_mul(by, by));
        all.q[i] = project_row(how.centred, &g, i, all.n, slope + i * cols);
        all.u[i] = project_row(how.centred, &v, i, all.n, moved + i * cols);
    }
    const int bits[] = {slt_block_bits(&all.slope), slt_block_bits(&all.moved)};
    const int shift = slt_block_excess(bits[0] > bits[1] ? bits[0] : bits[1], most);
    round_block(&all.slope, shift);
    round_block(&all.moved, shift);
    for (size_t i = 0; i < x->rows; i++) {
        normalize_row(how, from + i * cols, x->frac, cols, all.n, &overflow);
        const int64_t p = mean_product(&g, i, moved + i * cols, ROW_BITS);
        for (size_t j = 0; j < cols; j++)
            to[i * cols + j] = slt_mul_round(all.u[i], slope[i * cols + j], ROW_BITS) +
                               slt_mul_round(all.q[i], moved[i * cols + j], ROW_BITS) +
                               slt_mul_round(p, all.n[j], unit);
    }
    dx->overflow |= overflow;
    scale_rows(all.less, g.frac + v.frac - shift - ROW_BITS, dx);
}
