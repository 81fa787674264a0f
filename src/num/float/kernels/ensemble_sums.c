/* Sums over the rows of every member. */
#include "num/float/kernels/ensemble.h"
#include "num/float/reduce.h"

#define PARTIALS SLT_REDUCE_PARTIALS

void SLT_KERNEL(ensemble_column_sums)(const slt_tensor *dy, bool goes_on, slt_tensor *out)
{
    const real *from = dy->data;
    real *to = out->data;
    const size_t cols = dy->cols, rows = dy->rows;
    for (size_t j = 0; j < cols; j += MEMBERS) {
        real sum[MEMBERS] = {0};
        if (goes_on)
            memcpy(sum, to + j, sizeof sum);
        for (size_t i = 0; i < rows; i++) {
            SLT_SIMD
            for (size_t m = 0; m < MEMBERS; m++)
                sum[m] = from[i * cols + j + m] + sum[m];
        }
        memcpy(to + j, sum, sizeof sum);
    }
}

/* One element of every member, to its partial sums; where dy is not NULL the derivative.
 * relu and whether there is a dy are constants where this is inlined. */
SLT_INLINE void add_square(bool relu, const real *y, const real *t, real scale,
                           double *partial, real *dy)
{
    real error[MEMBERS];
    SLT_SIMD
    for (size_t m = 0; m < MEMBERS; m++) {
        const real positive = y[m] > 0 ? y[m] : 0;
        error[m] = (relu ? positive : y[m]) - t[m];
    }
    SLT_SIMD
    for (size_t m = 0; m < MEMBERS; m++)
        partial[m] = __builtin_fma((double)error[m], (double)error[m], partial[m]);
    if (!dy)
        return;
    SLT_SIMD
    for (size_t m = 0; m < MEMBERS; m++) {
        const real slope = scale * error[m];
        dy[m] = relu && !(y[m] > 0) ? 0 : slope;
    }
}

/* partial[i][m]: partial sum i of member m.  Elements that go to one partial, PARTIALS
 * apart, are taken one after the other while it stays in registers. */
SLT_INLINE void add_squares(bool relu, const real *y, const real *t, real scale, real *dy,
                            size_t first, size_t count, double *partial)
{
    for (size_t e = 0; e < count && e < PARTIALS; e++) {
        double *to = partial + (first + e) % PARTIALS * MEMBERS, sum[MEMBERS];
        memcpy(sum, to, sizeof sum);
        for (size_t i = e; i < count; i += PARTIALS) {
            const size_t at = i * MEMBERS;
            add_square(relu, y + at, t + at, scale, sum, dy ? dy + at : NULL);
        }
        memcpy(to, sum, sizeof sum);
    }
}

void SLT_KERNEL(ensemble_sum_add)(bool relu, const slt_tensor *y, const slt_tensor *t,
                                  slt_real scale, slt_tensor *dy, slt_ensemble_sum *sum)
{
    const real *value = y->data, *target = t->data, factor = real_of(scale);
    double *partial = (double *)(void *)sum->partial;
    const size_t first = sum->elements, count = slt_tensor_count(y) / MEMBERS;
    if (relu && dy)
        add_squares(true, value, target, factor, dy->data, first, count, partial);
    else if (relu)
        add_squares(true, value, target, factor, NULL, first, count, partial);
    else if (dy)
        add_squares(false, value, target, factor, dy->data, first, count, partial);
    else
        add_squares(false, value, target, factor, NULL, first, count, partial);
    sum->elements += count;
}

/* slt_reduce_tree for every member; overwrites partial. */
void SLT_KERNEL(ensemble_sum_end)(slt_ensemble_sum *sum, slt_real divisor,
                                  slt_real *losses)
{
    double *partial = (double *)(void *)sum->partial;
    const double by = slt_real_double(divisor);
    for (size_t width = PARTIALS / 2 * MEMBERS; width >= MEMBERS; width /= 2) {
        SLT_SIMD
        for (size_t e = 0; e < width; e++)
            partial[e] += partial[e + width];
    }
    for (size_t m = 0; m < MEMBERS; m++)
        losses[m] = slt_real_of(partial[m] / by);
}
