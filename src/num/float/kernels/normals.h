/* Uniforms and normals in registers: a few Philox blocks at once, each in a lane of 64
 * bits, converted as in docs/spec/03-random-numbers.md.  So an update draws its noise
 * when it uses it, and a small tensor draws no more than it needs. */
#ifndef SLT_NUM_FLOAT_KERNELS_NORMALS_H
#define SLT_NUM_FLOAT_KERNELS_NORMALS_H

#include "num/float/kernels/lanes.h"
#include "num/float/kernels/vector.h"

/* The number of blocks drawn at once, one for each lane; the number of normals that they
 * give; and the most normals that one call draws. */
#ifdef LANES_BYTES
#define DRAWN_BLOCKS (LANES_BYTES / 8)
typedef uint64_t lanes __attribute__((vector_size(LANES_BYTES)));
#else
#define DRAWN_BLOCKS 1
typedef uint64_t lanes;
#endif
#define DRAWN (4 * DRAWN_BLOCKS)
#define DRAWN_SETS 16
#define DRAWN_MAX (DRAWN_SETS * DRAWN)

SLT_INLINE lanes lanes_of(uint64_t value)
{
    return (lanes){0} + value;
}

/* Products of the low halves of lanes. */
SLT_INLINE lanes lanes_mul_u32(lanes a, lanes b)
{
#if defined(SLT_VARIANT_AVX512)
    return (lanes)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#elif defined(SLT_VARIANT_AVX2)
    return (lanes)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(SLT_VARIANT_NEON)
    return (lanes)vmull_u32(vmovn_u64((uint64x2_t)a), vmovn_u64((uint64x2_t)b));
#else
    return (uint64_t)(uint32_t)a * (uint32_t)b;
#endif
}

#include "num/philox_lanes.h"

/* first, first + 1, ... */
SLT_INLINE lanes lanes_from(uint32_t first)
{
    uint64_t number[DRAWN_BLOCKS];
    lanes from;
    for (uint32_t b = 0; b < DRAWN_BLOCKS; b++)
        number[b] = b;
    memcpy(&from, number, sizeof from);
    return from + lanes_of(first);
}

SLT_INLINE philox_lanes draw_words(slt_stream stream, uint32_t first)
{
    return philox_lanes_of(stream, lanes_from(first));
}

/* A word as a number, in the fraction of one from 2^52 on; then without `base`. */
SLT_INLINE lanes_f64 word_less(lanes word, double base)
{
    lanes bits = (word & lanes_of(UINT32_MAX)) | lanes_of(UINT64_C(0x4330000000000000));
    lanes_f64 number;
    memcpy(&number, &bits, sizeof number);
    return number - base;
}

/* (word + 1/2) 2^-32, exact. */
SLT_INLINE lanes_f64 unit_of(lanes word)
{
    return word_less(word, 0x1.fffffffffffffp51) * 0x1p-32;
}

/* The square of the radius: -2 log u. */
SLT_INLINE lanes_f64 square_of(lanes word)
{
    return -2 * LANES_SLEEF_F64(log, u10)(unit_of(word));
}

/* Two vectors' lanes of 64 bits in turn, from the first on and from the middle on; and
 * their pairs of lanes likewise. */
#if DRAWN_BLOCKS == 8
#define ZIP_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define ZIP_HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define ZIP_PAIRS_LOW(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 2, 3, 10, 11)
#define ZIP_PAIRS_HIGH(a, b) __builtin_shufflevector(a, b, 4, 5, 12, 13, 6, 7, 14, 15)
#elif DRAWN_BLOCKS == 4
#define ZIP_LOW(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define ZIP_HIGH(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define ZIP_PAIRS_LOW(a, b) __builtin_shufflevector(a, b, 0, 1, 4, 5)
#define ZIP_PAIRS_HIGH(a, b) __builtin_shufflevector(a, b, 2, 3, 6, 7)
#elif DRAWN_BLOCKS == 2
#define ZIP_LOW(a, b) __builtin_shufflevector(a, b, 0, 2)
#define ZIP_HIGH(a, b) __builtin_shufflevector(a, b, 1, 3)
#define ZIP_PAIRS_LOW(a, b) (a)
#define ZIP_PAIRS_HIGH(a, b) (b)
#endif

