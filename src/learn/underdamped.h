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

/* The step of a spec for that nbeta. */
typedef slt_underdamped_step slt_underdamped_rule(const slt_llc_spec *spec,
                                                  slt_real nbeta);

/* step and step_members of learn/sampler.h, by the rule. */
bool slt_underdamped_move(slt_underdamped_rule *rule, const slt_sampler *sampler,
                          const slt_params *gradient, uint32_t number, slt_chain *chain);
bool slt_underdamped_move_members(slt_underdamped_rule *rule, const slt_sampler *sampler,
                                  const slt_chain_members *at);

/* In arithmetic fixed SLT_FORMAT where lr is below 2^-64, or the standard deviation of an
 * update's noise below 2^-32: the state's step would bias it.  `field` is what the noise
 * hangs on besides lr. */
slt_status slt_underdamped_fit(slt_underdamped_rule *rule, const slt_llc_spec *spec,
                               slt_arithmetic arithmetic, const char *field,
                               slt_error *err);

#endif
