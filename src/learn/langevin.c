#include "learn/langevin.h"

#include "num/members.h"
#include "num/scalar.h"

/* Below this the standard deviation of an update's noise is less than 2^16 steps of the
 * fixed-point state: 2^-64. */
#define FIXED_LR_LEAST ((slt_real){UINT64_C(0x3bf0000000000000)})

slt_status slt_langevin_fit(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                            slt_error *err)
{
    if (arithmetic == SLT_FIXED && slt_real_less(spec->lr, FIXED_LR_LEAST))
        return slt_fail(err, SLT_FORMAT,
                        "lr: at least 2^-64 in arithmetic fixed: its noise, sqrt(lr), "
                        "must be above the state's step of 2^-48 by 2^16 or the step "
                        "would bias it");
    return SLT_OK;
}

bool slt_langevin_step(const slt_sampler *sampler, const slt_params *gradient,
                       uint32_t number, slt_chain *chain)
{
    bool fine = true;
    for (size_t i = 0; i < chain->weights.count; i++) {
        if (!slt_params_moves(gradient, i))
            continue;
        fine &= slt_num_sgld(
            &sampler->step, slt_sampler_noise(sampler, i, number, chain->updates),
            &gradient->tensor[i], &sampler->start->tensor[i], &chain->weights.tensor[i]);
    }
    return fine;
}

bool slt_langevin_step_members(const slt_sampler *sampler, const slt_chain_members *at)
{
    bool fine = true;
    for (size_t i = 0; i < at->weights->count; i++) {
        slt_stream noise[SLT_MEMBERS_MAX];
        if (!slt_params_moves(at->gradient, i))
            continue;
        slt_sampler_noises(sampler, at, i, noise);
        fine &= slt_members_sgld(&sampler->step, noise, &at->gradient->tensor[i],
                                 &at->start->tensor[i], &at->weights->tensor[i]);
    }
    return fine;
}

slt_function_set slt_langevin_functions(slt_arithmetic arithmetic, bool acceptance)
{
    const slt_function_set exponential = (slt_function_set)1 << SLT_FN_exp;
    return slt_functions_of_normals(arithmetic) | (acceptance ? exponential : 0);
}
