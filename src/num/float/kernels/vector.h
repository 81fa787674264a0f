/* A vector of reals in this copy's instruction set: load, store, broadcast, fma,
 * square root.  Each operation acts on every lane alone, so the width changes no bit.
 *
 * LANES is a vector's number of lanes; TILE_ROWS x TILE_VECTORS the largest block of
 * accumulators that fits the registers beside its operands. */
#ifndef SLT_NUM_FLOAT_KERNELS_VECTOR_H
#define SLT_NUM_FLOAT_KERNELS_VECTOR_H

#include "num/float/kernels/body.h"

#if defined(SLT_VARIANT_AVX512)
#include <immintrin.h>
#define TILE_ROWS 8
#define TILE_VECTORS 3
#ifdef SLT_TYPE_F32
#define LANES 16
typedef __m512 vec;
#define VEC_OP(name) _mm512_##name##_ps
#define VEC_HALF_OP(name) _mm256_##name##_ps
typedef __m256 vec_half;
#define VEC_LOWER(value) _mm512_castps512_ps256(value)
typedef __mmask16 vec_mask;
#else
#define LANES 8
typedef __m512d vec;
#define VEC_OP(name) _mm512_##name##_pd
#define VEC_HALF_OP(name) _mm256_##name##_pd
typedef __m256d vec_half;
#define VEC_LOWER(value) _mm512_castpd512_pd256(value)
typedef __mmask8 vec_mask;
#endif
#elif defined(SLT_VARIANT_AVX2)
#include <immintrin.h>
#define TILE_ROWS 6
#define TILE_VECTORS 2
#ifdef SLT_TYPE_F32
#define LANES 8
typedef __m256 vec;
#define VEC_OP(name) _mm256_##name##_ps
#else
#define LANES 4
typedef __m256d vec;
#define VEC_OP(name) _mm256_##name##_pd
#endif
#elif defined(SLT_VARIANT_NEON)
#include <arm_neon.h>
#define TILE_ROWS 8
#define TILE_VECTORS 3
#ifdef SLT_TYPE_F32
#define LANES 4
typedef float32x4_t vec;
#define VEC_OP(name) v##name##q_f32
#define VEC_OP_N(name) v##name##q_n_f32
#else
#define LANES 2
typedef float64x2_t vec;
#define VEC_OP(name) v##name##q_f64
#define VEC_OP_N(name) v##name##q_n_f64
#endif
#else
#define TILE_ROWS 4
#define TILE_VECTORS 3
#define LANES 1
typedef real vec;
#endif

#if defined(SLT_VARIANT_AVX512) || defined(SLT_VARIANT_AVX2)
SLT_INLINE vec vec_load(const real *at)
{
    return VEC_OP(loadu)(at);
}

SLT_INLINE void vec_store(real *at, vec value)
{
    VEC_OP(storeu)(at, value);
}

SLT_INLINE vec vec_broadcast(real value)
{
    return VEC_OP(set1)(value);
}

/* a * b + c, rounded once. */
SLT_INLINE vec vec_fma(vec a, vec b, vec c)
{
    return VEC_OP(fmadd)(a, b, c);
}

SLT_INLINE vec vec_sqrt(vec a)
{
    return VEC_OP(sqrt)(a);
}
#elif defined(SLT_VARIANT_NEON)
SLT_INLINE vec vec_load(const real *at)
{
    return VEC_OP(ld1)(at);
}

SLT_INLINE void vec_store(real *at, vec value)
{
    VEC_OP(st1)(at, value);
}

SLT_INLINE vec vec_broadcast(real value)
{
    return VEC_OP_N(dup)(value);
}

SLT_INLINE vec vec_fma(vec a, vec b, vec c)
{
    return VEC_OP(fma)(c, a, b);
}

SLT_INLINE vec vec_sqrt(vec a)
{
    return VEC_OP(sqrt)(a);
}
#else
SLT_INLINE vec vec_load(const real *at)
{
    return *at;
}

