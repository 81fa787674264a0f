/* Closed forms against printed values, against each other, and against properties. */
#include "tap.h"

#include <math.h>

#include <sltrace/theory.h>

#include "theory/rational.h"

static void expect(slt_status status, const slt_lambda *got, const char *value, int64_t m,
                   const char *name)
{
    char text[SLT_RATIONAL_TEXT_MAX] = "";
    if (status == SLT_OK)
        slt_rational_text(got->lambda, text);
    if (!TAP_OK(status == SLT_OK && strcmp(text, value) == 0 &&
                    (m == 0 || got->multiplicity == m),
                "%s is %s", name, value))
        tap_note("status %d, %s, m %" PRId64, status, text, got->multiplicity);
}

static void test_rrr(void)
{
    static const char *const printed[] = {"13/2", "8", "19/2", "21/2"};
    for (int64_t r = 0; r < 4; r++) {
        slt_lambda got = {{0, 1}, 0};
        char name[64];
        snprintf(name, sizeof name, "rrr (5,3,5) rank %" PRId64, r);
        expect(slt_theory_rrr(5, 3, 5, r, &got, NULL), &got, printed[r], r % 2 ? 1 : 2,
               name);
    }
    slt_lambda got = {{0, 1}, 0};
    expect(slt_theory_rrr(100, 53, 100, 53, &got, NULL), &got, "7791/2", 1,
           "rrr (100,53,100) rank 53");
    expect(slt_theory_rrr(2, 3, 9, 1, &got, NULL), &got, "6", 1, "rrr wide output");
    expect(slt_theory_rrr(9, 3, 2, 1, &got, NULL), &got, "6", 1, "rrr wide input");
    expect(slt_theory_rrr(2, 9, 3, 1, &got, NULL), &got, "3", 1, "rrr wide hidden layer");
}

static void test_dln(void)
{
    slt_lambda got = {{0, 1}, 0};
    expect(slt_theory_dln((const int64_t[]){5, 5, 5, 5}, 4, 2, &got, NULL), &got, "11", 1,
           "dln 5,5,5,5 rank 2");
    expect(slt_theory_dln((const int64_t[]){4, 4, 4, 4, 4}, 5, 1, &got, NULL), &got,
           "13/2", 0, "dln 4,4,4,4,4 rank 1");
    expect(slt_theory_dln((const int64_t[]){10, 10, 10}, 3, 0, &got, NULL), &got, "75/2",
           0, "dln 10,10,10 rank 0");
    expect(slt_theory_dln((const int64_t[]){3, 7}, 2, 2, &got, NULL), &got, "21/2", 1,
           "dln 3,7: one matrix is regular, in out / 2");
}

static bool same(const slt_lambda *a, const slt_lambda *b)
{
    return a->lambda.numerator == b->lambda.numerator &&
           a->lambda.denominator == b->lambda.denominator &&
           a->multiplicity == b->multiplicity;
}

/* 2 lambda is at most the number of parameters, and at least that of the rank-r
 * matrices' manifold, r (M + N - r). */
static bool within_bounds(const slt_lambda *got, int64_t m, int64_t h, int64_t n,
                          int64_t r)
{
    int64_t twice = 2 * got->lambda.numerator, d = got->lambda.denominator;
    return twice <= h * (m + n) * d && twice >= r * (m + n - r) * d;
}

/* All sizes up to 9. */
static void test_rrr_is_dln(void)
{
    int cases = 0, equal = 0, symmetric = 0, bounded = 0;
    for (int64_t m = 1; m <= 9; m++)
        for (int64_t h = 1; h <= 9; h++)
            for (int64_t n = 1; n <= 9; n++)
                for (int64_t r = 0; r <= m && r <= h && r <= n; r++) {
                    slt_lambda rrr, dln, turned;
                    const int64_t widths[] = {m, h, n};
                    cases++;
                    if (slt_theory_rrr(m, h, n, r, &rrr, NULL) ||
                        slt_theory_dln(widths, 3, r, &dln, NULL) ||
                        slt_theory_rrr(n, h, m, r, &turned, NULL))
                        continue;
                    equal += same(&rrr, &dln);
                    symmetric += same(&rrr, &turned);
                    bounded += within_bounds(&rrr, m, h, n, r);
                }
    TAP_EQ_U64(cases, 2754, "cases with sizes up to 9");
    TAP_EQ_U64(equal, 2754, "dln equals rrr, in multiplicity too");
    TAP_EQ_U64(symmetric, 2754, "rrr is symmetric in input and output");
    TAP_EQ_U64(bounded, 2754, "rrr lies between codimension and dimension, halved");
}

