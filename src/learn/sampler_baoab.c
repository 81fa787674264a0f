/* baoab: underdamped Langevin dynamics of mass 1 by the splitting BAOAB (Leimkuhler and
 * Matthews 2013), its two half kicks at one place made one, so that an update takes one
 * gradient.  The step is h = sqrt(lr): at full friction an update's drift and noise are
 * those of an SGLD step of that lr. */
#include "learn/underdamped.h"

#include "base/schema_rows.h"
#include "num/scalar.h"

typedef struct baoab {
    slt_real friction;
} baoab;

static slt_underdamped_step baoab_rule(const slt_llc_spec *spec, slt_real nbeta)
{
    const slt_real friction = ((const baoab *)(const void *)spec->own)->friction;
    const slt_real one = slt_real_of(1), h = slt_real_sqrt(spec->lr);
    const slt_real half = slt_real_div(h, slt_real_of(2));
    const slt_real keep =
        slt_real_exp(slt_real_sub(slt_real_of(0), slt_real_mul(friction, h)));
    const slt_real fade = slt_real_sub(one, keep);
    return (slt_underdamped_step){
        .nbeta = nbeta,
        .gamma = spec->localization,
        .push = h,
        .before = half,
        .fade = fade,
        .noise = slt_real_sqrt(slt_real_mul(fade, slt_real_add(one, keep))),
        .after = half,
    };
}

static slt_status baoab_fit(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                            slt_error *err)
{
    return slt_underdamped_fit(spec, arithmetic, "friction", err);
}

static const slt_schema field_friction = {
    .key = "friction",
    .type = SLT_SCHEMA_REAL,
    OWN(slt_llc_spec, baoab, friction),
    .range = SLT_RANGE_POSITIVE,
    .also = "damping|collision_rate",
    .meaning = "what the momentum loses a unit of time, of which an update is sqrt(lr)"};

const slt_sampler_type slt_sampler_baoab = {
    .name = "baoab",
    .title = "BAOAB",
    .meaning = "underdamped Langevin dynamics, mass 1, by the splitting BAOAB",
    .fields = FIELD_LIST(&field_friction),
    .slots = SLT_UNDERDAMPED_SLOTS,
    .fit = baoab_fit,
    .rule = baoab_rule,
    .step = slt_underdamped_move,
    .step_members = slt_underdamped_move_members,
    .work = 108,
    .functions = (slt_function_set)1 << SLT_FN_exp,
};
