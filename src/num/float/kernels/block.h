/* A square block of LANES x LANES numbers from rows in memory, turned in registers.
 *
 * Registers shuffle cheaply within 128 bits only.  So a vector is loaded in pieces such
 * that the quads (128 bits, QUAD numbers) which must meet in a result lie at one place of
 * several vectors; then each quad of these is turned by itself. */
#ifndef SLT_NUM_FLOAT_KERNELS_BLOCK_H
#define SLT_NUM_FLOAT_KERNELS_BLOCK_H

#include "num/float/kernels/vector.h"

#ifdef SLT_VARIANT_SCALAR
#define PIECE 1

SLT_INLINE void load_columns(const real *at, size_t row, vec *out)
{
    (void)row;
    out[0] = vec_load(at);
}
#else
#define QUAD ((int)(16 / sizeof(real)))

/* Columns that a piece of a row holds, and rows whose pieces make one vector. */
#if defined(SLT_VARIANT_AVX512)
#define PIECE (2 * QUAD)
#elif defined(SLT_VARIANT_AVX2) || defined(SLT_VARIANT_NEON)
#define PIECE QUAD
#endif

/* The lower halves of each quad of a and b interleaved, and the upper ones. */
SLT_INLINE vec interleave_low(vec a, vec b)
{
#ifdef SLT_VARIANT_NEON
    return VEC_OP(zip1)(a, b);
#else
    return VEC_OP(unpacklo)(a, b);
#endif
}

SLT_INLINE vec interleave_high(vec a, vec b)
{
#ifdef SLT_VARIANT_NEON
    return VEC_OP(zip2)(a, b);
#else
    return VEC_OP(unpackhi)(a, b);
#endif
}

/* Quad by quad: in and out are QUAD vectors, a QUAD x QUAD matrix at each place. */
SLT_INLINE void turn_quads(const vec *in, vec *out)
{
#ifdef SLT_TYPE_F32
    vec low[2] = {interleave_low(in[0], in[2]), interleave_low(in[1], in[3])};
    vec high[2] = {interleave_high(in[0], in[2]), interleave_high(in[1], in[3])};
    out[0] = interleave_low(low[0], low[1]);
    out[1] = interleave_high(low[0], low[1]);
    out[2] = interleave_low(high[0], high[1]);
    out[3] = interleave_high(high[0], high[1]);
#else
    out[0] = interleave_low(in[0], in[1]);
    out[1] = interleave_high(in[0], in[1]);
#endif
}

#if defined(SLT_VARIANT_AVX512)
SLT_INLINE vec load_pieces(const real *first, const real *second)
{
#ifdef SLT_TYPE_F32
    return _mm512_mask_broadcast_f32x8(_mm512_castps256_ps512(_mm256_loadu_ps(first)),
                                       0xff00, _mm256_loadu_ps(second));
#else
    return _mm512_mask_broadcast_f64x4(_mm512_castpd256_pd512(_mm256_loadu_pd(first)),
                                       0xf0, _mm256_loadu_pd(second));
#endif
}

/* Quads 0 and 2 of a and of b, or 1 and 3. */
SLT_INLINE vec quads_even(vec a, vec b)
{
#ifdef SLT_TYPE_F32
    return _mm512_shuffle_f32x4(a, b, 0x88);
#else
    return _mm512_shuffle_f64x2(a, b, 0x88);
#endif
}

SLT_INLINE vec quads_odd(vec a, vec b)
{
#ifdef SLT_TYPE_F32
    return _mm512_shuffle_f32x4(a, b, 0xdd);
#else
    return _mm512_shuffle_f64x2(a, b, 0xdd);
#endif
}

/* Columns 0 to PIECE - 1 of LANES rows.  Four pointers, and rows counted from them, leave
 * addresses in registers. */
SLT_INLINE void load_columns(const real *at, size_t row, vec *out)
{
    vec in[QUAD], upper[QUAD], lower[QUAD];
    const real *from[4];
    for (int q = 0; q < 4; q++) {
        from[q] = at + q * QUAD * row;
        __asm__("" : "+r"(from[q]));
    }
    for (int i = 0; i < QUAD; i++)
        in[i] = load_pieces(from[0] + i * row, from[1] + i * row);
    turn_quads(in, upper);
    for (int i = 0; i < QUAD; i++)
        in[i] = load_pieces(from[2] + i * row, from[3] + i * row);
    turn_quads(in, lower);
    for (int i = 0; i < QUAD; i++) {
        out[i] = quads_even(upper[i], lower[i]);
        out[QUAD + i] = quads_odd(upper[i], lower[i]);
    }
}

/* A quad of each of four rows. */
SLT_INLINE vec load_quads(const real *first, const real *second, const real *third,
                          const real *fourth)
{
#ifdef SLT_TYPE_F32
    vec quads = _mm512_castps128_ps512(_mm_loadu_ps(first));
    quads = _mm512_mask_broadcast_f32x4(quads, 0x00f0, _mm_loadu_ps(second));
    quads = _mm512_mask_broadcast_f32x4(quads, 0x0f00, _mm_loadu_ps(third));
    return _mm512_mask_broadcast_f32x4(quads, 0xf000, _mm_loadu_ps(fourth));
#else
    vec quads = _mm512_castpd128_pd512(_mm_loadu_pd(first));
    quads = _mm512_mask_broadcast_f64x2(quads, 0x0c, _mm_loadu_pd(second));
    quads = _mm512_mask_broadcast_f64x2(quads, 0x30, _mm_loadu_pd(third));
    return _mm512_mask_broadcast_f64x2(quads, 0xc0, _mm_loadu_pd(fourth));
#endif
}
#elif defined(SLT_VARIANT_AVX2)
SLT_INLINE vec load_pieces(const real *first, const real *second)
{
#ifdef SLT_TYPE_F32
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(first)),
                                _mm_loadu_ps(second), 1);
#else
    return _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(first)),
                                _mm_loadu_pd(second), 1);
#endif
}

SLT_INLINE void load_columns(const real *at, size_t row, vec *out)
{
    vec in[QUAD];
    for (int i = 0; i < QUAD; i++)
        in[i] = load_pieces(at + i * row, at + (QUAD + i) * row);
    turn_quads(in, out);
}
#else
SLT_INLINE void load_columns(const real *at, size_t row, vec *out)
{
    vec in[QUAD];
    for (int i = 0; i < QUAD; i++)
        in[i] = vec_load(at + i * row);
    turn_quads(in, out);
}
#endif

/* Columns j to j + QUAD - 1 of LANES rows, wherever each lies. */
SLT_INLINE void load_quad_columns(const real *const *row, size_t j, vec *out)
{
    vec in[QUAD];
    for (int i = 0; i < QUAD; i++)
#if defined(SLT_VARIANT_AVX512)
        in[i] = load_quads(row[i] + j, row[QUAD + i] + j, row[2 * QUAD + i] + j,
                           row[3 * QUAD + i] + j);
#elif defined(SLT_VARIANT_AVX2)
        in[i] = load_pieces(row[i] + j, row[QUAD + i] + j);
#else
        in[i] = vec_load(row[i] + j);
#endif
    turn_quads(in, out);
}

#endif

#endif
