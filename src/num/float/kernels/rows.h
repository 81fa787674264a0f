/* Rows in this copy's vectors: their largest element, their sum as the reduction defines
 * it, and steps element by element.  A row seldom fills whole vectors, so its last one is
 * taken from its end and overlaps the one before. */
#ifndef SLT_NUM_FLOAT_KERNELS_ROWS_H
#define SLT_NUM_FLOAT_KERNELS_ROWS_H

#include "num/float/kernels/lanes.h"
#include "num/float/kernels/vector.h"
#include "num/float/reduce.h"

/* The largest lane, of numbers that are not NaN; a zero may have either sign. */
SLT_INLINE real vec_largest(vec v)
{
#if defined(SLT_VARIANT_AVX512)
    return VEC_OP(reduce_max)(v);
#else
    real lane[LANES];
    vec_store(lane, v);
    for (size_t width = LANES / 2; width; width /= 2)
        for (size_t k = 0; k < width; k++)
            lane[k] = lane[k] > lane[k + width] ? lane[k] : lane[k + width];
    return lane[0];
#endif
}

/* Of at least one number; of numbers as above. */
SLT_INLINE real row_largest(const real *x, size_t count)
{
    real most = x[0];
    if (count < LANES) {
        for (size_t j = 1; j < count; j++)
            most = most > x[j] ? most : x[j];
        return most;
    }
    vec lanes = vec_load(x + count - LANES);
    for (size_t j = 0; j + LANES <= count; j += LANES)
        lanes = vec_larger(lanes, vec_load(x + j));
    return vec_largest(lanes);
}

/* What an element becomes, with two numbers that are the row's. */
typedef vec row_step(vec x, vec a, vec b);

/* to[j] = step(x[j], a, b); to does not overlap x. */
SLT_INLINE void row_each(row_step *step, const real *x, real *to, size_t count, real a,
                         real b)
{
    vec left = vec_broadcast(a), right = vec_broadcast(b);
    if (count < LANES) {
        vec_store_part(to, step(vec_load_part(x, count), left, right), count);
        return;
    }
    for (size_t j = 0; j + LANES <= count; j += LANES)
        vec_store(to + j, step(vec_load(x + j), left, right));
    size_t last = count - LANES;
    vec_store(to + last, step(vec_load(x + last), left, right));
}

/* sum[j] = x[j] + sum[j]. */
SLT_INLINE void row_add(const real *x, real *sum, size_t count)
{
    if (count < LANES) {
        vec_store_part(sum, vec_load_part(x, count) + vec_load_part(sum, count), count);
        return;
    }
    size_t last = count - LANES;
    vec ending = vec_load(x + last) + vec_load(sum + last);
    for (size_t j = 0; j < last; j += LANES)
        vec_store(sum + j, vec_load(x + j) + vec_load(sum + j));
    vec_store(sum + last, ending);
}

/* ---- Sums -------------------------------------------------------------------------
 * WIDE of the 64 partials at a time. */

#define WIDE (sizeof(lanes_f64) / sizeof(double))
#define WIDE_VECTORS (SLT_REDUCE_PARTIALS / WIDE)

/* The first WIDE of `count` elements, widened; absent ones are +0. */
#if defined(SLT_VARIANT_AVX512)
SLT_INLINE lanes_f64 row_widened(const real *x, size_t count)
{
    __mmask8 there = (__mmask8)(count < WIDE ? (1u << count) - 1 : 0xff);
#ifdef SLT_TYPE_F32
    return _mm512_cvtps_pd(_mm256_maskz_loadu_ps(there, x));
#else
    return _mm512_maskz_loadu_pd(there, x);
#endif
}
#elif defined(SLT_VARIANT_AVX2)
SLT_INLINE lanes_f64 row_widened(const real *x, size_t count)
{
    static const int64_t from_none[2 * WIDE] = {-1, -1, -1, -1};
    const int64_t *there = from_none + WIDE - (count < WIDE ? count : WIDE);
    __m256i mask = _mm256_loadu_si256((const __m256i *)(const void *)there);
#ifdef SLT_TYPE_F32
    mask = _mm256_permutevar8x32_epi32(mask, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
    return _mm256_cvtps_pd(_mm_maskload_ps(x, _mm256_castsi256_si128(mask)));
#else
    return _mm256_maskload_pd(x, mask);
#endif
}
#else
SLT_INLINE lanes_f64 row_widened(const real *x, size_t count)
{
    double wide[WIDE] = {0};
    lanes_f64 v;
    for (size_t k = 0; k < WIDE && k < count; k++)
        wide[k] = (double)x[k];
    memcpy(&v, wide, sizeof v);
    return v;
}
#endif

/* The widths of the reduction's tree that lie in a vector. */
SLT_INLINE double row_tree_end(lanes_f64 p)
{
#if defined(SLT_VARIANT_AVX512) || defined(SLT_VARIANT_AVX2)
#ifdef SLT_VARIANT_AVX512
    __m256d four = _mm512_castpd512_pd256(p) + _mm512_extractf64x4_pd(p, 1);
#else
    __m256d four = p;
#endif
    __m128d two = _mm256_castpd256_pd128(four) + _mm256_extractf128_pd(four, 1);
    return two[0] + two[1];
#else
    double lane[WIDE];
    memcpy(lane, &p, sizeof p);
    for (size_t width = WIDE / 2; width; width /= 2)
        for (size_t k = 0; k < width; k++)
            lane[k] = lane[k] + lane[k + width];
    return lane[0];
#endif
}

/* The reduction's tree over its partials. */
SLT_INLINE double row_tree(lanes_f64 p[WIDE_VECTORS])
{
#pragma GCC unroll 4
    for (size_t width = WIDE_VECTORS / 2; width; width /= 2)
#pragma GCC unroll 8
        for (size_t v = 0; v < width; v++)
            p[v] = p[v] + p[v + width];
    return row_tree_end(p[0]);
}

SLT_INLINE size_t row_left(size_t count, size_t done)
{
    return done < count ? count - done : 0;
}

/* The reduction of terms that are not -0: to such a partial adding the +0 of a term that
 * is absent changes nothing. */
SLT_INLINE double row_sum(const real *x, size_t count)
{
    lanes_f64 p[WIDE_VECTORS];
#pragma GCC unroll 16
    for (size_t v = 0; v < WIDE_VECTORS; v++)
        p[v] = row_widened(x + v * WIDE, row_left(count, v * WIDE));
    for (size_t e = SLT_REDUCE_PARTIALS; e < count; e += SLT_REDUCE_PARTIALS)
#pragma GCC unroll 16
        for (size_t v = 0; v < WIDE_VECTORS; v++)
            p[v] = p[v] + row_widened(x + e + v * WIDE, row_left(count, e + v * WIDE));
    return row_tree(p);
}

#endif
