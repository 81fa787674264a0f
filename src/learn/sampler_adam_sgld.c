/* adam-sgld: SGLD with Adam's mean of gradients in the place of the gradient, and scaled
 * by the root of Adam's mean square, both corrected for their start at 0 (Kingma and Ba
 * 2015): with mhat and vhat as there and q = 1 / (sqrt(vhat) + eps), w = w - lr/2 q
 * (nbeta mhat + gamma (w - w*)) + sqrt(lr q) N.  The pull is in neither mean. */
#include "base/schema_rows.h"
#include "learn/preconditioned.h"
#include "num/members.h"
#include "num/scalar.h"

typedef struct adam_sgld {
    slt_real betas[2], eps;
} adam_sgld;

static const adam_sgld *own_of(const slt_llc_spec *spec)
{
    return (const adam_sgld *)(const void *)spec->own;
}

/* base^exponent, by squaring, from the highest bit of the exponent down. */
static slt_real power(slt_real base, uint64_t exponent)
{
    slt_real result = slt_real_of(1);
    for (int bit = 63; bit >= 0; bit--) {
        result = slt_real_mul(result, result);
        if (exponent >> bit & 1)
            result = slt_real_mul(result, base);
    }
    return result;
}

static slt_preconditioned_step adam_sgld_scale(const slt_sampler *sampler,
                                               uint64_t update)
{
    const adam_sgld *own = own_of(sampler->spec);
    const slt_real one = slt_real_of(1);
    const slt_real mean = slt_real_sub(one, power(own->betas[0], update + 1));
    const slt_real square = slt_real_sub(one, power(own->betas[1], update + 1));
    slt_preconditioned_step step = {.sgld = sampler->step,
                                    .alpha = own->betas[1],
                                    .one_minus_alpha = slt_real_sub(one, own->betas[1]),
                                    .eps = own->eps,
                                    .raise = slt_real_div(one, slt_real_sqrt(square)),
                                    .beta = own->betas[0],
                                    .one_minus_beta = slt_real_sub(one, own->betas[0])};
    step.sgld.nbeta = slt_real_div(sampler->step.nbeta, mean);
    return step;
}

static slt_status adam_sgld_fit(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                                slt_error *err)
{
    return slt_preconditioned_fit(spec, own_of(spec)->eps, arithmetic, err);
}

static bool adam_sgld_step(const slt_sampler *sampler, slt_stream noise,
                           const slt_step_tensors *at)
{
    (void)sampler;
    return slt_num_preconditioned(at->scaled, noise, at->gradient, at->centre,
                                  at->slot[0], at->slot[1], at->weight);
}

static bool adam_sgld_step_members(const slt_sampler *sampler, const slt_stream *noise,
                                   const slt_step_tensors *at)
{
    (void)sampler;
    return slt_members_preconditioned(at->scaled, noise, at->gradient, at->centre,
                                      at->slot[0], at->slot[1], at->weight);
}

static const slt_schema beta_item = {
    .type = SLT_SCHEMA_REAL, ITEM(slt_real), .range = SLT_RANGE_FRACTION};

static const slt_schema field_betas = {
    .key = "betas",
    .type = SLT_SCHEMA_LIST,
    .offset = offsetof(slt_llc_spec, own) + offsetof(adam_sgld, betas),
    ONE(beta_item),
    .least = 2,
    .most = 2,
    PRESET_LIST(2, REAL_VALUE(0x3feccccccccccccd), REAL_VALUE(0x3feff7ced916872b)),
    .also = "beta1|beta2",
    .meaning = "what is left of the mean of gradients, and of that of their squares, "
               "after an update"};

static const slt_schema field_eps = {.key = "eps",
                                     .type = SLT_SCHEMA_REAL,
                                     OWN(slt_llc_spec, adam_sgld, eps),
                                     .range = SLT_RANGE_POSITIVE,
                                     PRESET(REAL_VALUE(0x3fb999999999999a)),
                                     .also = "epsilon|stability",
                                     .meaning = "added to the root of the mean square"};

const slt_sampler_type slt_sampler_adam_sgld = {
    .name = "adam-sgld",
    .title = "Adam-SGLD",
    .meaning =
        "SGLD by Adam's mean of gradients, preconditioned by that of their squares",
    .fields = FIELD_LIST(&field_betas, &field_eps),
    .slots = {{.name = "m"}, {.name = "v", .squares = true}},
    .fit = adam_sgld_fit,
    .scale = adam_sgld_scale,
    .step = adam_sgld_step,
    .step_members = adam_sgld_step_members,
    .biased = true,
    .work = 116,
};
