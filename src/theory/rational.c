#include "theory/rational.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"

static const slt_exact failure = {0, 1, true};

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

/* INT64_MIN is left out, so that every numerator can be negated. */
static slt_exact lowest_terms(int64_t numerator, int64_t denominator)
{
    if (numerator == INT64_MIN)
        return failure;
    int64_t divisor = common_divisor(numerator, denominator);
    return (slt_exact){numerator / divisor, denominator / divisor, false};
}

slt_exact slt_exact_of(int64_t value)
{
    return lowest_terms(value, 1);
}

slt_exact slt_exact_add(slt_exact a, slt_exact b)
{
    int64_t shared = common_divisor(a.denominator, b.denominator);
    int64_t left, right, numerator, denominator;
    if (a.failed || b.failed ||
        __builtin_mul_overflow(a.numerator, b.denominator / shared, &left) ||
        __builtin_mul_overflow(b.numerator, a.denominator / shared, &right) ||
        __builtin_add_overflow(left, right, &numerator) ||
        __builtin_mul_overflow(a.denominator, b.denominator / shared, &denominator))
        return failure;
    return lowest_terms(numerator, denominator);
}

slt_exact slt_exact_sub(slt_exact a, slt_exact b)
{
    b.numerator = -b.numerator;
    return slt_exact_add(a, b);
}

slt_exact slt_exact_mul(slt_exact a, slt_exact b)
{
    int64_t across = common_divisor(a.numerator, b.denominator);
    int64_t back = common_divisor(b.numerator, a.denominator);
    int64_t numerator, denominator;
    if (a.failed || b.failed ||
        __builtin_mul_overflow(a.numerator / across, b.numerator / back, &numerator) ||
        __builtin_mul_overflow(a.denominator / back, b.denominator / across,
                               &denominator))
        return failure;
    return lowest_terms(numerator, denominator);
}

slt_exact slt_exact_div(slt_exact a, int64_t divisor)
{
    SLT_ASSERT(divisor > 0);
    return slt_exact_mul(a, (slt_exact){1, divisor, false});
}

/* a < b by whole parts, then by the reciprocals of what is left: no product, so no
 * overflow. */
bool slt_exact_less(slt_exact a, slt_exact b)
{
    SLT_ASSERT(!a.failed && !b.failed);
    bool turned = false;
    for (;;) {
        int64_t rest_a = a.numerator % a.denominator,
                rest_b = b.numerator % b.denominator;
        int64_t floor_a = a.numerator / a.denominator - (rest_a < 0);
        int64_t floor_b = b.numerator / b.denominator - (rest_b < 0);
        if (floor_a != floor_b)
            return (floor_a < floor_b) != turned;
        rest_a += rest_a < 0 ? a.denominator : 0;
        rest_b += rest_b < 0 ? b.denominator : 0;
        if (!rest_a || !rest_b)
            return turned ? rest_a > rest_b : rest_a < rest_b;
        a = (slt_exact){a.denominator, rest_a, false};
        b = (slt_exact){b.denominator, rest_b, false};
        turned = !turned;
    }
}

slt_status slt_exact_result(slt_exact value, int64_t multiplicity, const char *formula,
                            slt_lambda *result, slt_error *err)
{
    if (value.failed)
        return slt_fail(
            err, SLT_RESOURCE,
            "theory %s: the sizes are too large: a step of the formula leaves "
            "64-bit integers",
            formula);
    result->lambda = (slt_rational){value.numerator, value.denominator};
    result->multiplicity = multiplicity;
    return SLT_OK;
}

void slt_rational_text(slt_rational value, char text[SLT_RATIONAL_TEXT_MAX])
{
    if (value.denominator == 1)
        snprintf(text, SLT_RATIONAL_TEXT_MAX, "%" PRId64, value.numerator);
    else
        snprintf(text, SLT_RATIONAL_TEXT_MAX, "%" PRId64 "/%" PRId64, value.numerator,
                 value.denominator);
}
