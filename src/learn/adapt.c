#include "learn/adapt.h"

#include "base/schema_rows.h"
#include "learn/sampler.h"
#include "num/scalar.h"

/* What lr stays within. */
static const slt_real lr_least = {UINT64_C(0x3bf0000000000000)}; /* 2^-64 */
static const slt_real lr_most = {UINT64_C(0x43f0000000000000)};  /* 2^64 */

/* Stan's: gamma, t0 and kappa. */
static const slt_real shrinkage = {UINT64_C(0x3fa999999999999a)}; /* .05 */
static const slt_real decay = {UINT64_C(0x3fe8000000000000)};     /* .75 */
#define OFFSET 10

static const slt_schema fields[] = {
    {.key = "acceptance",
     .type = SLT_SCHEMA_REAL,
     AT(slt_llc_spec, adapt.acceptance),
     FLAG(slt_llc_spec, adapt.has_acceptance),
     .range = SLT_RANGE_FRACTION,
     .optional = true,
     .also = "target|delta|target_accept|adapt_delta",
     .meaning = "towards this one, above 0; absent: 0.574 of mala, 0.8 of hmc"},
};

const slt_schema slt_adapt_field = {
    .key = "adapt",
    .type = SLT_SCHEMA_MAP,
    FIELDS(fields),
    FLAG(slt_llc_spec, adapt.given),
    .optional = true,
    .also = "adaptation|dual_averaging|tune",
    .meaning = "updates of the burn-in change lr towards an acceptance, and those after "
               "it go on with the mean that they came to"};

static slt_real wanted(const slt_llc_spec *spec)
{
    return spec->adapt.has_acceptance ? spec->adapt.acceptance
                                      : slt_sampler_of(spec)->adapts_to;
}

slt_status slt_adapt_fit(const slt_llc_spec *spec, slt_error *err)
{
    if (!spec->adapt.given)
        return SLT_OK;
    if (!spec->num_burnin_steps)
        return slt_fail(err, SLT_FORMAT,
                        "adapt: lr is found in the burn-in, and there is none: set "
                        "num_burnin_steps");
    if (!slt_real_less(slt_real_of(0), wanted(spec)))
        return slt_fail(err, SLT_FORMAT,
                        "adapt: acceptance: expected a number above 0: no step is so "
                        "large that none is accepted");
    return SLT_OK;
}

uint64_t slt_adapt_updates(const slt_llc_spec *spec)
{
    return spec->adapt.given ? spec->num_burnin_steps : 0;
}

bool slt_adapt_is_lr(slt_real lr)
{
    return slt_real_finite(lr) && !slt_real_less(lr, lr_least) &&
           !slt_real_less(lr_most, lr);
}

/* The log of the step size, sqrt(lr), that is tried after so many updates. */
static slt_real log_step(const slt_llc_spec *spec, uint64_t updates, slt_real error)
{
    const slt_real middle =
        slt_real_log(slt_real_mul(slt_real_of(10), slt_real_sqrt(spec->lr)));
    const slt_real rate =
        slt_real_div(slt_real_sqrt(slt_real_from_u64(updates)), shrinkage);
    return slt_real_sub(middle, slt_real_mul(rate, error));
}

slt_real slt_adapt_lr(const slt_llc_spec *spec, const slt_chain *chain)
{
    const uint64_t adapts = slt_adapt_updates(spec), updates = chain->updates;
    if (!adapts || !updates)
        return spec->lr;
    const slt_real step =
        slt_real_exp(updates < adapts ? log_step(spec, updates, chain->adapted.error)
                                      : chain->adapted.log_step);
    const slt_real lr = slt_real_mul(step, step);
    if (slt_real_less(lr, lr_least))
        return lr_least;
    return slt_real_less(lr_most, lr) ? lr_most : lr;
}

/* (1 - share) mean + share value */
static slt_real averaged(slt_real mean, slt_real share, slt_real value)
{
    return slt_real_fma(slt_real_sub(slt_real_of(1), share), mean,
                        slt_real_mul(share, value));
}

void slt_adapt_take(const slt_llc_spec *spec, slt_real acceptance, slt_chain *chain)
{
    slt_adaptation *at = &chain->adapted;
    const uint64_t updates = chain->updates + 1;
    const slt_real share =
        slt_real_div(slt_real_of(1), slt_real_from_u64(updates + OFFSET));
    const slt_real weight = slt_real_exp(
        slt_real_neg(slt_real_mul(decay, slt_real_log(slt_real_from_u64(updates)))));
    at->error = averaged(at->error, share, slt_real_sub(wanted(spec), acceptance));
    at->log_step = averaged(at->log_step, weight, log_step(spec, updates, at->error));
}
