/* The estimates of a run: chains in waves, side by side, records in order. */
#include "run/execute_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "learn/adapt.h"
#include "learn/tempering.h"
#include "num/scalar.h"

/* Multiplications, some milliseconds of work, between two questions to the caller
 * whether to pause. */
#define SLICE_WORK 4000000u

typedef struct estimate {
    slt_executor *executor;
    const slt_llc_spec *spec;
    bool last; /* of the checkpoints that it is made at */
    slt_sampler *sampler;
    const slt_llc_setup *setup;
    uint64_t at_step;
    uint64_t slice;      /* updates between two questions to the caller */
    size_t first, count; /* the wave's chains */
} estimate;

static slt_status write_chain(estimate *e, uint32_t chain, slt_error *err)
{
    slt_execution *at = e->executor->at;
    slt_trace_writer *writer = e->executor->writer;
    if (writer)
        slt_trace_write_chain(writer, &at->run->model, e->spec, (uint32_t)at->llc, chain,
                              e->at_step, e->setup, &at->chains[chain],
                              slt_llc_stores_losses(e->spec, e->last));
    at->chains_written++;
    return writer ? slt_executor_emit(e->executor, err) : SLT_OK;
}

static slt_status write_wave(estimate *e, slt_error *err)
{
    const slt_execute_hooks *hooks = e->executor->hooks;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < e->count && !status; i++) {
        const size_t chain = e->first + i;
        if (hooks->chain)
            status = hooks->chain(hooks->context, e->executor->at, chain, e->setup, err);
        if (!status)
            status = write_chain(e, (uint32_t)chain, err);
    }
    return status;
}

static slt_status wave(estimate *e, slt_error *err)
{
    slt_status status =
        slt_sample_advance(e->executor, e->sampler, e->first, e->count, e->slice, err);
    return status ? status : write_wave(e, err);
}

/* ---- Results ----------------------------------------------------------------------- */

/* The mean of the chains' acceptance rates. */
static slt_real mean_acceptance(const estimate *e)
{
    const slt_execution *at = e->executor->at;
    slt_real share[SLT_LLC_CHAINS_MAX];
    for (size_t i = 0; i < at->chain_count; i++)
        share[i] = slt_chain_acceptance(e->spec, &at->chains[i]);
    return slt_real_mean(share, at->chain_count);
}

/* The mean of what lr the chains have adapted. */
static slt_real mean_lr(const estimate *e)
{
    const slt_execution *at = e->executor->at;
    slt_real lr[SLT_LLC_CHAINS_MAX];
    for (size_t i = 0; i < at->chain_count; i++)
        lr[i] = slt_adapt_lr(e->spec, &at->chains[i]);
    return slt_real_mean(lr, at->chain_count);
}

/* The same of the exchanges of a pair of replicas. */
static slt_real mean_exchange(const slt_execution *at, size_t pair)
{
    const slt_tempering_spec *ladder = &at->run->llc[at->llc].tempering;
    slt_real share[SLT_LLC_CHAINS_MAX];
    for (size_t i = 0; i < at->chain_count; i++)
        share[i] = slt_tempering_rate(ladder, &at->chains[i], pair);
    return slt_real_mean(share, at->chain_count);
}

/* The caller frees *result. */
static slt_status find_stein(const estimate *e, slt_stein_result **result, slt_error *err)
{
    const slt_execution *at = e->executor->at;
    *result = slt_world.calloc(1, sizeof **result);
    if (!*result)
        return slt_fail(err, SLT_RESOURCE, "no memory for an estimate's Stein ratios");
    for (size_t i = 0; i < at->chain_count; i++)
        slt_stein_put(i, slt_stein_of_chain(e->spec, e->setup, &at->chains[i].stein),
                      *result);
    slt_stein_combine(at->chain_count, *result);
    return SLT_OK;
}

