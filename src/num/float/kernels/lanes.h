/* SLEEF's deterministic functions over arrays, in this copy's vectors.  Vector variants
 * are used on instruction sets for which tests/variants shows that they give the bits of
 * the scalar body; on others (ppc64el and s390x too) the scalar body runs, as vectors of
 * one lane.
 * Vectors have a body of their own for exp of binary32 (exp.h). */
#ifndef SLT_NUM_FLOAT_KERNELS_LANES_H
#define SLT_NUM_FLOAT_KERNELS_LANES_H

#include <stddef.h>
#include <string.h>

#include "num/float/kernels/body.h"
#include "num/float/sleef.h"

#if defined(SLT_VARIANT_AVX512)
#define LANES_BYTES 64
#define LANES_SLEEF_F32(function, ulp) Sleef_finz_##function##f16_##ulp##avx512f
#define LANES_SLEEF_F64(function, ulp) Sleef_finz_##function##d8_##ulp##avx512f
#elif defined(SLT_VARIANT_AVX2)
#define LANES_BYTES 32
#define LANES_SLEEF_F32(function, ulp) Sleef_finz_##function##f8_##ulp##avx2
#define LANES_SLEEF_F64(function, ulp) Sleef_finz_##function##d4_##ulp##avx2
#elif defined(SLT_VARIANT_NEON)
#define LANES_BYTES 16
#define LANES_SLEEF_F32(function, ulp) Sleef_finz_##function##f4_##ulp##advsimd
#define LANES_SLEEF_F64(function, ulp) Sleef_finz_##function##d2_##ulp##advsimd
#else
#define LANES_SLEEF_F32(function, ulp) Sleef_finz_##function##f1_##ulp##purecfma
#define LANES_SLEEF_F64(function, ulp) Sleef_finz_##function##d1_##ulp##purecfma
#endif

#ifdef LANES_BYTES
typedef float lanes_f32 __attribute__((vector_size(LANES_BYTES)));
typedef double lanes_f64 __attribute__((vector_size(LANES_BYTES)));
typedef struct lanes_f32_2 {
    lanes_f32 x, y;
} lanes_f32_2;
typedef struct lanes_f64_2 {
    lanes_f64 x, y;
} lanes_f64_2;
lanes_f64 LANES_SLEEF_F64(exp, u10)(lanes_f64);
lanes_f32 LANES_SLEEF_F32(log, u10)(lanes_f32);
lanes_f64 LANES_SLEEF_F64(log, u10)(lanes_f64);
lanes_f32 LANES_SLEEF_F32(tanh, u10)(lanes_f32);
lanes_f64 LANES_SLEEF_F64(tanh, u10)(lanes_f64);
lanes_f32_2 LANES_SLEEF_F32(sincospi, u35)(lanes_f32);
lanes_f64_2 LANES_SLEEF_F64(sincospi, u35)(lanes_f64);
#else
typedef float lanes_f32;
typedef double lanes_f64;
typedef Sleef_float_2 lanes_f32_2;
typedef Sleef_double_2 lanes_f64_2;
#endif

/* y[e] = function(x[e]) for e < count; y may be x.  Lanes beyond the end hold zeros: no
 * lane looks at another. */
#define LANES_DEFINE_ONE(name, type, vector, function)                                   \
    static inline void name(const type *x, type *y, size_t count)                        \
    {                                                                                    \
        const size_t lanes = sizeof(vector) / sizeof(type);                              \
        size_t e = 0;                                                                    \
        vector v;                                                                        \
        for (; e + lanes <= count; e += lanes) {                                         \
            memcpy(&v, x + e, sizeof v);                                                 \
            v = function(v);                                                             \
            memcpy(y + e, &v, sizeof v);                                                 \
        }                                                                                \
        if (e == count)                                                                  \
            return;                                                                      \
        memset(&v, 0, sizeof v);                                                         \
        memcpy(&v, x + e, (count - e) * sizeof *x);                                      \
        v = function(v);                                                                 \
        memcpy(y + e, &v, (count - e) * sizeof *x);                                      \
    }

/* s[e] = sin(pi x[e]), c[e] = cos(pi x[e]); s or c may be x. */
#define LANES_DEFINE_TWO(name, type, vector, function)                                   \
    static inline void name(const type *x, type *s, type *c, size_t count)               \
    {                                                                                    \
        const size_t lanes = sizeof(vector) / sizeof(type);                              \
        size_t e = 0;                                                                    \
        vector v;                                                                        \
        vector##_2 both;                                                                 \
        for (; e + lanes <= count; e += lanes) {                                         \
            memcpy(&v, x + e, sizeof v);                                                 \
            both = function(v);                                                          \
            memcpy(s + e, &both.x, sizeof v);                                            \
            memcpy(c + e, &both.y, sizeof v);                                            \
        }                                                                                \
        if (e == count)                                                                  \
            return;                                                                      \
        memset(&v, 0, sizeof v);                                                         \
        memcpy(&v, x + e, (count - e) * sizeof *x);                                      \
        both = function(v);                                                              \
        memcpy(s + e, &both.x, (count - e) * sizeof *x);                                 \
        memcpy(c + e, &both.y, (count - e) * sizeof *x);                                 \
    }

#if defined(LANES_BYTES) && defined(SLT_TYPE_F32)
#include "num/float/kernels/exp.h"
#elif !defined(LANES_BYTES)
LANES_DEFINE_ONE(lanes_exp_f32, float, lanes_f32, LANES_SLEEF_F32(exp, u10))
#endif
LANES_DEFINE_ONE(lanes_exp_f64, double, lanes_f64, LANES_SLEEF_F64(exp, u10))
LANES_DEFINE_ONE(lanes_log_f32, float, lanes_f32, LANES_SLEEF_F32(log, u10))
LANES_DEFINE_ONE(lanes_log_f64, double, lanes_f64, LANES_SLEEF_F64(log, u10))
LANES_DEFINE_ONE(lanes_tanh_f32, float, lanes_f32, LANES_SLEEF_F32(tanh, u10))
LANES_DEFINE_ONE(lanes_tanh_f64, double, lanes_f64, LANES_SLEEF_F64(tanh, u10))
LANES_DEFINE_TWO(lanes_sincospi_f32, float, lanes_f32, LANES_SLEEF_F32(sincospi, u35))
LANES_DEFINE_TWO(lanes_sincospi_f64, double, lanes_f64, LANES_SLEEF_F64(sincospi, u35))

/* In the copy's own type. */
#ifdef SLT_TYPE_F32
#define lanes_exp lanes_exp_f32
#define lanes_log lanes_log_f32
#define lanes_tanh lanes_tanh_f32
#define lanes_sincospi lanes_sincospi_f32
#else
#define lanes_exp lanes_exp_f64
#define lanes_log lanes_log_f64
#define lanes_tanh lanes_tanh_f64
#define lanes_sincospi lanes_sincospi_f64
#endif

#endif
