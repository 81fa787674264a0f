/* R-hat and the effective sample size of several series. */
#include "learn/diagnostics_internal.h"

#include <complex.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/world.h"

static const double two_pi = 6.28318530717958647693;

/* Exact if all values are equal. */
static double mean_of(const slt_real *value, size_t length)
{
    double first = slt_real_double(value[0]), sum = 0;
    for (size_t i = 0; i < length; i++)
        sum += slt_real_double(value[i]) - first;
    return first + sum / (double)length;
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

/* In-place discrete Fourier transform; size is a power of two. */
static void fourier_transform(double complex *x, size_t size)
{
    for (size_t i = 1, j = 0; i < size; i++) {
        size_t bit = size >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            double complex swap = x[i];
            x[i] = x[j];
            x[j] = swap;
        }
    }
    for (size_t half = 1; half < size; half *= 2) {
        for (size_t k = 0; k < half; k++) {
            double angle = -two_pi * (double)k / (double)(2 * half);
            double complex turn = cos(angle) + sin(angle) * I;
            for (size_t i = k; i < size; i += 2 * half) {
                double complex odd = turn * x[i + half];
                x[i + half] = x[i] - odd;
                x[i] += odd;
            }
        }
    }
}

/* Adds the autocovariances (divided by length) at all lags of one series, by the theorem
 * of Wiener and Khinchin on the series padded with zeros. */
static void add_autocovariance(const slt_real *value, size_t length, double complex *x,
                               size_t size, double *sum)
{
    double mean = mean_of(value, length);
    for (size_t i = 0; i < size; i++)
        x[i] = i < length ? slt_real_double(value[i]) - mean : 0;
    fourier_transform(x, size);
    for (size_t i = 0; i < size; i++)
        x[i] = creal(x[i]) * creal(x[i]) + cimag(x[i]) * cimag(x[i]);
    fourier_transform(x, size);
    for (size_t i = 0; i < length; i++)
        sum[i] += creal(x[i]) / (double)size / (double)length;
}

/* Mean over the series of their autocovariances; freed by the caller. */
static double *mean_autocovariance(const slt_series *series)
{
    size_t size = 1;
    while (size < 2 * series->length)
        size *= 2;
    double complex *x = slt_world.calloc(size, sizeof *x);
    double *sum = slt_world.calloc(series->length, sizeof *sum);
    if (x && sum) {
        for (size_t i = 0; i < series->count; i++)
            add_autocovariance(series->value + i * series->length, series->length, x,
                               size, sum);
        for (size_t i = 0; i < series->length; i++)
            sum[i] /= (double)series->count;
    } else {
        free(sum);
        sum = NULL;
    }
    free(x);
    return sum;
}

/* tau by Geyer's initial monotone sequence over rho[0 .. length-1], length at least 3.
 * The constants 5 and 2 are those of R's package posterior. */
static double autocorrelation_time(const slt_real *of, size_t length)
{
    const double first = slt_real_double(of[0]);
    double pair = first + slt_real_double(of[1]), lowest = pair, sum = 0, last = first;
    size_t even = 0;
    while (even + 5 < length && pair > 0) {
        sum += lowest;
        even += 2;
        last = slt_real_double(of[even]);
        pair = last + slt_real_double(of[even + 1]);
        lowest = pair < lowest ? pair : lowest;
    }
    if (!even)
        return 2;
    return -1 + 2 * sum + (last > 0 || pair >= 0 ? last : 0);
}

slt_status slt_series_autocorrelation(const slt_series *series, slt_real **rho,
                                      slt_error *err)
{
    *rho = NULL;
    if (series->length < 3 || all_equal(series) || !slt_series_finite(series))
        return SLT_OK;
    double *mean = mean_autocovariance(series);
    *rho = slt_world.calloc(series->length, sizeof **rho);
    const spread found = spread_of(series);
    const double n = (double)series->length;
    const double pooled = found.within * (n - 1) / n + found.between;
    for (size_t t = 0; mean && *rho && t < series->length; t++)
        (*rho)[t] = slt_real_of(t ? 1 - (found.within - mean[t]) / pooled : 1);
    const bool whole = mean && *rho;
    free(mean);
    if (whole)
        return SLT_OK;
    free(*rho);
    *rho = NULL;
    return slt_fail(err, SLT_RESOURCE, "no memory for autocovariances");
}

slt_status slt_series_ess(const slt_series *series, slt_real *ess, slt_error *err)
{
    slt_real *rho;
    *ess = slt_real_of(NAN);
    slt_status status = slt_series_autocorrelation(series, &rho, err);
    if (status || !rho)
        return status;
    const double draws = (double)series->length * (double)series->count;
    double tau = fmax(autocorrelation_time(rho, series->length), 1 / log10(draws));
    *ess = slt_real_of(draws / tau);
    free(rho);
    return SLT_OK;
}
