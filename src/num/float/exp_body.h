/* exp in binary32, inline so that loops over it vectorise: the steps of SLEEF's function
 * with fma, whose bits it has for all 2^32 arguments (tests/variants/elementary.c under
 * SLT_LONG=1).  The library's scalar function stays the definition, which the scalar copy
 * calls.  exp(x) = 2^q exp(s): q the whole number nearest to x / ln 2, s = x - q ln 2. */
#ifndef SLT_NUM_FLOAT_EXP_BODY_H
#define SLT_NUM_FLOAT_EXP_BODY_H

#include <stdint.h>
#include <string.h>

#include "base/float_assumptions.h"

#define SLT_EXP_INLINE static inline __attribute__((always_inline))

/* 2^n, -127 < n < 128. */
SLT_EXP_INLINE float slt_exp_power(int32_t n)
{
    uint32_t bits = (uint32_t)(n + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/* A number rounds to a whole one, ties to even, where 1.5 2^23 is added to it, and then
 * stands in the low bits of the sum.  Beyond the two limits q and all that follows from
 * it mean nothing. */
SLT_EXP_INLINE float slt_exp_f32(float x)
{
    const float shift = 0x1.8p+23f;
    float sum = x * 0x1.715476p+0f + shift, q = sum - shift;
    float s = __builtin_fmaf(q, -0x1.62e4p-1f, x);
    s = __builtin_fmaf(q, -0x1.7f7d1cp-20f, s);
    float u = 0x1.a057b4p-13f;
    u = __builtin_fmaf(u, s, 0x1.6d2d92p-10f);
    u = __builtin_fmaf(u, s, 0x1.11114cp-7f);
    u = __builtin_fmaf(u, s, 0x1.5554f4p-5f);
    u = __builtin_fmaf(u, s, 0x1.555556p-3f);
    u = __builtin_fmaf(u, s, 0.5f);
    u = 1 + __builtin_fmaf(s * s, u, s);
    int32_t bits;
    memcpy(&bits, &sum, sizeof bits);
    int32_t n = bits - 0x4b400000, half = n >> 1;
    u = u * slt_exp_power(half) * slt_exp_power(n - half);
    u = x < -104 ? 0 : u;
    return x > 100 ? __builtin_inff() : u;
}

#endif
