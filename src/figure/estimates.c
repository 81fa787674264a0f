#include "figure/estimates.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/world.h"
#include "codec/digest.h"
#include "manifest/manifest.h"
#include "learn/quantity.h"
#include "learn/results.h"

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the estimates of a run");
}

/* ---- The Stein ratio --------------------------------------------------------------- */

static bool has_stein(const slt_estimate *e)
{
    for (size_t i = 0; i < e->chains; i++)
        if (!e->chain[i]->has_stein)
            return false;
    return true;
}

static slt_status diagnose_stein(slt_estimate *e, const slt_llc_spec *spec,
                                 slt_error *err)
{
    if (!has_stein(e))
        return SLT_OK;
    e->stein = slt_world.calloc(e->chains, sizeof *e->stein);
    if (!e->stein)
        return no_memory(err);
    for (size_t i = 0; i < e->chains; i++) {
        const slt_llc_setup setup = {.nbeta = e->chain[i]->nbeta,
                                     .init_loss = e->chain[i]->init_loss,
                                     .moving = e->chain[i]->moving};
        slt_stein sums;
        slt_results_stein_sums(e->chain[i], &sums);
        e->stein[i] = slt_diagnose_stein_chain(spec, &setup, &sums);
    }
    e->found.stein = slt_diagnose_stein(e->stein, e->chains);
    return SLT_OK;
}

/* ---- E-BFMI ------------------------------------------------------------------------ */

static bool has_energies(const slt_estimate *e)
{
    for (size_t i = 0; i < e->chains; i++)
        if (!e->chain[i]->has_energies)
            return false;
    return true;
}

static slt_status diagnose_energies(slt_estimate *e, const slt_llc_spec *spec,
                                    slt_error *err)
{
    if (!has_energies(e))
        return SLT_OK;
    e->ebfmi = slt_world.calloc(e->chains, sizeof *e->ebfmi);
    if (!e->ebfmi)
        return no_memory(err);
    for (size_t i = 0; i < e->chains; i++)
        e->ebfmi[i] = spec->num_steps_bw_draws > 1
                          ? slt_real_absent()
                          : slt_ebfmi(e->chain[i]->energies, e->chain[i]->energy_count);
    e->found.ebfmi = slt_diagnose_ebfmi(e->ebfmi, e->chains);
    return SLT_OK;
}

/* ---- Diagnostics ------------------------------------------------------------------- */

bool slt_estimate_has_losses(const slt_estimate *e)
{
    for (size_t i = 0; i < e->chains; i++)
        if (!e->chain[i]->has_losses)
            return false;
    return true;
}

/* The trace is not trusted: the chains of one estimate must have the same form. */
static slt_status check_alike(const slt_estimate *e, slt_error *err)
{
    const slt_record *first = e->chain[0];
    if (!first->draws)
        return slt_fail(err, SLT_FORMAT,
                        "estimate %" PRIu32 ": expected draws in its "
                        "chains",
                        first->llc);
    for (size_t i = 1; i < e->chains; i++)
        if (e->chain[i]->draws != first->draws)
            return slt_fail(err, SLT_FORMAT,
                            "estimate %" PRIu32 ": expected %" PRIu64 " draws in each "
                            "chain, found %" PRIu64 " in chain %" PRIu32,
                            first->llc, first->draws, e->chain[i]->draws,
                            e->chain[i]->chain);
    return SLT_OK;
}

slt_status slt_estimate_losses(const slt_estimate *e, const slt_real ***losses,
                               slt_error *err)
{
    const size_t draws = e->chain[0]->loss_count;
    const slt_real **chains =
        slt_world.calloc(1, e->chains * (sizeof *chains + draws * sizeof(slt_real)));
    *losses = chains;
    if (!chains)
        return no_memory(err);
    slt_real *value = (slt_real *)(chains + e->chains);
    for (size_t c = 0; c < e->chains; c++) {
        chains[c] = value;
        for (size_t i = 0; i < draws; i++)
            (value++)->bits = slt_load_le64(e->chain[c]->losses + 8 * i);
    }
    return SLT_OK;
}

