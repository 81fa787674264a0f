/* Sums up the diagnostics of all chains of several runs. */
#include "figure/runs/runs.h"

#include <inttypes.h>

/* ---- Sums -------------------------------------------------------------------------- */

static void take_largest(slt_summed *sum, slt_real value)
{
    if (slt_real_finite(value) &&
        (!sum->known++ || slt_real_double(value) > slt_real_double(sum->value)))
        sum->value = value;
}

static void take_least(slt_summed *sum, slt_real value)
{
    if (slt_real_finite(value) &&
        (!sum->known++ || slt_real_double(value) < slt_real_double(sum->value)))
        sum->value = value;
}

static void take_mean(slt_summed *sum, slt_real value)
{
    if (!slt_real_finite(value))
        return;
    double old = slt_real_double(sum->value);
    sum->value = slt_real_of(old + (slt_real_double(value) - old) / (double)++sum->known);
}

static void take_chains(slt_chain_kind *kind, size_t chains, uint64_t run)
{
    if (chains && !kind->chains)
        kind->first_run = run;
    kind->chains += chains;
}

slt_real slt_runs_drift(const slt_runs_estimate *e)
{
    double drift = slt_real_double(e->found.drift);
    return slt_real_of(__builtin_fabs(drift) / slt_real_double(e->found.mcse_chains));
}

/* An estimate that has not settled is worse than one for which that is unknown, which is
 * worse than a settled one; then the larger R-hat decides, then the first run. */
static bool is_worse(const slt_diagnostics *ours, const slt_diagnostics *theirs)
{
    static const int rank[] = {
        [SLT_SETTLED_NO] = 2, [SLT_SETTLED_UNKNOWN] = 1, [SLT_SETTLED_YES] = 0};
    if (rank[ours->settled] != rank[theirs->settled])
        return rank[ours->settled] > rank[theirs->settled];
    if (!slt_real_finite(ours->rhat) || !slt_real_finite(theirs->rhat))
        return slt_real_finite(ours->rhat) && !slt_real_finite(theirs->rhat);
    return slt_real_double(ours->rhat) > slt_real_double(theirs->rhat);
}

static void summary_add_estimate(slt_chain_summary *summary, uint64_t run,
                                 const slt_runs_estimate *e)
{
    const slt_diagnostics *found = &e->found;
    summary->estimates++;
    summary->settled += found->settled == SLT_SETTLED_YES;
    summary->unknown += found->settled == SLT_SETTLED_UNKNOWN;
    summary->no_losses += found->no_losses;
    summary->no_mcse += !slt_real_finite(found->mcse);
    take_chains(&summary->constant, found->constant, run);
    take_largest(&summary->worst_rhat, found->rhat);
    take_least(&summary->least_bulk, found->ess_bulk);
    take_least(&summary->least_tail, found->ess_tail);
    take_largest(&summary->largest_drift, slt_runs_drift(e));
    take_mean(&summary->mean_mcse, found->mcse);
    take_mean(&summary->mean_negative, found->negative_share);
    if (found->stein.asked)
        take_least(&summary->least_stein, found->stein.ratio);
    if (found->ebfmi.asked)
        take_least(&summary->least_ebfmi, found->ebfmi.least);
    if (!summary->worst || is_worse(found, &summary->worst->found))
        summary->worst = e;
}

void slt_chain_summary_add(slt_chain_summary *summary, const slt_runs *runs,
                           const slt_runs_estimate *e)
{
    uint64_t run = runs->list[e->run].number;
    take_chains(&summary->ended_early, e->ended_early, run);
    summary->broken += !e->whole;
    if (e->whole)
        summary_add_estimate(summary, run, e);
}

slt_chain_summary slt_chain_summary_of(const slt_runs *runs)
{
    slt_chain_summary summary = {0};
    for (size_t i = 0; i < runs->estimate_count; i++)
        slt_chain_summary_add(&summary, runs, &runs->estimates[i]);
    return summary;
}

