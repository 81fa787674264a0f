/* sgld: stochastic gradient Langevin dynamics.  No state beside the weights; its steps
 * may be judged as MALA proposals. */
#include "learn/sampler.h"

#include "base/schema_rows.h"
#include "learn/mala.h"
#include "num/members.h"
#include "num/scalar.h"

/* Below this the standard deviation of an update's noise is less than 2^16 steps of the
 * fixed-point state: 2^-64. */
#define FIXED_LR_LEAST ((slt_real){UINT64_C(0x3bf0000000000000)})

static slt_status sgld_fit(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                           slt_error *err)
{
    if (arithmetic == SLT_FIXED && slt_real_less(spec->lr, FIXED_LR_LEAST))
        return slt_fail(err, SLT_FORMAT,
                        "lr: at least 2^-64 in arithmetic fixed: its noise, sqrt(lr), "
                        "must be above the state's step of 2^-48 by 2^16 or the step "
                        "would bias it");
    if (spec->mala_acceptance && spec->batch.order != SLT_BATCH_FULL)
        return slt_fail(err, SLT_FORMAT, "mala_acceptance needs batch: full");
    if (spec->orthogonal && spec->mala_acceptance)
        return slt_fail(err, SLT_FORMAT,
                        "restrict: orthogonal has no mala_acceptance: its steps are no "
                        "Langevin proposals");
    return SLT_OK;
}

static bool sgld_step(const slt_sampler *sampler, const slt_params *gradient,
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

static bool sgld_step_members(const slt_sampler *sampler, const slt_chain_members *at)
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

static bool sgld_accepts(const slt_llc_spec *spec)
{
    return spec->mala_acceptance;
}

static slt_function_set sgld_functions(const slt_llc_spec *spec,
                                       slt_arithmetic arithmetic)
{
    const slt_function_set exponential = (slt_function_set)1 << SLT_FN_exp;
    return slt_functions_of_normals(arithmetic) |
           (spec->mala_acceptance ? exponential : 0);
}

static const slt_schema field_mala_acceptance = {
    .key = "mala_acceptance",
    .type = SLT_SCHEMA_BOOL,
    AT(slt_llc_spec, mala_acceptance),
    PRESET_NO,
    .also = "acceptance|mala",
    .meaning = "record how often its steps would be accepted as MALA proposals; needs "
               "batch: full"};

const char slt_sampler_default[] = "sgld";

const slt_sampler_type slt_sampler_sgld = {
    .name = "sgld",
    .title = "SGLD",
    .meaning = "stochastic gradient Langevin dynamics",
    .fields = FIELD_LIST(&field_mala_acceptance),
    .fit = sgld_fit,
    .step = sgld_step,
    .step_members = sgld_step_members,
    .accepts = sgld_accepts,
    .acceptance = slt_mala_acceptance,
    .langevin = true,
    .work = 96,
    .functions = sgld_functions,
};
