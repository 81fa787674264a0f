/* IEEE 754 binary64 in 64-bit integers: no bit of a scalar depends on what a CPU, a
 * compiler or a mode register makes of floating point.
 *
 * During an operation a number is a significand, whose leading bit is bit 63, and the
 * biased exponent of that bit.  Bit 0 is set where anything that is not zero lies below
 * it (sticky). */
#include "num/scalar.h"

#include "base/assert.h"
#include "num/wide.h"

#define MANTISSA_BITS 52
#define BIAS 1023
#define SIGN (UINT64_C(1) << 63)
#define TOP (UINT64_C(1) << 63)
#define INFINITE (UINT64_C(0x7ff) << MANTISSA_BITS)
#define NOT_A_NUMBER (UINT64_C(0xfff) << (MANTISSA_BITS - 1))

typedef struct parts {
    uint64_t significand;
    int exponent;
} parts;

static inline slt_real of_bits(uint64_t bits)
{
    return (slt_real){bits};
}

static inline uint64_t size_of(slt_real a)
{
    return a.bits & ~SIGN;
}

static inline bool is_nan(slt_real a)
{
    return size_of(a) > INFINITE;
}

/* Takes apart a finite number that is not 0. */
static inline parts take_apart(slt_real a)
{
    uint64_t mantissa = a.bits << (63 - MANTISSA_BITS);
    int exponent = (int)(a.bits >> MANTISSA_BITS & 0x7ff);
    if (exponent)
        return (parts){mantissa | TOP, exponent};
    int shift = __builtin_clzll(mantissa);
    return (parts){mantissa << shift, 1 - shift};
}

/* value / 2^shift, 0 <= shift, sticky. */
static inline uint64_t shift_sticky(uint64_t value, int shift)
{
    if (shift > 63)
        return value != 0;
    return value >> shift | ((value & ((UINT64_C(1) << shift) - 1)) != 0);
}

/* Rounds to nearest, ties to even; significand may be 0 only with exponent 0. */
static inline slt_real put_together(uint64_t sign, int exponent, uint64_t significand)
{
    if (exponent < 1) {
        significand = shift_sticky(significand, 1 - exponent);
        exponent = 1;
    }
    uint64_t kept = significand >> 11, rest = significand & 0x7ff;
    kept += rest + (kept & 1) > 0x400;
    /* The leading bit adds one to the exponent, and a carry of the rounding another. */
    uint64_t bits = ((uint64_t)(exponent - 1) << MANTISSA_BITS) + kept;
    return of_bits(sign | (exponent > 2046 || bits > INFINITE ? INFINITE : bits));
}

slt_real slt_real_from_u64(uint64_t value)
{
    if (value == 0)
        return of_bits(0);
    int shift = __builtin_clzll(value);
    return put_together(0, BIAS + 63 - shift, value << shift);
}

slt_real slt_real_neg(slt_real a)
{
    return of_bits(a.bits ^ SIGN);
}

bool slt_real_less(slt_real a, slt_real b)
{
    if (is_nan(a) || is_nan(b) || (size_of(a) | size_of(b)) == 0)
        return false;
    if ((a.bits ^ b.bits) & SIGN)
        return a.bits >> 63;
    return a.bits >> 63 ? a.bits > b.bits : a.bits < b.bits;
}

/* a + b where one of them is 0, infinite or NaN. */
static slt_real add_special(slt_real a, slt_real b)
{
    if (is_nan(a) || is_nan(b) || (size_of(a) == INFINITE && a.bits == (b.bits ^ SIGN)))
        return of_bits(NOT_A_NUMBER);
    if (size_of(a) == INFINITE || size_of(b) == INFINITE)
        return size_of(a) == INFINITE ? a : b;
    if ((size_of(a) | size_of(b)) == 0)
        return of_bits(a.bits & b.bits);
    return size_of(a) ? a : b;
}

static inline bool is_special(slt_real a)
{
    return size_of(a) - 1 >= INFINITE - 1;
}

/* Neither this nor fma_sum branches on signs or on which number is larger: with mixed
 * signs half of the branches would be mispredicted. */
