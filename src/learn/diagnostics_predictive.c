#include "learn/diagnostics_predictive.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/world.h"
#include "learn/diagnostics_internal.h"

/* ---- Sums -------------------------------------------------------------------------- */

static double log_sum_exp(const double *x, size_t count)
{
    double most = -INFINITY, sum = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, x[i]);
    for (size_t i = 0; i < count; i++)
        sum += exp(x[i] - most);
    return most + log(sum);
}

static double mean_of(const double *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i];
    return sum / (double)count;
}

static double variance_of(const double *x, size_t count)
{
    const double mean = mean_of(x, count);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (x[i] - mean) * (x[i] - mean);
    return sum / (double)(count - 1);
}

/* ---- The tail ---------------------------------------------------------------------- */

enum { TAIL_LEAST = 5, GRID_LEAST = 30 };

/* A generalized Pareto distribution: its shape, and its scale. */
typedef struct pareto {
    double k, sigma;
} pareto;

static double mean_log1p(double a, const double *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += log1p(a * x[i]);
    return sum / (double)count;
}

/* Of ascending x: the mean over a grid of theta by its profile likelihood (Zhang and
 * Stephens 2009, section 4); k is drawn to .5 as by ten more draws. */
static pareto pareto_fit(const double *x, size_t count, double *room)
{
    const size_t grid = GRID_LEAST + (size_t)floor(sqrt((double)count));
    const double n = (double)count, quartile = x[(size_t)floor(n / 4 + .5) - 1];
    double *theta = room, *weight = room + grid, mean = 0;
    for (size_t j = 0; j < grid; j++) {
        const double share = sqrt((double)grid / ((double)j + .5));
        theta[j] = 1 / x[count - 1] + (1 - share) / 3 / quartile;
        const double k = mean_log1p(-theta[j], x, count);
        weight[j] = n * (log(-theta[j] / k) - k - 1);
    }
    const double all = log_sum_exp(weight, grid);
    for (size_t j = 0; j < grid; j++)
        mean += theta[j] * exp(weight[j] - all);
    const double k = mean_log1p(-mean, x, count);
    const pareto found = {(k * n + 10 * .5) / (n + 10), -k / mean};
    return isnan(found.k) ? (pareto){INFINITY, found.sigma} : found;
}

/* Replaces the tail, the log weights behind `cut` ascending ones, by the quantiles of the
 * distribution that fits it. */
static double smooth_tail(double *log_weights, size_t cut, size_t tail, double *room)
{
    double *x = room, *last = log_weights + cut;
    const double base = exp(log_weights[cut - 1]);
    for (size_t i = 0; i < tail; i++)
        x[i] = exp(last[i]) - base;
    const pareto fit = pareto_fit(x, tail, room + tail);
    for (size_t i = 0; i < tail && isfinite(fit.k); i++) {
        const double share = ((double)i + .5) / (double)tail;
        last[i] = log(fit.sigma * expm1(-fit.k * log1p(-share)) / fit.k + base);
    }
    return fit.k;
}

static size_t tail_length(size_t draws, double efficiency)
{
    const double n = (double)draws;
    return (size_t)ceil(fmin(.2 * n, 3 * sqrt(n / efficiency)));
}

/* Of ascending log ratios, the largest 0, smoothed; no weight exceeds the largest. */
static double smooth_weights(double *log_weights, size_t draws, double efficiency,
                             double *room)
{
    const size_t tail = tail_length(draws, efficiency);
    double k = INFINITY;
    if (tail >= TAIL_LEAST && tail < draws &&
        log_weights[draws - 1] - log_weights[draws - tail] >= DBL_EPSILON / 100)
        k = smooth_tail(log_weights, draws - tail, tail, room);
    for (size_t i = 0; i < draws; i++)
        log_weights[i] = fmin(log_weights[i], 0);
    return k;
}

/* ---- One sample -------------------------------------------------------------------- */

/* room: for the log likelihoods, the weights and what fits them. */
static void find_sample(const slt_real *ascending, size_t draws, double efficiency,
                        double *room, slt_predictive *found)
{
    double *logs = room, *weights = room + draws;
    for (size_t i = 0; i < draws; i++) { /* the least likelihood weighs most, and last */
        logs[i] = slt_real_double(ascending[draws - 1 - i]);
        weights[i] = slt_real_double(ascending[0]) - logs[i];
    }
    const double mean = log_sum_exp(logs, draws) - log((double)draws);
    const double variance = variance_of(logs, draws);
    const double k = smooth_weights(weights, draws, efficiency, room + 2 * draws);
    const double all = log_sum_exp(weights, draws);
    for (size_t i = 0; i < draws; i++)
        weights[i] += logs[i];
    const double left_out = log_sum_exp(weights, draws) - all;
    *found = (slt_predictive){.elpd_waic = slt_real_of(mean - variance),
                              .p_waic = slt_real_of(variance),
                              .elpd_loo = slt_real_of(left_out),
                              .p_loo = slt_real_of(mean - left_out),
                              .pareto_k = slt_real_of(k)};
}

slt_status slt_predictive_sample(const slt_real *logs, size_t draws, slt_real efficiency,
                                 slt_predictive *found, slt_error *err)
{
    const double share = slt_real_double(efficiency);
    const size_t grid = GRID_LEAST + (size_t)sqrt((double)draws);
    slt_series ascending;
    slt_status status = slt_series_of_chains(&ascending, &logs, 1, draws, err);
    if (!status)
        status = slt_series_sort(&ascending, err);
    double *room = slt_world.calloc(3 * draws + 2 * grid, sizeof *room);
    if (!status && !room)
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu draws", draws);
    if (!status)
        find_sample(ascending.value, draws, isfinite(share) && share > 0 ? share : 1,
                    room, found);
    slt_series_free(&ascending);
    free(room);
    return status;
}

slt_status slt_predictive_efficiency(const slt_real *const *logs, size_t chains,
                                     size_t draws, slt_real *efficiency, slt_error *err)
{
    slt_series series;
    double most = -INFINITY;
    slt_status status = slt_series_of_chains(&series, logs, chains, draws, err);
    for (size_t i = 0; i < chains * draws && !status; i++)
        most = fmax(most, slt_real_double(series.value[i]));
    for (size_t i = 0; i < chains * draws && !status; i++)
        series.value[i] = slt_real_of(exp(slt_real_double(series.value[i]) - most));
    slt_real ess = slt_real_absent();
    if (!status)
        status = slt_mixing_ess(&series, &ess, err);
    const double share = slt_real_double(ess) / (double)(chains * draws);
    *efficiency = slt_real_of(isfinite(share) ? share : 1);
    slt_series_free(&series);
    return status;
}

slt_predictive_sum slt_predictive_sum_of(const slt_real *values, size_t samples)
{
    const double n = (double)samples;
    double sum = 0, square = 0;
    for (size_t i = 0; i < samples; i++)
        sum += slt_real_double(values[i]);
    for (size_t i = 0; i < samples; i++) {
        const double away = slt_real_double(values[i]) - sum / n;
        square += away * away;
    }
    return (slt_predictive_sum){slt_real_of(sum),
                                slt_real_of(sqrt(n * square / (n - 1)))};
}