slt_diagnosed slt_estimate_diagnosed(const slt_estimate *e, const slt_llc_spec *spec)
{
    return (slt_diagnosed){.chains = e->chains,
                           .draws = e->chain[0]->draws,
                           .nbeta = e->chain[0]->nbeta,
                           .init_loss = e->chain[0]->init_loss,
                           .baseline = slt_baseline_of(spec)};
}

static slt_status diagnose_quarters(slt_estimate *e, const slt_diagnosed *of,
                                    slt_error *err)
{
    slt_real(*quarters)[4] = slt_world.calloc(e->chains, sizeof *quarters);
    if (!quarters)
        return no_memory(err);
    for (size_t i = 0; i < e->chains; i++)
        memcpy(quarters[i], e->chain[i]->quarters, sizeof *quarters);
    slt_diagnose_quarters(of, (const slt_real(*)[4])quarters, &e->found);
    free(quarters);
    return SLT_OK;
}

static slt_status diagnose_losses(slt_estimate *e, const slt_diagnosed *of,
                                  slt_error *err)
{
    const slt_real **losses;
    slt_status status = slt_estimate_losses(e, &losses, err);
    if (!status)
        status = slt_diagnose(of, losses, &e->found, err);
    free(losses);
    return status;
}

static slt_status estimate_diagnose(slt_estimate *e, const slt_run_spec *run,
                                    slt_error *err)
{
    slt_status status = check_alike(e, err);
    const slt_diagnosed of = slt_estimate_diagnosed(e, &run->llc[e->llc]);
    if (status)
        return status;
    status = slt_estimate_has_losses(e) ? diagnose_losses(e, &of, err)
                                        : diagnose_quarters(e, &of, err);
    if (!status)
        status = diagnose_stein(e, &run->llc[e->llc], err);
    return status ? status : diagnose_energies(e, &run->llc[e->llc], err);
}

/* ---- Results ----------------------------------------------------------------------- */

/* Looks a result up in the trace's table, which is the record before the end. */
static void find_result(const slt_trace *trace, const slt_run_spec *run,
                        const slt_estimate *e, slt_quantity_kind kind, slt_real *value)
{
    slt_quantity wanted = {.kind = kind, .estimate = e->llc};
    const size_t records = slt_trace_records(trace);
    const slt_record *table = records > 1 ? slt_trace_record(trace, records - 2) : NULL;
    if (slt_llc_is_series(&run->llc[e->llc]))
        wanted = slt_quantity_at(wanted, e->at_step);
    for (size_t i = 0;
         table && table->kind == SLT_RECORD_TABLE && i < table->result_count; i++)
        if (slt_quantity_equal(&table->results[i].quantity, &wanted))
            *value = table->results[i].value;
}

static void find_results(const slt_trace *trace, const slt_run_spec *run, slt_estimate *e)
{
    e->mean = e->found.llc;
    e->sd = slt_real_absent();
    find_result(trace, run, e, SLT_QUANTITY_LLC_MEAN, &e->mean);
    find_result(trace, run, e, SLT_QUANTITY_LLC_STD, &e->sd);
    e->found.llc = e->mean; /* the trace's number, not one computed again */
}

/* ---- The list ---------------------------------------------------------------------- */

/* Collects the chains of the estimate whose first chain is record `first`; returns the
 * first record of the next estimate. */
static size_t estimate_collect(const slt_trace *trace, size_t first, slt_estimate *e)
{
    const slt_record *begin = slt_trace_record(trace, first);
    *e = (slt_estimate){
        .chain = e->chain, .llc = begin->llc, .at_step = begin->at_step, .last = true};
    size_t at = first;
    for (; at < slt_trace_records(trace); at++) {
        const slt_record *record = slt_trace_record(trace, at);
        if (record->kind != SLT_RECORD_CHAIN || record->llc != begin->llc ||
            record->at_step != begin->at_step)
            break;
        e->ended_early += record->chain_status != SLT_RUN_DONE;
        e->chain[e->chains++] = record;
    }
    e->whole = !e->ended_early;
    return at;
}

