/* erf in binary32 and binary64: the one body, inline so that loops over it vectorise.
 * With t = min(|x|, END), polynomials by Horner's rule, an fma a step:
 *
 *   t < 1:      x + x q(x x), one fma at the end
 *   1 <= t:     p(t - MIDDLE) with the sign of x
 *   TAIL <= t:  1 - r(t - END) with the sign of x; binary64 only
 *
 * All sides are computed and one is taken, so there is no branch.  Odd in every bit;
 * erf(-0) = -0; from END on exactly 1.  Largest error: 0.992 ulp in binary32 (of all of
 * them), 1.02 ulp found in binary64. */
#ifndef SLT_NUM_FLOAT_ERF_BODY_H
#define SLT_NUM_FLOAT_ERF_BODY_H

#include "num/float/erf_table.h"

#define SLT_ERF_INLINE static inline __attribute__((always_inline))
#define SLT_ERF_TOP(table) ((int)(sizeof(table) / sizeof *(table)) - 1)

/* table[0] + x (table[1] + x (...)). */
#define SLT_ERF_HORNER(fma, sum, table, x)                                               \
    _Pragma("GCC unroll 40") for (int i = SLT_ERF_TOP(table) - 1; i >= 0; i--) sum =     \
        fma(sum, x, (table)[i])

SLT_ERF_INLINE float slt_erf_f32(float x)
{
    float t = __builtin_fabsf(x), u = x * x;
    t = t > SLT_ERF_F32_END ? SLT_ERF_F32_END : t;
    float s = t - SLT_ERF_F32_MIDDLE;
    float q = slt_erf_q_f32[SLT_ERF_TOP(slt_erf_q_f32)];
    float p = slt_erf_p_f32[SLT_ERF_TOP(slt_erf_p_f32)];
    SLT_ERF_HORNER(__builtin_fmaf, q, slt_erf_q_f32, u);
    SLT_ERF_HORNER(__builtin_fmaf, p, slt_erf_p_f32, s);
    float near = __builtin_fmaf(x, q, x), far = __builtin_copysignf(p, x);
    return t < 1 ? near : far;
}

SLT_ERF_INLINE double slt_erf_f64(double x)
{
    double t = __builtin_fabs(x), u = x * x;
    t = t > SLT_ERF_F64_END ? SLT_ERF_F64_END : t;
    double s = t - SLT_ERF_F64_MIDDLE, d = t - SLT_ERF_F64_END;
    double q = slt_erf_q_f64[SLT_ERF_TOP(slt_erf_q_f64)];
    double p = slt_erf_p_f64[SLT_ERF_TOP(slt_erf_p_f64)];
    double r = slt_erf_r_f64[SLT_ERF_TOP(slt_erf_r_f64)];
    SLT_ERF_HORNER(__builtin_fma, q, slt_erf_q_f64, u);
    SLT_ERF_HORNER(__builtin_fma, p, slt_erf_p_f64, s);
    SLT_ERF_HORNER(__builtin_fma, r, slt_erf_r_f64, d);
    double far = t < SLT_ERF_F64_TAIL ? p : 1 - r;
    double near = __builtin_fma(x, q, x);
    return t < 1 ? near : __builtin_copysign(far, x);
}

/* In a kernel's own type. */
#if defined(SLT_TYPE_F32)
#define real_erf slt_erf_f32
#elif defined(SLT_TYPE_F64)
#define real_erf slt_erf_f64
#endif

#endif
