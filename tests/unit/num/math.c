#include "num/math.h"

#include <math.h>

#include "num/float/elementary.h"
#include "tap.h"

static void test_names(void)
{
    bool found = true, sorted = true;
    for (int f = 0; f < SLT_FN_COUNT; f++) {
        const char *name = slt_function_name((slt_function)f);
        found &= (int)slt_function_find(name) == f;
        sorted &= f == 0 || strcmp(slt_function_name((slt_function)(f - 1)), name) < 0;
    }
    TAP_OK(found, "every function is found by its name");
    TAP_OK(sorted, "names are sorted");
    TAP_OK(slt_function_find("expff") == SLT_FN_COUNT &&
               slt_function_find("") == SLT_FN_COUNT,
           "others are not");
    TAP_OK(slt_functions_of_normals(SLT_F32) ==
               (1u << SLT_FN_log | 1u << SLT_FN_sincospif),
           "binary32 normals take the logarithm in binary64");
    TAP_OK(slt_functions_of_normals(SLT_FIXED) == 1u << SLT_FN_fixed &&
               slt_functions_of_gelu(SLT_FIXED) ==
                   (1u << SLT_FN_fixed_erf | 1u << SLT_FN_fixed_exp) &&
               slt_functions_of_cross_entropy(SLT_FIXED) ==
                   (1u << SLT_FN_fixed_exp | 1u << SLT_FN_fixed_log) &&
               slt_functions_of_sincospi(SLT_FIXED) == 1u << SLT_FN_fixed_sincospi,
           "fixed calls no float function");
}

typedef struct pair {
    double got, want, ulp;
} pair;

static double error_of(pair p)
{
    int exponent;
    frexp(p.want, &exponent);
    return fabs(p.got - p.want) / ldexp(p.ulp, exponent);
}

/* The C library is within an ulp or so, too. */
static void test_against_libm(void)
{
    double worst[4] = {0}, worstf[4] = {0};
    for (int i = 1; i < 20000; i++) {
        double x = (i - 10000) * 0x1.6a09e667f3bcdp-10, y = i * 0x1.6a09e667f3bcdp-12;
        float xf = (float)x, yf = (float)y;
        const pair pairs[] = {{slt_exp(x), exp(x), 0x1p-53},
                              {slt_log(y), log(y), 0x1p-53},
                              {slt_tanh(x), tanh(x), 0x1p-53},
                              {slt_erf(x), erf(x), 0x1p-53}};
        const pair singles[] = {{slt_expf(xf), exp((double)xf), 0x1p-24},
                                {slt_logf(yf), log((double)yf), 0x1p-24},
                                {slt_tanhf(xf), tanh((double)xf), 0x1p-24},
                                {slt_erff(xf), erf((double)xf), 0x1p-24}};
        for (int f = 0; f < 4; f++) {
            worst[f] = fmax(worst[f], error_of(pairs[f]));
            worstf[f] = fmax(worstf[f], error_of(singles[f]));
        }
    }
    static const char *const names[] = {"exp", "log", "tanh", "erf"};
    for (int f = 0; f < 4; f++)
        TAP_OK(worst[f] <= 2 && worstf[f] <= 1.001, "%s: %.2f and %.3f ulp from libm's",
               names[f], worst[f], worstf[f]);
}

static void test_sincospi(void)
{
    slt_sincos quarter = slt_sincospi(0.25);
    slt_sincosf half = slt_sincospif(0.5f), minus = slt_sincospif(-1);
    TAP_OK(fabs(quarter.sin - sqrt(0.5)) < 4e-16 && fabs(quarter.cos - sqrt(0.5)) < 4e-16,
           "a quarter");
    TAP_OK(half.sin == 1 && fabsf(half.cos) < 1e-7f, "a half: %g", (double)half.cos);
    TAP_OK(minus.cos == -1 && fabsf(minus.sin) < 1e-7f, "minus one: %g",
           (double)minus.sin);
}

/* tests/kat/fingerprints.txt holds the fingerprints of numerics revision 1. */
static void test_fingerprints(slt_isa isa)
{
    FILE *file = fopen(SLT_SOURCE_DIR "/tests/kat/fingerprints.txt", "r");
    if (!file)
        tap_bail("tests/kat/fingerprints.txt is missing");
    char line[256], name[32], want[32], found[SLT_FINGERPRINT_MAX];
    int rows = 0;
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#' || sscanf(line, "%31s %31s", name, want) != 2)
            continue;
        slt_function function = slt_function_find(name);
        if (function == SLT_FN_COUNT || !slt_function_here(function))
            continue;
        char label[96];
        snprintf(label, sizeof label, "%s on %s", name, slt_isa_name(isa));
        slt_fingerprint(function, SLT_F64, found);
        TAP_EQ_TEXT(found, want, label);
        slt_fingerprint(function, SLT_FIXED, found);
        TAP_EQ_TEXT(found, want, "and where a fixed run calls it");
        rows++;
    }
    fclose(file);
    TAP_OK(rows == SLT_FN_COUNT || slt_num_available(SLT_F64, NULL) != SLT_OK,
           "%s: all functions", slt_isa_name(isa));
}

int main(void)
{
    test_names();
    for (int isa = 0; isa < SLT_ISA_COUNT; isa++) {
        slt_num_start((slt_isa)isa);
        if ((int)slt_num_isa() == isa)
            test_fingerprints((slt_isa)isa);
    }
    if (slt_num_available(SLT_F64, NULL) == SLT_OK) {
        test_against_libm();
        test_sincospi();
    } else {
        tap_skip("accuracy of elementary functions", "no fma on this CPU");
    }
    return tap_done();
}
