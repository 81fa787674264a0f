/* Chains of a run in memory. */
#include "run/core.h"

#include <math.h>
#include <stdlib.h>

#include "base/fpenv.h"
#include "base/later.h"
#include "base/world.h"
#include "run/execute.h"

typedef struct core_sampling {
    const slt_core *core;
    const slt_core_page *page;
    double *losses, *weights; /* of the chain that is told */
} core_sampling;

static bool core_cancelled(void *context, uint64_t done)
{
    const core_sampling *s = context;
    (void)done;
    return s->core->options.cancel && atomic_load(s->core->options.cancel);
}

static slt_status core_end_chains(void *context, const slt_execution *at,
                                  const slt_trace_writer *writer, slt_error *err)
{
    (void)context;
    (void)at;
    (void)writer;
    return slt_fail(err, SLT_INTERRUPTED, "slt_core_sample: interrupted");
}

static slt_run_status core_status_of(slt_chain_status status)
{
    static const slt_run_status as_run[] = {[SLT_CHAIN_DONE] = SLT_RUN_DONE,
                                            [SLT_CHAIN_DIVERGED] = SLT_RUN_DIVERGED,
                                            [SLT_CHAIN_OVERFLOW] = SLT_RUN_OVERFLOW};
    return as_run[status];
}

static slt_status core_tell_chain(void *context, const slt_execution *at, size_t number,
                                  const slt_llc_setup *setup, slt_error *err)
{
    core_sampling *s = context;
    const slt_chain *chain = &at->chains[number];
    if (!s->page || !s->page->chain)
        return SLT_OK;
    for (size_t i = 0; i < chain->draws; i++)
        s->losses[i] = slt_real_double(chain->losses[i]);
    slt_core_read(&chain->weights, s->weights);
    const slt_core_chain told = {.chain = number,
                                 .status = core_status_of(chain->status),
                                 .losses = s->losses,
                                 .draws = (size_t)chain->draws,
                                 .weights = s->weights,
                                 .parameters = s->core->parameters,
                                 .nbeta = slt_real_double(setup->nbeta),
                                 .init_loss = slt_real_double(setup->init_loss)};
    return s->page->chain(s->page->context, &told, err);
}

static slt_status core_tell_results(const core_sampling *s, const slt_execution *at,
                                    slt_core_estimate *found, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < at->results.count && !status; i++) {
        const slt_result *result = &at->results.list[i];
        if (result->quantity.kind == SLT_QUANTITY_LLC_MEAN)
            found->mean = slt_real_double(result->value);
        if (result->quantity.kind == SLT_QUANTITY_LLC_STD)
            found->std = slt_real_double(result->value);
        if (s->page && s->page->result)
            status = s->page->result(s->page->context, result, err);
    }
    return status;
}

static slt_status core_sample(core_sampling *s, size_t estimate, slt_execution *at,
                              slt_core_estimate *found, slt_error *err)
{
    const slt_core *core = s->core;
    const slt_llc_spec *spec = &core->spec->llc[estimate];
    const slt_execute_place place = {
        .llc = estimate, .step = core->state.step, .last = true};
    const slt_execute_hooks hooks = {.context = s,
                                     .chain = core_tell_chain,
                                     .wanted = core_cancelled,
                                     .pause = core_end_chains};
    if (spec->num_draws < SIZE_MAX)
        s->losses = slt_world.calloc((size_t)spec->num_draws + 1, sizeof *s->losses);
    s->weights = slt_world.calloc(core->parameters + 1, sizeof *s->weights);
    if (!s->losses || !s->weights)
        return slt_fail(err, SLT_RESOURCE, "no memory for the draws of a chain");
    slt_status status = slt_execute_estimate(at, &place, core->data, &core->state.weights,
                                             NULL, core->pool, &hooks, err);
    if (status)
        return status;
    *found = (slt_core_estimate){
        .status = at->status, .mean = NAN, .std = NAN, .chains = spec->num_chains};
    return core_tell_results(s, at, found, err);
}

slt_status slt_core_sample(slt_core *core, size_t estimate, const slt_core_page *page,
                           slt_core_estimate *found, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_execution at = {0};
    slt_core_estimate told;
    core_sampling sampling = {.core = core, .page = page};
    slt_status status = slt_core_check(core, "slt_core_sample", err);
    if (!status && page)
        status = slt_later_refuse("page", page->later, err);
    if (!status && estimate >= core->spec->llc_count)
        status = slt_fail(err, SLT_USAGE,
                          "slt_core_sample: there is no estimate %zu; the run has %zu",
                          estimate, core->spec->llc_count);
    if (!status)
        status = slt_execution_create(core->spec, &at, err);
    if (!status)
        status = core_sample(&sampling, estimate, &at, &told, err);
    if (!status && found)
        *found = told;
    free(sampling.losses);
    free(sampling.weights);
    slt_execution_free(&at);
    return status;
}