/* drawn_squares: the squared radii of the two pairs of a block, of DRAWN_BLOCKS at once.
 * normals_of: the normals of these blocks, in order.
 * squares_at: the squared radii of LANES words that lie side by side.
 * directions_at: sine and cosine of as many. */
typedef struct directions {
    vec sine, cosine;
} directions;

#ifndef LANES_BYTES
typedef struct drawn_squares {
    real pair[2];
} drawn_squares;

SLT_INLINE drawn_squares squares_of(const philox_lanes *drawn)
{
    return (drawn_squares){
        {(real)square_of(drawn->word[0]), (real)square_of(drawn->word[2])}};
}

SLT_INLINE vec squares_at(const uint32_t *word)
{
    return (real)square_of(*word);
}

SLT_INLINE directions directions_at(const uint32_t *word)
{
    real angle = (real)(int32_t)*word * (real)0x1p-31;
    directions to;
    lanes_sincospi(&angle, &to.sine, &to.cosine, 1);
    return to;
}

SLT_INLINE void normals_of(const philox_lanes *drawn, drawn_squares square, vec *z)
{
    for (int i = 0; i < 2; i++) {
        const uint32_t word = (uint32_t)drawn->word[2 * i + 1];
        const directions direction = directions_at(&word);
        const real radius = real_sqrt(square.pair[i]);
        z[2 * i] = radius * direction.cosine;
        z[2 * i + 1] = radius * direction.sine;
    }
}
#elif defined(SLT_TYPE_F32)
typedef int32_t lanes_i32 __attribute__((vector_size(LANES_BYTES)));

SLT_INLINE lanes halves(lanes low, lanes high)
{
    return (low & lanes_of(UINT32_MAX)) | high << 32;
}

/* Rounded to binary32, in the low halves. */
SLT_INLINE lanes narrow(lanes_f64 x)
{
#if defined(SLT_VARIANT_AVX512)
    return (lanes)_mm512_cvtepu32_epi64((__m256i)_mm512_cvtpd_ps(x));
#elif defined(SLT_VARIANT_AVX2)
    return (lanes)_mm256_cvtepu32_epi64((__m128i)_mm256_cvtpd_ps(x));
#else
    return (lanes)vmovl_u32((uint32x2_t)vcvt_f32_f64((float64x2_t)x));
#endif
}

/* Whether any lane's highest bit is set. */
SLT_INLINE bool any_sign(lanes a)
{
#if defined(SLT_VARIANT_AVX512)
    return _mm512_movepi64_mask((__m512i)a) != 0;
#elif defined(SLT_VARIANT_AVX2)
    return _mm256_movemask_pd((__m256d)a) != 0;
#else
    return (a[0] | a[1]) >> 63;
#endif
}

SLT_INLINE lanes_f64 lanes_fma(lanes_f64 a, lanes_f64 b, lanes_f64 c)
{
#if defined(SLT_VARIANT_AVX512)
    return _mm512_fmadd_pd(a, b, c);
#elif defined(SLT_VARIANT_AVX2)
    return _mm256_fmadd_pd(a, b, c);
#else
    return (lanes_f64)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
#endif
}

/* square_of a word's u by fewer steps, for binary32, which rarely tells the two apart.
 * u = m 2^-k with m from 2^-1/2 to 2^1/2; s = (m - 1) / (m + 1), |s| < .172; log m is
 * 2 (s + s^3 / 3 + ... + s^17 / 17), by which it is short by less than 2^-50 of itself.
 * Over all 2^32 words the two differ by at most 8 units in the last place. */
