/* Autocovariances of several series, found as far as they are asked for.  Advisory. */
#ifndef SLT_LEARN_DIAGNOSTICS_AUTOCOVARIANCE_H
#define SLT_LEARN_DIAGNOSTICS_AUTOCOVARIANCE_H

#include "learn/diagnostics_internal.h"

/* The mean of values; exact if all are equal. */
slt_real slt_mean_of(const slt_real *value, size_t length);

/* The mean over the series of their autocovariances, which are sums divided by length. */
typedef struct slt_autocovariance slt_autocovariance;

/* With no lag known.  Keeps nothing of `series`. */
slt_status slt_autocovariance_create(const slt_series *series, slt_autocovariance **of,
                                     slt_error *err);
void slt_autocovariance_free(slt_autocovariance *of);
/* Makes all lags up to `lag`, which is below length, known.  The first few lags are sums
 * of products; from there, and where many are asked for at once, all are found by Fourier
 * transforms. */
slt_status slt_autocovariance_reach(slt_autocovariance *of, size_t lag, slt_error *err);
/* At a lag that is known. */
slt_real slt_autocovariance_at(const slt_autocovariance *of, size_t lag);

#endif