/* The caller frees *result. */
static slt_status find_llc(const estimate *e, slt_llc_result **result, slt_error *err)
{
    const slt_execution *at = e->executor->at;
    const slt_real **losses = slt_world.calloc(at->chain_count, sizeof *losses);
    *result = slt_world.calloc(1, sizeof **result);
    slt_status status = SLT_OK;
    if (!losses || !*result)
        status = slt_fail(err, SLT_RESOURCE, "no memory for an estimate's results");
    for (size_t i = 0; i < at->chain_count && !status; i++)
        losses[i] = at->chains[i].losses;
    if (!status)
        slt_llc_estimate(e->spec, e->setup, losses, *result);
    free(losses);
    return status;
}

/* The first chain that ended early; NULL if none did. */
static const slt_chain *first_failed(const slt_execution *at)
{
    for (size_t i = 0; i < at->chain_count; i++)
        if (at->chains[i].status != SLT_CHAIN_DONE)
            return &at->chains[i];
    return NULL;
}

/* The run ends in the status of its first chain that ended early. */
static void note_failure(slt_execution *at, const slt_chain *failed)
{
    bool overflow = failed->status == SLT_CHAIN_OVERFLOW;
    if (at->status == SLT_RUN_DONE) {
        at->status = overflow ? SLT_RUN_OVERFLOW : SLT_RUN_DIVERGED;
        snprintf(at->tensor, sizeof at->tensor, "%s", overflow ? failed->overflowed : "");
    }
}

static void free_chains(slt_execution *at)
{
    for (size_t i = 0; i < at->chain_count; i++)
        slt_chain_free(&at->chains[i]);
    free(at->chains);
    at->chains = NULL;
    at->chain_count = at->chains_written = 0;
}

static slt_status finish_estimate(estimate *e, slt_error *err)
{
    slt_execution *at = e->executor->at;
    const slt_chain *failed = first_failed(at);
    slt_llc_result *llc = NULL;
    slt_stein_result *stein = NULL;
    slt_findings found = {0};
    slt_status status = SLT_OK;
    if (e->spec->hessian.probes)
        status = slt_sample_trace(e->executor, e->sampler, e->at_step, &found.trace, err);
    if (failed)
        note_failure(at, failed);
    else if (!status)
        status = find_llc(e, &llc, err);
    if (!status && llc && slt_sampler_accepts(e->spec))
        found.acceptance = mean_acceptance(e);
    if (!status && llc && e->spec->adapt.given)
        found.adapted_lr = mean_lr(e);
    for (size_t i = 0; !status && llc && i < e->spec->tempering.rungs; i++)
        found.swap[i] = mean_exchange(at, i);
    if (!status && llc && e->spec->stein)
        status = find_stein(e, &stein, err);
    found.llc = llc;
    found.stein = stein;
    if (!status)
        slt_results_of_estimate(&at->results, at->run, at->llc, e->at_step, e->last,
                                &found);
    if (!status && at->results.failed)
        status = slt_fail(err, SLT_RESOURCE, "no memory for the results of a run");
    free(stein);
    free(llc);
    free_chains(at);
    return status;
}

/* ---- One estimate ------------------------------------------------------------------ */

static slt_status create_chains(estimate *e, slt_error *err)
{
    slt_execution *at = e->executor->at;
    at->chains = slt_world.calloc(e->spec->num_chains, sizeof *at->chains);
    if (!at->chains)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu chains",
                        e->spec->num_chains);
    slt_status status = SLT_OK;
    for (size_t i = 0; i < e->spec->num_chains && !status; i++) {
        status = slt_chain_create(e->sampler, &at->chains[i], err);
        at->chain_count += !status;
    }
    return status;
}

static uint64_t slice_of(const slt_run_spec *run, const slt_llc_spec *llc)
{
    size_t rows = llc->batch.order == SLT_BATCH_FULL ? slt_llc_samples(llc, run)
                                                     : llc->batch.size;
    uint64_t work = 3 * (uint64_t)slt_model_parameters(&run->model) * rows *
                    slt_sampler_gradients(llc);
    return work < SLICE_WORK ? SLICE_WORK / (work + 1) + 1 : 1;
}

