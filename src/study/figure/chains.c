/* Diagnostics of all chains of a study, summed up; advisory. */
#include "study/figure/figure.h"

#include "study/figure/estimates.h"

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

typedef struct summing {
    slt_chain_summary *summary;
    size_t run;
} summing;

static slt_status add_estimate(void *context, const slt_estimate *e, slt_error *err)
{
    const summing *s = context;
    slt_diagnostics found;
    slt_error wrong;
    if (!e->whole)
        return SLT_OK;
    slt_status status = slt_estimate_diagnose(e, &found, &wrong);
    if (status)
        return slt_fail(err, status, "run %zu: %s", s->run, wrong.text);
    if (slt_estimate_has_losses(e))
        sum_up(s->summary, s->run, &found);
    else
        sum_up_unknown(s->summary, &found);
    return SLT_OK;
}

slt_status slt_chain_summary_add(slt_chain_summary *summary, size_t run,
                                 const slt_trace *trace, slt_error *err)
{
    summing s = {summary, run};
    return slt_estimate_walk(trace, add_estimate, &s, err);
}
