#include "learn/underdamped.h"

#include "num/members.h"
#include "num/scalar.h"

bool slt_underdamped_move(const slt_sampler *sampler, slt_stream noise,
                          const slt_step_tensors *at)
{
    return slt_num_underdamped(&sampler->glide, noise, at->gradient, at->centre,
                               at->slot[0], at->weight);
}

bool slt_underdamped_move_members(const slt_sampler *sampler, const slt_stream *noise,
                                  const slt_step_tensors *at)
{
    return slt_members_underdamped(&sampler->glide, noise, at->gradient, at->centre,
                                   at->slot[0], at->weight);
}

slt_status slt_underdamped_fit(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                               const char *field, slt_error *err)
{
    if (arithmetic != SLT_FIXED)
        return SLT_OK;
    if (slt_real_less(spec->lr, SLT_FIXED_LR_LEAST))
        return slt_fail(err, SLT_FORMAT,
                        "lr: at least 2^-64 in arithmetic fixed, or the state's step of "
                        "2^-48 would bias it");
    const slt_underdamped_step step = slt_sampler_of(spec)->rule(spec, slt_real_of(1));
    if (slt_real_less(slt_real_mul(step.noise, spec->noise_level), SLT_FIXED_NOISE_LEAST))
        return slt_fail(err, SLT_FORMAT,
                        "%s: so small that in arithmetic fixed the noise of an update is "
                        "below 2^-32, and the state's step of 2^-48 would bias it",
                        slt_real_less(step.noise, SLT_FIXED_NOISE_LEAST) ? field
                                                                         : "noise_level");
    return SLT_OK;
}