/* Where the truth is 0 no layer is special; else the inner ones can be exchanged. */
static void test_dln_symmetry(void)
{
    int wrong = 0, cases = 0;
    for (int64_t a = 1; a <= 5; a++)
        for (int64_t b = 1; b <= 5; b++)
            for (int64_t c = 1; c <= 5; c++)
                for (int64_t d = 1; d <= 5; d++)
                    for (int64_t r = 0; r <= 1; r++) {
                        slt_lambda one, other, cycled;
                        cases++;
                        wrong +=
                            slt_theory_dln((int64_t[]){a, b, c, d}, 4, r, &one, NULL) ||
                            slt_theory_dln((int64_t[]){d, c, b, a}, 4, r, &other, NULL) ||
                            slt_theory_dln((int64_t[]){b, c, d, a}, 4, r, &cycled,
                                           NULL) ||
                            !same(&one, &other) || (r == 0 && !same(&one, &cycled));
                    }
    TAP_OK(wrong == 0, "dln is symmetric: %d of %d cases differ", wrong, cases);
    slt_lambda lean, idle;
    TAP_OK(slt_theory_dln((int64_t[]){3, 3, 3}, 3, 1, &lean, NULL) == SLT_OK &&
               slt_theory_dln((int64_t[]){3, 3, 50, 3}, 4, 1, &idle, NULL) == SLT_OK &&
               same(&lean, &idle),
           "a layer far wider than the others changes nothing");
}

static void test_crossing(void)
{
    slt_lambda got = {{0, 1}, 0};
    const int64_t zero[4] = {0};
    expect(slt_theory_crossing((int64_t[]){1}, zero, 1, &got, NULL), &got, "1/2", 1,
           "w^2");
    expect(slt_theory_crossing((int64_t[]){1, 1}, zero, 2, &got, NULL), &got, "1/2", 2,
           "w1^2 w2^2");
    expect(slt_theory_crossing((int64_t[]){2, 1, 0}, zero, 3, &got, NULL), &got, "1/4", 1,
           "w1^4 w2^2, w3 free");
    expect(slt_theory_crossing((int64_t[]){1, 2, 3}, (int64_t[]){0, 1, 2}, 3, &got, NULL),
           &got, "1/2", 3, "equal ratios through the prior");
    expect(slt_theory_crossing((int64_t[]){1, 3}, (int64_t[]){5, 1}, 2, &got, NULL), &got,
           "1/3", 1, "a prior that vanishes");
}

static bool near(double got, double want, double tolerance)
{
    return fabs(got - want) <= tolerance;
}

/* The mean of the recursion itself, one update after the other. */
static double by_recursion(double h, double nbeta, double gamma, double lr, int draws,
                           int burnin, int between)
{
    double variance = 0, sum = 0, keep = 1 - lr * (nbeta * h + gamma) / 2;
    for (int t = 0; t < burnin + draws * between; t++) {
        if (t >= burnin && (t - burnin) % between == 0)
            sum += nbeta * h * variance / 2;
        variance = keep * keep * variance + lr;
    }
    return sum / draws;
}

