/* The trace of the Hessian of a loss at w*, by Hutchinson's estimator: for v of
 * independent signs, E[v'Hv] = tr H (Hutchinson 1990).
 *
 * H v is exact (net/second.h), or a central difference of the run's own gradient: with a
 * step h, v'Hv is about (v.g(w* + h v) - v.g(w* - h v)) / (2 h), in error by the fourth
 * derivative along v times h^2 / 6 and by the gradients' rounding. */
#ifndef SLT_LEARN_HESSIAN_H
#define SLT_LEARN_HESSIAN_H

#include "learn/spec.h"
#include "net/params.h"

/* What is probed; all borrowed, and unchanging while in use. */
typedef struct slt_hessian_site {
    const slt_run_spec *run;
    slt_hessian_method method;
    const slt_batch *batch;  /* of the loss */
    const slt_params *start; /* w* */
    uint32_t ordinal;        /* counter word c3 of the probes: as a sampler's */
} slt_hessian_site;

typedef struct slt_hessian slt_hessian;
/* SLT_FORMAT where the method is exact and slt_second_check has an objection. */
slt_status slt_hessian_create(const slt_hessian_site *site, slt_hessian **hessian,
                              slt_error *err);
void slt_hessian_free(slt_hessian *hessian);

/* Probe k = 0, 1, ... of the trace, independent of the probes taken before; not finite if
 * a gradient near w* or a product is not, or overflows. */
slt_real slt_hessian_probe(slt_hessian *hessian, uint32_t probe);

#endif
