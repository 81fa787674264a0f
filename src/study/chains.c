/* Diagnostics of all chains of a study, summed up; advisory. */
#include "study/figure.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "learn/diagnostics.h"
#include "learn/spec.h"

/* The whole chains of one estimate. */
typedef struct estimate {
    const slt_record **chain;
    size_t chains;
    bool whole; /* every chain is done */
} estimate;

static slt_real *load_losses(const slt_record *chain)
{
    slt_real *losses = calloc(chain->loss_count + 1, sizeof *losses);
    for (size_t i = 0; losses && i < chain->loss_count; i++)
        losses[i].bits = slt_load_le64(chain->losses + 8 * i);
    return losses;
}

/* A trace may say anything: the chains of one estimate must be alike. */
static slt_status check_alike(const estimate *e, size_t run, slt_error *err)
{
    const slt_record *first = e->chain[0];
    if (!first->loss_count)
        return slt_fail(err, SLT_FORMAT,
                        "run %zu: estimate %lu: expected draws in its chains", run,
                        (unsigned long)first->llc);
    for (size_t i = 1; i < e->chains; i++)
        if (e->chain[i]->loss_count != first->loss_count)
            return slt_fail(err, SLT_FORMAT,
                            "run %zu: estimate %lu: expected %zu draws in each chain, "
                            "found %zu in chain %lu",
                            run, (unsigned long)first->llc, first->loss_count,
                            e->chain[i]->loss_count, (unsigned long)e->chain[i]->chain);
    return SLT_OK;
}

static slt_status diagnose(const estimate *e, slt_diagnostics *found, slt_error *err)
{
    const slt_real **losses = calloc(e->chains, sizeof *losses);
    slt_status status = losses ? SLT_OK : SLT_RESOURCE;
    for (size_t i = 0; i < e->chains && !status; i++) {
        losses[i] = load_losses(e->chain[i]);
        status = losses[i] ? SLT_OK : SLT_RESOURCE;
    }
    if (status)
        slt_fail(err, status, "no memory for the losses of %zu chains", e->chains);
    else
        status = slt_diagnose(losses, e->chains, e->chain[0]->loss_count,
                              e->chain[0]->nbeta, e->chain[0]->init_loss, found, err);
    for (size_t i = 0; losses && i < e->chains; i++)
        free((slt_real *)(uintptr_t)losses[i]);
    free(losses);
    return status;
}

static slt_real updated_mean(slt_real mean, slt_real value, size_t count)
{
    double old = slt_real_double(mean);
    return slt_real_of(old + (slt_real_double(value) - old) / (double)count);
}

static void sum_up(slt_chain_summary *summary, size_t run, const slt_diagnostics *found)
{
    double rhat = slt_real_double(found->rhat), ess = slt_real_double(found->ess);
    double drift = slt_real_double(found->drift), mcse = slt_real_double(found->mcse);
    double drifted = mcse > 0 ? __builtin_fabs(drift) / mcse : 0;
    bool first = summary->estimates++ == 0;
    summary->settled += found->settled;
    summary->mean_mcse =
        updated_mean(summary->mean_mcse, found->mcse, summary->estimates);
    summary->mean_negative =
        updated_mean(summary->mean_negative, found->negative_share, summary->estimates);
    if (first || drifted > slt_real_double(summary->largest_drift))
        summary->largest_drift = slt_real_of(drifted);
    if (first || ess < slt_real_double(summary->least_ess))
        summary->least_ess = found->ess;
    if (first || rhat > slt_real_double(summary->worst_rhat)) {
        summary->worst_rhat = found->rhat;
        summary->worst_run = run;
        slt_buffer_clear(&summary->words);
        slt_diagnostics_words(found, &summary->words);
    }
}

static void collect(const slt_trace *trace, uint32_t llc, estimate *e)
{
    e->chains = 0;
    e->whole = true;
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind != SLT_RECORD_CHAIN || record->llc != llc)
            continue;
        e->whole &= record->chain_status == SLT_RUN_DONE;
        e->chain[e->chains++] = record;
    }
}

slt_status slt_chain_summary_add(slt_chain_summary *summary, size_t run,
                                 const slt_trace *trace, slt_error *err)
{
    estimate e = {.chain = calloc(slt_trace_records(trace), sizeof *e.chain)};
    slt_status status = SLT_OK;
    if (!e.chain)
        return slt_fail(err, SLT_RESOURCE, "no memory for the chains of a run");
    for (uint32_t llc = 0; llc < SLT_LLC_MAX && !status; llc++) {
        slt_diagnostics found;
        collect(trace, llc, &e);
        if (!e.chains || !e.whole)
            continue;
        status = check_alike(&e, run, err);
        if (!status)
            status = diagnose(&e, &found, err);
        if (!status)
            sum_up(summary, run, &found);
    }
    free(e.chain);
    return status;
}