static void test_quadratic_sgld(void)
{
    static const struct {
        double lr, want;
    } printed[] = {{1e-4, .4984}, {1e-3, .5153}, {1e-2, .7813}};
    const double one[] = {1};
    for (int i = 0; i < 3; i++) {
        double limit;
        slt_theory_quadratic_sgld(one, 1, 144.76, 1, printed[i].lr, 10, 0, 1, &limit);
        TAP_OK(near(limit, printed[i].want, 5e-5), "stationary at lr %g: %.6f",
               printed[i].lr, limit);
    }
    const double several[] = {.01, 1, 20, 0};
    for (int between = 1; between <= 3; between++)
        for (int burnin = 0; burnin <= 40; burnin += 20) {
            double sum = 0;
            for (int i = 0; i < 4; i++)
                sum += by_recursion(several[i], 80, .5, 1e-3, 300, burnin, between);
            double got = slt_theory_quadratic_sgld(several, 4, 80, .5, 1e-3, 300, burnin,
                                                   between, NULL);
            TAP_OK(near(got / sum, 1, 1e-10), "the recursion, burn-in %d, between %d",
                   burnin, between);
        }
    double limit;
    double free_walk = slt_theory_quadratic_sgld(one, 1, 2, -2, .1, 11, 0, 1, &limit);
    TAP_OK(near(free_walk, by_recursion(1, 2, -2, .1, 11, 0, 1), 1e-12) && isinf(limit),
           "a free walk grows with t and has no limit");
    slt_theory_quadratic_sgld(one, 1, 100, 0, .1, 5, 0, 1, &limit);
    TAP_OK(isinf(limit), "an unstable step has no limit");
}

/* P(K < e) of a crossing under a flat prior, exactly: -ln K is a sum of exponentials with
 * means 2 k_j. Equal k: an Erlang tail; all distinct: partial fractions. */
static double crossing_volume(const int64_t *k, size_t count, double e)
{
    double depth = -log(e), tail = 0;
    if (count > 1 && k[0] == k[1]) {
        double x = depth / (2 * (double)k[0]), term = exp(-x);
        for (size_t j = 0; j < count; j++, term *= x / (double)j)
            tail += term;
        return tail;
    }
    for (size_t i = 0; i < count; i++) {
        double weight = exp(-depth / (2 * (double)k[i]));
        for (size_t j = 0; j < count; j++)
            weight *= i == j ? 1 : (double)k[i] / (double)(k[i] - k[j]);
        tail += weight;
    }
    return tail;
}

enum { LEVELS = 6, SAMPLES = 400000 };

/* Five binomial standard errors. */
static bool share_near(double got, double want)
{
    return fabs(got - want) <= 5 * sqrt(want * (1 - want) / SAMPLES);
}

static void test_volume_of_crossings(void)
{
    static const int64_t ks[][3] = {{1},       {3},       {1, 1}, {2, 1},
                                    {1, 1, 1}, {3, 2, 1}, {2, 2}};
    static const size_t counts[] = {1, 1, 2, 2, 3, 3, 2};
    const int64_t flat[3] = {0};
    double epsilon[LEVELS], fraction[LEVELS];
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        slt_potential potential = {.count = counts[c], .k = ks[c]};
        slt_volume volume = {epsilon, fraction, 0, 0};
        slt_lambda exact;
        slt_theory_crossing(ks[c], flat, counts[c], &exact, NULL);
        slt_status status = slt_theory_volume(&potential, exact.multiplicity, SAMPLES, c,
                                              1e-5, 1e-2, LEVELS, &volume, NULL);
        bool close = status == SLT_OK;
        double y[LEVELS], want = 0, xx = 0, mean = 0;
        for (int i = 0; i < LEVELS && close; i++) {
            double truth = crossing_volume(ks[c], counts[c], epsilon[i]);
            close = share_near(fraction[i], truth);
            y[i] = log(truth) - (double)(exact.multiplicity - 1) * log(-log(epsilon[i]));
            mean += log(epsilon[i]) / LEVELS;
        }
        TAP_OK(close, "crossing %zu: volumes are the exact ones", c);
        for (int i = 0; i < LEVELS && close; i++) {
            want += (log(epsilon[i]) - mean) * y[i];
            xx += (log(epsilon[i]) - mean) * (log(epsilon[i]) - mean);
        }
        want /= xx;
        double lambda = (double)exact.lambda.numerator / (double)exact.lambda.denominator;
        TAP_OK(near(volume.lambda, want, 5 * volume.error) && volume.error < .02,
               "crossing %zu: slope %.4f +- %.4f, exact slope %.4f, lambda %.4f", c,
               volume.lambda, volume.error, want, lambda);
        TAP_OK(near(want, lambda, .1 * (double)exact.multiplicity),
               "crossing %zu: the law's slope is near lambda", c);
    }
}

