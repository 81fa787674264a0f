#include "cli/cli.h"

#include <string.h>

#include <sltrace/influence.h>

/* --of: mean, all, or the number of a sample. */
static slt_status influence_read(const cli_call *call, slt_influence_options *options,
                                 slt_error *err)
{
    const char *of = cli_value(call, "of");
    slt_status status = cli_number(call, "estimate", 1, 64, &options->estimate, err);
    if (!status)
        status = cli_jobs(call, &options->jobs, err);
    if (!status && call->json && cli_given(call, "csv"))
        status = slt_fail(err, SLT_USAGE, "influence: --csv does not go with --json");
    options->of_all = of && !strcmp(of, "all");
    options->of_one = of && !options->of_all && strcmp(of, "mean") != 0;
    if (!status && options->of_one)
        status = cli_number(call, "of", 0, UINT32_MAX, &options->of, err);
    return status;
}

static slt_influence_page influence_page(const cli_call *call)
{
    if (call->json)
        return slt_influence_json_begin(call->json);
    return cli_given(call, "csv") ? slt_influence_csv(stdout)
                                  : slt_influence_text(stdout);
}

static slt_status influence_run(const cli_call *call, slt_error *err)
{
    slt_influence_options options = {.cancel = cli_cancel_on_signals()};
    slt_status status = influence_read(call, &options, err);
    if (status)
        return status;
    const slt_influence_page page = influence_page(call);
    for (int i = 0; i < call->operand_count && !status; i++)
        status = slt_influence_tell(call->operands[i], &options, &page, err);
    if (call->json)
        slt_influence_json_end(call->json);
    return status;
}

static const cli_option options[] = {
    {"estimate", 0, "N", "Only the estimate of this number, from 1.", NULL},
    {"of", 0, "WHAT",
     "The observable: the mean loss of the samples (mean, the default), the loss of one "
     "by its number from 0, or of each (all).",
     "mean all"},
    {"csv", 0, NULL, "A table as CSV, a row for each observable and sample.", NULL},
    {"jobs", 'j', "N",
     "Use N threads, over samples; by default as many as the processors that the "
     "affinity mask and the cgroup leave to this process. The number changes no bit.",
     NULL},
};

const cli_command cli_influence = {
    .name = "influence",
    .operands = "TRACE...",
    .operands_min = 1,
    .operands_max = 65535,
    .suffix = ".trace",
    .summary = "which samples matter: covariances of losses along chains, WAIC and LOO",
    .details =
        "For each estimate whose chains recorded losses of single samples (observables: "
        "{losses: {...}}), over all draws of all chains that have them:\n\n"
        "  covariance  of the observable with the loss of each sample\n"
        "  influence   -(nbeta / n) covariance: how the observable's mean changes\n"
        "              with the weight of the sample in the loss, which is 1\n\n"
        "each with its Monte Carlo standard error, by the effective sample size of the "
        "products; the ten largest as text, all with --csv or --json. nbeta times the "
        "covariance is what others call a susceptibility.\n\n"
        "And how well samples are predicted that the posterior does not know: WAIC, and "
        "leave-one-out cross-validation by Pareto smoothed importance sampling (LOO), "
        "of the likelihood exp(-(nbeta / n) loss), by the formulas of R's package loo. "
        "elpd is the expected log predictive density summed over the samples, p the "
        "effective number of parameters, se the standard error over the samples; where "
        "Pareto k exceeds 0.7 what is said of a sample left out is not to be trusted.\n\n"
        "The numbers are of the draws as they are: whether the chains have settled is "
        "told by sltrace diagnose. They are advisory: none reaches a hash.",
    .examples = "sltrace influence 000057.trace\n"
                "sltrace influence --of 12 --csv 000057.trace",
    CLI_OPTIONS(options),
    .names = true,
    .json = true,
    .run = influence_run,
};
