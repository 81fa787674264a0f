#include "learn/tempering.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/world.h"
#include "learn/metropolis.h"
#include "num/scalar.h"

/* The replicas' ordinals are this far apart: above all of slt_llc_ordinal + 1. */
#define ORDINALS (UINT32_C(1) << 20)
_Static_assert(SLT_LLC_MAX *SLT_LLC_CHECKPOINTS_MAX < ORDINALS, "no ordinal reaches it");
_Static_assert(SLT_TEMPERING_MAX <= SLT_SLOTS_MAX, "a slot for each replica");

#define REPLICA(name_)                                                                   \
    {                                                                                    \
        .name = (name_), .anchored = true                                                \
    }
const slt_slot_type slt_tempering_slots[SLT_TEMPERING_MAX] = {
    REPLICA("rung1"),  REPLICA("rung2"),  REPLICA("rung3"),  REPLICA("rung4"),
    REPLICA("rung5"),  REPLICA("rung6"),  REPLICA("rung7"),  REPLICA("rung8"),
    REPLICA("rung9"),  REPLICA("rung10"), REPLICA("rung11"), REPLICA("rung12"),
    REPLICA("rung13"), REPLICA("rung14"), REPLICA("rung15"),
};

/* ---- The ladder -------------------------------------------------------------------- */

static slt_status check_order(const slt_tempering_spec *ladder, slt_real nbeta,
                              slt_error *err)
{
    for (size_t i = 0; i < ladder->rungs; i++)
        if (!slt_real_less(ladder->nbeta[i], i ? ladder->nbeta[i - 1] : nbeta))
            return slt_fail(err, SLT_FORMAT,
                            "tempering: nbeta[%zu]: expected a number below %s", i,
                            i ? "that before it" : "nbeta of the estimate");
    return SLT_OK;
}

static slt_llc_spec spec_of_rung(const slt_llc_spec *spec, size_t rung)
{
    slt_llc_spec own = *spec;
    own.nbeta_of = SLT_NBETA_GIVEN;
    own.nbeta = spec->tempering.nbeta[rung];
    own.lr = spec->tempering.lr[rung];
    return own;
}

slt_status slt_tempering_check(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                               slt_real nbeta, slt_error *err)
{
    const slt_tempering_spec *ladder = &spec->tempering;
    const slt_sampler_type *type = slt_sampler_of(spec);
    slt_error inner = {0};
    if (!ladder->given)
        return SLT_OK;
    if (!type->corrects)
        return slt_fail(err, SLT_FORMAT,
                        "tempering: expected sampler: mala or hmc, whose chains have the "
                        "posterior's law at each nbeta exactly; exchanges would mix the "
                        "errors of others into it");
    if (spec->adapt.given)
        return slt_fail(err, SLT_FORMAT,
                        "tempering: not with adapt, which finds an lr for one nbeta");
    if (spec->observables.energies)
        return slt_fail(err, SLT_FORMAT,
                        "tempering: not with observables.energy: after an exchange a "
                        "chain is not where its trajectory ended");
    if (ladder->lrs != ladder->rungs)
        return slt_fail(err, SLT_FORMAT,
                        "tempering: lr: expected as many values as nbeta has, %zu, found "
                        "%zu",
                        ladder->rungs, ladder->lrs);
    for (size_t i = 0; i < ladder->rungs && type->fit; i++) {
        const slt_llc_spec own = spec_of_rung(spec, i);
        if (type->fit(&own, arithmetic, &inner))
            return slt_fail(err, SLT_FORMAT, "tempering: rung %zu: %s", i, inner.text);
    }
    return check_order(ladder, nbeta, err);
}

slt_status slt_tempering_create(slt_sampler *sampler, slt_error *err)
{
    const size_t rungs = sampler->spec->tempering.rungs;
    if (!rungs)
        return SLT_OK;
    sampler->rungs = slt_world.calloc(rungs, sizeof *sampler->rungs);
    if (!sampler->rungs)
        return slt_fail(err, SLT_RESOURCE, "no memory for a ladder of nbeta");
    for (size_t i = 0; i < rungs; i++) {
        slt_rung *rung = &sampler->rungs[i];
        rung->spec = spec_of_rung(sampler->spec, i);
        rung->sampler = *sampler;
        rung->sampler.spec = &rung->spec;
        rung->sampler.rungs = NULL;
        rung->sampler.setup.nbeta = rung->spec.nbeta;
        slt_sampler_tune(&rung->sampler, rung->spec.lr);
        rung->sampler.ordinal += (uint32_t)(i + 1) * ORDINALS;
    }
    return SLT_OK;
}

void slt_tempering_free(slt_sampler *sampler)
{
    free(sampler->rungs);
    sampler->rungs = NULL;
}

/* ---- Exchanges --------------------------------------------------------------------- */

/* Rounds go through so many sets of pairs, even and odd ones. */
static uint64_t turns_of(const slt_tempering_spec *spec)
{
    return spec->rungs > 1 ? 2 : 1;
}

bool slt_tempering_offers(const slt_tempering_spec *spec, uint64_t updates, size_t pair)
{
    SLT_ASSERT(updates > 0 && pair < spec->rungs);
    const uint64_t turns = turns_of(spec);
    return updates % spec->every == 0 &&
           (updates / spec->every - 1) % turns == pair % turns;
}

uint64_t slt_tempering_offered(const slt_tempering_spec *spec, uint64_t updates,
                               size_t pair)
{
    const uint64_t turns = turns_of(spec), rounds = updates / spec->every;
    return (rounds + turns - 1 - pair % turns) / turns;
}

slt_real slt_tempering_probability(slt_real nbeta, slt_real nbeta1, slt_real loss,
                                   slt_real loss1)
{
    return slt_metropolis_probability(
        slt_real_mul(slt_real_sub(nbeta, nbeta1), slt_real_sub(loss, loss1)));
}

bool slt_tempering_takes(const slt_sampler *sampler, slt_real probability, uint32_t chain,
                         uint64_t updates, size_t pair)
{
    return slt_metropolis_takes(slt_stream_of(sampler->run->seed, SLT_DRAW_EXCHANGE, 0,
                                              chain, (uint32_t)updates, sampler->ordinal),
                                pair, probability);
}

slt_real slt_tempering_rate(const slt_tempering_spec *spec, const slt_chain *chain,
                            size_t pair)
{
    const uint64_t offered = slt_tempering_offered(spec, chain->updates, pair);
    if (!offered)
        return slt_real_of(1);
    return slt_real_div(chain->exchange_sum[pair], slt_real_from_u64(offered));
}