/* V = volume of an ellipsoid over 2^d while it fits into the cube. */
static void test_volume_of_quadratics(void)
{
    static const double curvatures[][4] = {
        {1}, {1, 1}, {1, 2, 3}, {4, 3, 2, 1}, {2, 0, 2}};
    static const size_t counts[] = {1, 2, 3, 4, 3};
    static const double ball[] = {1, 2, 3.14159265358979, 4.18879020478639,
                                  4.93480220054468};
    double epsilon[LEVELS], fraction[LEVELS];
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        slt_potential potential = {.count = counts[c], .curvatures = curvatures[c]};
        slt_volume volume = {epsilon, fraction, 0, 0};
        slt_status status = slt_theory_volume(&potential, 1, SAMPLES, 70 + c, .1, .4,
                                              LEVELS, &volume, NULL);
        int curved = 0, close = 0;
        double scale = 1;
        for (size_t j = 0; j < counts[c]; j++)
            if (curvatures[c][j] > 0) {
                scale *= sqrt(2 / curvatures[c][j]) / 2;
                curved++;
            }
        for (int i = 0; i < LEVELS && status == SLT_OK; i++)
            close += share_near(fraction[i],
                                ball[curved] * scale * pow(epsilon[i], curved / 2.));
        TAP_EQ_U64(close, LEVELS, "a quadratic's volumes are those of its ellipsoid");
        TAP_OK(near(volume.lambda, curved / 2., 5 * volume.error) && volume.error < .05,
               "%d curved directions: lambda %.4f +- %.4f", curved, volume.lambda,
               volume.error);
    }
}

static void test_volume_prior(void)
{
    double epsilon[LEVELS], fraction[LEVELS];
    slt_volume volume = {epsilon, fraction, 0, 0};
    slt_potential potential = {
        .count = 2, .k = (int64_t[]){2, 1}, .h = (int64_t[]){2, 4}};
    slt_status status =
        slt_theory_volume(&potential, 1, SAMPLES, 5, 1e-4, 1e-2, LEVELS, &volume, NULL);
    /* -ln K is a sum of exponentials with means 4/3 and 2/5. */
    double x = -log(epsilon[0]), a = 3 / 4., b = 5 / 2.;
    double truth = (b * exp(-a * x) - a * exp(-b * x)) / (b - a);
    TAP_OK(status == SLT_OK && share_near(fraction[0], truth),
           "a prior that vanishes: %.6f, exact %.6f", fraction[0], truth);
    double again[LEVELS];
    slt_volume twice = {epsilon, again, 0, 0};
    slt_theory_volume(&potential, 1, SAMPLES, 5, 1e-4, 1e-2, LEVELS, &twice, NULL);
    TAP_OK(memcmp(again, fraction, sizeof again) == 0 && twice.lambda == volume.lambda,
           "the same key gives the same volumes");
    slt_theory_volume(&potential, 1, SAMPLES, 6, 1e-4, 1e-2, LEVELS, &twice, NULL);
    TAP_OK(memcmp(again, fraction, sizeof again) != 0, "another key gives others");
}

static void refused(slt_status status, slt_status want, const slt_error *err,
                    const char *part, const char *name)
{
    if (!TAP_OK(status == want && strstr(err->text, part) != NULL, "refused: %s", name))
        tap_note("status %d: %s", status, err->text);
}