SLT_INLINE lanes_f64 near_square(lanes_f64 u)
{
    const lanes root2 = lanes_of(UINT64_C(0x3ff6a09e667f3bcc));
    const lanes_f64 one = word_less(lanes_of(1), 0x1p52);
    lanes bits = (lanes)u, k = (root2 - bits) >> 52;
    lanes_f64 m = (lanes_f64)(bits + (k << 52));
    lanes_f64 s = (m - 1) / (m + 1), w = s * s, v = w * w;
    lanes_f64 even = one / 17, odd = one / 15;
    for (int n = 13; n >= 1; n -= 4)
        even = lanes_fma(v, even, one / n);
    for (int n = 11; n >= 3; n -= 4)
        odd = lanes_fma(v, odd, one / n);
    lanes_f64 sum = lanes_fma(w, odd, even);
    return lanes_fma(word_less(k, 0x1p52), one * 0x1.62e42fefa39efp+0, s * sum * -4);
}

/* In the highest bit of a lane: whether a number lies so near the middle of two of
 * binary32, within 256 units in the last place, that one like it may round to the other.
 * One word in a million does. */
SLT_INLINE lanes is_torn(lanes_f64 square)
{
    const uint64_t near = 256, span = UINT64_C(1) << 29;
    lanes place = (lanes)square + lanes_of(near + span / 2);
    return (place & lanes_of(span - 1)) - lanes_of(2 * near + 1);
}

SLT_INLINE lanes_f32 step(lanes_f32 w, lanes_f32 sum, float next)
{
    return (lanes_f32)vec_fma((vec)w, (vec)sum, vec_broadcast(next));
}

/* Sine and cosine of pi t 2^-31: the steps of SLEEF's sincospi, whose bits they have for
 * all 2^32 words.  4 t 2^-31 = q + s with q even and |s| <= 1; both functions of pi s /
 * 4, which change places and signs as q / 2 quarter turns do it. */
SLT_INLINE lanes_f32_2 direction_of(lanes_i32 t)
{
    lanes_f32 x = __builtin_convertvector(t, lanes_f32) * 0x1p-29f;
    lanes_i32 q = __builtin_convertvector(x, lanes_i32);
    q = (q + (q >> 31) + 1) & ~1;
    lanes_f32 s = x - __builtin_convertvector(q, lanes_f32), w = s * s, zero = {0};
    lanes_f32 sine = step(w, zero - 0x1.2e1148p-15f, 0x1.46617ep-9f);
    lanes_f32 cosine = step(w, zero + 0x1.db1b2p-19f, -0x1.55ca86p-12f);
    sine = step(w, step(w, sine, -0x1.4abbcep-4f), 0x1.921fb6p-1f) * s;
    cosine = step(w, step(w, cosine, 0x1.03c1d2p-6f), -0x1.3bd3ccp-2f);
    cosine = step(w, cosine, 1);
    lanes_i32 change = ((lanes_i32)sine ^ (lanes_i32)cosine) & (q << 30 >> 31);
    lanes_i32 sine_sign = q << 29 & INT32_MIN, cosine_sign = (q + 2) << 29 & INT32_MIN;
    return (lanes_f32_2){(lanes_f32)((lanes_i32)sine ^ change ^ sine_sign),
                         (lanes_f32)((lanes_i32)cosine ^ change ^ cosine_sign)};
}

/* The squared radii of the words in the low halves of two vectors' lanes, in halves. */
SLT_INLINE lanes squares_of_words(lanes low, lanes high)
{
    lanes_f64 square_low = near_square(unit_of(low));
    lanes_f64 square_high = near_square(unit_of(high));
    if (any_sign(is_torn(square_low) | is_torn(square_high))) {
        square_low = square_of(low);
        square_high = square_of(high);
    }
    return halves(narrow(square_low), narrow(square_high));
}

SLT_INLINE vec squares_at(const uint32_t *word)
{
    lanes words;
    memcpy(&words, word, sizeof words);
    return (vec)squares_of_words(words, words >> 32);
}

SLT_INLINE directions directions_at(const uint32_t *word)
{
    lanes_i32 words;
    memcpy(&words, word, sizeof words);
    const lanes_f32_2 direction = direction_of(words);
    return (directions){(vec)direction.x, (vec)direction.y};
}