SLT_INLINE void vec_store(real *at, vec value)
{
    *at = value;
}

SLT_INLINE vec vec_broadcast(real value)
{
    return value;
}

SLT_INLINE vec vec_fma(vec a, vec b, vec c)
{
    return real_fma(a, b, c);
}

SLT_INLINE vec vec_sqrt(vec a)
{
    return real_sqrt(a);
}
#endif

/* a if it is above b, otherwise b; so b if one of them is NaN.  NEON gives NaN then, and
 * either of two zeros. */
SLT_INLINE vec vec_larger(vec a, vec b)
{
#ifdef VEC_OP
    return VEC_OP(max)(a, b);
#else
    return a > b ? a : b;
#endif
}

/* a if it is below b, otherwise b; the same holds. */
SLT_INLINE vec vec_smaller(vec a, vec b)
{
#ifdef VEC_OP
    return VEC_OP(min)(a, b);
#else
    return a < b ? a : b;
#endif
}

/* The first `lanes` elements only, 0 <= lanes <= LANES: no byte beyond them is touched,
 * and lanes not loaded are +0. */
#ifdef SLT_VARIANT_AVX512
SLT_INLINE vec_mask vec_first(size_t lanes)
{
    return (vec_mask)((1u << lanes) - 1);
}

SLT_INLINE vec vec_load_part(const real *at, size_t lanes)
{
    return VEC_OP(maskz_loadu)(vec_first(lanes), at);
}

/* A store that ends in the lower half does not touch the line of the upper one.  The asm
 * keeps gcc from storing with vextractf64x4, whose masks do not suppress faults. */
SLT_INLINE void vec_store_part(real *at, vec value, size_t lanes)
{
    if (lanes > LANES / 2) {
        VEC_OP(mask_storeu)(at, vec_first(lanes), value);
        return;
    }
    vec_half half = VEC_LOWER(value);
    __asm__("" : "+v"(half));
    VEC_HALF_OP(mask_storeu)(at, (__mmask8)vec_first(lanes), half);
}
#elif defined(SLT_VARIANT_AVX2)
#ifdef SLT_TYPE_F32
#define VEC_FIRST(lanes)                                                                 \
    _mm256_cmpgt_epi32(_mm256_set1_epi32((int)(lanes)),                                  \
                       _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))
#else
#define VEC_FIRST(lanes)                                                                 \
    _mm256_cmpgt_epi64(_mm256_set1_epi64x((long long)(lanes)),                           \
                       _mm256_setr_epi64x(0, 1, 2, 3))
#endif

SLT_INLINE vec vec_load_part(const real *at, size_t lanes)
{
    return VEC_OP(maskload)(at, VEC_FIRST(lanes));
}

SLT_INLINE void vec_store_part(real *at, vec value, size_t lanes)
{
    VEC_OP(maskstore)(at, VEC_FIRST(lanes), value);
}
#elif LANES == 1
SLT_INLINE vec vec_load_part(const real *at, size_t lanes)
{
    return lanes ? *at : 0;
}

SLT_INLINE void vec_store_part(real *at, vec value, size_t lanes)
{
    if (lanes)
        *at = value;
}
#else
SLT_INLINE vec vec_load_part(const real *at, size_t lanes)
{
    real whole[LANES] = {0};
    memcpy(whole, at, lanes * sizeof *at);
    return vec_load(whole);
}

SLT_INLINE void vec_store_part(real *at, vec value, size_t lanes)
{
    real whole[LANES];
    vec_store(whole, value);
    memcpy(at, whole, lanes * sizeof *at);
}
#endif

/* The first n elements; all lanes if n is LANES or more. */
SLT_INLINE vec vec_load_some(const real *at, size_t n)
{
    return n >= LANES ? vec_load(at) : vec_load_part(at, n);
}

SLT_INLINE void vec_store_some(real *at, vec value, size_t n)
{
    if (n >= LANES)
        vec_store(at, value);
    else
        vec_store_part(at, value, n);
}

#endif
