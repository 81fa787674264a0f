#include "study/figure/estimates.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"

static slt_real *load_losses(const slt_record *chain)
{
    slt_real *losses = calloc(chain->loss_count + 1, sizeof *losses);
    for (size_t i = 0; losses && i < chain->loss_count; i++)
        losses[i].bits = slt_load_le64(chain->losses + 8 * i);
    return losses;
}

bool slt_estimate_has_losses(const slt_estimate *e)
{
    for (size_t i = 0; i < e->chains; i++)
        if (!e->chain[i]->has_losses)
            return false;
    return true;
}

/* A trace may say anything: the chains of one estimate must be alike. */
static slt_status check_alike(const slt_estimate *e, slt_error *err)
{
    const slt_record *first = e->chain[0];
    if (!first->draws)
        return slt_fail(err, SLT_FORMAT, "estimate %lu: expected draws in its chains",
                        (unsigned long)first->llc);
    for (size_t i = 1; i < e->chains; i++)
        if (e->chain[i]->draws != first->draws)
            return slt_fail(err, SLT_FORMAT,
                            "estimate %lu: expected %llu draws in each chain, "
                            "found %llu in chain %lu",
                            (unsigned long)first->llc, (unsigned long long)first->draws,
                            (unsigned long long)e->chain[i]->draws,
                            (unsigned long)e->chain[i]->chain);
    return SLT_OK;
}

static slt_status diagnose_quarters(const slt_estimate *e, slt_diagnostics *found,
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

static slt_status diagnose(const slt_estimate *e, slt_diagnostics *found, slt_error *err)
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

slt_status slt_estimate_diagnose(const slt_estimate *e, slt_diagnostics *found,
                                 slt_error *err)
{
    slt_status status = check_alike(e, err);
    if (status)
        return status;
    return slt_estimate_has_losses(e) ? diagnose(e, found, err)
                                      : diagnose_quarters(e, found, err);
}

/* The chains of the estimate whose first one is record `first`; returns where the next
 * one's begin. */
static size_t collect(const slt_trace *trace, size_t first, slt_estimate *e)
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

slt_status slt_estimate_walk(const slt_trace *trace, slt_estimate_call call,
                             void *context, slt_error *err)
{
    slt_estimate e = {.chain = calloc(slt_trace_records(trace), sizeof *e.chain)};
    slt_status status = SLT_OK;
    if (!e.chain)
        return slt_fail(err, SLT_RESOURCE, "no memory for the chains of a run");
    for (size_t i = 0; i < slt_trace_records(trace) && !status;) {
        if (slt_trace_record(trace, i)->kind != SLT_RECORD_CHAIN) {
            i++;
            continue;
        }
        i = collect(trace, i, &e);
        status = call(context, &e, err);
    }
    free(e.chain);
    return status;
}