static slt_status run_estimate(estimate *e, slt_error *err)
{
    slt_execution *at = e->executor->at;
    slt_status status = SLT_OK;
    if (!at->chains)
        status = create_chains(e, err);
    while (!status && at->chains_written < at->chain_count) {
        e->first = at->chains_written;
        e->count = at->chain_count - e->first;
        if (e->count > SLT_WAVE_MAX)
            e->count = SLT_WAVE_MAX;
        status = wave(e, err);
    }
    return status ? status : finish_estimate(e, err);
}

/* ---- Where estimates stand --------------------------------------------------------- */

/* The checkpoints that an estimate may stand at: those whose weights are kept, and the
 * last, whose weights the state has. */
static size_t count_sites(const slt_execution *at)
{
    const slt_kept *kept = &at->kept;
    return kept->count + (!kept->count || kept->steps[kept->count - 1] != at->state.step);
}

static uint64_t step_of_site(const slt_execution *at, size_t site)
{
    return site < at->kept.count ? at->kept.steps[site] : at->state.step;
}

static bool stands_at(const slt_execution *at, const slt_llc_spec *spec, size_t site)
{
    const uint64_t step = step_of_site(at, site);
    return slt_marks_made_at(&at->run->train, &at->marks, spec, step,
                             step == at->state.step);
}

/* The stop rule may have ended training before a step that the estimate names; a mark may
 * never have been reached. */
size_t slt_sample_places(const slt_execution *at, const slt_llc_spec *spec)
{
    const size_t sites = count_sites(at);
    size_t places = 0;
    if (!slt_marks_allow(&at->run->train, &at->marks, spec))
        return 0;
    for (size_t i = 0; i < sites; i++)
        places += stands_at(at, spec, i);
    return places;
}

uint64_t slt_sample_step(const slt_execution *at, const slt_llc_spec *spec, size_t place)
{
    size_t site = 0;
    for (size_t before = place + 1; before > 0; site++)
        before -= stands_at(at, spec, site);
    return step_of_site(at, site - 1);
}

/* ---- The whole --------------------------------------------------------------------- */

slt_status slt_sample_place(slt_executor *executor, uint64_t step, bool last,
                            const slt_params *start, slt_error *err)
{
    slt_execution *at = executor->at;
    const slt_llc_spec *spec = &at->run->llc[at->llc];
    estimate e = {.executor = executor,
                  .spec = spec,
                  .last = last,
                  .at_step = step,
                  .slice = slice_of(at->run, spec)};
    slt_status status = slt_sampler_create(at->run, slt_llc_ordinal(at->llc, at->place),
                                           executor->data, start, &e.sampler, err);
    if (status)
        return status;
    e.setup = slt_sampler_setup(e.sampler);
    status = run_estimate(&e, err);
    slt_sampler_free(e.sampler);
    return status;
}

/* Makes the estimate at the checkpoints that are left, at->place and later. */
static slt_status one_estimate(slt_executor *executor, slt_error *err)
{
    slt_execution *at = executor->at;
    const slt_llc_spec *spec = &at->run->llc[at->llc];
    const size_t places = slt_sample_places(at, spec);
    slt_params kept;
    slt_status status =
        slt_params_create(&at->run->model, at->run->arithmetic, &kept, err);
    if (status)
        return status;
    for (size_t site = 0, place = 0; !status && at->place < places; site++) {
        if (!stands_at(at, spec, site) || place++ < at->place)
            continue;
        const bool stored = site < at->kept.count;
        if (stored)
            status = slt_kept_load(&at->kept, site, &kept, err);
        if (!status)
            status = slt_sample_place(executor, step_of_site(at, site), place == places,
                                      stored ? &kept : &at->state.weights, err);
        if (!status)
            at->place++;
    }
    slt_params_free(&kept);
    return status;
}

slt_status slt_sample(slt_executor *executor, slt_error *err)
{
    slt_execution *at = executor->at;
    slt_status status = SLT_OK;
    while (!status && at->llc < at->run->llc_count) {
        status = one_estimate(executor, err);
        if (status)
            break;
        at->llc++;
        at->place = 0;
    }
    if (!status)
        at->phase = SLT_PHASE_CLOSE;
    return status;
}
