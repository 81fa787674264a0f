/* Decimal text to binary64, correctly rounded, on whole numbers alone. */
#include <sltrace/real.h>

#include "base/big.h"

/* 767 digits decide every binary64 border; beyond DIGITS_MAX a digit that is not zero
 * only tells that the number lies above. */
#define DIGITS_MAX 800
#define EXPONENT_MAX INT64_C(1000000000000000)

/* digits * 10^exponent, `count` significant digits. */
typedef struct decimal {
    slt_big digits;
    int64_t exponent;
    int count;
    bool negative;
    bool more; /* some of the digits that were dropped are not zero */
} decimal;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void take_digit(decimal *d, char c, bool fraction)
{
    if (d->count < DIGITS_MAX) {
        slt_big_scale(&d->digits, 10, (uint32_t)(c - '0'));
        d->count += d->digits.count != 0;
        d->exponent -= fraction;
    } else {
        d->more |= c != '0';
        d->exponent += !fraction;
    }
}

static const char *take_mantissa(decimal *d, const char *at)
{
    const char *begin = at;
    for (; is_digit(*at); at++)
        take_digit(d, *at, false);
    if (at - begin > 1 && *begin == '0')
        return NULL;
    bool any = at != begin;
    if (*at == '.')
        for (at++; is_digit(*at); at++, any = true)
            take_digit(d, *at, true);
    return any ? at : NULL;
}

static const char *take_exponent(decimal *d, const char *at)
{
    if (*at != 'e' && *at != 'E')
        return at;
    at++;
    bool negative = *at == '-';
    at += *at == '-' || *at == '+';
    if (!is_digit(*at))
        return NULL;
    int64_t value = 0;
    for (; is_digit(*at); at++)
        if (value < EXPONENT_MAX)
            value = 10 * value + (*at - '0');
    d->exponent += negative ? -value : value;
    return at;
}

static bool scan(const char *text, decimal *d)
{
    slt_big_set(&d->digits, 0);
    d->exponent = 0;
    d->count = 0;
    d->more = false;
    d->negative = *text == '-';
    const char *at = take_mantissa(d, text + d->negative);
    at = at ? take_exponent(d, at) : NULL;
    return at && *at == 0;
}

/* num / den = digits * 10^exponent, then a power of two on one side so that the quotient
 * lies in [2^53, 2^55): returns the power e with value = quotient * 2^e. */
static int make_quotient(const decimal *d, slt_big *num, slt_big *den)
{
    slt_big_copy(num, &d->digits);
    slt_big_set(den, 1);
    if (d->exponent >= 0)
        slt_big_scale_pow10(num, (unsigned)d->exponent);
    else
        slt_big_scale_pow10(den, (unsigned)-d->exponent);
    int e = (int)slt_big_width(num) - (int)slt_big_width(den) - 54;
    if (e < 0)
        slt_big_shift(num, (unsigned)-e);
    else
        slt_big_shift(den, (unsigned)e);
    return e;
}

/* floor(num / den) for a quotient below 2^55; num becomes the remainder. */
static uint64_t divide_big(slt_big *num, const slt_big *den)
{
    uint64_t quotient = 0;
    for (int bit = 54; bit >= 0; bit--) {
        slt_big part;
        slt_big_copy(&part, den);
        slt_big_shift(&part, (unsigned)bit);
        if (slt_big_compare(num, &part) < 0)
            continue;
        slt_big_sub(num, &part);
        quotient |= UINT64_C(1) << bit;
    }
    return quotient;
}

/* Rounds quotient * 2^e, plus something below one unit where `rest`, to 53 bits or to
 * the grid of subnormals, ties to even, and returns the bits of the magnitude.  A carry
 * moves into the exponent by itself, up to the bits of infinity and above. */
static uint64_t assemble(uint64_t quotient, int e, bool rest)
{
    int width = 64 - __builtin_clzll(quotient);
    int drop = width - 53;
    if (e + drop < -1074)
        drop = -1074 - e;
    if (drop > width)
        return 0;
    uint64_t kept = quotient >> drop;
    uint64_t half = UINT64_C(1) << (drop - 1);
    uint64_t below = quotient & (half - 1);
    bool up = (quotient & half) && (below || rest || (kept & 1));
    uint64_t biased = (uint64_t)(e + drop + 1074);
    return (biased << 52) + kept + up;
}

bool slt_real_parse(const char *text, slt_real *real)
{
    decimal d;
    if (!scan(text, &d))
        return false;
    uint64_t magnitude = 0;
    /* The number lies in [10^(place - 1), 10^place). */
    int64_t place = d.exponent + d.count;
    if (d.count && place > 310)
        return false;
    if (d.count && place > -330) {
        slt_big num, den;
        int e = make_quotient(&d, &num, &den);
        uint64_t quotient = divide_big(&num, &den);
        magnitude = assemble(quotient, e, d.more || num.count != 0);
        if (magnitude >= UINT64_C(0x7ff) << 52)
            return false;
    }
    real->bits = (uint64_t)d.negative << 63 | magnitude;
    return true;
}
