#include "learn/underdamped.h"

#include "num/members.h"
#include "num/scalar.h"

#define FIXED_LR_LEAST ((slt_real){UINT64_C(0x3bf0000000000000)})    /* 2^-64 */
#define FIXED_NOISE_LEAST ((slt_real){UINT64_C(0x3df0000000000000)}) /* 2^-32 */

bool slt_underdamped_move(slt_underdamped_rule *rule, const slt_sampler *sampler,
                          const slt_params *gradient, uint32_t number, slt_chain *chain)
{
    const slt_underdamped_step step = rule(sampler->spec, sampler->setup.nbeta);
    bool fine = true;
    for (size_t i = 0; i < chain->weights.count; i++) {
        if (!slt_params_moves(gradient, i))
            continue;
        fine &= slt_num_underdamped(
            &step, slt_sampler_noise(sampler, i, number, chain->updates),
            &gradient->tensor[i], &sampler->start->tensor[i],
            &chain->slots.slot[0].tensor[i], &chain->weights.tensor[i]);
    }
    return fine;
}

bool slt_underdamped_move_members(slt_underdamped_rule *rule, const slt_sampler *sampler,
                                  const slt_chain_members *at)
{
    const slt_underdamped_step step = rule(sampler->spec, sampler->setup.nbeta);
    bool fine = true;
    for (size_t i = 0; i < at->weights->count; i++) {
        slt_stream noise[SLT_MEMBERS_MAX];
        if (!slt_params_moves(at->gradient, i))
            continue;
        slt_sampler_noises(sampler, at, i, noise);
        fine &= slt_members_underdamped(
            &step, noise, &at->gradient->tensor[i], &at->start->tensor[i],
            &at->slots->slot[0].tensor[i], &at->weights->tensor[i]);
    }
    return fine;
}

slt_status slt_underdamped_fit(slt_underdamped_rule *rule, const slt_llc_spec *spec,
                               slt_arithmetic arithmetic, const char *field,
                               slt_error *err)
{
    if (arithmetic != SLT_FIXED)
        return SLT_OK;
    if (slt_real_less(spec->lr, FIXED_LR_LEAST))
        return slt_fail(err, SLT_FORMAT,
                        "lr: at least 2^-64 in arithmetic fixed, or the state's step of "
                        "2^-48 would bias it");
    if (slt_real_less(rule(spec, slt_real_of(1)).noise, FIXED_NOISE_LEAST))
        return slt_fail(err, SLT_FORMAT,
                        "%s: so small that in arithmetic fixed the noise of an update is "
                        "below 2^-32, and the state's step of 2^-48 would bias it",
                        field);
    return SLT_OK;
}