slt_real slt_real_add(slt_real a, slt_real b)
{
    if (is_special(a) || is_special(b))
        return add_special(a, b);
    uint64_t swap = (a.bits ^ b.bits) & (0 - (uint64_t)(size_of(a) < size_of(b)));
    a.bits ^= swap;
    b.bits ^= swap;
    uint64_t minus = 0 - ((a.bits ^ b.bits) >> 63);
    parts x = take_apart(a), y = take_apart(b);
    uint64_t smaller = shift_sticky(y.significand >> 1, x.exponent - y.exponent);
    uint64_t sum = (x.significand >> 1) + (smaller ^ minus) - minus;
    if (sum == 0)
        return of_bits(0);
    int shift = __builtin_clzll(sum);
    return put_together(a.bits & SIGN, x.exponent + 1 - shift, sum << shift);
}

slt_real slt_real_sub(slt_real a, slt_real b)
{
    return slt_real_add(a, slt_real_neg(b));
}

/* a b where one of them is 0, infinite or NaN. */
static slt_real mul_special(slt_real a, slt_real b)
{
    uint64_t sign = (a.bits ^ b.bits) & SIGN;
    bool infinite = size_of(a) == INFINITE || size_of(b) == INFINITE;
    bool zero = size_of(a) == 0 || size_of(b) == 0;
    if (is_nan(a) || is_nan(b) || (infinite && zero))
        return of_bits(NOT_A_NUMBER);
    return of_bits(sign | (infinite ? INFINITE : 0));
}

slt_real slt_real_mul(slt_real a, slt_real b)
{
    if (is_special(a) || is_special(b))
        return mul_special(a, b);
    parts x = take_apart(a), y = take_apart(b);
    slt_wide product = slt_wide_mul_u64(x.significand, y.significand);
    uint64_t high = (uint64_t)product.high | (product.low != 0);
    int shift = high >> 63 ? 0 : 1;
    return put_together((a.bits ^ b.bits) & SIGN,
                        x.exponent + y.exponent - BIAS + 1 - shift, high << shift);
}

slt_real slt_real_div(slt_real a, slt_real b)
{
    uint64_t sign = (a.bits ^ b.bits) & SIGN;
    if (is_special(a) || is_special(b)) {
        if (is_nan(a) || is_nan(b) || (size_of(a) == size_of(b)))
            return of_bits(NOT_A_NUMBER);
        bool infinite = size_of(a) == INFINITE || size_of(b) == 0;
        return of_bits(sign | (infinite ? INFINITE : 0));
    }
    parts x = take_apart(a), y = take_apart(b);
    uint64_t dividend = x.significand >> 11, divisor = y.significand >> 11;
    slt_wide whole = slt_wide_left((slt_wide){dividend, 0}, 62);
    uint64_t quotient = (uint64_t)slt_wide_quotient(whole, (int64_t)divisor);
    /* The remainder is below 2^53: it is 0 if its low bits are. */
    quotient |= quotient * divisor != whole.low;
    int shift = __builtin_clzll(quotient);
    return put_together(sign, x.exponent - y.exponent + BIAS + 1 - shift,
                        quotient << shift);
}

/* a / 2^shift, 0 <= shift, sticky; a >= 0. */
static inline slt_wide shift_wide_sticky(slt_wide a, int shift)
{
    if (shift > 127)
        return (slt_wide){1, 0};
    slt_wide kept = slt_wide_floor(a, shift), back = slt_wide_left(kept, shift);
    kept.low |= back.low != a.low || back.high != a.high;
    return kept;
}

static inline slt_wide negate_if(slt_wide a, bool minus)
{
    uint64_t mask = 0 - (uint64_t)minus;
    slt_wide turned = {a.low ^ mask, (int64_t)((uint64_t)a.high ^ mask)};
    return slt_wide_add(turned, (slt_wide){minus, 0});
}

/* x + y, or x - y.  The exponents are of bit 126; exponent_x is not the lesser, and where
 * it is greater by 2 or more x has bit 126 or 125: what y loses in shifting is far below
 * the sum's 53 bits. */
static inline slt_real fma_sum(uint64_t sign, slt_wide x, int exponent_x, slt_wide y,
                               int exponent_y, bool minus)
{
    y = shift_wide_sticky(y, exponent_x - exponent_y);
    slt_wide sum = slt_wide_add(x, negate_if(y, minus));
    bool negative = minus && slt_wide_negative(sum);
    sum = negate_if(sum, negative);
    if ((sum.high | (int64_t)sum.low) == 0)
        return of_bits(0);
    int shift =
        sum.high ? __builtin_clzll((uint64_t)sum.high) : 64 + __builtin_clzll(sum.low);
    sum = slt_wide_left(sum, shift);
    return put_together(sign ^ (uint64_t)negative << 63, exponent_x + 1 - shift,
                        (uint64_t)sum.high | (sum.low != 0));
}

