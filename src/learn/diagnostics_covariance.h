/* How two numbers go together along chains.  Advisory. */
#ifndef SLT_LEARN_DIAGNOSTICS_COVARIANCE_H
#define SLT_LEARN_DIAGNOSTICS_COVARIANCE_H

#include <sltrace/influence.h>
#include <sltrace/real.h>

#include <stddef.h>

/* Takes the mean of a number's values at all draws of all chains from each of them. */
void slt_covariance_centre(slt_real *values, size_t count);
/* The covariance of a and b over all draws of all chains, which stand one after the
 * other, centred, and its Monte Carlo standard error: that of the mean of a b,
 * sd / sqrt(ESS of the mean).  Either way round in the same bits.  The error is not known
 * of fewer than 4 draws, and where the products are all equal. */
slt_status slt_covariance_find(const slt_real *a, const slt_real *b, size_t chains,
                               size_t draws, slt_covariance *found, slt_error *err);

#endif
