#include "cli/cli.h"

#include <string.h>

#include <sltrace/influence.h>

#include "cli/paths.h"

/* --of: mean, all, metrics, or the number of a sample. */
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
    options->of_metrics = of && !strcmp(of, "metrics");
    options->of_one =
        of && !options->of_all && !options->of_metrics && strcmp(of, "mean") != 0;
    if (!status && options->of_one)
        status = cli_number(call, "of", 0, UINT32_MAX, &options->of, err);
    return status;
}

/* ---- Files ------------------------------------------------------------------------- */

/* A page that also writes files of each estimate. */
typedef struct influence_files {
    slt_influence_page page;
    const char *pictures, *arrays; /* folders; NULL: none */
    slt_influence_file *dataset;   /* NULL: none */
    slt_status status;
    slt_error *err; /* of the first that failed */
} influence_files;

/* FOLDER/STEM.llc.STEP.influence.svg. */
static slt_status influence_draw(const influence_files *f, const slt_influence *found)
{
    char stem[256], name[SLT_INFLUENCE_NAME_MAX], path[CLI_PATH_MAX], *svg = NULL;
    size_t size = 0;
    slt_error why;
    cli_stem(found->trace, stem);
    slt_status status = slt_influence_name(found, name, f->err);
    if (!status)
        status =
            cli_path(path, f->err, "%s/%s.%s.influence.svg", f->pictures, stem, name);
    if (status)
        return status;
    status = slt_influence_draw(found, &svg, &size, &why);
    return cli_put_picture(path, svg, size, status, &why, f->err);
}

static void influence_estimate(void *context, const slt_influence *found)
{
    influence_files *f = context;
    f->page.estimate(f->page.context, found);
    if (!f->status && f->pictures)
        f->status = influence_draw(f, found);
    if (!f->status && f->arrays)
        f->status = slt_influence_npy(found, f->arrays, f->err);
    if (!f->status && f->dataset)
        f->status = slt_influence_file_put(f->dataset, found, f->err);
}

static slt_status influence_open(const cli_call *call, influence_files *f, slt_error *err)
{
    const char *dataset = cli_value(call, "netcdf");
    *f = (influence_files){
        .pictures = cli_value(call, "out"), .arrays = cli_value(call, "npy"), .err = err};
    slt_status status = SLT_OK;
    if (dataset && call->operand_count > 1)
        return slt_fail(err, SLT_USAGE, "influence: --netcdf takes one trace");
    if (f->pictures)
        status = cli_check_stems(call, "--out: the pictures", err);
    if (!status && f->arrays)
        status = cli_check_stems(call, "--npy: the arrays", err);
    if (!status && f->pictures)
        status = cli_make_folder(f->pictures, err);
    if (!status && f->arrays)
        status = cli_make_folder(f->arrays, err);
    if (!status && dataset)
        status = slt_influence_file_begin(dataset, &f->dataset, err);
    return status;
}

/* ---- The command ------------------------------------------------------------------- */

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
    influence_files files;
    status = influence_open(call, &files, err);
    if (status)
        return status;
    files.page = influence_page(call);
    const slt_influence_page page = {.context = &files, .estimate = influence_estimate};
    for (int i = 0; i < call->operand_count && !status; i++) {
        status = slt_influence_tell(call->operands[i], &options, &page, err);
        status = status ? status : files.status;
    }
    if (call->json)
        slt_influence_json_end(call->json);
    const slt_status ended =
        slt_influence_file_end(files.dataset, !status, status ? NULL : err);
    return status ? status : ended;
}

static const cli_option options[] = {
    {"estimate", 0, "N", "Only the estimate of this number, from 1.", NULL},
    {"of", 0, "WHAT",
     "The observable: the mean loss of the samples (mean, the default), the loss of one "
     "by its number from 0, or of each (all); or each metric that chains record "
     "(metrics).",
     "mean all metrics"},
    {"csv", 0, NULL, "A table as CSV, a row for each observable and sample.", NULL},
    {"out", 0, "DIR",
     "Also draw each estimate: DIR/TRACE.llc.STEP.influence.svg (with gnuplot).", NULL},
    {"npy", 0, "DIR",
     "Also write each number as a NumPy array: DIR/TRACE.llc.STEP.NUMBER.npy.", NULL},
    {"netcdf", 0, "FILE",
     "Also write them as netCDF, a group for each estimate (with libnetcdf).", "file"},
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
        "products; the ten largest as text, all with --csv or --json. Of metrics of "
        "weights along the chains (observables: {metrics: [...]}) also the "
        "susceptibility, -nbeta times the covariance with the loss of the sample less "
        "the mean loss.\n\n"
        "And how well samples are predicted that the posterior does not know: WAIC, and "
        "leave-one-out cross-validation by Pareto smoothed importance sampling (LOO), "
        "of the likelihood exp(-(nbeta / n) loss), by the formulas of R's package loo. "
        "elpd is the expected log predictive density summed over the samples, p the "
        "effective number of parameters, se the standard error over the samples; where "
        "Pareto k exceeds 0.7 what is said of a sample left out is not to be trusted.\n\n"
        "Pictures show the correlations of the losses of all samples (with --of all), "
        "the largest influences with their errors, and Pareto k. Arrays are called as "
        "the columns of --csv are, with the axes observable and sample; in netCDF these "
        "are the dimensions of and sample. Files of before are replaced.\n\n"
        "The numbers are of the draws as they are: whether the chains have settled is "
        "told by sltrace diagnose. They are advisory: none reaches a hash.",
    .examples = "sltrace influence 000057.trace\n"
                "sltrace influence --of 12 --csv 000057.trace\n"
                "sltrace influence --of all --out pictures --npy arrays 000057.trace",
    CLI_OPTIONS(options),
    .names = true,
    .json = true,
    .run = influence_run,
};
