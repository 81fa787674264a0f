/* The solvable models of grokking: known values, one formula against another, and small
 * Monte Carlo experiments with the models themselves. */
#include "tap.h"

#include <math.h>
#include <string.h>

#include <sltrace/theory.h>

#include "num/ball.h"
#include "random.h"

static slt_error err;

/* ---- Reading formulas -------------------------------------------------------------- */

typedef struct given {
    slt_grokking_parameter parameter;
    double value;
} given;

static const slt_grokking_group *group_of(const char *model, const char *quantity)
{
    const slt_grokking_group *group;
    for (size_t i = 0; (group = slt_grokking_group_at(i)); i++)
        if (!strcmp(group->model, model) && !strcmp(group->quantity, quantity))
            return group;
    return NULL;
}

/* A formula, named "model quantity name"; a `given` of SLT_GROKKING_PARAMETERS ends. */
static double value_of(const char *name, const given *list)
{
    char model[16], quantity[16], formula[32];
    double value = NAN;
    if (sscanf(name, "%15s %15s %31s", model, quantity, formula) != 3)
        return NAN;
    const slt_grokking_group *group = group_of(model, quantity);
    slt_grokking at = slt_grokking_presets(group);
    for (; list->parameter < SLT_GROKKING_PARAMETERS; list++)
        at.value[list->parameter] = list->value;
    if (slt_grokking_check(&at, &err))
        return NAN;
    for (size_t i = 0; i < group->count; i++) {
        const slt_grokking_formula *row = &group->formulas[i];
        if (!strcmp(row->name, formula) && slt_grokking_reads_given(row, &at) &&
            row->evaluate(&at, &value, &err))
            return NAN;
    }
    return value;
}

#define END                                                                              \
    {                                                                                    \
        SLT_GROKKING_PARAMETERS, 0                                                       \
    }
#define LIST(...)                                                                        \
    (const given[])                                                                      \
    {                                                                                    \
        __VA_ARGS__, END                                                                 \
    }
#define N(x)                                                                             \
    {                                                                                    \
        SLT_GROKKING_N, x                                                                \
    }
#define D(x)                                                                             \
    {                                                                                    \
        SLT_GROKKING_D, x                                                                \
    }
#define EPS(x)                                                                           \
    {                                                                                    \
        SLT_GROKKING_EPS, x                                                              \
    }
#define L1(x)                                                                            \
    {                                                                                    \
        SLT_GROKKING_L1, x                                                               \
    }
#define L2(x)                                                                            \
    {                                                                                    \
        SLT_GROKKING_L2, x                                                               \
    }
#define AT(parameter, x)                                                                 \
    {                                                                                    \
        SLT_GROKKING_##parameter, x                                                      \
    }

/* Holds a formula against what was found elsewhere. */
static void test_value(const char *name, double value, double want, double tolerance)
{
    TAP_OK(fabs(value - want) <= tolerance, "%s: %.9g, expected %.9g +- %.1g", name,
           value, want, tolerance);
}

static double uniform(void)
{
    return ((double)(random_word() >> 11) + .5) * 0x1p-53;
}

static double exponential(void)
{
    return -log(uniform());
}

