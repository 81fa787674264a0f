/* What the diagnostics are made of: statistics of several series of equal length.
 * Advisory. */
#ifndef SLT_LEARN_DIAGNOSTICS_SERIES_H
#define SLT_LEARN_DIAGNOSTICS_SERIES_H

#include <sltrace/real.h>

#include <stddef.h>

/* count series of length values each, one after the other. */
typedef struct slt_series {
    slt_real *value;
    size_t count, length;
} slt_series;

slt_status slt_series_create(slt_series *series, size_t count, size_t length,
                             slt_error *err);
void slt_series_free(slt_series *series);

/* Ranks over all values, ties averaged, then z = Phi^-1((rank - 3/8) / (S + 1/4)); in
 * place.  Vehtari et al. 2021, equation 14. */
slt_status slt_series_rank_normalise(slt_series *series, slt_error *err);
/* value = |value - median of all values|: folded draws, which show a difference in
 * scale. */
slt_status slt_series_fold(slt_series *series, slt_error *err);

/* sqrt(var+ / W), equations 1 to 4 there: W the mean of the series' variances, var+ =
 * (length - 1) / length W + variance of their means.  NaN where all values are equal. */
slt_real slt_series_rhat(const slt_series *series);
/* Effective sample size, equations 10 to 13 there: with rho_t = 1 - (W - mean
 * autocovariance_t) / var+ and P_k = rho_2k + rho_2k+1, pairs up to the first negative
 * one and made to fall, S / tau, tau = -1 + 2 sum P_k (+ the next even rho where it is
 * positive) and at least 1 / log10 S.  NaN where all values are equal. */
slt_status slt_series_ess(const slt_series *series, slt_real *ess, slt_error *err);

#endif
