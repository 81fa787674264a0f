/* Lanes: a vector of 64-bit integers on which the operators of C act lane by lane, in
 * this copy's instruction set; in the scalar copy a single number.  Shared by loops that
 * a compiler does not vectorise by itself: products of 32-bit halves. */
#ifndef SLT_NUM_FIXED_KERNELS_LANES_H
#define SLT_NUM_FIXED_KERNELS_LANES_H

#include "num/fixed/kernels/vector.h"

#if LANES == 1
typedef uint64_t lanes;
typedef int64_t lanes_signed;
#else
typedef uint64_t lanes __attribute__((vector_size(8 * LANES)));
typedef int64_t lanes_signed __attribute__((vector_size(8 * LANES)));
#endif

SLT_INLINE lanes lanes_of(uint64_t value)
{
#if LANES == 1
    return value;
#else
    return (lanes){0} + value;
#endif
}

/* The first `left` elements, all lanes if left is LANES or more; other lanes are 0. */
SLT_INLINE lanes lanes_load(const int64_t *at, size_t left)
{
    return (lanes)(left >= LANES ? vec_load(at) : vec_load_part(at, left));
}

SLT_INLINE void lanes_store(int64_t *at, lanes value, size_t left)
{
    if (left >= LANES)
        vec_store(at, (vec)value);
    else
        vec_store_part(at, (vec)value, left);
}

/* Products of the low halves of lanes, as signed and as unsigned numbers. */
SLT_INLINE lanes lanes_mul_i32(lanes a, lanes b)
{
#if defined(SLT_VARIANT_AVX512)
    return (lanes)_mm512_mul_epi32((vec)a, (vec)b);
#elif defined(SLT_VARIANT_AVX2)
    return (lanes)_mm256_mul_epi32((vec)a, (vec)b);
#elif defined(SLT_VARIANT_NEON)
    return (lanes)vmull_s32(vmovn_s64((vec)a), vmovn_s64((vec)b));
#else
    return (uint64_t)((int64_t)(int32_t)(uint32_t)a * (int32_t)(uint32_t)b);
#endif
}

SLT_INLINE lanes lanes_mul_u32(lanes a, lanes b)
{
#if defined(SLT_VARIANT_AVX512)
    return (lanes)_mm512_mul_epu32((vec)a, (vec)b);
#elif defined(SLT_VARIANT_AVX2)
    return (lanes)_mm256_mul_epu32((vec)a, (vec)b);
#elif defined(SLT_VARIANT_NEON)
    return (lanes)vmull_u32(vmovn_u64((uint64x2_t)a), vmovn_u64((uint64x2_t)b));
#else
    return (uint64_t)(uint32_t)a * (uint32_t)b;
#endif
}

/* Each lane, a signed number, divided by 2^by and rounded down. */
SLT_INLINE lanes lanes_sra(lanes a, int by)
{
    return (lanes)((lanes_signed)a >> by);
}

/* All ones in negative lanes, 0 in others. */
SLT_INLINE lanes lanes_sign(lanes a)
{
    return lanes_sra(a, 63);
}

/* a if sign is 0, -a if it is all ones. */
SLT_INLINE lanes lanes_negate(lanes a, lanes sign)
{
    return (a ^ sign) - sign;
}

/* 1 in lanes that are not 0. */
SLT_INLINE lanes lanes_some(lanes a)
{
    return (a | (0 - a)) >> 63;
}

/* Each lane, signed, divided by 2^by and rounded to nearest, ties to even; by <= 63. */
SLT_INLINE lanes lanes_round_one(lanes a, int by)
{
    if (by == 0)
        return a;
    lanes quotient = lanes_sra(a, by), rest = a & lanes_of(((uint64_t)1 << by) - 1);
    lanes carry =
        rest + lanes_of(((uint64_t)1 << (by - 1)) - 1) + (quotient & lanes_of(1));
    return quotient + (carry >> by);
}

/* All lanes' bits together. */
SLT_INLINE uint64_t lanes_any(lanes a)
{
#if LANES == 1
    return a;
#else
    uint64_t any = 0;
    for (int i = 0; i < LANES; i++)
        any |= a[i];
    return any;
#endif
}

/* ---- Wide products ----------------------------------------------------------------- */

typedef struct lanes_wide {
    lanes high, low;
} lanes_wide;

/* A factor of many products, halved beforehand. */
typedef struct lanes_half {
    lanes high, low;
} lanes_half;

SLT_INLINE lanes_half lanes_halves(lanes a)
{
    return (lanes_half){a >> 32, a};
}

/* The whole of a b, unsigned. */
SLT_INLINE lanes_wide lanes_mul(lanes_half a, lanes_half b)
{
    lanes mask = lanes_of(UINT32_MAX);
    lanes low = lanes_mul_u32(a.low, b.low);
    lanes middle = lanes_mul_u32(a.high, b.low) + (low >> 32);
    lanes other = lanes_mul_u32(a.low, b.high) + (middle & mask);
    return (lanes_wide){lanes_mul_u32(a.high, b.high) + (middle >> 32) + (other >> 32),
                        other << 32 | (low & mask)};
}

/* a / 2^by rounded to nearest, ties to even; a < 2^126, 0 <= by <= 116.  Where the result
 * does not fit 64 bits, some lane of *lost becomes other than 0. */
SLT_INLINE lanes lanes_round(lanes_wide a, int by, lanes *lost)
{
    if (by == 0) {
        *lost |= a.high;
        return a.low;
    }
    lanes last = lanes_of(1);
    if (by < 64) {
        lanes quotient = a.high << (64 - by) | a.low >> by;
        lanes rest = a.low & lanes_of(((uint64_t)1 << by) - 1);
        lanes carry = rest + lanes_of(((uint64_t)1 << (by - 1)) - 1) + (quotient & last);
        *lost |= a.high >> by;
        return quotient + (carry >> by);
    }
    /* What the low half adds to the rest is only whether it is more than it seems. */
    lanes top = a.high << 1 | a.low >> 63, beyond = lanes_some(a.low << 1);
    by -= 63;
    lanes quotient = top >> by;
    lanes rest = top & lanes_of(((uint64_t)1 << by) - 1);
    lanes carry =
        rest + lanes_of(((uint64_t)1 << (by - 1)) - 1) + ((quotient | beyond) & last);
    return quotient + (carry >> by);
}

#endif