static double normal(void)
{
    return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

/* ---- One dimension ----------------------------------------------------------------- */

static void test_exp1d_p(void)
{
    static const double gaps[] = {.004, .05, .4, 1};
    for (size_t i = 0; i < 4; i++)
        test_value("N = 2: 1 - (1 + 2e) e^-4e",
                   value_of("exp1d p P", LIST(N(2), EPS(gaps[i]))),
                   1 - (1 + 2 * gaps[i]) * exp(-4 * gaps[i]), 1e-14);
    test_value("N = 1: 1 - e^-2e", value_of("exp1d p P", LIST(N(1), EPS(.3))),
               1 - exp(-.6), 1e-14);
    test_value("eps_l is eps (1 + l2) + l1",
               value_of("exp1d p P", LIST(N(5), EPS(.2), L1(.1), L2(.5))),
               value_of("exp1d p P", LIST(N(5), EPS(.4))), 1e-14);
    const double many = value_of("exp1d p P", LIST(N(100000), EPS(.002)));
    test_value("N = 100000: nearly normal", many, erf(.002 * sqrt(100000.)), 1e-4);
}

enum { DATA_SETS = 100000, BINS = 20 };

/* A data set of N samples of each sign: xbar, and the least of the positive ones. */
static double draw_exp1d(size_t n, double *least)
{
    double sum = 0;
    *least = INFINITY;
    for (size_t i = 0; i < n; i++) {
        const double x = exponential();
        *least = fmin(*least, x);
        sum += x - exponential();
    }
    return sum / (2 * (double)n);
}

/* The share of data sets that grok, their mean and median time, and a histogram of their
 * times, against the formulas. */
static void test_exp1d_data(size_t n, double eps, double l1, double l2, double last)
{
    static double times[DATA_SETS];
    const given setting[] = {N((double)n), EPS(eps), L1(l1), L2(l2), END};
    const size_t data_sets = tap_times(DATA_SETS, 5000);
    size_t count = 0, late = 0, bins[BINS] = {0};
    const double p = value_of("exp1d p P", setting);
    const double median = value_of("exp1d time median", setting);
    double sum = 0, squares = 0, chi2 = 0;
    for (size_t i = 0; i < data_sets; i++) {
        double least, mean = draw_exp1d(n, &least);
        const given of[] = {EPS(eps),        L1(l1),         L2(l2),
                            AT(XMIN, least), AT(MEAN, mean), END};
        if (fabs(mean) >= eps * (1 + l2) + l1)
            continue;
        const double t = times[count++] = value_of("exp1d time t_G", of);
        sum += t;
        squares += t * t;
        late += t > median;
        if (t < last)
            bins[(size_t)(t / last * BINS)]++;
    }
    const double all = (double)count, mean = sum / all;
    tap_note("N %zu, eps %g, l1 %g, l2 %g", n, eps, l1, l2);
    test_value("P", p, all / (double)data_sets,
               4 * sqrt(p * (1 - p) / (double)data_sets));
    test_value("mean time", value_of("exp1d time mean", setting), mean,
               4 * sqrt((squares / all - mean * mean) / all));
    test_value("median time", .5, (double)late / all, 2 / sqrt(all));
    double below = 0, sums = 0;
    for (size_t i = 0; i < BINS; i++) {
        const double end = (double)(i + 1) * last / BINS, middle = end - last / BINS / 2;
        const given to[] = {N((double)n), EPS(eps), L1(l1), L2(l2), AT(T, end), END};
        const given in[] = {N((double)n), EPS(eps), L1(l1), L2(l2), AT(T, middle), END};
        const double above = value_of("exp1d density F", to);
        const double expected = (above - below) * all;
        chi2 += ((double)bins[i] - expected) * ((double)bins[i] - expected) / expected;
        sums += fabs(value_of("exp1d density f", in) * last / BINS - (above - below));
        below = above;
    }
    TAP_OK(sums < .02, "the density is that of its integral, within %.2g", sums);
    TAP_OK(chi2 < 50, "the histogram of times: chi2 %.1f of %d bins", chi2, BINS);
}

static void test_exp1d_density(void)
{
    static const double gaps[] = {.4, .04, .004};
    for (size_t i = 0; i < 9; i++) {
        const given at[] = {N(2), EPS(gaps[i % 3]), AT(T, .2 + (double)(i / 3)), END};
        const double want = value_of("exp1d density f-printed", at);
        test_value("N = 2 is the printed density", value_of("exp1d density f", at), want,
                   1e-7 * want);
    }
    /* By Simpson's rule up to where nothing is left. */
    for (size_t i = 0; i < 3; i++) {
        enum { STEPS = 1200 };
        const double last = 30, step = last / STEPS;
        double sum = 0;
        for (size_t k = 0; k <= STEPS; k++) {
            const given at[] = {N(2), EPS(gaps[i]), AT(T, (double)k * step), END};
            const double weight = k == 0 || k == STEPS ? 1 : k % 2 ? 4 : 2;
            sum += weight * step / 3 * value_of("exp1d density f-printed", at);
        }
        test_value("the printed density has the norm 1", sum, 1, 1e-4);
    }
    TAP_OK(isnan(value_of("exp1d density f-printed", LIST(N(5), EPS(.4), AT(T, 1)))),
           "the printed density is of N = 2 alone");
}

static void test_exp1d_curve(void)
{
    /* b from 21 to .65 at the rate 2; the error ends where b = 1. */
    const given at[] = {EPS(1), L1(.1), L2(1), AT(B0, 21), AT(MEAN, 1.4), END};
    const double t = value_of("exp1d time t_eps", at), xl = .65;
    test_value("t_eps", t, log((21 - xl) / (1 - xl)) / 2, 1e-12);
    test_value("printed", value_of("exp1d time t_eps-printed", at), 2 * t, 1e-12);
    double error[2];
    for (size_t i = 0; i < 2; i++) {
        const given when[] = {EPS(1),     L1(.1),        L2(1),
                              AT(B0, 21), AT(MEAN, 1.4), AT(T, t - (i ? -.1 : 1e-4)),
                              END};
        error[i] = value_of("exp1d error E", when);
    }
    test_value("before t_eps its slope is (eps_l - xbar) / 2", error[0] / 1e-4,
               (2.1 - 1.4) / 2, 1e-3);
    test_value("after it it is 0", error[1], 0, 0);
    test_value("the mean slope is eps_l / 2",
               value_of("exp1d error E-near", LIST(EPS(1), L1(.1), L2(1), AT(TAU, .01))),
               2.1 / 2 * .01, 1e-15);
    test_value("positive samples alone: twice it",
               value_of("exp1d error E-positive", LIST(AT(T, 0))), 1 - exp(-20.), 1e-15);
    test_value("nu", value_of("exp1d exponent nu", (const given[]){END}), 1, 0);
}

/* ---- The ball ---------------------------------------------------------------------- */

static void test_ball_p(void)
{
    static const struct {
        double d, n, eps, corrected, printed, digit;
    } known[] = {{10, 10, 1.1, .947, .775, 1e-3},
                 {5, 10, 1.01, .0886, .0844, 1e-4},
                 {10, 50, 1.01, .442, .415, 1e-3},
                 {10, 10, 1.01, .0035, .0030, 1e-4}};
    for (size_t i = 0; i < 4; i++) {
        const given at[] = {D(known[i].d), N(known[i].n), EPS(known[i].eps), END};
        test_value("P", value_of("ball p P", at), known[i].corrected,
                   .5001 * known[i].digit);
        test_value("P-printed", value_of("ball p P-printed", at), known[i].printed,
                   .5001 * known[i].digit);
    }
    TAP_OK(value_of("ball p P", LIST(EPS(1))) == 0 &&
               isnan(value_of("ball p P", LIST(L1(.1)))),
           "no width, no chance; with l1 it is another law");
}

static void test_ball_l1(void)
{
    static const double best[][2] = {{2, .79}, {3, .80}, {5, .85}};
    for (size_t i = 0; i < 3; i++)
        test_value("l1 at N = 1",
                   value_of("ball p P-l1-best", LIST(D(best[i][0]), N(1), EPS(1))),
                   best[i][1], .0051);
    test_value("l1 at N = 2", value_of("ball p P-l1-best", LIST(D(2), N(2), EPS(1))),
               .937, 6e-4);
    double most = 0;
    for (double l1 = .01; l1 < 1.2; l1 += .01) {
        const given at[] = {D(5), N(3), EPS(1.2), L1(l1), END};
        most = fmax(most, value_of("ball p P-l1", at));
    }
    test_value("the best is no less than any",
               value_of("ball p P-l1-best", LIST(D(5), N(3), EPS(1.2))), most, 1e-3);
}

static void test_ball_time(void)
{
    test_value("the slow peak, printed", value_of("ball time t-slow-printed", LIST(D(5))),
               .21, .005);
    test_value("and corrected", value_of("ball time t-slow", LIST(D(5))), .94, .005);
    test_value("fast starts", value_of("ball time p-fast", LIST(D(3))), 1 - exp(-.75 / 2),
               1e-14);
    /* The flow itself: w_1 = (1 - e^(-eps^2 t)) / eps, w across it r. */
    const double r = .6, t = value_of("ball time t-fast", LIST(AT(R, r)));
    const double fits = -log(1 - r) / 4, grokked = -log(1 - 2 * r / sqrt(3)) / 4;
    test_value("fast time", t, grokked - fits, 1e-12);
    double sum = 0, at = 0;
    for (size_t i = 0; i < 4000; i++) {
        const double low = 1e-3 * (double)i, high = low + 1e-3;
        for (size_t k = 0; k < 2; k++) {
            const double x = (low + high) / 2 + (k ? 5e-4 : -5e-4) / sqrt(3);
            const given when[] = {AT(T, x), END};
            const double f = value_of("ball density f-fast", when) * 5e-4;
            sum += f;
            at += x < t ? f : 0;
        }
    }
    test_value("the density is one of fast starts", sum,
               value_of("ball time p-fast", (const given[]){END}), 1e-5);
    test_value("and of the starts below r", at, 1 - exp(-r * r / 2) * (1 + r * r / 2),
               1e-4); /* chi2 of 4 */
    test_value("which is its integral", value_of("ball density F-fast", LIST(AT(T, t))),
               1 - exp(-r * r / 2) * (1 + r * r / 2), 1e-14);
}

/* The mass beyond a plane at h of a density (1 - r)^-xi in the ball of three dimensions,
 * where the share of a sphere beyond it is (1 - h / r) / 2; up to a factor.  With 1 - r =
 * (1 - h) s^(1 / (1 - xi)) the integrand is smooth. */
static double mass_beyond(double h, double xi)
{
    enum { STEPS = 2000 };
    double sum = 0;
    for (size_t k = 0; k < STEPS; k++) {
        const double s = ((double)k + .5) / STEPS;
        const double r = 1 - (1 - h) * pow(s, 1 / (1 - xi));
        sum += r * r * (1 - h / r) / STEPS;
    }
    return pow(1 - h, 1 - xi) * sum;
}

static void test_ball_surface(void)
{
    static const double xis[] = {.2, .5, .8};
    for (size_t i = 0; i < 3; i++)
        test_value("nu of a density at the surface",
                   value_of("ball exponent nu-xi", LIST(D(3), AT(XI, xis[i]))),
                   log(mass_beyond(1 - 1e-4, xis[i]) / mass_beyond(1 - 1e-5, xis[i])) /
                       log(10),
                   1e-4);
}

/* The number that runs record as a test error is another function than GSL's. */
static void test_ball_recorded(void)
{
    static const double dims[] = {2, 3, 5, 10, 128}, places[] = {-.5, .01, .3, .9, .999};
    double farthest = 0;
    for (size_t i = 0; i < 25; i++) {
        const double d = dims[i / 5], h = places[i % 5];
        const double expected = value_of("ball error E", LIST(D(d), AT(H, h)));
        const double found =
            slt_real_double(slt_real_ball_tail((size_t)d, slt_real_of(h)));
        farthest = fmax(farthest, fabs(found / expected - 1));
    }
    test_value("E as runs record it, in units of itself", 1 + farthest, 1, 1e-12);
}

static void test_ball_error(void)
{
    static const double dims[] = {2, 3, 5, 10, 128};
    static const double over[] = {1.015, 1.035, 1.079, 1.21, 24.7};
    for (size_t i = 0; i < 5; i++) {
        const given at[] = {D(dims[i]), AT(H, .9), END};
        test_value("near the end over exact",
                   value_of("ball error E-near", at) / value_of("ball error E", at),
                   over[i],
                   over[i] > 2     ? .05
                   : over[i] > 1.2 ? .005
                                   : 6e-4);
        const given close[] = {D(dims[i]), AT(H, 1 - 1e-4), END};
        test_value("slope", value_of("ball exponent slope", close),
                   value_of("ball exponent nu", close), 1e-4 * dims[i]);
    }
    static const double places[][2] = {{-1, 1}, {-2, 1}, {0, .5}, {1, 0}, {1.5, 0}};
    for (size_t i = 0; i < 5; i++)
        test_value("ends and middle",
                   value_of("ball error E", LIST(D(7), AT(H, places[i][0]))),
                   places[i][1], 1e-14);
    test_value("D = 3: a cap of the ball",
               value_of("ball error E", LIST(D(3), AT(H, .3))), .7 * .7 * 2.3 / 4, 1e-14);
    test_value("and the other side", value_of("ball error E", LIST(D(3), AT(H, -.3))),
               1 - .7 * .7 * 2.3 / 4, 1e-14);
    test_value("nu-xi", value_of("ball exponent nu-xi", LIST(D(4), AT(XI, .5))), 2, 0);
}

/* The end point of a data set in the ball: does w = G^-1 a lie in the cone?  By Gauss
 * elimination, G = mean z z' + l2, a = mean z of z = y x. */
enum { DIMS = 5 };

static bool ball_groks(size_t samples, double eps, double l2)
{
    double g[DIMS][DIMS + 1] = {{0}}, w[DIMS], square = 0;
    for (size_t i = 0; i < DIMS; i++)
        g[i][i] = l2;
    for (size_t s = 0; s < samples; s++) {
        double z[DIMS], length = 0;
        for (size_t i = 0; i < DIMS; i++) {
            z[i] = normal();
            length += z[i] * z[i];
        }
        const double scale = pow(uniform(), 1. / DIMS) / sqrt(length);
        for (size_t i = 0; i < DIMS; i++)
            z[i] = z[i] * scale + (i ? 0 : eps);
        for (size_t i = 0; i < DIMS; i++) {
            for (size_t j = 0; j < DIMS; j++)
                g[i][j] += z[i] * z[j] / (double)samples;
            g[i][DIMS] += z[i] / (double)samples;
        }
    }
    for (size_t k = 0; k < DIMS; k++)
        for (size_t i = k + 1; i < DIMS; i++)
            for (size_t j = DIMS + 1; j-- > k;)
                g[i][j] -= g[k][j] * g[i][k] / g[k][k];
    for (size_t k = DIMS; k-- > 0;) {
        w[k] = g[k][DIMS];
        for (size_t j = k + 1; j < DIMS; j++)
            w[k] -= g[k][j] * w[j];
        w[k] /= g[k][k];
        square += w[k] * w[k];
    }
    return eps * w[0] >= sqrt(square);
}

/* The approximation is off by a little, which is stated. */
static void test_ball_data(void)
{
    enum { TRIALS = 20000 };
    static const struct {
        size_t n;
        double eps, off;
    } cases[] = {{10, 1.01, .015}, {40, 1.1, .01}, {200, 1.01, .004}};
    for (size_t i = 0; i < 3; i++) {
        const given at[] = {D(DIMS), N((double)cases[i].n), EPS(cases[i].eps), END};
        const double p = value_of("ball p P", at);
        size_t count = 0, trials = tap_times(TRIALS, 2000) / (cases[i].n > 100 ? 4 : 1);
        for (size_t k = 0; k < trials; k++)
            count += ball_groks(2 * cases[i].n, cases[i].eps, .1);
        test_value("data in the ball", p, (double)count / (double)trials,
                   cases[i].off + 4 * sqrt(p * (1 - p) / (double)trials));
    }
}

/* The signs of groups of samples change no law: trials agree with data sets one by one,
 * with the exact probability of two samples, and of few and of many groups. */
static void test_ball_trials(void)
{
    enum { TRIALS = 20000 };
    static const struct {
        size_t n;
        double eps, l2;
    } cases[] = {{1, 1.3, .1}, {2, 1.1, .3}, {3, 1.05, 0}, {10, 1.01, .1}, {13, 1.02, 1}};
    const slt_grokking_group *group = group_of("ball", "p");
    const size_t trials = tap_times(TRIALS, 2000);
    for (size_t i = 0; i < 5; i++) {
        double mean = NAN, error = NAN;
        size_t count = 0;
        slt_grokking at = slt_grokking_presets(group);
        at.value[SLT_GROKKING_D] = DIMS;
        at.value[SLT_GROKKING_N] = (double)cases[i].n;
        at.value[SLT_GROKKING_EPS] = cases[i].eps;
        at.value[SLT_GROKKING_L2] = cases[i].l2;
        if (group->trials(&at, trials, 5, &mean, &error, &err))
            tap_note("%s", err.text);
        for (size_t k = 0; k < trials; k++)
            count += ball_groks(2 * cases[i].n, cases[i].eps, cases[i].l2);
        const double plain = (double)count / (double)trials;
        const double spread = sqrt(plain * (1 - plain) / (double)trials);
        test_value("trials", mean, plain, 4 * sqrt(error * error + spread * spread));
        TAP_OK(error > 0 && error < (cases[i].n < 4 ? 1.05 : .5) * spread,
               "their error %.2g is below that of as many runs, %.2g", error, spread);
    }
}

/* The flow of a data set by small steps: from when on all samples are right for good to
 * when w stays in the cone; NaN if it does not. */
static double time_by_steps(size_t samples, double eps, double l2)
{
    enum { D3 = 3, MOST = 40 };
    const double step = .005;
    double z[MOST][D3], w[D3], fitted = 0, grokked = 0;
    for (size_t s = 0; s < samples; s++) {
        double length = 0;
        for (size_t i = 0; i < D3; i++) {
            z[s][i] = normal();
            length += z[s][i] * z[s][i];
        }
        const double scale = pow(uniform(), 1. / D3) / sqrt(length);
        for (size_t i = 0; i < D3; i++)
            z[s][i] = z[s][i] * scale + (i ? 0 : eps);
    }
    for (size_t i = 0; i < D3; i++)
        w[i] = normal();
    const double last = 15 / (l2 + .1);
    for (double t = step; t < last; t += step) {
        double slope[D3] = {-l2 * w[0], -l2 * w[1], -l2 * w[2]}, square = 0;
        for (size_t s = 0; s < samples; s++) {
            const double f = z[s][0] * w[0] + z[s][1] * w[1] + z[s][2] * w[2];
            for (size_t i = 0; i < D3; i++)
                slope[i] += (1 - f) * z[s][i] / (double)samples;
            fitted = f > 0 ? fitted : t;
        }
        for (size_t i = 0; i < D3; i++) {
            w[i] += step * slope[i];
            square += w[i] * w[i];
        }
        grokked = eps * w[0] >= sqrt(square) ? grokked : t;
    }
    return grokked + step < last - step ? grokked - fitted : NAN;
}

static void test_ball_times(void)
{
    enum { TRIALS = 400 };
    const slt_grokking_group *group = group_of("ball", "time");
    double times[TRIALS], median = NAN, error = NAN;
    size_t count = 0, below = 0;
    slt_grokking at = slt_grokking_presets(group);
    at.value[SLT_GROKKING_N] = 10;
    at.value[SLT_GROKKING_D] = 3;
    at.value[SLT_GROKKING_L2] = .1;
    const slt_status status = group->trials(&at, 16000, 3, &median, &error, &err);
    if (status == SLT_UNFIT) {
        TAP_OK(strstr(err.text, "no LAPACK"), "%s", err.text);
        return;
    }
    for (size_t i = 0; i < TRIALS; i++) {
        times[count] = time_by_steps(20, 2, .1);
        below += times[count] < median;
        count += !isnan(times[count]);
    }
    test_value("data sets by small steps: the share below the median",
               (double)below / (double)count, .5,
               2 / sqrt((double)count) + 4 * error / median);
    TAP_OK(error > 0 && error < .05 * median && count > TRIALS * 9 / 10,
           "the median, %.4g, to %.2g; %zu of %d grok", median, error, count, TRIALS);
    at.value[SLT_GROKKING_EPS] = 1.001;
    TAP_OK(group->trials(&at, 40, 3, &median, &error, &err) == SLT_USAGE &&
               strstr(err.text, "data sets grok, 32 are needed"),
           "%s", err.text);
}

/* Exact for two samples: the limits, and trials. */
static void test_ball_pair(void)
{
    static const double dims[] = {2, 3, 10};
    const slt_grokking_group *group = group_of("ball", "p");
    for (size_t i = 0; i < 3; i++) {
        double mean = NAN, error = NAN;
        slt_grokking at = slt_grokking_presets(group);
        at.value[SLT_GROKKING_N] = 1;
        at.value[SLT_GROKKING_D] = dims[i];
        at.value[SLT_GROKKING_EPS] = 1.1;
        if (group->trials(&at, 100000, 0, &mean, &error, &err))
            tap_note("%s", err.text);
        const given of[] = {N(1), D(dims[i]), EPS(1.1), END};
        test_value("two samples", value_of("ball p P-exact", of), mean, 4 * error + 1e-4);
    }
    TAP_OK(value_of("ball p P-exact", LIST(N(1), EPS(1))) == 0 &&
               isnan(value_of("ball p P-exact", LIST(N(2)))),
           "no width, no chance; of more samples it is not known");
    test_value("a wide cone", value_of("ball p P-exact", LIST(N(1), D(3), EPS(100))), 1,
               1e-12);
}

/* ---- Tables ------------------------------------------------------------------------ */

static void test_tables(void)
{
    const slt_grokking_group *group;
    for (size_t i = 0; (group = slt_grokking_group_at(i)); i++) {
        const unsigned reads = slt_grokking_reads(group);
        const slt_grokking presets = slt_grokking_presets(group);
        bool fine = !(group->asks & ~reads) && group->count <= SLT_GROKKING_FORMULAS_MAX;
        for (size_t k = 0; k < SLT_GROKKING_PARAMETERS; k++)
            fine = fine && isnan(presets.value[k]) == !((reads & ~group->asks) >> k & 1);
        TAP_OK(fine && !slt_grokking_check(&presets, &err),
               "%s %s: presets of what is read and not asked for", group->model,
               group->quantity);
    }
    const slt_grokking_group *p = group_of("exp1d", "p");
    slt_grokking at = slt_grokking_presets(p);
    at.value[SLT_GROKKING_N] = 1.5;
    TAP_OK(slt_grokking_check(&at, &err) == SLT_USAGE &&
               strstr(err.text, "N must be a whole number from 1 to 1e+06; it is 1.5"),
           "%s", err.text);
    TAP_OK(!p->formulas[1].evaluate, "Eq 14 has no value as it is printed");
}

int main(void)
{
    random_begin();
    test_tables();
    test_exp1d_p();
    test_ball_l1();
    test_ball_trials();
    test_ball_pair();
    test_ball_times();
    if (isnan(value_of("ball error E", LIST(D(2), AT(H, .5))))) {
        TAP_OK(strstr(err.text, "no GSL"), "%s", err.text);
        tap_skip("what takes GSL", "none is installed");
        return tap_done();
    }
    test_exp1d_density();
    test_exp1d_data(1, .3, 0, 0, 2);
    test_exp1d_data(2, .4, 0, 0, 3);
    test_exp1d_data(5, .1, .1, .5, 1.5);
    test_exp1d_curve();
    test_ball_p();
    test_ball_time();
    test_ball_error();
    test_ball_surface();
    test_ball_recorded();
    test_ball_data();
    return tap_done();
}