slt_real slt_real_fma(slt_real a, slt_real b, slt_real c)
{
    if (is_special(a) || is_special(b) || (is_special(c) && size_of(c))) {
        /* A product that is finite here counts for no more than its sign, or is c. */
        slt_real product =
            is_special(a) || is_special(b) ? mul_special(a, b) : of_bits(0);
        return product.bits << 1 || is_special(c) ? slt_real_add(product, c)
                                                  : add_special(product, c);
    }
    if (size_of(c) == 0)
        return slt_real_mul(a, b);
    uint64_t sign = (a.bits ^ b.bits) & SIGN, sign_c = c.bits & SIGN;
    parts x = take_apart(a), y = take_apart(b), z = take_apart(c);
    slt_wide product = slt_wide_mul_u64(x.significand >> 1, y.significand);
    int exponent = x.exponent + y.exponent - BIAS + 1;
    slt_wide addend = {0, (int64_t)(z.significand >> 1)};
    bool minus = sign != sign_c;
    if (exponent >= z.exponent)
        return fma_sum(sign, product, exponent, addend, z.exponent, minus);
    return fma_sum(sign_c, addend, z.exponent, product, exponent, minus);
}

slt_real slt_real_sqrt(slt_real a)
{
    if (size_of(a) == 0 || a.bits == INFINITE)
        return a;
    if (a.bits >> 63 || is_nan(a))
        return of_bits(NOT_A_NUMBER);
    parts x = take_apart(a);
    int odd = (x.exponent - BIAS) & 1;
    /* Digit by digit, with rest = (a - root^2) 2^k and twice = 2 root, both scaled as
     * root is. */
    uint64_t rest = x.significand >> (10 - odd), root = 0, twice = 0;
    for (uint64_t digit = UINT64_C(1) << 53; digit; digit >>= 1) {
        if (twice + digit <= rest) {
            rest -= twice + digit;
            twice += 2 * digit;
            root += digit;
        }
        rest <<= 1;
    }
    return put_together(0, (x.exponent - odd - BIAS) / 2 + BIAS,
                        root << 10 | (rest != 0));
}

slt_real slt_real_edge(slt_real from, slt_real to, uint64_t bins, uint64_t k)
{
    SLT_ASSERT(bins >= 1 && k <= bins);
    slt_real width = slt_real_div(slt_real_sub(to, from), slt_real_from_u64(bins));
    return k == bins ? to : slt_real_add(from, slt_real_mul(slt_real_from_u64(k), width));
}

slt_real slt_real_tree(slt_real partial[SLT_REAL_PARTIALS])
{
    for (size_t width = SLT_REAL_PARTIALS / 2; width; width /= 2)
        for (size_t j = 0; j < width; j++)
            partial[j] = slt_real_add(partial[j], partial[j + width]);
    return partial[0];
}

static slt_real sum_canonically(const slt_real *values, size_t count)
{
    slt_real partial[SLT_REAL_PARTIALS] = {{0}};
    for (size_t i = 0; i < count; i++)
        partial[i % SLT_REAL_PARTIALS] =
            slt_real_add(partial[i % SLT_REAL_PARTIALS], values[i]);
    return slt_real_tree(partial);
}

slt_real slt_real_mean(const slt_real *values, size_t count)
{
    SLT_ASSERT(count >= 1);
    return slt_real_div(sum_canonically(values, count), slt_real_from_u64(count));
}

slt_real slt_real_products(const slt_real *a, const slt_real *b, size_t count)
{
    slt_real partial[SLT_REAL_PARTIALS] = {{0}};
    for (size_t i = 0; i < count; i++)
        partial[i % SLT_REAL_PARTIALS] =
            slt_real_fma(a[i], b[i], partial[i % SLT_REAL_PARTIALS]);
    return slt_real_tree(partial);
}

slt_real slt_real_sd(const slt_real *values, size_t count)
{
    SLT_ASSERT(count >= 2);
    slt_real mean = slt_real_mean(values, count), partial[SLT_REAL_PARTIALS] = {{0}};
    for (size_t i = 0; i < count; i++) {
        slt_real d = slt_real_sub(values[i], mean);
        partial[i % SLT_REAL_PARTIALS] =
            slt_real_fma(d, d, partial[i % SLT_REAL_PARTIALS]);
    }
    slt_real variance =
        slt_real_div(slt_real_tree(partial), slt_real_from_u64(count - 1));
    return slt_real_sqrt(variance);
}
