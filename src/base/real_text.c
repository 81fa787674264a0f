/* Shortest decimals by the free-format algorithm of Steele and White, Burger and Dybvig,
 * on whole numbers: neither the locale nor the rounding mode takes part. */
#include <sltrace/real.h>

#include <stdio.h>

#include "base/big.h"

#define MANTISSA_BITS 52
#define DIGITS_MAX 17
#define LEFT (SLT_REAL_TEXT_MAX - 1) /* room behind a sign */

/* value = r / s; a decimal reads back to it when it is above value - low / s and below
 * value + high / s (or on the border, where the mantissa is even). */
typedef struct shortest {
    slt_big r, s, low, high;
    bool even;
} shortest;

static void shortest_begin(shortest *f, uint64_t bits)
{
    uint64_t mantissa = bits & ((UINT64_C(1) << MANTISSA_BITS) - 1);
    int exponent = (int)(bits >> MANTISSA_BITS & 0x7ff);
    /* The gap below a power of two is half the gap above. */
    bool narrow = mantissa == 0 && exponent > 1;
    if (exponent)
        mantissa |= UINT64_C(1) << MANTISSA_BITS;
    else
        exponent = 1;
    int e = exponent - 1075;
    unsigned up = e > 0 ? (unsigned)e : 0, down = e < 0 ? (unsigned)-e : 0;
    f->even = !(mantissa & 1);
    slt_big_set(&f->r, mantissa);
    slt_big_shift(&f->r, up + 1 + narrow);
    slt_big_set(&f->s, 1);
    slt_big_shift(&f->s, down + 1 + narrow);
    slt_big_set(&f->low, 1);
    slt_big_shift(&f->low, up);
    slt_big_set(&f->high, 1);
    slt_big_shift(&f->high, up + narrow);
}

static bool below_low(const shortest *f)
{
    int order = slt_big_compare(&f->r, &f->low);
    return f->even ? order <= 0 : order < 0;
}

static bool above_high(const shortest *f)
{
    slt_big sum;
    slt_big_copy(&sum, &f->r);
    slt_big_add(&sum, &f->high);
    int order = slt_big_compare(&sum, &f->s);
    return f->even ? order >= 0 : order > 0;
}

static void times_ten(shortest *f)
{
    slt_big_scale(&f->r, 10, 0);
    slt_big_scale(&f->low, 10, 0);
    slt_big_scale(&f->high, 10, 0);
}

/* Scales so that value + high is in (1/10, 1] and returns the decimal exponent n: the
 * number is 0.d1d2... 10^n.  log10(2) is just below 30103 / 100000, so the estimate of n
 * is at most one off, and one of the two loops corrects it. */
static int shortest_scale(shortest *f)
{
    int width = (int)slt_big_width(&f->r) - (int)slt_big_width(&f->s);
    int n = width * 30103 / 100000;
    if (n >= 0) {
        slt_big_scale_pow10(&f->s, (unsigned)n);
    } else {
        slt_big_scale_pow10(&f->r, (unsigned)-n);
        slt_big_scale_pow10(&f->low, (unsigned)-n);
        slt_big_scale_pow10(&f->high, (unsigned)-n);
    }
    for (; above_high(f); n++)
        slt_big_scale(&f->s, 10, 0);
    for (;; n--) {
        shortest next = *f;
        times_ten(&next);
        if (above_high(&next))
            return n;
        *f = next;
    }
}

static char take_digit(shortest *f)
{
    char digit = '0';
    for (; slt_big_compare(&f->r, &f->s) >= 0; digit++)
        slt_big_sub(&f->r, &f->s);
    return digit;
}

/* Whether what is left is at least half a unit of the last digit (a tie goes to even). */
static bool rounds_up(const shortest *f, char digit)
{
    slt_big twice;
    slt_big_copy(&twice, &f->r);
    slt_big_shift(&twice, 1);
    int order = slt_big_compare(&twice, &f->s);
    return order > 0 || (order == 0 && (digit & 1));
}

static int make_digits(shortest *f, char digits[DIGITS_MAX])
{
    for (int k = 0;;) {
        times_ten(f);
        char digit = take_digit(f);
        bool low = below_low(f), high = above_high(f);
        if (low || high)
            digit = (char)(digit + ((high && !low) || (high && rounds_up(f, digit))));
        digits[k++] = digit;
        if (low || high)
            return k;
    }
}

static void lay_out(char *text, const char *digits, int k, int n)
{
    static const char zeros[] = "000000000000000000000";
    if (k <= n && n <= 21)
        snprintf(text, LEFT, "%.*s%.*s", k, digits, n - k, zeros);
    else if (0 < n && n <= 21)
        snprintf(text, LEFT, "%.*s.%.*s", n, digits, k - n, digits + n);
    else if (-6 < n && n <= 0)
        snprintf(text, LEFT, "0.%.*s%.*s", -n, zeros, k, digits);
    else if (k == 1)
        snprintf(text, LEFT, "%ce%+d", digits[0], n - 1);
    else
        snprintf(text, LEFT, "%c.%.*se%+d", digits[0], k - 1, digits + 1, n - 1);
}

void slt_real_text(slt_real real, char text[SLT_REAL_TEXT_MAX])
{
    uint64_t magnitude = real.bits & INT64_MAX;
    bool nan = magnitude > UINT64_C(0x7ff) << MANTISSA_BITS;
    if (real.bits >> 63 && !nan)
        *text++ = '-';
    if (!slt_real_finite(real)) {
        snprintf(text, LEFT, "%s", nan ? "nan" : "inf");
    } else if (magnitude == 0) {
        snprintf(text, LEFT, "0");
    } else {
        shortest f;
        char digits[DIGITS_MAX];
        shortest_begin(&f, magnitude);
        int n = shortest_scale(&f);
        lay_out(text, digits, make_digits(&f, digits), n);
    }
}
