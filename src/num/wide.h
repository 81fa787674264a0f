/* 128-bit two's-complement integers: the compiler's own where it has them, else two
 * 64-bit halves (32-bit CPUs). */
#ifndef SLT_NUM_WIDE_H
#define SLT_NUM_WIDE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct slt_wide {
    uint64_t low;
    int64_t high;
} slt_wide;

static inline slt_wide slt_wide_of(int64_t value)
{
    return (slt_wide){(uint64_t)value, value < 0 ? -1 : 0};
}

static inline slt_wide slt_wide_add(slt_wide a, slt_wide b)
{
    slt_wide sum;
    sum.low = a.low + b.low;
    sum.high = (int64_t)((uint64_t)a.high + (uint64_t)b.high + (sum.low < a.low));
    return sum;
}

static inline slt_wide slt_wide_neg(slt_wide a)
{
    slt_wide negative;
    negative.low = ~a.low + 1;
    negative.high = (int64_t)(~(uint64_t)a.high + (negative.low == 0));
    return negative;
}

/* a * b of unsigned 64-bit numbers, whole. */
static inline slt_wide slt_wide_mul_u64(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    unsigned __int128 product = (unsigned __int128)a * b;
    return (slt_wide){(uint64_t)product, (int64_t)(uint64_t)(product >> 64)};
#else
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t low = a0 * b0, middle = a1 * b0 + (low >> 32), other = a0 * b1;
    uint64_t carry = (uint64_t)(uint32_t)middle + other;
    return (slt_wide){carry << 32 | (uint32_t)low,
                      (int64_t)(a1 * b1 + (middle >> 32) + (carry >> 32))};
#endif
}

static inline slt_wide slt_wide_mul(int64_t a, int64_t b)
{
    uint64_t size_a = a < 0 ? 0 - (uint64_t)a : (uint64_t)a;
    uint64_t size_b = b < 0 ? 0 - (uint64_t)b : (uint64_t)b;
    slt_wide product = slt_wide_mul_u64(size_a, size_b);
    return (a < 0) != (b < 0) ? slt_wide_neg(product) : product;
}

static inline bool slt_wide_negative(slt_wide a)
{
    return a.high < 0;
}

static inline slt_wide slt_wide_abs(slt_wide a)
{
    return a.high < 0 ? slt_wide_neg(a) : a;
}

/* Position of the highest set bit of a >= 0, plus one; 0 for 0. */
static inline int slt_bits_u64(uint64_t a)
{
    return a ? 64 - __builtin_clzll(a) : 0;
}

static inline int slt_wide_bits(slt_wide a)
{
    return a.high ? 64 + slt_bits_u64((uint64_t)a.high) : slt_bits_u64(a.low);
}

/* a << shift, 0 <= shift <= 127, bits above 128 lost. */
static inline slt_wide slt_wide_left(slt_wide a, int shift)
{
#ifdef __SIZEOF_INT128__
    unsigned __int128 whole = (unsigned __int128)(uint64_t)a.high << 64 | a.low;
    whole <<= shift;
    return (slt_wide){(uint64_t)whole, (int64_t)(uint64_t)(whole >> 64)};
#else
    if (shift >= 64)
        return (slt_wide){0, (int64_t)(a.low << (shift - 64))};
    if (shift == 0)
        return a;
    return (slt_wide){a.low << shift,
                      (int64_t)((uint64_t)a.high << shift | a.low >> (64 - shift))};
#endif
}

/* floor(a / 2^shift), 0 <= shift <= 127. */
static inline slt_wide slt_wide_floor(slt_wide a, int shift)
{
#ifdef __SIZEOF_INT128__
    __int128 whole = (__int128)((unsigned __int128)(uint64_t)a.high << 64 | a.low);
    whole >>= shift;
    return (slt_wide){(uint64_t)whole, (int64_t)(whole >> 64)};
#else
    if (shift >= 64)
        return slt_wide_of(a.high >> (shift - 64));
    if (shift == 0)
        return a;
    return (slt_wide){a.low >> shift | (uint64_t)a.high << (64 - shift), a.high >> shift};
#endif
}