/* A block's two pairs share its lane, the first in the low half. */
typedef lanes drawn_squares;

SLT_INLINE drawn_squares squares_of(const philox_lanes *drawn)
{
    return squares_of_words(drawn->word[0], drawn->word[2]);
}

SLT_INLINE void normals_of(const philox_lanes *drawn, drawn_squares square, vec *z)
{
    lanes_f32_2 direction =
        direction_of((lanes_i32)halves(drawn->word[1], drawn->word[3]));
    vec radius = vec_sqrt((vec)square);
    lanes cosine = (lanes)(radius * (vec)direction.y);
    lanes sine = (lanes)(radius * (vec)direction.x);
    lanes pair = halves(cosine, sine), next = halves(cosine >> 32, sine >> 32);
    z[0] = (vec)ZIP_LOW(pair, next);
    z[1] = (vec)ZIP_HIGH(pair, next);
}
#else
typedef struct drawn_squares {
    lanes_f64 pair[2];
} drawn_squares;

SLT_INLINE drawn_squares squares_of(const philox_lanes *drawn)
{
    return (drawn_squares){{square_of(drawn->word[0]), square_of(drawn->word[2])}};
}

SLT_INLINE lanes_f64_2 direction_of(lanes word)
{
    const lanes sign = lanes_of(UINT32_C(1) << 31);
    return LANES_SLEEF_F64(sincospi,
                           u35)(word_less(word ^ sign, 0x1.000008p52) * 0x1p-31);
}

/* LANES words, each in a lane. */
SLT_INLINE lanes words_at(const uint32_t *word)
{
    uint32_t words __attribute__((vector_size(LANES_BYTES / 2)));
    memcpy(&words, word, sizeof words);
    return __builtin_convertvector(words, lanes);
}

SLT_INLINE vec squares_at(const uint32_t *word)
{
    return (vec)square_of(words_at(word));
}

SLT_INLINE directions directions_at(const uint32_t *word)
{
    const lanes_f64_2 direction = direction_of(words_at(word));
    return (directions){(vec)direction.x, (vec)direction.y};
}

SLT_INLINE void normals_of(const philox_lanes *drawn, drawn_squares square, vec *z)
{
    lanes_f64 low[2], high[2];
    for (int i = 0; i < 2; i++) {
        lanes_f64_2 direction = direction_of(drawn->word[2 * i + 1]);
        lanes_f64 radius = (lanes_f64)vec_sqrt((vec)square.pair[i]);
        lanes_f64 cosine = radius * direction.y, sine = radius * direction.x;
        low[i] = ZIP_LOW(cosine, sine);
        high[i] = ZIP_HIGH(cosine, sine);
    }
    z[0] = (vec)ZIP_PAIRS_LOW(low[0], low[1]);
    z[1] = (vec)ZIP_PAIRS_HIGH(low[0], low[1]);
    z[2] = (vec)ZIP_PAIRS_LOW(high[0], high[1]);
    z[3] = (vec)ZIP_PAIRS_HIGH(high[0], high[1]);
}
#endif

/* The first n <= DRAWN_MAX normals from block `first` of a stream on, and what fills the
 * last DRAWN.  Step by step for all of them: the steps of one block wait for each
 * other. */
SLT_INLINE void draw_normals(slt_stream stream, uint32_t first, size_t n,
                             vec z[DRAWN_MAX / LANES])
{
    philox_lanes drawn[DRAWN_SETS];
    drawn_squares square[DRAWN_SETS];
    size_t sets = (n + DRAWN - 1) / DRAWN;
    for (size_t i = 0; i < sets; i++)
        drawn[i] = draw_words(stream, first + (uint32_t)i * DRAWN_BLOCKS);
    for (size_t i = 0; i < sets; i++)
        square[i] = squares_of(&drawn[i]);
    for (size_t i = 0; i < sets; i++)
        normals_of(&drawn[i], square[i], z + i * (DRAWN / LANES));
}

#endif
