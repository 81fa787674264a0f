#include <math.h>

#include "num/float/elementary.h"
#include "tap.h"

static float single_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static double double_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The gap between numbers of `digits` bits around x. */
static double unit(double x, int digits, int least)
{
    int exponent;
    frexp(x, &exponent);
    return ldexp(1, exponent - digits < least ? least : exponent - digits);
}

static void test_exact(void)
{
    TAP_OK(signbit(slt_erf(-0.0)) && slt_erf(-0.0) == 0 && !signbit(slt_erf(0.0)),
           "zeros keep their sign");
    TAP_OK(signbit(slt_erff(-0.0f)) && slt_erff(-0.0f) == 0 && !signbit(slt_erff(0.0f)),
           "in binary32 too");
    TAP_OK(slt_erf(INFINITY) == 1 && slt_erf(-INFINITY) == -1 && slt_erf(6) == 1 &&
               slt_erf(0x1p1023) == 1 && slt_erf(5) < 1,
           "1 from 6 on");
    TAP_OK(slt_erff(INFINITY) == 1 && slt_erff(-INFINITY) == -1 && slt_erff(4) == 1 &&
               slt_erff(0x1p127f) == 1 && slt_erff(3.5f) < 1,
           "in binary32 from 4 on");
    TAP_OK(isnan(slt_erf(NAN)) && isnan(slt_erff(NAN)), "NaN");
    TAP_OK(slt_erf(0x1p-1074) == 0x1p-1074 && slt_erff(0x1p-149f) == 0x1p-149f,
           "the least subnormal rounds to itself");
}

/* tests/kat/erf.txt: high is erf rounded, low what that left. */
static void test_known_answers(void)
{
    FILE *file = fopen(SLT_SOURCE_DIR "/tests/kat/erf.txt", "r");
    if (!file)
        tap_bail("tests/kat/erf.txt is missing");
    char line[256];
    double worst = 0;
    int rows = 0;
    bool odd = true;
    while (fgets(line, sizeof line, file)) {
        char *at = line;
        if (*line == '#')
            continue;
        double x = double_of(strtoull(at, &at, 16));
        double high = double_of(strtoull(at, &at, 16));
        double low = double_of(strtoull(at, &at, 16));
        double got = slt_erf(x);
        worst = fmax(worst, fabs((got - high) - low) / unit(high, 53, -1074));
        odd &= slt_erf(-x) == -got;
        rows++;
    }
    fclose(file);
    TAP_OK(rows > 1000 && worst < 1.5, "%d known answers within 1.5 ulp", rows);
    tap_note("worst %.4f ulp", worst);
    TAP_OK(odd, "odd");
}

/* Binary64's error is nothing to binary32. */
static void test_single(void)
{
    uint32_t stride = getenv("SLT_LONG") ? 1 : 509;
    double worst = 0;
    bool odd = true, bounded = true;
    for (uint64_t bits = 0; bits <= 0x7f800000; bits += stride) {
        float x = single_of((uint32_t)bits), got = slt_erff(x);
        double want = slt_erf(x);
        worst = fmax(worst, fabs(got - want) / unit(want, 24, -149));
        odd &= slt_erff(-x) == -got;
        bounded &= got <= 1;
    }
    TAP_OK(worst < 1, "binary32 within 1 ulp, every %" PRIu32 " of all", stride);
    tap_note("worst %.4f ulp", worst);
    TAP_OK(odd && bounded, "odd and never above 1");
}

int main(void)
{
    test_exact();
    test_known_answers();
    test_single();
    return tap_done();
}
