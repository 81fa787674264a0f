#include "learn/diagnostics_autocovariance.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>

#include "base/world.h"

static const double two_pi = 6.28318530717958647693;

slt_real slt_mean_of(const slt_real *value, size_t length)
{
    double first = slt_real_double(value[0]), sum = 0;
    for (size_t i = 0; i < length; i++)
        sum += slt_real_double(value[i]) - first;
    return slt_real_of(first + sum / (double)length);
}

struct slt_autocovariance {
    double *at;      /* [0, known), by lag */
    size_t known;    /* so many lags */
    double *centred; /* the series less their means, each with zeros behind it */
    size_t count, length, stride;
};

/* ---- The first lags ---------------------------------------------------------------- */

/* Lags whose sums are made side by side, and lags from which transforms are cheaper. */
enum { LAGS_ABREAST = 8, LAGS_BY_SUMS = 256 };

/* Adds the autocovariances of a series at LAGS_ABREAST lags. */
static void add_lags(const double *centred, size_t lag, size_t length, double *at)
{
    double sum[LAGS_ABREAST] = {0};
    for (size_t i = 0; i + lag < length; i++)
        for (size_t k = 0; k < LAGS_ABREAST; k++)
            sum[k] += centred[i] * centred[i + lag + k];
    for (size_t k = 0; k < LAGS_ABREAST && lag + k < length; k++)
        at[lag + k] += sum[k] / (double)length;
}

static void find_next_lags(slt_autocovariance *of)
{
    const size_t from = of->known;
    of->known += LAGS_ABREAST;
    of->known = of->known < of->length ? of->known : of->length;
    for (size_t i = 0; i < of->count; i++)
        add_lags(of->centred + i * of->stride, from, of->length, of->at);
    for (size_t lag = from; lag < of->known; lag++)
        of->at[lag] /= (double)of->count;
}

/* ---- All lags ---------------------------------------------------------------------- */

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

/* Adds the autocovariances of a series at the lags that are not known, by the theorem of
 * Wiener and Khinchin on the series padded with zeros. */
static void add_other_lags(const slt_autocovariance *of, size_t series, double complex *x,
                           size_t size)
{
    const double *centred = of->centred + series * of->stride;
    for (size_t i = 0; i < size; i++)
        x[i] = i < of->length ? centred[i] : 0;
    fourier_transform(x, size);
    for (size_t i = 0; i < size; i++)
        x[i] = creal(x[i]) * creal(x[i]) + cimag(x[i]) * cimag(x[i]);
    fourier_transform(x, size);
    for (size_t i = of->known; i < of->length; i++)
        of->at[i] += creal(x[i]) / (double)size / (double)of->length;
}

static slt_status find_other_lags(slt_autocovariance *of, slt_error *err)
{
    size_t size = 1;
    while (size < 2 * of->length)
        size *= 2;
    double complex *x = slt_world.calloc(size, sizeof *x);
    if (!x)
        return slt_fail(err, SLT_RESOURCE, "no memory for autocovariances");
    for (size_t i = 0; i < of->count; i++)
        add_other_lags(of, i, x, size);
    for (size_t i = of->known; i < of->length; i++)
        of->at[i] /= (double)of->count;
    of->known = of->length;
    free(x);
    return SLT_OK;
}

/* ---- Both -------------------------------------------------------------------------- */

static void centre(slt_autocovariance *of, const slt_series *series)
{
    for (size_t i = 0; i < of->count; i++) {
        const slt_real *value = series->value + i * of->length;
        const double mean = slt_real_double(slt_mean_of(value, of->length));
        for (size_t j = 0; j < of->length; j++)
            of->centred[i * of->stride + j] = slt_real_double(value[j]) - mean;
    }
}

slt_status slt_autocovariance_create(const slt_series *series, slt_autocovariance **of,
                                     slt_error *err)
{
    const size_t stride = series->length + LAGS_ABREAST;
    slt_autocovariance *made = slt_world.calloc(1, sizeof *made);
    *of = NULL;
    if (made) {
        *made = (slt_autocovariance){
            .at = slt_world.calloc(series->length, sizeof *made->at),
            .centred = slt_world.calloc(series->count * stride, sizeof *made->centred),
            .count = series->count,
            .length = series->length,
            .stride = stride};
    }
    if (!made || !made->at || !made->centred) {
        slt_autocovariance_free(made);
        return slt_fail(err, SLT_RESOURCE, "no memory for autocovariances");
    }
    centre(made, series);
    *of = made;
    return SLT_OK;
}

void slt_autocovariance_free(slt_autocovariance *of)
{
    if (!of)
        return;
    free(of->at);
    free(of->centred);
    free(of);
}

slt_real slt_autocovariance_at(const slt_autocovariance *of, size_t lag)
{
    return slt_real_of(of->at[lag]);
}

slt_status slt_autocovariance_reach(slt_autocovariance *of, size_t lag, slt_error *err)
{
    while (of->known <= lag && lag < LAGS_BY_SUMS)
        find_next_lags(of);
    return of->known <= lag ? find_other_lags(of, err) : SLT_OK;
}
