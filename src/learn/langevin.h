/* The Langevin step, which `sgld` makes and `mala` proposes. */
#ifndef SLT_LEARN_LANGEVIN_H
#define SLT_LEARN_LANGEVIN_H

#include "learn/sampler.h"

/* SLT_FORMAT where fixed point cannot hold the step's noise. */
slt_status slt_langevin_fit(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                            slt_error *err);

/* slt_sampler_type.step and step_members: slt_num_sgld. */
bool slt_langevin_step(const slt_sampler *sampler, slt_stream noise,
                       const slt_step_tensors *at);
bool slt_langevin_step_members(const slt_sampler *sampler, const slt_stream *noise,
                               const slt_step_tensors *at);

/* Multiply-adds that it costs a number. */
#define SLT_LANGEVIN_WORK 96

#endif
