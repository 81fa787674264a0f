/* Statistics of several series of equal length, from which the diagnostics are made.
 * Advisory. */
#ifndef SLT_LEARN_DIAGNOSTICS_INTERNAL_H
#define SLT_LEARN_DIAGNOSTICS_INTERNAL_H

#include <sltrace/real.h>

#include <stdbool.h>
#include <stddef.h>

/* `count` series of `length` values each, one after another. */
typedef struct slt_series {
    slt_real *value;
    size_t count, length;
} slt_series;

slt_status slt_series_create(slt_series *series, size_t count, size_t length,
                             slt_error *err);
void slt_series_free(slt_series *series);
/* Creates it with the draws of chains, a series each. */
slt_status slt_series_of_chains(slt_series *series, const slt_real *const *losses,
                                size_t chains, size_t draws, slt_error *err);

bool slt_series_finite(const slt_series *series);

/* Puts all values of all series in ascending order. */
slt_status slt_series_sort(slt_series *series, slt_error *err);

/* Replaces every value by its rank, from 1, over all values of all series, ties averaged;
 * infinite values have ranks; if one value is NaN, all become NaN. */
slt_status slt_series_rank(slt_series *series, slt_error *err);
/* Replaces every value by z = Phi^-1((rank - 3/8) / (S + 1/4)), ranks being those of
 * slt_series_rank (Vehtari et al. 2021, equation 14). */
slt_status slt_series_rank_normalise(slt_series *series, slt_error *err);
/* Folds the draws: value = |value - median of all values|, which shows a difference in
 * scale. */
slt_status slt_series_fold(slt_series *series, slt_error *err);

/* The value that a share of all values lies below, by linear interpolation between the
 * order statistics (type 7 of Hyndman and Fan 1996). */
slt_status slt_series_quantile(const slt_series *series, slt_real share, slt_real *value,
                               slt_error *err);

/* sqrt(var+ / W), equations 1 to 4 there: W the mean of the series' variances, var+ =
 * (length - 1) / length W + variance of their means.  NaN if all values are equal. */
slt_real slt_series_rhat(const slt_series *series);
/* rho_t = 1 - (W - mean autocovariance_t) / var+, t from 0 (where it is 1) to length - 1,
 * equation 10 there, autocovariances being sums divided by length; freed by the caller.
 * NULL for series shorter than 3, if all values are equal, or if one is not finite. */
slt_status slt_series_autocorrelation(const slt_series *series, slt_real **rho,
                                      slt_error *err);
/* Effective sample size S / tau, equations 11 to 13 there.  P_k = rho_2k +
 * rho_2k+1 are the pairs while they are positive and 2k < length - 5, made
 * non-increasing. tau = -1 + 2 sum P_k (+ the next even rho if it is positive), and at
 * least 1 / log10 S.  If no pair beyond the first is used, tau is 2.  NaN for series
 * shorter than 3, if all values are equal, or if one is not finite. */
slt_status slt_series_ess(const slt_series *series, slt_real *ess, slt_error *err);

/* How well chains of losses mix, each split into halves.  Not known for chains of fewer
 * draws than SLT_MIXING_DRAWS_MIN.  If a loss is infinite, only rhat and ess_bulk, which
 * depend on ranks alone, are known; if one is NaN, none is. */
#define SLT_MIXING_DRAWS_MIN 4
typedef struct slt_mixing {
    slt_real rhat, ess_bulk, ess_tail;
    slt_real ess_mean; /* of the draws themselves, without ranks */
} slt_mixing;
slt_status slt_mixing_find(const slt_real *const *losses, size_t chains, size_t draws,
                           slt_mixing *mixing, slt_error *err);

/* slt_mixing's ess_mean alone, of chains as series. */
slt_status slt_mixing_ess(const slt_series *chains, slt_real *ess, slt_error *err);

#endif
