/* Grokking times of data sets of the ball that are drawn: the gradient flow w(t) = wl +
 * e^(-G t) (w(0) - wl) from w(0) ~ N(0, I), G = mean z z' + l2, wl = G^-1 mean z, in the
 * eigenvectors of G.  The time runs from where the last sample is right for good to where
 * the test error is 0 for good. */
#include "base/fpenv.h"
#include "theory/grokking_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "theory/spectrum.h"

enum {
    GRID = 400, /* times, in equal ratios, between which one crossing is looked for */
    BISECTIONS = 40,
    LEAST = 32 /* data sets that must grok */
};

typedef struct ball_flow {
    size_t samples, dims;
    double eps, l2;
    uint32_t *words;
    double *z;             /* samples x dims, and room for one number more */
    double *basis, *rates; /* of G: eigenvectors, a row each, and eigenvalues */
    double *end, *away;    /* wl and w(0) - wl in that basis */
    double *mean, *w;      /* mean z; w(0), then w(t) */
} ball_flow;

static void flow_free(ball_flow *f)
{
    free(f->words);
    free(f->z);
    free(f->basis);
}

static slt_status flow_create(const slt_grokking *at, ball_flow *f, slt_error *err)
{
    const size_t dims = (size_t)at->value[SLT_GROKKING_D];
    const size_t samples = 2 * (size_t)at->value[SLT_GROKKING_N];
    *f = (ball_flow){.samples = samples,
                     .dims = dims,
                     .eps = at->value[SLT_GROKKING_EPS],
                     .l2 = at->value[SLT_GROKKING_L2]};
    f->words = slt_world.calloc(dims + 2, sizeof *f->words);
    f->z = slt_world.calloc(samples * dims + 1, sizeof *f->z);
    f->basis = slt_world.calloc((dims + 5) * dims, sizeof *f->basis);
    if (!f->words || !f->z || !f->basis)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu samples", samples);
    f->rates = f->basis + dims * dims;
    f->end = f->rates + dims;
    f->away = f->end + dims;
    f->mean = f->away + dims;
    f->w = f->mean + dims;
    return SLT_OK;
}

/* ---- A data set -------------------------------------------------------------------- */

