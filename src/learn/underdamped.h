/* What the samplers whose chains have a momentum share: slot p, and num/update.h's step.
 */
#ifndef SLT_LEARN_UNDERDAMPED_H
#define SLT_LEARN_UNDERDAMPED_H

#include "learn/sampler.h"

#define SLT_UNDERDAMPED_SLOTS                                                            \
    {                                                                                    \
        {                                                                                \
            .name = "p", .anchored = true                                                \
        }                                                                                \
    }

/* step and step_members of learn/sampler.h, of types with a rule. */
bool slt_underdamped_move(const slt_sampler *sampler, slt_stream noise,
                          const slt_step_tensors *at);
bool slt_underdamped_move_members(const slt_sampler *sampler, const slt_stream *noise,
                                  const slt_step_tensors *at);

/* In arithmetic fixed SLT_FORMAT where lr is below SLT_FIXED_LR_LEAST, or the standard
 * deviation of an update's noise below 2^-32: the state's step would bias it.  `field` is
 * what the noise hangs on besides lr. */
slt_status slt_underdamped_fit(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                               const char *field, slt_error *err);

#endif
