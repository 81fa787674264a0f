/* Softmax of a row, and means by its shares: for softmax itself, cross entropy and
 * attention. */
#ifndef SLT_NUM_FLOAT_KERNELS_SOFTMAX_H
#define SLT_NUM_FLOAT_KERNELS_SOFTMAX_H

#include "num/float/kernels/reduction.h"

SLT_INLINE vec away_from(vec x, vec most, vec unused)
{
    (void)unused;
    return x - most;
}

/* to[j] = x[j] - m, m the largest.  Which zero is m shows in no exp(x - m); with a NaN
 * the row's sum is NaN whatever m is. */
SLT_INLINE real softmax_differences(const real *x, size_t count, real *to)
{
    const real most = row_largest(x, count);
    row_each(away_from, x, to, count, most, 0);
    return most;
}

/* Of powers of e the shares in their sum. */
SLT_INLINE void softmax_divide(real *power, size_t count)
{
    const real sum = (real)row_sum(power, count);
    SLT_SIMD
    for (size_t j = 0; j < count; j++)
        power[j] = power[j] / sum;
}

SLT_INLINE void softmax_row(const real *x, size_t count, real *share)
{
    softmax_differences(x, count, share);
    lanes_exp(share, share, count);
    softmax_divide(share, count);
}

SLT_INLINE lanes_f64 softmax_term(const reduced *of, size_t e, lanes_f64 p)
{
    return wide_fma(widen(few_load(of->in[0] + e)), widen(few_load(of->in[1] + e)), p);
}

/* The reduction of share z, rounded once. */
SLT_INLINE real softmax_mean(const real *share, const real *z, size_t count)
{
    const reduced of = {.in = {share, z}};
    return (real)slt_real_double(reduce(softmax_term, &of, count));
}

/* How shares change along a change z of what they are of; to may be either. */
SLT_INLINE void softmax_along_row(const real *share, const real *z, size_t count,
                                  real *to)
{
    const real mean = softmax_mean(share, z, count);
    SLT_SIMD
    for (size_t j = 0; j < count; j++)
        to[j] = share[j] * (z[j] - mean);
}

/* How that of u changes where the shares do by v. */
SLT_INLINE void softmax_bend_row(const real *share, const real *u, const real *v,
                                 size_t count, real *to)
{
    const real mean = softmax_mean(share, u, count), bent = softmax_mean(v, u, count);
    SLT_SIMD
    for (size_t j = 0; j < count; j++)
        to[j] = real_fma(v[j], u[j] - mean, -(share[j] * bent));
}

#endif
