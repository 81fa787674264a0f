/* Reductions to one binary64 number, 64 partials and the tree, of any terms that are made
 * element by element. */
#ifndef SLT_NUM_FLOAT_KERNELS_REDUCTION_H
#define SLT_NUM_FLOAT_KERNELS_REDUCTION_H

#include "num/float/kernels/rows.h"

/* Vectors of partials that stay in registers beside what is added to them. */
#define HELD (WIDE_VECTORS < 16 ? WIDE_VECTORS : 16)

/* WIDE elements in their own type. */
#if !defined(LANES_BYTES)
typedef real few;
#elif defined(SLT_TYPE_F32)
typedef float few __attribute__((vector_size(WIDE * sizeof(float))));
#else
typedef lanes_f64 few;
#endif

SLT_INLINE few few_load(const real *at)
{
    few value;
    memcpy(&value, at, sizeof value);
    return value;
}

SLT_INLINE lanes_f64 widen(few x)
{
#ifdef SLT_TYPE_F64
    return x;
#elif defined(SLT_VARIANT_AVX512)
    return _mm512_cvtps_pd((__m256)x);
#elif defined(SLT_VARIANT_AVX2)
    return _mm256_cvtps_pd((__m128)x);
#elif defined(SLT_VARIANT_NEON)
    return (lanes_f64)vcvt_f64_f32((float32x2_t)x);
#else
    return x;
#endif
}

SLT_INLINE lanes_f64 wide_fma(lanes_f64 a, lanes_f64 b, lanes_f64 c)
{
#if defined(SLT_VARIANT_AVX512)
    return _mm512_fmadd_pd(a, b, c);
#elif defined(SLT_VARIANT_AVX2)
    return _mm256_fmadd_pd(a, b, c);
#elif defined(SLT_VARIANT_NEON)
    return (lanes_f64)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
#else
    return __builtin_fma(a, b, c);
#endif
}

/* What is reduced: up to three tensors of one size, and what comes out beside the sum. */
typedef struct reduced {
    const real *in[3];
    real *out; /* NULL: nothing */
    real scale;
} reduced;

/* Adds the terms of the WIDE elements from e on to their partials. */
typedef lanes_f64 reduce_term(const reduced *of, size_t e, lanes_f64 p);

/* Elements from e on that do not fill a vector. Their terms are taken of copies. */
SLT_INLINE void reduce_rest(reduce_term *term, const reduced *of, size_t e, size_t rest,
                            double *partial)
{
    real copy[4][WIDE] = {{0}};
    reduced few_of = {.out = of->out ? copy[3] : NULL, .scale = of->scale};
    lanes_f64 p;
    for (int i = 0; i < 3 && of->in[i]; i++)
        few_of.in[i] = memcpy(copy[i], of->in[i] + e, rest * sizeof(real));
    memcpy(&p, partial, sizeof p);
    p = term(&few_of, 0, p);
    memcpy(partial, &p, rest * sizeof *partial);
    if (of->out)
        memcpy(of->out + e, copy[3], rest * sizeof(real));
}

/* The partials of elements `first`, first + 1, ... of each 64, as many as are held. */
SLT_INLINE void reduce_held(reduce_term *term, const reduced *of, size_t first,
                            size_t whole, double *partial)
{
    lanes_f64 p[HELD];
    for (size_t v = 0; v < HELD; v++)
        p[v] = (lanes_f64){0};
    for (size_t e = first; e < whole; e += SLT_REDUCE_PARTIALS)
#pragma GCC unroll 16
        for (size_t v = 0; v < HELD; v++)
            p[v] = term(of, e + v * WIDE, p[v]);
    memcpy(partial + first, p, sizeof p);
}

SLT_INLINE slt_real reduce(reduce_term *term, const reduced *of, size_t count)
{
    double partial[SLT_REDUCE_PARTIALS];
    lanes_f64 p[WIDE_VECTORS];
    size_t e = count - count % SLT_REDUCE_PARTIALS, j = 0;
    for (size_t first = 0; first < SLT_REDUCE_PARTIALS; first += HELD * WIDE)
        reduce_held(term, of, first, e, partial);
    for (; e + WIDE <= count; e += WIDE, j += WIDE) {
        memcpy(p, partial + j, sizeof *p);
        *p = term(of, e, *p);
        memcpy(partial + j, p, sizeof *p);
    }
    if (e < count)
        reduce_rest(term, of, e, count - e, partial + j);
    memcpy(p, partial, sizeof p);
    return slt_real_of(row_tree(p));
}

#endif