static void test_refusals(void)
{
    slt_error err = {0};
    slt_lambda got;
    int64_t many[1025];
    for (int i = 0; i < 1025; i++)
        many[i] = 3;
    refused(slt_theory_rrr(5, 3, 5, 4, &got, &err), SLT_USAGE, &err, "it is 4",
            "rank above hidden");
    refused(slt_theory_rrr(5, 3, 5, -1, &got, &err), SLT_USAGE, &err, "rank", "rank -1");
    refused(slt_theory_rrr(0, 3, 5, 0, &got, &err), SLT_USAGE, &err, "between 1", "in 0");
    refused(slt_theory_rrr(5, 3, INT64_MAX, 0, &got, &err), SLT_USAGE, &err, "between 1",
            "out 2^63-1");
    refused(slt_theory_rrr(INT32_MAX, INT32_MAX, INT32_MAX, 0, &got, &err), SLT_RESOURCE,
            &err, "64-bit", "a formula beyond 64 bits");
    refused(slt_theory_dln(many, 1, 1, &got, &err), SLT_USAGE, &err, "widths", "1 width");
    refused(slt_theory_dln(many, 1025, 1, &got, &err), SLT_USAGE, &err, "widths",
            "1025 widths");
    refused(slt_theory_dln(many, 4, 4, &got, &err), SLT_USAGE, &err, "rank",
            "rank above a width");
    for (int i = 0; i < 1024; i++)
        many[i] = INT32_MAX;
    refused(slt_theory_dln(many, 1024, 0, &got, &err), SLT_RESOURCE, &err, "64-bit",
            "1024 of the widest layers");
    refused(slt_theory_crossing((int64_t[]){0}, (int64_t[]){0}, 1, &got, &err), SLT_USAGE,
            &err, "constant", "k all 0");
    double epsilon[2], fraction[2];
    slt_volume volume = {epsilon, fraction, 0, 0};
    slt_potential steep = {.count = 3, .curvatures = (double[]){9, 9, 9}};
    refused(slt_theory_volume(&steep, 1, 1000, 1, 1e-6, .1, 2, &volume, &err), SLT_USAGE,
            &err, "more samples", "too few samples below epsilon");
    refused(slt_theory_volume(&steep, 1, 1000, 1, .2, .1, 2, &volume, &err), SLT_USAGE,
            &err, "epsilon", "epsilons in the wrong order");
    refused(slt_theory_volume(&steep, 1, 1000, 1, .1, .2, 65, &volume, &err), SLT_USAGE,
            &err, "levels", "65 levels");
    steep.count = 65;
    refused(slt_theory_volume(&steep, 1, 1000, 1, .1, .2, 2, &volume, &err), SLT_USAGE,
            &err, "dimensions", "65 dimensions");
    refused(slt_theory_crossing((int64_t[]){-1}, (int64_t[]){0}, 1, &got, &err),
            SLT_USAGE, &err, "between", "k below 0");
}

static void test_exact(void)
{
    slt_exact third = slt_exact_div(slt_exact_of(1), 3);
    slt_exact sixth = slt_exact_div(slt_exact_of(-1), 6);
    slt_exact sum = slt_exact_add(third, sixth);
    TAP_OK(sum.numerator == 1 && sum.denominator == 6 && !sum.failed, "1/3 - 1/6 = 1/6");
    slt_exact huge = slt_exact_of(INT64_MAX);
    TAP_OK(slt_exact_add(huge, slt_exact_of(1)).failed,
           "a sum beyond 64 bits is latched");
    TAP_OK(slt_exact_mul(huge, huge).failed, "a product beyond 64 bits is latched");
    TAP_OK(slt_exact_of(INT64_MIN).failed, "-2^63 has no negative and is refused");
    slt_exact late = slt_exact_sub(slt_exact_mul(huge, huge), slt_exact_mul(huge, huge));
    TAP_OK(late.failed, "a latched failure stays");
    slt_exact whole = slt_exact_mul(slt_exact_div(huge, 3), slt_exact_of(3));
    TAP_OK(whole.numerator == INT64_MAX && !whole.failed,
           "factors cancel before a product");
    int wrong = 0;
    for (int64_t a = -7; a <= 7; a++)
        for (int64_t b = 1; b <= 7; b++)
            for (int64_t c = -7; c <= 7; c++)
                for (int64_t d = 1; d <= 7; d++)
                    wrong += slt_exact_less(slt_exact_div(slt_exact_of(a), b),
                                            slt_exact_div(slt_exact_of(c), d)) !=
                             (a * d < c * b);
    TAP_OK(wrong == 0, "less agrees with cross products");
    TAP_OK(slt_exact_less((slt_exact){INT64_MAX - 1, INT64_MAX, false}, slt_exact_of(1)),
           "less at the edge of 64 bits");
}

int main(void)
{
    test_exact();
    test_rrr();
    test_dln();
    test_rrr_is_dln();
    test_dln_symmetry();
    test_crossing();
    test_quadratic_sgld();
    test_volume_of_crossings();
    test_volume_of_quadratics();
    test_volume_prior();
    test_refusals();
    return tap_done();
}
