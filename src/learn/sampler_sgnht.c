/* sgnht: the stochastic gradient Nose-Hoover thermostat (Ding, Fang, Babbush, Chen, Skeel
 * and Neven 2014) with a thermostat for each number (Gan, Chen, Henao, Carlson and Carin
 * 2015).  With mass 1, h = sqrt(lr / 2), the diffusion A and a friction xi that begins at
 * A: p = p - h xi p - h grad U + sqrt(2 A h) N; w = w + h p; xi = xi + h (p^2 - 1).  An
 * update with h xi = 1 is one of SGLD of the same lr.  The slot xi holds xi - A. */
#include "base/schema_rows.h"
#include "learn/underdamped.h"
#include "num/members.h"
#include "num/scalar.h"

typedef struct sgnht {
    slt_real diffusion;
} sgnht;

static slt_underdamped_step sgnht_rule(const slt_llc_spec *spec, slt_real nbeta)
{
    const slt_real diffusion = ((const sgnht *)(const void *)spec->own)->diffusion;
    const slt_real two = slt_real_of(2);
    const slt_real h = slt_real_sqrt(slt_real_div(spec->lr, two));
    const slt_real fade = slt_real_mul(diffusion, h);
    return (slt_underdamped_step){
        .nbeta = nbeta,
        .gamma = spec->localization,
        .push = h,
        .fade = fade,
        .noise = slt_real_sqrt(slt_real_mul(two, fade)),
        .after = h,
    };
}

static slt_status sgnht_fit(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                            slt_error *err)
{
    if (!slt_llc_noise_is_whole(spec))
        return slt_fail(err, SLT_FORMAT,
                        "noise_level: expected 1 with sampler: sgnht, whose thermostat "
                        "takes out what other noise heats");
    if (spec->orthogonal)
        return slt_fail(err, SLT_FORMAT,
                        "restrict: orthogonal: not with a thermostat, which takes the "
                        "momentum that the plane holds back for heat");
    const slt_status status = slt_underdamped_fit(spec, arithmetic, "diffusion", err);
    if (status || arithmetic != SLT_FIXED)
        return status;
    if (slt_real_less(sgnht_rule(spec, slt_real_of(1)).fade, SLT_FIXED_NOISE_LEAST))
        return slt_fail(err, SLT_FORMAT,
                        "diffusion: so small that in arithmetic fixed the friction of an "
                        "update is below 2^-32, and the state's step of 2^-48 would bias "
                        "it");
    return SLT_OK;
}

static bool sgnht_step(const slt_sampler *sampler, slt_stream noise,
                       const slt_step_tensors *at)
{
    return slt_num_thermostat(&sampler->glide, noise, at->gradient, at->centre,
                              at->slot[0], at->slot[1], at->weight);
}

static bool sgnht_step_members(const slt_sampler *sampler, const slt_stream *noise,
                               const slt_step_tensors *at)
{
    return slt_members_thermostat(&sampler->glide, noise, at->gradient, at->centre,
                                  at->slot[0], at->slot[1], at->weight);
}

static const slt_schema field_diffusion = {
    .key = "diffusion",
    .type = SLT_SCHEMA_REAL,
    OWN(slt_llc_spec, sgnht, diffusion),
    .range = SLT_RANGE_POSITIVE,
    .also = "diffusion_factor",
    .meaning =
        "the friction that the thermostats begin with, a unit of time, of which an "
        "update is sqrt(lr / 2); the noise is as strong as it asks for"};

const slt_sampler_type slt_sampler_sgnht = {
    .name = "sgnht",
    .title = "SGNHT",
    .meaning = "a stochastic gradient Nose-Hoover thermostat for each number",
    .fields = FIELD_LIST(&field_diffusion),
    .slots = {{.name = "p", .anchored = true}, {.name = "xi", .anchored = true}},
    .fit = sgnht_fit,
    .rule = sgnht_rule,
    .step = sgnht_step,
    .step_members = sgnht_step_members,
    .work = 108,
};
