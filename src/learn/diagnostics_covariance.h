/* How two numbers go together along chains.  Advisory. */
#ifndef SLT_LEARN_DIAGNOSTICS_COVARIANCE_H
#define SLT_LEARN_DIAGNOSTICS_COVARIANCE_H

#include <sltrace/influence.h>
#include <sltrace/real.h>

#include <stddef.h>

/* The covariance of a and b over all draws of all chains, and its Monte Carlo standard
 * error: that of the mean of (a - mean a) (b - mean b), sd / sqrt(ESS of the mean).  The
 * error is not known of fewer than 4 draws, and where the products are all equal. */
slt_status slt_covariance_find(const slt_real *const *a, const slt_real *const *b,
                               size_t chains, size_t draws, slt_covariance *found,
                               slt_error *err);

#endif
