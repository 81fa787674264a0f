/* Volumes of sublevel sets against exact ones: crossings, ellipsoids, priors. */
#include "tap.h"

#include <math.h>

#include <sltrace/theory.h>

static bool near(double got, double want, double tolerance)
{
    return fabs(got - want) <= tolerance;
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
}

int main(void)
{
    test_volume_of_crossings();
    test_volume_of_quadratics();
    test_volume_prior();
    test_refusals();
    return tap_done();
}
