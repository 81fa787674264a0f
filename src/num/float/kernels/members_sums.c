/* Sums over the rows of every member. */
#include "num/float/kernels/columns.h"
#include "num/float/kernels/members.h"
#include "num/float/reduce.h"

#define PARTIALS SLT_REDUCE_PARTIALS

void SLT_KERNEL(members_column_sums)(const slt_tensor *dy, bool goes_on, slt_tensor *out)
{
    if (goes_on)
        sum_columns(true, dy->data, dy->rows, dy->cols, out->data);
    else
        sum_columns(false, dy->data, dy->rows, dy->cols, out->data);
}

/* One element of every member: its error and, where dy is not NULL, the derivative by it.
 * relu and whether there is a dy are constants where this is inlined. */
SLT_INLINE void find_errors(bool relu, const real *y, const real *t, real scale,
                            real *error, real *dy)
{
    SLT_SIMD
    for (size_t m = 0; m < MEMBERS; m++) {
        const real positive = y[m] > 0 ? y[m] : 0;
        error[m] = (relu ? positive : y[m]) - t[m];
    }
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
            real error[MEMBERS];
            find_errors(relu, y + at, t + at, scale, error, dy ? dy + at : NULL);
            SLT_SIMD
            for (size_t m = 0; m < MEMBERS; m++)
                sum[m] = __builtin_fma((double)error[m], (double)error[m], sum[m]);
        }
        memcpy(to, sum, sizeof sum);
    }
}

/* Squares of binary32 numbers, and sums of so many as there are, are far below where
 * binary64 ends: a sum is finite where every error is. */
#define JUDGES_ERRORS (sizeof(real) < sizeof(double))

/* spoilt: for each member the bits of error - error, which are 0 but for a sign where the
 * error is finite. */
SLT_INLINE void judge_errors(bool relu, const real *y, const real *t, real scale,
                             real *dy, size_t count, void *spoilt)
{
    real_bits all[MEMBERS];
    memcpy(all, spoilt, sizeof all);
    for (size_t at = 0; at < count * MEMBERS; at += MEMBERS) {
        real error[MEMBERS];
        find_errors(relu, y + at, t + at, scale, error, dy ? dy + at : NULL);
        SLT_SIMD
        for (size_t m = 0; m < MEMBERS; m++) {
            const real rest = error[m] - error[m];
            real_bits bits;
            memcpy(&bits, &rest, sizeof bits);
            all[m] |= bits;
        }
    }
    memcpy(spoilt, all, sizeof all);
}

/* relu and whether there is a dy are constants where this is inlined. */
SLT_INLINE void add_errors(bool relu, const real *y, const real *t, real scale, real *dy,
                           size_t count, slt_members_sum *sum)
{
    void *partial = sum->partial;
    if (sum->verdict && JUDGES_ERRORS)
        judge_errors(relu, y, t, scale, dy, count, partial);
    else
        add_squares(relu, y, t, scale, dy, sum->elements, count, partial);
    sum->elements += count;
}

void SLT_KERNEL(members_sum_add)(bool relu, const slt_tensor *y, const slt_tensor *t,
                                 slt_real scale, slt_tensor *dy, slt_members_sum *sum)
{
    const real *value = y->data, *target = t->data, factor = real_of(scale);
    const size_t count = slt_tensor_count(y) / MEMBERS;
    if (relu && dy)
        add_errors(true, value, target, factor, dy->data, count, sum);
    else if (relu)
        add_errors(true, value, target, factor, NULL, count, sum);
    else if (dy)
        add_errors(false, value, target, factor, dy->data, count, sum);
    else
        add_errors(false, value, target, factor, NULL, count, sum);
}

/* slt_reduce_tree for every member; overwrites partial. */
static void add_partials(slt_members_sum *sum, slt_real factor, slt_real divisor,
                         slt_real *losses)
{
    double *partial = (double *)(void *)sum->partial;
    const double times = slt_real_double(factor), by = slt_real_double(divisor);
    for (size_t width = PARTIALS / 2 * MEMBERS; width >= MEMBERS; width /= 2) {
        SLT_SIMD
        for (size_t e = 0; e < width; e++)
            partial[e] += partial[e + width];
    }
    for (size_t m = 0; m < MEMBERS; m++)
        losses[m] = slt_real_of(times * partial[m] / by);
}

void SLT_KERNEL(members_sum_end)(slt_members_sum *sum, slt_real factor, slt_real divisor,
                                 slt_real *losses)
{
    real_bits spoilt[MEMBERS];
    if (!sum->verdict || !JUDGES_ERRORS) {
        add_partials(sum, factor, divisor, losses);
        return;
    }
    memcpy(spoilt, sum->partial, sizeof spoilt);
    for (size_t m = 0; m < MEMBERS; m++)
        losses[m] = slt_real_of(spoilt[m] << 1 ? __builtin_nan("") : 0);
}
