#include <inttypes.h>

#include "codec/json.h"
#include "figure/runs/columns.h"
#include "report/runs_say.h"

/* One that is not known is null. */
static void put_settled(slt_buffer *out, slt_settled settled)
{
    slt_json_key(out, "settled");
    if (settled == SLT_SETTLED_UNKNOWN)
        slt_json_null(out);
    else
        slt_json_bool(out, settled == SLT_SETTLED_YES);
}

static void put_found(slt_buffer *out, const slt_runs_estimate *e)
{
    const slt_diagnostics *found = &e->found;
    slt_json_key_uint(out, "constant", found->constant);
    slt_json_key_uint(out, "draws", found->draws);
    slt_json_key(out, "losses");
    slt_json_bool(out, !found->no_losses);
    slt_json_key_text(out, "baseline", slt_runs_baselines[found->baseline]);
    slt_json_key_real(out, "mean", e->mean);
    slt_json_key_real(out, "sd", e->sd);
    slt_json_key_real(out, "rhat", found->rhat);
    slt_json_key_real(out, "ess_bulk", found->ess_bulk);
    slt_json_key_real(out, "ess_tail", found->ess_tail);
    slt_json_key_real(out, "mcse", found->mcse);
    slt_json_key_real(out, "mcse_chains", found->mcse_chains);
    slt_json_key_real(out, "drift", found->drift);
    slt_json_key_real(out, "negative_share", found->negative_share);
    put_settled(out, found->settled);
}

static void put_estimate(slt_buffer *out, const slt_runs_estimate *e)
{
    slt_json_open(out, '{');
    slt_json_key_uint(out, "estimate", (uint64_t)e->llc + 1);
    slt_json_key_uint(out, "at_step", e->at_step);
    slt_json_key_uint(out, "chains", e->chains);
    slt_json_key_uint(out, "ended_early", e->ended_early);
    if (e->whole)
        put_found(out, e);
    slt_json_close(out, '}');
}

/* A run with its estimates, from *at on, which is moved behind them. */
static void put_run(slt_buffer *out, const slt_runs *runs, size_t i, size_t *at)
{
    const slt_runs_run *run = &runs->list[i];
    slt_json_open(out, '{');
    slt_json_key_uint(out, "run", run->number);
    slt_json_key_text(out, "label", run->label);
    slt_json_key_text(out, "status",
                      run->missing ? "missing" : slt_run_status_name(run->status));
    if (!run->missing)
        slt_json_key_uint(out, "step", run->step);
    slt_json_key(out, "estimates");
    slt_json_open(out, '[');
    for (; *at < runs->estimate_count && runs->estimates[*at].run == i; ++*at)
        put_estimate(out, &runs->estimates[*at]);
    slt_json_close(out, ']');
    slt_json_close(out, '}');
}

static void put_sum(slt_buffer *out, const char *key, const slt_summed *sum)
{
    slt_json_key(out, key);
    if (sum->known)
        slt_json_real(out, sum->value);
    else
        slt_json_null(out);
}

void slt_runs_say_sums(const slt_runs *runs, slt_buffer *out)
{
    const slt_chain_summary all = slt_chain_summary_of(runs);
    slt_buffer words = {0};
    slt_chain_summary_print(&all, runs, "", &words);
    slt_json_key_uint(out, "estimates", all.estimates);
    slt_json_key_uint(out, "settled", all.settled);
    slt_json_key_uint(out, "not_known", all.unknown);
    slt_json_key_uint(out, "ended_early", all.broken);
    put_sum(out, "worst_rhat", &all.worst_rhat);
    put_sum(out, "least_ess_bulk", &all.least_bulk);
    put_sum(out, "least_ess_tail", &all.least_tail);
    put_sum(out, "largest_drift", &all.largest_drift);
    put_sum(out, "mean_mcse", &all.mean_mcse);
    put_sum(out, "mean_negative_share", &all.mean_negative);
    slt_json_key(out, "words");
    slt_json_bytes(out, words.data, runs->estimate_count ? words.size : 0);
    out->failed |= words.failed;
    slt_buffer_free(&words);
}

void slt_runs_say_json(const slt_runs_said *said, slt_buffer *out)
{
    size_t at = 0;
    slt_json_open(out, '{');
    slt_json_key_text(out, "summary", said->path);
    slt_json_key_text(out, "name", said->name);
    if (said->table)
        slt_json_key_text(out, "table", said->table);
    slt_runs_say_sums(said->runs, out);
    slt_json_key(out, "runs");
    slt_json_open(out, '[');
    for (size_t i = 0; i < said->runs->count; i++)
        put_run(out, said->runs, i, &at);
    slt_json_close(out, ']');
    slt_json_close(out, '}');
    slt_buffer_byte(out, '\n');
}
