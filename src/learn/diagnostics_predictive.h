/* How well draws of a posterior predict single samples, each left out of it: WAIC, and
 * leave-one-out cross-validation by Pareto smoothed importance sampling.  Advisory. */
#ifndef SLT_LEARN_DIAGNOSTICS_PREDICTIVE_H
#define SLT_LEARN_DIAGNOSTICS_PREDICTIVE_H

#include <sltrace/influence.h>
#include <sltrace/real.h>

#include <stddef.h>

/* The weights that leave a sample out are not to be trusted where pareto_k is above
 * this. */
#define SLT_PARETO_K_MOST 0.7

/* The effective draws of the likelihood of a sample as a share of all draws, from its
 * log likelihoods along chains; 1 where it is not known. */
slt_status slt_predictive_efficiency(const slt_real *const *logs, size_t chains,
                                     size_t draws, slt_real *efficiency, slt_error *err);

/* Of a sample with these log likelihoods at all draws of all chains, number by number as
 * R's package loo computes them: Vehtari, Gelman and Gabry 2017; the tail by Vehtari,
 * Simpson, Gelman, Yao and Gabry 2024.  pareto_k is infinite of fewer than 5 draws in
 * the tail, or of equal ones. */
slt_status slt_predictive_sample(const slt_real *logs, size_t draws, slt_real efficiency,
                                 slt_predictive *found, slt_error *err);

/* The sum over samples, and its standard error, sqrt(samples * variance). */
slt_predictive_sum slt_predictive_sum_of(const slt_real *values, size_t samples);

#endif
