/* The law of the loss in nbeta, through estimates that chains at one checkpoint make of
 * one potential at several nbeta: a learning coefficient that needs no loss at w*.
 * Advisory. */
#ifndef SLT_FIGURE_TEMPERATURES_H
#define SLT_FIGURE_TEMPERATURES_H

#include "figure/estimates.h"

/* E L = loss + lambda / nbeta - (multiplicity - 1) / (nbeta ln nbeta), by least squares
 * weighted with the Monte Carlo errors of the mean losses.  It is the derivative of
 * Watanabe's (2009, theorem 6.7) -ln Z = nbeta loss + lambda ln nbeta - (m - 1) ln ln
 * nbeta + O(1). */
typedef struct slt_temperature_law {
    slt_real lambda, lambda_error; /* errors: one standard error, by those of the means */
    slt_real loss, loss_error;     /* what is left where nbeta is infinite */
    slt_real multiplicity, multiplicity_error; /* of the line 1 and 0 */
    slt_real misfit; /* sum of (residual / error)^2 over estimates less unknowns, about 1
                        where the law holds; absent where none is to spare */
} slt_temperature_law;

typedef struct slt_temperatures {
    uint64_t at_step;
    size_t count;                              /* estimates, at least 2 */
    const slt_estimate *estimate[SLT_LLC_MAX]; /* in the order of the trace */
    slt_temperature_law line;                  /* with a multiplicity of 1 */
    bool has_bent; /* of three values of nbeta, all above e, that tell it apart */
    slt_temperature_law bent;
} slt_temperatures;

typedef struct slt_temperatures_list {
    slt_temperatures *list;
    size_t count;
} slt_temperatures_list;

/* The groups of the estimates of a run, which must outlive them, in the order of the
 * trace.  A group has estimates of one step whose chains have the same target but for
 * nbeta, of two values at least.  Estimates whose error is not known belong to none.
 * SLT_RESOURCE without memory.  To be freed whatever is returned. */
slt_status slt_temperatures_find(const slt_estimates *all, const slt_run_spec *run,
                                 slt_temperatures_list *found, slt_error *err);
void slt_temperatures_free(slt_temperatures_list *found);

/* n times the mean loss of chains at nbeta = n / ln n: the WBIC (Watanabe 2013) where the
 * loss is minus the mean of the logarithm of a likelihood.  Absent at another nbeta. */
slt_real slt_temperatures_wbic(const slt_estimate *estimate, const slt_run_spec *run);

#endif
