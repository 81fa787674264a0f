/* sghmc: stochastic gradient Hamiltonian Monte Carlo (Chen, Fox and Guestrin 2014), in
 * the form of its equation 15 without an estimate of the gradient's noise: with eta = lr
 * / 2 and a the momentum decay, p = (1 - a) p - eta grad U + sqrt(2 a eta) N; w = w + p.
 * With a = 1 that is an SGLD step of the same lr. */
#include "learn/underdamped.h"

#include "base/schema_rows.h"
#include "num/scalar.h"

typedef struct sghmc {
    slt_real momentum_decay;
} sghmc;

static slt_real sghmc_decay(const slt_llc_spec *spec)
{
    return ((const sghmc *)(const void *)spec->own)->momentum_decay;
}

static slt_underdamped_step sghmc_rule(const slt_llc_spec *spec, slt_real nbeta)
{
    const slt_real decay = sghmc_decay(spec);
    return (slt_underdamped_step){
        .nbeta = nbeta,
        .gamma = spec->localization,
        .lose = decay,
        .push = slt_real_div(spec->lr, slt_real_of(2)),
        .noise = slt_real_sqrt(slt_real_mul(decay, spec->lr)),
        .after = slt_real_of(1),
    };
}

static slt_status sghmc_fit(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                            slt_error *err)
{
    if (slt_real_less(slt_real_of(1), sghmc_decay(spec)))
        return slt_fail(err, SLT_FORMAT, "momentum_decay: at most 1, which leaves none");
    return slt_underdamped_fit(spec, arithmetic, "momentum_decay", err);
}

static const slt_schema field_momentum_decay = {
    .key = "momentum_decay",
    .type = SLT_SCHEMA_REAL,
    OWN(slt_llc_spec, sghmc, momentum_decay),
    .range = SLT_RANGE_POSITIVE,
    PRESET(REAL_VALUE(0x3fb999999999999a)),
    .also = "mdecay|alpha|momentum",
    .meaning = "the share of the momentum that an update takes away, 1 less SGD's "
               "momentum; at most 1"};

const slt_sampler_type slt_sampler_sghmc = {
    .name = "sghmc",
    .title = "SGHMC",
    .meaning = "stochastic gradient Hamiltonian Monte Carlo",
    .fields = FIELD_LIST(&field_momentum_decay),
    .slots = SLT_UNDERDAMPED_SLOTS,
    .fit = sghmc_fit,
    .rule = sghmc_rule,
    .step = slt_underdamped_move,
    .step_members = slt_underdamped_move_members,
    .work = 104,
};
