/* rmsprop-sgld: SGLD preconditioned by the root of a running mean of squared gradients,
 * as devinterp's SGMCMC.rmsprop_sgld has it: drift, localization's pull among it, times
 * q = 1 / (sqrt(v) + eps), noise times its root.  The term Gamma of Li et al. 2016, what
 * a q that hangs on the weights adds to the drift, is left out there and here. */
#include "base/schema_rows.h"
#include "learn/preconditioned.h"
#include "num/members.h"
#include "num/scalar.h"

typedef struct rmsprop_sgld {
    slt_real alpha, eps;
} rmsprop_sgld;

static const rmsprop_sgld *own_of(const slt_llc_spec *spec)
{
    return (const rmsprop_sgld *)(const void *)spec->own;
}

static slt_preconditioned_step rmsprop_sgld_scale(const slt_sampler *sampler,
                                                  uint64_t update)
{
    (void)update;
    const rmsprop_sgld *own = own_of(sampler->spec);
    return (slt_preconditioned_step){.sgld = sampler->step,
                                     .alpha = own->alpha,
                                     .one_minus_alpha =
                                         slt_real_sub(slt_real_of(1), own->alpha),
                                     .eps = own->eps,
                                     .raise = slt_real_of(1)};
}

static slt_status rmsprop_sgld_fit(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                                   slt_error *err)
{
    return slt_preconditioned_fit(spec, own_of(spec)->eps, arithmetic, err);
}

static bool rmsprop_sgld_step(const slt_sampler *sampler, slt_stream noise,
                              const slt_step_tensors *at)
{
    (void)sampler;
    return slt_num_preconditioned(at->scaled, noise, at->gradient, at->centre, NULL,
                                  at->slot[0], at->weight);
}

static bool rmsprop_sgld_step_members(const slt_sampler *sampler, const slt_stream *noise,
                                      const slt_step_tensors *at)
{
    (void)sampler;
    return slt_members_preconditioned(at->scaled, noise, at->gradient, at->centre, NULL,
                                      at->slot[0], at->weight);
}

static const slt_schema field_alpha = {
    .key = "alpha",
    .type = SLT_SCHEMA_REAL,
    OWN(slt_llc_spec, rmsprop_sgld, alpha),
    .range = SLT_RANGE_FRACTION,
    PRESET(REAL_VALUE(0x3fefae147ae147ae)),
    .also = "beta2|decay_rate",
    .meaning = "what is left of the mean square of gradients after an update"};

static const slt_schema field_eps = {.key = "eps",
                                     .type = SLT_SCHEMA_REAL,
                                     OWN(slt_llc_spec, rmsprop_sgld, eps),
                                     .range = SLT_RANGE_POSITIVE,
                                     PRESET(REAL_VALUE(0x3fb999999999999a)),
                                     .also = "epsilon|stability",
                                     .meaning = "added to the root of the mean square"};

const slt_sampler_type slt_sampler_rmsprop_sgld = {
    .name = "rmsprop-sgld",
    .title = "RMSProp-SGLD",
    .meaning = "SGLD preconditioned by the root of a running mean of squared gradients",
    .fields = FIELD_LIST(&field_alpha, &field_eps),
    .slots = {{.name = "v", .squares = true}},
    .fit = rmsprop_sgld_fit,
    .scale = rmsprop_sgld_scale,
    .step = rmsprop_sgld_step,
    .step_members = rmsprop_sgld_step_members,
    .biased = true,
    .work = 112,
};