static double inner_product(const double *a, const double *b, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

/* The samples, their mean, and G in place of its eigenvectors. */
static void flow_draw_samples(ball_flow *f, slt_stream stream)
{
    const size_t n = f->dims;
    const double share = 1 / (double)f->samples;
    memset(f->basis, 0, n * n * sizeof *f->basis);
    memset(f->mean, 0, n * sizeof *f->mean);
    for (size_t s = 0; s < f->samples; s++) {
        double *z = f->z + s * n;
        slt_grokking_draw(stream, s, n, f->eps, f->words, z);
        for (size_t i = 0; i < n; i++) {
            f->mean[i] += share * z[i];
            for (size_t j = 0; j < n; j++)
                f->basis[i * n + j] += share * z[i] * z[j];
        }
    }
    for (size_t i = 0; i < n; i++)
        f->basis[i * n + i] += f->l2;
}

static void flow_draw_start(ball_flow *f, slt_stream stream)
{
    for (size_t i = 0; i < f->dims; i++) {
        uint32_t pair[2];
        slt_draw_words(stream, 2 * i, pair, 2);
        const double u = ((double)pair[0] + .5) * 0x1p-32;
        f->w[i] = sqrt(-2 * log(u)) * cos(2 * M_PI * ((double)pair[1] * 0x1p-32));
    }
}

static slt_status flow_begin(ball_flow *f, uint64_t seed, uint64_t trial, slt_error *err)
{
    const size_t n = f->dims;
    flow_draw_samples(f, slt_grokking_stream(seed, trial, false));
    flow_draw_start(f, slt_grokking_stream(seed, trial, true));
    const slt_status status = slt_theory_symmetric(f->basis, n, true, f->rates, err);
    for (size_t k = 0; k < n && !status; k++) {
        f->end[k] = inner_product(f->basis + k * n, f->mean, n) / f->rates[k];
        f->away[k] = inner_product(f->basis + k * n, f->w, n) - f->end[k];
    }
    return status;
}

/* ---- Its times --------------------------------------------------------------------- */

static void flow_to(ball_flow *f, double t)
{
    memset(f->w, 0, f->dims * sizeof *f->w);
    for (size_t k = 0; k < f->dims; k++) {
        const double part = f->end[k] + f->away[k] * exp(-f->rates[k] * t);
        for (size_t i = 0; i < f->dims; i++)
            f->w[i] += part * f->basis[k * f->dims + i];
    }
}

static bool in_cone(const ball_flow *f)
{
    return f->w[0] > 0 &&
           f->eps * f->eps * f->w[0] * f->w[0] >= inner_product(f->w, f->w, f->dims);
}

static bool fits_samples(const ball_flow *f)
{
    for (size_t s = 0; s < f->samples; s++)
        if (!(inner_product(f->z + s * f->dims, f->w, f->dims) > 0))
            return false;
    return true;
}

/* Time j of the grid: 0, then from a thousandth of the fastest rate's time to 40 times
 * the slowest one's. */
static double grid_time(const ball_flow *f, size_t j)
{
    const double first = 1e-3 / f->rates[f->dims - 1], last = 40 / f->rates[0];
    return j ? first * pow(last / first, (double)(j - 1) / (GRID - 1)) : 0;
}

/* From when on it is right for good, of the times up to *right_from; false where it is
 * not even then. */
static bool right_for_good(ball_flow *f, bool (*is_right)(const ball_flow *),
                           double *right_from)
{
    double high = *right_from, low = 0;
    size_t j = GRID;
    flow_to(f, high);
    if (!is_right(f))
        return false;
    for (;; j--) {
        low = grid_time(f, j);
        if (low < high) {
            flow_to(f, low);
            if (!is_right(f))
                break;
            high = low;
        }
        if (!j)
            break;
    }
    for (size_t i = 0; i < BISECTIONS && high > low; i++) {
        const double middle = (low + high) / 2;
        flow_to(f, middle);
        if (is_right(f))
            high = middle;
        else
            low = middle;
    }
    *right_from = high;
    return true;
}

/* False where the test error does not end at 0. */
static bool grokking_time(ball_flow *f, double *time)
{
    double grokked = grid_time(f, GRID), fitted;
    if (!right_for_good(f, in_cone, &grokked))
        return false;
    fitted = grokked;
    *time = right_for_good(f, fits_samples, &fitted) ? grokked - fitted : 0;
    return true;
}

/* ---- Their median ------------------------------------------------------------------ */

static int compare_times(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The error is half of what lies between the orders of one deviation to either side. */
static slt_status median_of(double *times, size_t count, double *median, double *error,
                            slt_error *err)
{
    if (count < LEAST)
        return slt_fail(err, SLT_USAGE,
                        "theory grokking: %zu data sets grok, %d are needed; take more "
                        "trials",
                        count, LEAST);
    qsort(times, count, sizeof *times, compare_times);
    const double reach = sqrt((double)count) / 2, middle = ((double)count - 1) / 2;
    *median = (times[(count - 1) / 2] + times[count / 2]) / 2;
    *error = (times[(size_t)ceil(middle + reach)] - times[(size_t)(middle - reach)]) / 2;
    return SLT_OK;
}

slt_status slt_grokking_times(const slt_grokking *at, uint64_t trials, uint64_t seed,
                              double *median, double *error, slt_error *err)
{
    SLT_FPENV_ENTERED;
    ball_flow f = {.samples = 0};
    double *times = NULL;
    size_t count = 0;
    slt_status status = slt_grokking_check_trials(at, trials, err);
    if (!status)
        status = flow_create(at, &f, err);
    if (!status && trials <= SIZE_MAX / sizeof *times)
        times = slt_world.calloc((size_t)trials, sizeof *times);
    if (!status && !times)
        status = slt_fail(err, SLT_RESOURCE, "no memory for the times of trials");
    for (uint64_t trial = 0; trial < trials && !status; trial++) {
        status = flow_begin(&f, seed, trial, err);
        count += !status && grokking_time(&f, &times[count]);
    }
    if (!status)
        status = median_of(times, count, median, error, err);
    flow_free(&f);
    free(times);
    return status;
}
