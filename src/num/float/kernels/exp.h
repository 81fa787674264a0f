/* exp of binary32 in this copy's vectors: the steps of SLEEF's function with fma, with
 * the same bits for all 2^32 arguments (tests/variants/elementary.c under SLT_LONG=1).
 * The library's scalar function stays the definition, which the scalar copy calls.
 *
 * exp(x) = 2^q exp(s), q the whole number nearest to x / ln 2, s = x - q ln 2. */
#ifndef SLT_NUM_FLOAT_KERNELS_EXP_H
#define SLT_NUM_FLOAT_KERNELS_EXP_H

#include "num/float/kernels/vector.h"

/* u 2^q, rounded once; q is what was added to 1.5 2^23 to give sum. */
SLT_INLINE vec exp_scaled(vec u, vec q, vec sum)
{
#if defined(SLT_VARIANT_AVX512)
    (void)sum;
    return _mm512_scalef_ps(u, q);
#else
    typedef int32_t whole __attribute__((vector_size(LANES * sizeof(int32_t))));
    whole n = (whole)sum - 0x4b400000, half = n >> 1;
    (void)q;
    return u * (vec)((half + 127) << 23) * (vec)((n - half + 127) << 23);
#endif
}

/* From 100 on it is infinite and below -104 it is +0, so nothing is lost beyond.  Adding
 * 1.5 2^23 rounds to a whole number, ties to even. */
SLT_INLINE vec exp_vector(vec x)
{
    static const float coefficient[] = {0x1.a057b4p-13f, 0x1.6d2d92p-10f, 0x1.11114cp-7f,
                                        0x1.5554f4p-5f,  0x1.555556p-3f,  0.5f};
    const vec shift = vec_broadcast(0x1.8p+23f);
    x = vec_larger(vec_broadcast(-104), vec_smaller(vec_broadcast(100), x));
    vec sum = x * vec_broadcast(0x1.715476p+0f) + shift, q = sum - shift;
    vec s = vec_fma(q, vec_broadcast(-0x1.62e4p-1f), x);
    s = vec_fma(q, vec_broadcast(-0x1.7f7d1cp-20f), s);
    vec u = vec_broadcast(coefficient[0]);
    for (size_t i = 1; i < sizeof coefficient / sizeof *coefficient; i++)
        u = vec_fma(u, s, vec_broadcast(coefficient[i]));
    u = vec_fma(s * s, u, s) + vec_broadcast(1);
    return exp_scaled(u, q, sum);
}

/* y[e] = exp(x[e]) for e < count; y may be x. */
SLT_INLINE void lanes_exp_f32(const float *x, float *y, size_t count)
{
    size_t e = 0;
    for (; e + LANES <= count; e += LANES)
        vec_store(y + e, exp_vector(vec_load(x + e)));
    if (e < count)
        vec_store_part(y + e, exp_vector(vec_load_part(x + e, count - e)), count - e);
}

#endif
