/* The estimates of a run: chains in waves, side by side, records in order. */
#include "study/execute_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num/scalar.h"
#include "study/snapshot.h"

/* Chains that are held at once, each with a worker of its own. */
#define WAVE_MAX 32
/* Multiplications between two looks at the caller's wish for a pause: milliseconds. */
#define SLICE_WORK 4000000u

typedef struct estimate {
    slt_executor *executor;
    const slt_llc_spec *spec;
    slt_sampler *sampler;
    const slt_llc_setup *setup;
    uint64_t at_step;
    uint64_t slice;      /* updates between two looks */
    size_t first, count; /* the wave's chains */
    slt_chain_worker *workers[WAVE_MAX];
} estimate;

static void advance_chain(void *argument, size_t index)
{
    estimate *e = argument;
    slt_chain *chain = &e->executor->at->chains[e->first + index];
    while (!chain->ended) {
        uint64_t before = chain->updates;
        slt_chain_advance(e->workers[index], chain, e->slice);
        atomic_fetch_add_explicit(&e->executor->done, chain->updates - before,
                                  memory_order_relaxed);
        if (slt_executor_wanted(e->executor))
            break;
    }
}

static bool wave_ended(const estimate *e)
{
    const slt_chain *chains = e->executor->at->chains + e->first;
    for (size_t i = 0; i < e->count; i++)
        if (!chains[i].ended)
            return false;
    return true;
}

/* Chains may have been brought to different places when all stop for a pause. */
static slt_status run_wave(estimate *e, slt_error *err)
{
    slt_status status = SLT_OK;
    while (!status && !wave_ended(e)) {
        slt_pool_each(e->executor->pool, e->count, advance_chain, e);
        if (slt_executor_wanted(e->executor))
            status = slt_executor_pause(e->executor, err);
    }
    return status;
}

static slt_status write_wave(estimate *e, slt_error *err)
{
    slt_execution *at = e->executor->at;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < e->count && !status; i++) {
        uint32_t chain = (uint32_t)(e->first + i);
        slt_trace_write_chain(e->executor->writer, &at->run->model, e->spec,
                              (uint32_t)at->llc, chain, e->at_step, e->setup,
                              &at->chains[chain]);
        at->chains_written++;
        status = slt_executor_emit(e->executor, err);
    }
    return status;
}

static slt_status wave(estimate *e, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < e->count && !status; i++)
        status = slt_chain_worker_create(e->sampler, (uint32_t)(e->first + i),
                                         &e->workers[i], err);
    if (!status)
        status = run_wave(e, err);
    if (!status)
        status = write_wave(e, err);
    for (size_t i = 0; i < e->count; i++)
        slt_chain_worker_free(e->workers[i]);
    memset(e->workers, 0, sizeof e->workers);
    return status;
}

/* ---- Results ----------------------------------------------------------------------- */

static slt_status add_result(slt_execution *at, const char *what, const char *name,
                             slt_real value, slt_error *err)
{
    char full[40];
    size_t slash = strcspn(what, "/-");
    if (at->llc)
        snprintf(full, sizeof full, "%.*s%zu%s%s", (int)slash, what, at->llc + 1,
                 what + slash, name);
    else
        snprintf(full, sizeof full, "%s%s", what, name);
    return slt_execution_result(at, full, value, err);
}

static slt_status add_acceptance(slt_execution *at, slt_error *err)
{
    slt_real share[SLT_LLC_CHAINS_MAX];
    for (size_t i = 0; i < at->chain_count; i++)
        share[i] = slt_chain_acceptance(&at->chains[i]);
    return add_result(at, "mala/acceptance", "", slt_real_mean(share, at->chain_count),
                      err);
}

static slt_status add_llc(const estimate *e, slt_error *err)
{
    slt_execution *at = e->executor->at;
    const slt_real **losses = calloc(at->chain_count, sizeof *losses);
    slt_llc_result *result = calloc(1, sizeof *result);
    slt_status status = SLT_OK;
    if (!losses || !result)
        status = slt_fail(err, SLT_RESOURCE, "no memory for an estimate's results");
    for (size_t i = 0; i < at->chain_count && !status; i++)
        losses[i] = at->chains[i].losses;
    if (!status) {
        slt_llc_estimate(e->spec, e->setup, losses, result);
        status = add_result(at, "llc/mean", "", result->mean, err);
    }
    if (!status && result->has_sd)
        status = add_result(at, "llc/std", "", result->sd, err);
    for (size_t i = 0; i < at->chain_count && !status; i++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", i);
        status = add_result(at, "llc-chain/", number, result->chain[i], err);
    }
    free(losses);
    free(result);
    return status;
}

