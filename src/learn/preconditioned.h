/* What the samplers share whose steps the root of a mean square of gradients scales. */
#ifndef SLT_LEARN_PRECONDITIONED_H
#define SLT_LEARN_PRECONDITIONED_H

#include "learn/sampler.h"

/* SLT_FORMAT with a plane, from whose normal the scales would turn the gradient at w*,
 * and where fixed point cannot hold the noise of a step whose mean square is 1. */
slt_status slt_preconditioned_fit(const slt_llc_spec *spec, slt_real eps,
                                  slt_arithmetic arithmetic, slt_error *err);

#endif
