/* Ranks, normal scores, medians and quantiles. */
#include "learn/diagnostics_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

slt_status slt_series_create(slt_series *series, size_t count, size_t length,
                             slt_error *err)
{
    *series = (slt_series){.count = count, .length = length};
    const size_t total = count * length;
    series->value = calloc(total ? total : 1, sizeof *series->value);
    if (!series->value)
        return slt_fail(err, SLT_RESOURCE, "no memory for diagnostics of %zu draws",
                        total);
    return SLT_OK;
}

void slt_series_free(slt_series *series)
{
    free(series->value);
    *series = (slt_series){0};
}

typedef struct place {
    double value;
    size_t index;
} place;

/* Merges two ascending runs of `from` into `to`; equal values keep their order. */
static void merge(const place *from, size_t left, size_t middle, size_t right, place *to)
{
    size_t a = left, b = middle;
    for (size_t i = left; i < right; i++) {
        bool take_b = a == middle || (b < right && from[b].value < from[a].value);
        to[i] = from[take_b ? b++ : a++];
    }
}

static void sort_places(place *places, place *scratch, size_t count)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t left = 0; left < count; left += 2 * width) {
            size_t middle = left + width < count ? left + width : count;
            size_t right = middle + width < count ? middle + width : count;
            merge(places, left, middle, right, scratch);
        }
        memcpy(places, scratch, count * sizeof *places);
    }
}

/* The values in ascending order with where they stood; freed by the caller. */
static place *sorted_places(const slt_series *series, slt_error *err)
{
    const size_t count = series->count * series->length;
    place *places = calloc(2 * count, sizeof *places);
    if (!places) {
        slt_fail(err, SLT_RESOURCE, "no memory for diagnostics of %zu draws", count);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        places[i] = (place){slt_real_double(series->value[i]), i};
    sort_places(places, places + count, count);
    return places;
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

slt_status slt_series_rank_normalise(slt_series *series, slt_error *err)
{
    const size_t count = series->count * series->length;
    if (has_nan(series)) {
        for (size_t i = 0; i < count; i++)
            series->value[i] = slt_real_of(NAN);
        return SLT_OK;
    }
    place *places = sorted_places(series, err);
    if (!places)
        return SLT_RESOURCE;
    for (size_t first = 0, after; first < count; first = after) {
        for (after = first + 1; after < count; after++) {
            if (places[after].value != places[first].value)
                break;
        }
        double rank = ((double)(first + 1) + (double)after) / 2;
        double z = normal_quantile((rank - 0.375) / ((double)count + 0.25));
        for (size_t i = first; i < after; i++)
            series->value[places[i].index] = slt_real_of(z);
    }
    free(places);
    return SLT_OK;
}

slt_status slt_series_fold(slt_series *series, slt_error *err)
{
    const size_t count = series->count * series->length;
    place *places = sorted_places(series, err);
    if (!places)
        return SLT_RESOURCE;
    double low = places[(count - 1) / 2].value, high = places[count / 2].value;
    double median = low < high ? low + (high - low) / 2 : low;
    for (size_t i = 0; i < count; i++)
        series->value[i] = slt_real_of(fabs(slt_real_double(series->value[i]) - median));
    free(places);
    return SLT_OK;
}

slt_status slt_series_quantile(const slt_series *series, slt_real share, slt_real *value,
                               slt_error *err)
{
    place *places = sorted_places(series, err);
    if (!places)
        return SLT_RESOURCE;
    double at = (double)(series->count * series->length - 1) * slt_real_double(share);
    double below = floor(at);
    double low = places[(size_t)below].value, high = places[(size_t)ceil(at)].value;
    double step = at - below;
    *value = slt_real_of(low < high ? (1 - step) * low + step * high : low);
    free(places);
    return SLT_OK;
}
