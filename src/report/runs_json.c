#include <inttypes.h>

#include "codec/json.h"
#include "figure/runs/columns.h"
#include "report/runs_text.h"

/* Writes "settled"; null if it is not known. */
static void put_settled(slt_json *json, slt_settled settled)
{
    slt_json_key(json, "settled");
    if (settled == SLT_SETTLED_UNKNOWN)
        slt_json_null(json);
    else
        slt_json_bool(json, settled == SLT_SETTLED_YES);
}

void slt_runs_json_stein(const slt_stein_found *stein, slt_json *json)
{
    slt_json_open(json, '{');
    slt_json_key_real(json, "ratio", stein->ratio);
    slt_json_key_real(json, "error", stein->error);
    slt_json_key_real(json, "drift", stein->drift);
    slt_json_key_real(json, "pull", stein->pull);
    slt_json_key_real(json, "step", stein->step);
    slt_json_close(json, '}');
}

static void put_found(slt_json *json, const slt_runs_estimate *e)
{
    const slt_diagnostics *found = &e->found;
    slt_json_key_uint(json, "constant", found->constant);
    slt_json_key_uint(json, "draws", found->draws);
    slt_json_key_bool(json, "losses", !found->no_losses);
    slt_json_key_text(json, "baseline", slt_runs_baselines[found->baseline]);
    slt_json_key_real(json, "mean", e->mean);
    slt_json_key_real(json, "sd", e->sd);
    slt_json_key_real(json, "rhat", found->rhat);
    slt_json_key_real(json, "ess_bulk", found->ess_bulk);
    slt_json_key_real(json, "ess_tail", found->ess_tail);
    slt_json_key_real(json, "mcse", found->mcse);
    slt_json_key_real(json, "mcse_chains", found->mcse_chains);
    slt_json_key_real(json, "drift", found->drift);
    slt_json_key_real(json, "negative_share", found->negative_share);
    put_settled(json, found->settled);
    if (found->stein.asked) {
        slt_json_key(json, "stein");
        slt_runs_json_stein(&found->stein, json);
    }
    if (found->ebfmi.asked)
        slt_json_key_real(json, "ebfmi", found->ebfmi.least);
}

void slt_runs_json_estimate(const slt_runs_estimate *e, slt_json *json)
{
    slt_json_key_uint(json, "estimate", (uint64_t)e->llc + 1);
    slt_json_key_uint(json, "at_step", e->at_step);
    slt_json_key_uint(json, "chains", e->chains);
    slt_json_key_uint(json, "ended_early", e->ended_early);
    if (e->whole)
        put_found(json, e);
}

/* Writes a run with its estimates, which begin at *at; *at is moved past them. */
static void put_run(slt_json *json, const slt_runs *runs, size_t i, size_t *at)
{
    const slt_runs_run *run = &runs->list[i];
    slt_json_open(json, '{');
    slt_json_key_uint(json, "run", run->number);
    slt_json_key_text(json, "label", run->label);
    slt_json_key_text(json, "status",
                      run->missing ? "missing" : slt_run_status_name(run->status));
    if (!run->missing)
        slt_json_key_uint(json, "step", run->step);
    slt_json_key_open(json, "estimates", '[');
    for (; *at < runs->estimate_count && runs->estimates[*at].run == i; ++*at) {
        slt_json_open(json, '{');
        slt_runs_json_estimate(&runs->estimates[*at], json);
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
    slt_json_close(json, '}');
}

static void put_sum(slt_json *json, const char *key, const slt_summed *sum)
{
    slt_json_key(json, key);
    if (sum->known)
        slt_json_real(json, sum->value);
    else
        slt_json_null(json);
}

void slt_runs_json_sums(const slt_runs *runs, slt_json *json)
{
    const slt_chain_summary all = slt_chain_summary_of(runs);
    slt_buffer words = {0};
    slt_chain_summary_print(&all, runs, "", &words);
    slt_json_key_uint(json, "estimates", all.estimates);
    slt_json_key_uint(json, "settled", all.settled);
    slt_json_key_uint(json, "not_known", all.unknown);
    slt_json_key_uint(json, "ended_early", all.broken);
    put_sum(json, "worst_rhat", &all.worst_rhat);
    put_sum(json, "least_ess_bulk", &all.least_bulk);
    put_sum(json, "least_ess_tail", &all.least_tail);
    put_sum(json, "largest_drift", &all.largest_drift);
    put_sum(json, "mean_mcse", &all.mean_mcse);
    put_sum(json, "mean_negative_share", &all.mean_negative);
    put_sum(json, "least_stein", &all.least_stein);
    slt_json_key(json, "words");
    slt_json_bytes(json, words.data, runs->estimate_count ? words.size : 0);
    json->text.failed |= words.failed;
    slt_buffer_free(&words);
}

static void put_ebfmi(slt_json *json, const slt_runs *runs)
{
    const slt_chain_summary all = slt_chain_summary_of(runs);
    if (all.least_ebfmi.known)
        put_sum(json, "least_ebfmi", &all.least_ebfmi);
}

void slt_runs_json(const slt_runs_source *source, slt_json *json)
{
    size_t at = 0;
    slt_json_begin(json, "sltrace.summary/1");
    slt_json_key_text(json, "summary", source->path);
    slt_json_key_text(json, "name", source->name);
    if (source->table)
        slt_json_key_text(json, "table", source->table);
    slt_runs_json_sums(source->runs, json);
    put_ebfmi(json, source->runs);
    slt_json_key_open(json, "runs", '[');
    for (size_t i = 0; i < source->runs->count; i++)
        put_run(json, source->runs, i, &at);
    slt_json_close(json, ']');
}