/* ---- In words ---------------------------------------------------------------------- */

static void print_sum(const slt_summed *sum, const char *name, const char *format,
                      slt_buffer *out) __attribute__((format(printf, 3, 0)));
static void print_sum(const slt_summed *sum, const char *name, const char *format,
                      slt_buffer *out)
{
    slt_buffer_printf(out, "%s ", name);
    if (sum->known)
        slt_buffer_printf(out, format, slt_real_double(sum->value));
    else
        slt_buffer_printf(out, "not known");
}

static void print_ess(const slt_summed *sum, const char *name, slt_buffer *out)
{
    char text[SLT_ESS_TEXT_MAX];
    slt_buffer_printf(out, "%s %s", name,
                      sum->known ? slt_ess_text(sum->value, text) : "not known");
}

static void print_kind(const slt_chain_kind *kind, const char *what, const char *before,
                       slt_buffer *out)
{
    if (kind->chains)
        slt_buffer_printf(out, "%s%zu chain%s %s, first in run %" PRIu64 "\n", before,
                          kind->chains, kind->chains == 1 ? "" : "s", what,
                          kind->first_run);
}

static void print_counts(const slt_chain_summary *summary, slt_buffer *out)
{
    slt_buffer_printf(out, "%zu of %zu estimates settled", summary->settled,
                      summary->estimates);
    if (summary->unknown)
        slt_buffer_printf(out, ", of %zu it is not known", summary->unknown);
    if (summary->broken)
        slt_buffer_printf(out, "; %zu more have a chain that ended early",
                          summary->broken);
    slt_buffer_byte(out, '\n');
}

static void print_worst(const slt_chain_summary *summary, const slt_runs *runs,
                        const char *before, slt_buffer *out)
{
    slt_buffer_printf(out, "%s", before);
    slt_runs_name(runs, summary->worst->run, out);
    slt_buffer_printf(out, ", ");
    slt_runs_name_estimate(summary->worst, out);
    slt_buffer_printf(out, ", the worst: ");
    slt_diagnostics_words(&summary->worst->found, out);
    slt_buffer_byte(out, '\n');
}

void slt_chain_summary_print(const slt_chain_summary *summary, const slt_runs *runs,
                             const char *before, slt_buffer *out)
{
    print_counts(summary, out);
    slt_buffer_printf(out, "%s", before);
    print_sum(&summary->worst_rhat, "worst R-hat", "%.4f", out);
    print_ess(&summary->least_bulk, ", least ESS", out);
    print_ess(&summary->least_tail, ", of the tails", out);
    print_sum(&summary->largest_drift, ", largest drift", "%.1f MCSE", out);
    slt_buffer_printf(out, "\n%s", before);
    print_sum(&summary->mean_mcse, "mean MCSE", "%.3g", out);
    if (summary->no_mcse && summary->mean_mcse.known)
        slt_buffer_printf(out, " (of %zu not known)", summary->no_mcse);
    if (summary->mean_negative.known)
        slt_buffer_printf(out, ", draws below the loss they start from: %.1f%%",
                          100 * slt_real_double(summary->mean_negative.value));
    if (summary->least_stein.known)
        print_sum(&summary->least_stein, ", least Stein ratio", "%.3g", out);
    if (summary->least_ebfmi.known)
        print_sum(&summary->least_ebfmi, ", least E-BFMI", "%.3g", out);
    slt_buffer_byte(out, '\n');
    if (summary->no_losses)
        slt_buffer_printf(out,
                          "%sof %zu estimates the losses are not stored: no R-hat, "
                          "no ESS\n",
                          before, summary->no_losses);
    print_kind(&summary->constant, "constant", before, out);
    print_kind(&summary->ended_early, "diverged or overflowed", before, out);
    if (summary->worst)
        print_worst(summary, runs, before, out);
}
