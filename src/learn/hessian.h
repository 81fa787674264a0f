/* The trace of the Hessian of the full-data loss at w*, by Hutchinson's estimator: for v
 * of independent signs, E[v'Hv] = tr H (Hutchinson 1990).
 *
 * H v is a central difference of the run's own gradient, so that no second derivative is
 * needed: with a step h, v'Hv is about (v.g(w* + h v) - v.g(w* - h v)) / (2 h), in error
 * by the fourth derivative along v times h^2 / 6 and by the gradients' rounding. */
#ifndef SLT_LEARN_HESSIAN_H
#define SLT_LEARN_HESSIAN_H

#include "learn/llc.h"

/* Borrows the sampler: its run, data, w* and counter word. */
typedef struct slt_hessian slt_hessian;
slt_status slt_hessian_create(const slt_sampler *sampler, slt_hessian **hessian,
                              slt_error *err);
void slt_hessian_free(slt_hessian *hessian);

/* Probe k = 0, 1, ... of the trace, independent of the probes taken before; not finite if
 * a gradient near w* is not, or overflows. */
slt_real slt_hessian_probe(slt_hessian *hessian, uint32_t probe);

#endif
