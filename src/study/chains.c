/* Diagnostics of all chains of a study, summed up; advisory. */
#include "study/figure.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "learn/diagnostics.h"

/* The whole chains of one estimate at one checkpoint. */
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

static bool has_losses(const estimate *e)
{
    for (size_t i = 0; i < e->chains; i++)
        if (!e->chain[i]->has_losses)
            return false;
    return true;
}

/* A trace may say anything: the chains of one estimate must be alike. */
static slt_status check_alike(const estimate *e, size_t run, slt_error *err)
{
    const slt_record *first = e->chain[0];
    if (!first->draws)
        return slt_fail(err, SLT_FORMAT,
                        "run %zu: estimate %lu: expected draws in its chains", run,
                        (unsigned long)first->llc);
    for (size_t i = 1; i < e->chains; i++)
        if (e->chain[i]->draws != first->draws)
            return slt_fail(err, SLT_FORMAT,
                            "run %zu: estimate %lu: expected %llu draws in each chain, "
                            "found %llu in chain %lu",
                            run, (unsigned long)first->llc,
                            (unsigned long long)first->draws,
                            (unsigned long long)e->chain[i]->draws,
                            (unsigned long)e->chain[i]->chain);
    return SLT_OK;
}

static slt_status diagnose_quarters(const estimate *e, slt_diagnostics *found,
                                    slt_error *err)
{
    slt_real(*quarters)[4] = calloc(e->chains, sizeof *quarters);
    if (!quarters)
        return slt_fail(err, SLT_RESOURCE, "no memory for the means of %zu chains",
                        e->chains);
    for (size_t i = 0; i < e->chains; i++)
        memcpy(quarters[i], e->chain[i]->quarters, sizeof *quarters);
    slt_diagnose_quarters((const slt_real(*)[4])quarters, e->chains, e->chain[0]->draws,
                          e->chain[0]->nbeta, e->chain[0]->init_loss, found);
    free(quarters);
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

static double drift_in_mcse(const slt_diagnostics *found)
{
    double drift = slt_real_double(found->drift), mcse = slt_real_double(found->mcse);
    return mcse > 0 ? __builtin_fabs(drift) / mcse : 0;
}

static void sum_up_unknown(slt_chain_summary *summary, const slt_diagnostics *found)
{
    double drifted = drift_in_mcse(found);
    if (summary->unknown++ == 0 || drifted > slt_real_double(summary->unknown_drift))
        summary->unknown_drift = slt_real_of(drifted);
}

static void sum_up(slt_chain_summary *summary, size_t run, const slt_diagnostics *found)
{
    double rhat = slt_real_double(found->rhat), ess = slt_real_double(found->ess);
    double drifted = drift_in_mcse(found);
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

/* The chains of the estimate whose first one is record `first`; returns where the next
 * one's begin. */
static size_t collect(const slt_trace *trace, size_t first, estimate *e)
{
    const slt_record *begin = slt_trace_record(trace, first);
    size_t at = first;
    e->chains = 0;
    e->whole = true;
    for (; at < slt_trace_records(trace); at++) {
        const slt_record *record = slt_trace_record(trace, at);
        if (record->kind != SLT_RECORD_CHAIN || record->llc != begin->llc ||
            record->at_step != begin->at_step)
            break;
        e->whole &= record->chain_status == SLT_RUN_DONE;
        e->chain[e->chains++] = record;
    }
    return at;
}

static slt_status add_estimate(slt_chain_summary *summary, size_t run, const estimate *e,
                               slt_error *err)
{
    slt_diagnostics found;
    slt_status status = check_alike(e, run, err);
    bool known = has_losses(e);
    if (!status)
        status = known ? diagnose(e, &found, err) : diagnose_quarters(e, &found, err);
    if (!status && known)
        sum_up(summary, run, &found);
    else if (!status)
        sum_up_unknown(summary, &found);
    return status;
}

slt_status slt_chain_summary_add(slt_chain_summary *summary, size_t run,
                                 const slt_trace *trace, slt_error *err)
{
    estimate e = {.chain = calloc(slt_trace_records(trace), sizeof *e.chain)};
    slt_status status = SLT_OK;
    if (!e.chain)
        return slt_fail(err, SLT_RESOURCE, "no memory for the chains of a run");
    for (size_t i = 0; i < slt_trace_records(trace) && !status;) {
        if (slt_trace_record(trace, i)->kind != SLT_RECORD_CHAIN) {
            i++;
            continue;
        }
        i = collect(trace, i, &e);
        if (e.whole)
            status = add_estimate(summary, run, &e, err);
    }
    free(e.chain);
    return status;
}
