#include "learn/langevin.h"

#include "num/members.h"
#include "num/scalar.h"

slt_status slt_langevin_fit(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                            slt_error *err)
{
    if (arithmetic == SLT_FIXED && slt_real_less(spec->lr, SLT_FIXED_LR_LEAST))
        return slt_fail(err, SLT_FORMAT,
                        "lr: at least 2^-64 in arithmetic fixed: its noise, sqrt(lr), "
                        "must be above the state's step of 2^-48 by 2^16 or the step "
                        "would bias it");
    if (arithmetic == SLT_FIXED &&
        slt_real_less(slt_real_mul(slt_real_sqrt(spec->lr), spec->noise_level),
                      SLT_FIXED_NOISE_LEAST))
        return slt_fail(err, SLT_FORMAT,
                        "noise_level: so small that in arithmetic fixed the noise of an "
                        "update is below 2^-32, and the state's step of 2^-48 would bias "
                        "it");
    return SLT_OK;
}

bool slt_langevin_step(const slt_sampler *sampler, slt_stream noise,
                       const slt_step_tensors *at)
{
    return slt_num_sgld(&sampler->step, noise, at->gradient, at->centre, at->weight);
}

bool slt_langevin_step_members(const slt_sampler *sampler, const slt_stream *noise,
                               const slt_step_tensors *at)
{
    return slt_members_sgld(&sampler->step, noise, at->gradient, at->centre, at->weight);
}
