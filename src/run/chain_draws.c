#include "run/chain_draws.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/endian.h"
#include "base/world.h"

/* The chains of one estimate, and their losses one after another. */
typedef struct chains_found {
    const slt_record **chain;
    size_t count;
    const slt_real **losses;
    slt_real *loss;
} chains_found;

static slt_status refuse(const slt_chains_spec *spec, slt_error *err, const char *why)
{
    if (spec->at_last)
        return slt_fail(err, SLT_FORMAT, "figure.chains.%s: run %zu %s estimate %" PRIu64,
                        spec->name, spec->run, why, spec->llc);
    return slt_fail(err, SLT_FORMAT,
                    "figure.chains.%s: run %zu %s estimate %" PRIu64 " at step %" PRIu64,
                    spec->name, spec->run, why, spec->llc, spec->step);
}

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the chains of an estimate");
}

/* Finds them: of several steps those of the last one. */
static slt_status find_chains(const slt_trace *trace, const slt_chains_spec *spec,
                              chains_found *found, slt_error *err)
{
    const size_t records = slt_trace_records(trace);
    found->chain = slt_world.calloc(records + 1, sizeof(const slt_record *));
    if (!found->chain)
        return no_memory(err);
    for (size_t i = 0; i < records; i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind != SLT_RECORD_CHAIN || record->llc + 1 != spec->llc ||
            (!spec->at_last && record->at_step != spec->step))
            continue;
        if (found->count && found->chain[0]->at_step != record->at_step)
            found->count = 0;
        found->chain[found->count++] = record;
    }
    return found->count ? SLT_OK : refuse(spec, err, "has no");
}

/* The trace is not trusted: chains of one estimate have as many draws. */
static slt_status check_chains(const slt_chains_spec *spec, const chains_found *found,
                               slt_error *err)
{
    const uint64_t draws = found->chain[0]->draws;
    for (size_t c = 0; c < found->count; c++)
        if (!found->chain[c]->has_losses)
            return refuse(spec, err, "does not store the losses of the chains of");
        else if (!draws || found->chain[c]->draws != draws)
            return refuse(spec, err, "has chains of other numbers of draws in");
    return SLT_OK;
}

static slt_status read_losses(chains_found *found, slt_error *err)
{
    const size_t draws = found->chain[0]->loss_count;
    found->losses = slt_world.calloc(found->count, sizeof(const slt_real *));
    found->loss = slt_world.calloc(found->count * draws, sizeof *found->loss);
    if (!found->losses || !found->loss)
        return no_memory(err);
    for (size_t c = 0; c < found->count; c++) {
        found->losses[c] = found->loss + c * draws;
        for (size_t i = 0; i < draws; i++)
            found->loss[c * draws + i].bits =
                slt_load_le64(found->chain[c]->losses + 8 * i);
    }
    return SLT_OK;
}

slt_status slt_chain_draws_of_trace(const slt_trace *trace, slt_chain_draws *draws,
                                    slt_error *err)
{
    const slt_chains_spec *spec = draws->spec;
    chains_found found = {0};
    slt_status status = find_chains(trace, spec, &found, err);
    if (!status)
        status = check_chains(spec, &found, err);
    if (!status)
        status = read_losses(&found, err);
    if (!status) {
        const slt_diagnosed of = {.chains = found.count,
                                  .draws = found.chain[0]->draws,
                                  .nbeta = found.chain[0]->nbeta,
                                  .init_loss = found.chain[0]->init_loss};
        const slt_chain_wanted wanted = {.loss = spec->of_loss, .lags = spec->lags};
        status = slt_chain_curves_find(&of, found.losses, wanted, &draws->curves, err);
    }
    free(found.chain);
    free(found.losses);
    free(found.loss);
    return status;
}
