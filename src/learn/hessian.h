/* The trace of the Hessian of a loss at w*, by Hutchinson's estimator: for v of
 * independent signs, E[v'Hv] = tr H (Hutchinson 1990).
 *
 * H v is exact (net/second.h), or a central difference of the run's own gradient: with a
 * step h, v'Hv is about (v.g(w* + h v) - v.g(w* - h v)) / (2 h), in error by the fourth
 * derivative along v times h^2 / 6 and by the gradients' rounding. */
#ifndef SLT_LEARN_HESSIAN_H
#define SLT_LEARN_HESSIAN_H

#include "learn/refine.h"
#include "net/params.h"

/* Probes for one user of the run's random numbers: `chain` is that of their counter, 0
 * for estimates.  Run, spec and data are borrowed, and `refined`, which says which
 * numbers take part; NULL: all that are trained. */
typedef struct slt_hessian slt_hessian;
/* SLT_FORMAT where the method is exact and slt_second_check has an objection. */
slt_status slt_hessian_create(const slt_run_spec *run, const slt_hessian_spec *spec,
                              const slt_refinement *refined, const slt_data *data,
                              uint32_t chain, slt_hessian **hessian, slt_error *err);
void slt_hessian_free(slt_hessian *hessian);

/* Where the next probes are taken: w*, which must stay as it is, at a step of training;
 * ordinal: counter word c3. */
void slt_hessian_place(slt_hessian *hessian, const slt_params *start, uint64_t step,
                       uint32_t ordinal);
/* Probe k = 0, 1, ... of the trace, independent of the probes taken before; not finite if
 * a gradient near w* or a product is not, or overflows. */
slt_real slt_hessian_probe(slt_hessian *hessian, uint32_t probe);

#endif