/* The first chain that did not finish, NULL where all did. */
static const slt_chain *first_failed(const slt_execution *at)
{
    for (size_t i = 0; i < at->chain_count; i++)
        if (at->chains[i].status != SLT_CHAIN_DONE)
            return &at->chains[i];
    return NULL;
}

/* An estimate without one of its chains has no mean: nil. */
static slt_status add_failure(slt_execution *at, const slt_chain *failed, slt_error *err)
{
    static const slt_real nil = {UINT64_C(0x7ff8000000000000)};
    bool overflow = failed->status == SLT_CHAIN_OVERFLOW;
    if (at->status == SLT_RUN_DONE) {
        at->status = overflow ? SLT_RUN_OVERFLOW : SLT_RUN_DIVERGED;
        snprintf(at->tensor, sizeof at->tensor, "%s", overflow ? failed->overflowed : "");
    }
    return add_result(at, "llc/mean", "", nil, err);
}

static slt_status finish_estimate(estimate *e, slt_error *err)
{
    slt_execution *at = e->executor->at;
    const slt_chain *failed = first_failed(at);
    slt_real trace = slt_real_of(0);
    slt_status status = SLT_OK;
    if (e->spec->hessian_probes)
        status = slt_sample_trace(e->executor, e->sampler, e->spec->hessian_probes,
                                  &trace, err);
    if (!status)
        status = failed ? add_failure(at, failed, err) : add_llc(e, err);
    if (!failed && !status && e->spec->mala_acceptance)
        status = add_acceptance(at, err);
    if (!status && e->spec->hessian_probes)
        status = add_result(at, "hessian/trace", "", trace, err);
    for (size_t i = 0; i < at->chain_count; i++)
        slt_chain_free(&at->chains[i]);
    free(at->chains);
    at->chains = NULL;
    at->chain_count = at->chains_written = 0;
    return status;
}

/* ---- One estimate ------------------------------------------------------------------ */

static slt_status create_chains(estimate *e, slt_error *err)
{
    slt_execution *at = e->executor->at;
    at->chains = calloc(e->spec->num_chains, sizeof *at->chains);
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
    size_t rows = llc->batch.order == SLT_BATCH_FULL ? slt_data_samples(&run->data)
                                                     : llc->batch.size;
    uint64_t work = 3 * (uint64_t)slt_model_parameters(&run->model) * rows;
    return work < SLICE_WORK ? SLICE_WORK / (work + 1) + 1 : 1;
}

static slt_status run_estimate(estimate *e, slt_error *err)
{
    slt_execution *at = e->executor->at;
    slt_status status = SLT_OK;
    if (!at->chains)
        status = create_chains(e, err);
    if (!status && at->frozen_chains.size)
        status = slt_snapshot_thaw(at, err);
    while (!status && at->chains_written < at->chain_count) {
        e->first = at->chains_written;
        e->count = at->chain_count - e->first;
        if (e->count > WAVE_MAX)
            e->count = WAVE_MAX;
        status = wave(e, err);
    }
    return status ? status : finish_estimate(e, err);
}

static slt_status one_estimate(slt_executor *executor, slt_error *err)
{
    slt_execution *at = executor->at;
    const slt_llc_spec *spec = &at->run->llc[at->llc];
    const slt_params *start = spec->at_last ? &at->state.weights : &at->kept[at->llc];
    estimate e = {.executor = executor,
                  .spec = spec,
                  .at_step = spec->at_last ? at->state.step : spec->at,
                  .slice = slice_of(at->run, spec)};
    slt_status status = slt_sampler_create(
        at->run, at->llc, slt_trainer_data(executor->trainer), start, &e.sampler, err);
    if (status)
        return status;
    e.setup = slt_sampler_setup(e.sampler);
    status = run_estimate(&e, err);
    slt_sampler_free(e.sampler);
    return status;
}

slt_status slt_sample(slt_executor *executor, slt_error *err)
{
    slt_execution *at = executor->at;
    slt_status status = SLT_OK;
    while (!status && at->llc < at->run->llc_count) {
        /* A stop rule may have ended training before the step that an estimate names. */
        if (at->run->llc[at->llc].at_last || at->has_kept[at->llc])
            status = one_estimate(executor, err);
        if (!status)
            at->llc++;
    }
    if (!status)
        at->phase = SLT_PHASE_CLOSE;
    return status;
}
