/* Ranks, normal scores, medians and quantiles. */
#include "learn/diagnostics_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/sort.h"
#include "base/world.h"

slt_status slt_series_create(slt_series *series, size_t count, size_t length,
                             slt_error *err)
{
    *series = (slt_series){.count = count, .length = length};
    const size_t total = count * length;
    series->value = slt_world.calloc(total ? total : 1, sizeof *series->value);
    if (!series->value)
        return slt_fail(err, SLT_RESOURCE, "no memory for diagnostics of %zu draws",
                        total);
    return SLT_OK;
}

slt_status slt_series_of_chains(slt_series *series, const slt_real *const *losses,
                                size_t chains, size_t draws, slt_error *err)
{
    slt_status status = slt_series_create(series, chains, draws, err);
    for (size_t i = 0; i < chains && !status; i++)
        memcpy(series->value + i * draws, losses[i], draws * sizeof *series->value);
    return status;
}

void slt_series_free(slt_series *series)
{
    free(series->value);
    *series = (slt_series){0};
}

/* A value, and its index in the series. */
typedef struct ranked {
    double value;
    size_t index;
} ranked;

static int by_value(const void *context, const void *left, const void *right)
{
    const ranked *a = left, *b = right;
    (void)context;
    return (a->value > b->value) - (a->value < b->value);
}

/* The values in ascending order, each with its index; freed by the caller. */
static ranked *sorted_ranked(const slt_series *series, slt_error *err)
{
    const size_t count = series->count * series->length;
    ranked *sorted = slt_world.calloc(2 * count, sizeof *sorted);
    if (!sorted) {
        slt_fail(err, SLT_RESOURCE, "no memory for diagnostics of %zu draws", count);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        sorted[i] = (ranked){slt_real_double(series->value[i]), i};
    slt_sort(sorted, sorted + count, count, sizeof *sorted, by_value, NULL);
    return sorted;
}

slt_status slt_series_sort(slt_series *series, slt_error *err)
{
    ranked *sorted = sorted_ranked(series, err);
    if (!sorted)
        return SLT_RESOURCE;
    for (size_t i = 0; i < series->count * series->length; i++)
        series->value[i] = slt_real_of(sorted[i].value);
    free(sorted);
    return SLT_OK;
}

/* Phi^-1 of p in (0, 1/2]: a rational start (Abramowitz and Stegun 26.2.22), then Halley
 * steps on Phi(z) = p. */
static double lower_normal_quantile(double p)
{
    const double root_two_pi = 2.50662827463100050242;
    double t = sqrt(-2 * log(p));
    double z = (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + t * 0.04481)) - t;
    for (int i = 0; i < 3; i++) {
        double miss = erfc(-z * 0.70710678118654752440) / 2 - p;
        double newton = miss * root_two_pi * exp(z * z / 2);
        z -= newton / (1 + z * newton / 2);
    }
    return z;
}

static double normal_quantile(double p)
{
    return p <= 0.5 ? lower_normal_quantile(p) : -lower_normal_quantile(1 - p);
}

static bool has_nan(const slt_series *series)
{
    for (size_t i = 0; i < series->count * series->length; i++)
        if (isnan(slt_real_double(series->value[i])))
            return true;
    return false;
}

slt_status slt_series_rank(slt_series *series, slt_error *err)
{
    const size_t count = series->count * series->length;
    if (has_nan(series)) {
        for (size_t i = 0; i < count; i++)
            series->value[i] = slt_real_of(NAN);
        return SLT_OK;
    }
    ranked *sorted = sorted_ranked(series, err);
    if (!sorted)
        return SLT_RESOURCE;
    for (size_t first = 0, after; first < count; first = after) {
        for (after = first + 1; after < count; after++) {
            if (sorted[after].value != sorted[first].value)
                break;
        }
        double rank = ((double)(first + 1) + (double)after) / 2;
        for (size_t i = first; i < after; i++)
            series->value[sorted[i].index] = slt_real_of(rank);
    }
    free(sorted);
    return SLT_OK;
}

slt_status slt_series_rank_normalise(slt_series *series, slt_error *err)
{
    const size_t count = series->count * series->length;
    slt_status status = slt_series_rank(series, err);
    for (size_t i = 0; i < count && !status; i++) {
        const double rank = slt_real_double(series->value[i]);
        if (!isnan(rank))
            series->value[i] =
                slt_real_of(normal_quantile((rank - 0.375) / ((double)count + 0.25)));
    }
    return status;
}

slt_status slt_series_fold(slt_series *series, slt_error *err)
{
    const size_t count = series->count * series->length;
    ranked *sorted = sorted_ranked(series, err);
    if (!sorted)
        return SLT_RESOURCE;
    double low = sorted[(count - 1) / 2].value, high = sorted[count / 2].value;
    double median = low < high ? low + (high - low) / 2 : low;
    for (size_t i = 0; i < count; i++)
        series->value[i] = slt_real_of(fabs(slt_real_double(series->value[i]) - median));
    free(sorted);
    return SLT_OK;
}

slt_status slt_series_quantile(const slt_series *series, slt_real share, slt_real *value,
                               slt_error *err)
{
    ranked *sorted = sorted_ranked(series, err);
    if (!sorted)
        return SLT_RESOURCE;
    double at = (double)(series->count * series->length - 1) * slt_real_double(share);
    double below = floor(at);
    double low = sorted[(size_t)below].value, high = sorted[(size_t)ceil(at)].value;
    double step = at - below;
    *value = slt_real_of(low < high ? (1 - step) * low + step * high : low);
    free(sorted);
    return SLT_OK;
}