/* a / 2^shift rounded to nearest, ties to even; shift >= 0, any size. */
static inline slt_wide slt_wide_round(slt_wide a, int shift)
{
    if (shift == 0)
        return a;
    if (shift > 127)
        return slt_wide_of(0);
    slt_wide quotient = slt_wide_floor(a, shift);
    slt_wide rest = slt_wide_add(a, slt_wide_neg(slt_wide_left(quotient, shift)));
    slt_wide half = slt_wide_left(slt_wide_of(1), shift - 1);
    bool above = (uint64_t)rest.high > (uint64_t)half.high ||
                 (rest.high == half.high && rest.low > half.low);
    bool tie = rest.high == half.high && rest.low == half.low;
    if (above || (tie && (quotient.low & 1)))
        quotient = slt_wide_add(quotient, slt_wide_of(1));
    return quotient;
}

/* Whether a fits int64. */
static inline bool slt_wide_fits(slt_wide a)
{
    return a.high == ((int64_t)a.low < 0 ? -1 : 0);
}

/* a / 2^shift rounded to nearest, ties to even, of an int64; shift >= 0.  The rest, half
 * less one and the quotient's last bit carry exactly where it is rounded up: no branch is
 * left in a loop over elements. */
static inline int64_t slt_round_shift(int64_t a, int shift)
{
    if (shift == 0)
        return a;
    if (shift > 63)
        return 0;
    int64_t quotient = a >> shift;
    uint64_t rest = (uint64_t)a & (((uint64_t)1 << shift) - 1);
    uint64_t half = (uint64_t)1 << (shift - 1);
    return quotient + (int64_t)((rest + half - 1 + ((uint64_t)quotient & 1)) >> shift);
}

/* Quotient of a >= 0 by 0 < b < 2^63, rounded down; it must fit 63 bits. */
static inline int64_t slt_wide_quotient(slt_wide a, int64_t b)
{
#ifdef __SIZEOF_INT128__
    unsigned __int128 whole = (unsigned __int128)(uint64_t)a.high << 64 | a.low;
    return (int64_t)(whole / (uint64_t)b);
#else
    uint64_t quotient = 0, rest = (uint64_t)a.high;
    for (int bit = 63; bit >= 0; bit--) {
        rest = rest << 1 | (a.low >> bit & 1);
        quotient <<= 1;
        if (rest >= (uint64_t)b) {
            rest -= (uint64_t)b;
            quotient |= 1;
        }
    }
    return (int64_t)quotient;
#endif
}

/* floor(a 2^shift), a >= 0, shift of either sign; 2^most where that has more than `most`
 * bits, most < 127. */
static inline slt_wide slt_wide_scaled(slt_wide a, int shift, int most)
{
    int bits = slt_wide_bits(a);
    if (bits + shift > most && bits)
        return slt_wide_left(slt_wide_of(1), most);
    if (shift >= 0)
        return slt_wide_left(a, bits ? shift : 0);
    return shift < -127 ? slt_wide_of(0) : slt_wide_floor(a, -shift);
}

/* floor(a b / 2^64). */
static inline int64_t slt_mul_high(int64_t a, int64_t b)
{
#ifdef __SIZEOF_INT128__
    return (int64_t)((__int128)a * b >> 64);
#else
    return slt_wide_mul(a, b).high;
#endif
}

/* a b / 2^shift rounded to nearest, ties to even, 0 <= shift <= 63.  The result fits
 * int64 by the caller's bounds. */
static inline int64_t slt_mul_round(int64_t a, int64_t b, int shift)
{
#ifdef __SIZEOF_INT128__
    if (shift == 0)
        return (int64_t)((uint64_t)a * (uint64_t)b);
    __int128 product = (__int128)a * b;
    uint64_t low = (uint64_t)product, high = (uint64_t)(product >> 64);
    int64_t quotient = (int64_t)(high << (64 - shift) | low >> shift);
    uint64_t rest = low & (((uint64_t)1 << shift) - 1);
    return quotient + (rest + (quotient & 1) > (uint64_t)1 << (shift - 1));
#else
    return (int64_t)slt_wide_round(slt_wide_mul(a, b), shift).low;
#endif
}

/* (a b + 2^(shift-1)) / 2^shift rounded down: the step of fixed-point polynomials. The
 * result fits int64 by the caller's bounds. */
static inline int64_t slt_mul_shift(int64_t a, int64_t b, int shift)
{
#ifdef __SIZEOF_INT128__
    return (int64_t)(((__int128)a * b + ((__int128)1 << (shift - 1))) >> shift);
#else
    slt_wide sum =
        slt_wide_add(slt_wide_mul(a, b), slt_wide_left(slt_wide_of(1), shift - 1));
    return (int64_t)slt_wide_floor(sum, shift).low;
#endif
}

#endif
