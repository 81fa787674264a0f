/* Vectors of 64-bit integers in this copy's instruction set, and of 32-bit factors whose
 * products they add up.
 *
 * LANES is a vector's number of lanes; TILE_ROWS x TILE_VECTORS the largest block of sums
 * that fits the registers beside their factors. */
#ifndef SLT_NUM_FIXED_KERNELS_VECTOR_H
#define SLT_NUM_FIXED_KERNELS_VECTOR_H

#include <string.h>

#include "num/fixed/kernels/body.h"

#if defined(SLT_VARIANT_AVX512)
#include <immintrin.h>
#define TILE_ROWS 8
#define TILE_VECTORS 3
#define LANES 8
typedef __m512i vec;
typedef __m512i factors; /* a factor in the low half of each lane */
#elif defined(SLT_VARIANT_AVX2)
#include <immintrin.h>
#define TILE_ROWS 6
#define TILE_VECTORS 2
#define LANES 4
typedef __m256i vec;
typedef __m256i factors;
#elif defined(SLT_VARIANT_NEON)
#include <arm_neon.h>
#define TILE_ROWS 8
#define TILE_VECTORS 3
#define LANES 2
typedef int64x2_t vec;
typedef int32x2_t factors;
#else
#define TILE_ROWS 2
#define TILE_VECTORS 2
#define LANES 1
typedef int64_t vec;
typedef int32_t factors;
#endif

#if defined(SLT_VARIANT_AVX512)
SLT_INLINE vec vec_zero(void)
{
    return _mm512_setzero_si512();
}

SLT_INLINE vec vec_load(const int64_t *at)
{
    return _mm512_loadu_si512(at);
}

SLT_INLINE void vec_store(int64_t *at, vec value)
{
    _mm512_storeu_si512(at, value);
}

SLT_INLINE factors factors_load(const int32_t *at)
{
    return _mm512_cvtepi32_epi64(_mm256_loadu_si256((const __m256i *)at));
}

SLT_INLINE factors factors_broadcast(int32_t value)
{
    return _mm512_set1_epi32(value);
}

/* sum + a b. */
SLT_INLINE vec vec_add_product(vec sum, factors a, factors b)
{
    return _mm512_add_epi64(sum, _mm512_mul_epi32(a, b));
}
#elif defined(SLT_VARIANT_AVX2)
SLT_INLINE vec vec_zero(void)
{
    return _mm256_setzero_si256();
}

SLT_INLINE vec vec_load(const int64_t *at)
{
    return _mm256_loadu_si256((const __m256i *)at);
}

SLT_INLINE void vec_store(int64_t *at, vec value)
{
    _mm256_storeu_si256((__m256i *)at, value);
}

SLT_INLINE factors factors_load(const int32_t *at)
{
    return _mm256_cvtepi32_epi64(_mm_loadu_si128((const __m128i *)at));
}

SLT_INLINE factors factors_broadcast(int32_t value)
{
    return _mm256_set1_epi32(value);
}

SLT_INLINE vec vec_add_product(vec sum, factors a, factors b)
{
    return _mm256_add_epi64(sum, _mm256_mul_epi32(a, b));
}
#elif defined(SLT_VARIANT_NEON)
SLT_INLINE vec vec_zero(void)
{
    return vdupq_n_s64(0);
}

SLT_INLINE vec vec_load(const int64_t *at)
{
    return vld1q_s64(at);
}

SLT_INLINE void vec_store(int64_t *at, vec value)
{
    vst1q_s64(at, value);
}

SLT_INLINE factors factors_load(const int32_t *at)
{
    return vld1_s32(at);
}

SLT_INLINE factors factors_broadcast(int32_t value)
{
    return vdup_n_s32(value);
}

SLT_INLINE vec vec_add_product(vec sum, factors a, factors b)
{
    return vmlal_s32(sum, a, b);
}
#else
SLT_INLINE vec vec_zero(void)
{
    return 0;
}

SLT_INLINE vec vec_load(const int64_t *at)
{
    return *at;
}

SLT_INLINE void vec_store(int64_t *at, vec value)
{
    *at = value;
}

SLT_INLINE factors factors_load(const int32_t *at)
{
    return *at;
}

SLT_INLINE factors factors_broadcast(int32_t value)
{
    return value;
}

SLT_INLINE vec vec_add_product(vec sum, factors a, factors b)
{
    return sum + (int64_t)a * b;
}
#endif

/* The first `lanes` elements only, 0 <= lanes <= LANES: no byte beyond them is touched,
 * and lanes not loaded are 0. */
#ifdef SLT_VARIANT_AVX512
SLT_INLINE __mmask8 vec_first(size_t lanes)
{
    return (__mmask8)((1u << lanes) - 1);
}

SLT_INLINE vec vec_load_part(const int64_t *at, size_t lanes)
{
    return _mm512_maskz_loadu_epi64(vec_first(lanes), at);
}

SLT_INLINE void vec_store_part(int64_t *at, vec value, size_t lanes)
{
    _mm512_mask_storeu_epi64(at, vec_first(lanes), value);
}
#else
SLT_INLINE vec vec_load_part(const int64_t *at, size_t lanes)
{
    int64_t whole[LANES] = {0};
    memcpy(whole, at, lanes * sizeof *at);
    return vec_load(whole);
}

SLT_INLINE void vec_store_part(int64_t *at, vec value, size_t lanes)
{
    int64_t whole[LANES];
    vec_store(whole, value);
    memcpy(at, whole, lanes * sizeof *at);
}
#endif

#endif