/* Adds an estimate; its chains are moved to the list that all estimates share. */
static slt_status estimates_add(slt_estimates *all, const slt_estimate *e,
                                const slt_trace *trace, const slt_run_spec *run,
                                slt_error *err)
{
    slt_estimate *list = slt_world.realloc(all->list, (all->count + 1) * sizeof *list);
    if (!list)
        return no_memory(err);
    all->list = list;
    if (e->llc >= run->llc_count)
        return slt_fail(err, SLT_FORMAT, "estimate %" PRIu32 ": the run has %zu", e->llc,
                        run->llc_count);
    slt_estimate *added = &list[all->count++];
    *added = *e;
    for (size_t i = 0; i + 1 < all->count; i++)
        if (list[i].llc == added->llc)
            list[i].last = false;
    slt_status status = added->whole ? estimate_diagnose(added, run, err) : SLT_OK;
    if (!status && added->whole)
        find_results(trace, run, added);
    return status;
}

static slt_status estimates_read_all(const slt_trace *trace, const slt_run_spec *run,
                                     const slt_record **chains, slt_estimates *all,
                                     slt_error *err)
{
    slt_status status = SLT_OK;
    slt_estimate e = {.chain = chains};
    for (size_t i = 0; i < slt_trace_records(trace) && !status;) {
        if (slt_trace_record(trace, i)->kind != SLT_RECORD_CHAIN) {
            i++;
            continue;
        }
        i = estimate_collect(trace, i, &e);
        status = estimates_add(all, &e, trace, run, err);
        e.chain += e.chains;
    }
    return status;
}

slt_status slt_estimates_of_trace(const slt_trace *trace, slt_estimates *all,
                                  slt_error *err)
{
    size_t size;
    const uint8_t *canonical = slt_trace_run(trace, &size);
    slt_run_spec *run = slt_run_spec_create();
    *all = (slt_estimates){
        .chains = slt_world.calloc(slt_trace_records(trace) + 1, sizeof *all->chains)};
    slt_status status = run && all->chains
                            ? slt_canonical_decode(canonical, size, run, err)
                            : no_memory(err);
    if (!status)
        status = estimates_read_all(trace, run, all->chains, all, err);
    free(run);
    return status;
}

void slt_estimates_free(slt_estimates *all)
{
    for (size_t i = 0; i < all->count; i++)
        free(all->list[i].stein);
    for (size_t i = 0; i < all->count; i++)
        free(all->list[i].ebfmi);
    free(all->chains);
    free(all->list);
    *all = (slt_estimates){0};
}

const slt_estimate *slt_estimates_find(const slt_estimates *all, uint32_t llc,
                                       uint64_t at_step)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->list[i].llc == llc && all->list[i].at_step == at_step)
            return &all->list[i];
    return NULL;
}

const slt_estimate *slt_estimates_last(const slt_estimates *all, uint32_t llc)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->list[i].llc == llc && all->list[i].last)
            return &all->list[i];
    return NULL;
}

/* ---- Sameness ---------------------------------------------------------------------- */

static bool same_chain(const slt_record *x, const slt_record *y)
{
    bool losses =
        x->has_losses == y->has_losses && x->loss_count == y->loss_count &&
        (!x->loss_count || memcmp(x->losses, y->losses, 8 * x->loss_count) == 0) &&
        slt_digest_equal(x->losses_hash, y->losses_hash);
    return losses && x->chain == y->chain && x->chain_status == y->chain_status &&
           x->draws == y->draws && x->nbeta.bits == y->nbeta.bits &&
           x->init_loss.bits == y->init_loss.bits &&
           slt_digest_equal(x->final_weights, y->final_weights);
}

bool slt_estimate_same(const slt_estimate *a, const slt_estimate *b)
{
    bool same = a->chains == b->chains;
    for (size_t i = 0; same && i < a->chains; i++)
        same = same_chain(a->chain[i], b->chain[i]);
    return same;
}
