/* Squared error against one-hot rows, which are not made, centred or not. */
#include <string.h>

#include "num/fixed/block.h"
#include "num/fixed/kernels/body.h"
#include "num/scratch.h"

/* A one-hot row is data: its 1 is 2^48 at exponent 48. */
static void subtract_classes(const slt_tensor *y, const slt_tensor *t, slt_tensor *error)
{
    const int64_t one = (int64_t)1 << SLT_FIXED_FRAC, *from = y->data;
    const int32_t *target = t->data;
    int64_t *to = error->data;
    const int frac =
        slt_block_meet(y->frac, slt_block_bits(y), SLT_FIXED_FRAC, SLT_FIXED_FRAC + 1);
    const int by = frac - y->frac;
    for (size_t e = 0, n = slt_tensor_count(y); e < n; e++)
        to[e] = slt_block_shift(from[e], by);
    for (size_t i = 0; i < y->rows; i++)
        to[i * y->cols + (size_t)target[i]] -=
            slt_block_shift(one, frac - SLT_FIXED_FRAC);
    slt_block_place(error, frac);
}

/* The exact sum of mantissas over 2^32: whole numbers and what is left of them. */
typedef struct halves {
    int64_t *high, *low;
} halves;

SLT_INLINE void add_halves(const int64_t *x, size_t count, halves sum)
{
    SLT_SIMD
    for (size_t j = 0; j < count; j++) {
        sum.high[j] += x[j] >> 32;
        sum.low[j] += x[j] & UINT32_MAX;
    }
}

static int64_t mean_of(int64_t high, int64_t low, size_t n)
{
    slt_wide sum = slt_wide_add(slt_wide_left(slt_wide_of(high), 32), slt_wide_of(low));
    return slt_block_mean(sum, n);
}

static void centre_samples(int64_t *x, size_t rows, size_t cols, halves sum)
{
    memset(sum.high, 0, cols * sizeof *sum.high);
    memset(sum.low, 0, cols * sizeof *sum.low);
    for (size_t i = 0; i < rows; i++)
        add_halves(x + i * cols, cols, sum);
    for (size_t j = 0; j < cols; j++)
        sum.high[j] = mean_of(sum.high[j], sum.low[j], rows);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            x[i * cols + j] -= sum.high[j];
}

static void centre_outputs(int64_t *x, size_t rows, size_t cols)
{
    for (size_t i = 0; i < rows; i++) {
        int64_t *row = x + i * cols, high = 0, low = 0;
        for (size_t j = 0; j < cols; j++) {
            high += row[j] >> 32;
            low += row[j] & UINT32_MAX;
        }
        const int64_t mean = mean_of(high, low, cols);
        for (size_t j = 0; j < cols; j++)
            row[j] -= mean;
    }
}

/* `sum` has room for a number a column. */
static void centre_rows(slt_centre centre, slt_tensor *x, halves sum)
{
    if (centre == SLT_CENTRE_SAMPLES)
        centre_samples(x->data, x->rows, x->cols, sum);
    if (centre == SLT_CENTRE_OUTPUTS)
        centre_outputs(x->data, x->rows, x->cols);
}

void SLT_FIXED(centre)(slt_centre centre, slt_tensor *x)
{
    int64_t *room = slt_kernel_scratch(2 * x->cols * sizeof *room);
    centre_rows(centre, x, (halves){room, room + x->cols});
}

slt_real SLT_FIXED(class_error)(const slt_tensor *y, const slt_tensor *t,
                                slt_centre centre, slt_real scale, slt_tensor *dy)
{
    const size_t cols = y->cols;
    int64_t *room = slt_kernel_scratch((2 * cols + slt_tensor_count(y)) * sizeof *room);
    slt_tensor error = *y;
    error.data = dy ? dy->data : room + 2 * cols;
    subtract_classes(y, t, &error);
    centre_rows(centre, &error, (halves){room, room + cols});
    slt_real sum = SLT_FIXED(dot)(&error, &error);
    if (dy) {
        dy->overflow = false;
        SLT_FIXED(times)(scale, &error, dy);
    }
    return sum;
}
