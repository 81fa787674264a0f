/* R-hat and the effective sample size of several series. */
#include "learn/diagnostics_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/world.h"
#include "learn/diagnostics_autocovariance.h"

static double mean_of(const slt_real *value, size_t length)
{
    return slt_real_double(slt_mean_of(value, length));
}

static double variance_of(const slt_real *value, size_t length)
{
    double mean = mean_of(value, length), sum = 0;
    for (size_t i = 0; i < length; i++) {
        double away = slt_real_double(value[i]) - mean;
        sum += away * away;
    }
    return sum / (double)(length - 1);
}

/* W, and var+ - W (length - 1) / length: the variance of the series' means. */
typedef struct spread {
    double within, between;
} spread;

static spread spread_of(const slt_series *series)
{
    spread found = {0, 0};
    double mean = mean_of(series->value, series->count * series->length);
    for (size_t i = 0; i < series->count; i++) {
        const slt_real *value = series->value + i * series->length;
        double away = mean_of(value, series->length) - mean;
        found.within += variance_of(value, series->length) / (double)series->count;
        if (series->count > 1)
            found.between += away * away / (double)(series->count - 1);
    }
    return found;
}

static bool all_equal(const slt_series *series)
{
    for (size_t i = 1; i < series->count * series->length; i++) {
        if (slt_real_double(series->value[i]) != slt_real_double(series->value[0]))
            return false;
    }
    return true;
}

bool slt_series_finite(const slt_series *series)
{
    for (size_t i = 0; i < series->count * series->length; i++)
        if (!slt_real_finite(series->value[i]))
            return false;
    return true;
}

slt_real slt_series_rhat(const slt_series *series)
{
    if (series->length < 2 || all_equal(series))
        return slt_real_of(NAN);
    spread found = spread_of(series);
    double n = (double)series->length;
    return slt_real_of(sqrt((n - 1) / n + found.between / found.within));
}

/* Their autocorrelations, lag by lag as they are asked for. */
typedef struct correlations {
    slt_autocovariance *mean;
    double within, pooled;
    slt_status status;
    slt_error *err;
} correlations;

static void correlations_open(const slt_series *series, correlations *of, slt_error *err)
{
    const spread found = spread_of(series);
    const double n = (double)series->length;
    *of = (correlations){.within = found.within,
                         .pooled = found.within * (n - 1) / n + found.between,
                         .err = err};
    of->status = slt_autocovariance_create(series, &of->mean, err);
}

/* 0 behind a failure. */
static double correlation_at(correlations *of, size_t lag)
{
    if (!of->status)
        of->status = slt_autocovariance_reach(of->mean, lag, of->err);
    if (of->status)
        return 0;
    const double mean = slt_real_double(slt_autocovariance_at(of->mean, lag));
    return lag ? 1 - (of->within - mean) / of->pooled : 1;
}

/* tau by Geyer's initial monotone sequence over the lags below length, at least 3.  The
 * constants 5 and 2 are those of R's package posterior. */
static double autocorrelation_time(correlations *of, size_t length)
{
    const double first = correlation_at(of, 0);
    double pair = first + correlation_at(of, 1), lowest = pair, sum = 0, last = first;
    size_t even = 0;
    while (even + 5 < length && pair > 0) {
        sum += lowest;
        even += 2;
        last = correlation_at(of, even);
        pair = last + correlation_at(of, even + 1);
        lowest = pair < lowest ? pair : lowest;
    }
    if (!even)
        return 2;
    return -1 + 2 * sum + (last > 0 || pair >= 0 ? last : 0);
}

/* Whether there are any. */
static bool has_correlations(const slt_series *series)
{
    return series->length >= 3 && !all_equal(series) && slt_series_finite(series);
}

slt_status slt_series_autocorrelation(const slt_series *series, slt_real **rho,
                                      slt_error *err)
{
    correlations of;
    *rho = NULL;
    if (!has_correlations(series))
        return SLT_OK;
    correlations_open(series, &of, err);
    slt_real *made = slt_world.calloc(series->length, sizeof *made);
    if (!of.status && !made)
        of.status = slt_fail(err, SLT_RESOURCE, "no memory for autocorrelations");
    if (!of.status) /* of all at once, before that of any */
        of.status = slt_autocovariance_reach(of.mean, series->length - 1, err);
    for (size_t t = 0; !of.status && t < series->length; t++)
        made[t] = slt_real_of(correlation_at(&of, t));
    slt_autocovariance_free(of.mean);
    if (of.status)
        free(made);
    else
        *rho = made;
    return of.status;
}

slt_status slt_series_ess(const slt_series *series, slt_real *ess, slt_error *err)
{
    correlations of;
    *ess = slt_real_of(NAN);
    if (!has_correlations(series))
        return SLT_OK;
    const double draws = (double)series->length * (double)series->count;
    correlations_open(series, &of, err);
    const double tau =
        fmax(autocorrelation_time(&of, series->length), 1 / log10(draws));
    slt_autocovariance_free(of.mean);
    if (!of.status)
        *ess = slt_real_of(draws / tau);
    return of.status;
}
