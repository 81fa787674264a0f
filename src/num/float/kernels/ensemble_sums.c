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

/* Element `place` of every member, to its partial sums. */
SLT_INLINE void add_square(const real *y, const real *t, double *partial, real *error)
{
    SLT_SIMD
    for (size_t m = 0; m < MEMBERS; m++) {
        error[m] = y[m] - t[m];
        partial[m] = __builtin_fma((double)error[m], (double)error[m], partial[m]);
    }
}

/* partial[i][m]: partial sum i of member m. */
void SLT_KERNEL(ensemble_sum_add)(const slt_tensor *y, const slt_tensor *t,
                                  slt_real scale, slt_tensor *dy, slt_ensemble_sum *sum)
{
    const real *value = y->data, *target = t->data, factor = real_of(scale);
    double *partial = (double *)(void *)sum->partial;
    real *to = dy ? dy->data : NULL;
    const size_t count = slt_tensor_count(y) / MEMBERS;
    for (size_t e = 0; e < count; e++) {
        const size_t at = e * MEMBERS, place = (sum->elements + e) % PARTIALS;
        real error[MEMBERS];
        add_square(value + at, target + at, partial + place * MEMBERS, error);
        if (!to)
            continue;
        SLT_SIMD
        for (size_t m = 0; m < MEMBERS; m++)
            to[at + m] = factor * error[m];
    }
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
