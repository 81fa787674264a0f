#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/page.h>
#include <sltrace/rank.h>

#include "cli/kinds.h"
#include "cli/manifest.h"
#include "cli/progress.h"
#include "cli/select.h"

/* The page, and the line of progress that makes room for it. */
typedef struct showing {
    slt_rank_page page;
    cli_progress progress;
} showing;

static void show_found(void *context, const slt_rank_found *found)
{
    showing *at = context;
    cli_progress_end(&at->progress);
    at->page.found(at->page.context, found);
}

static void show_end(void *context)
{
    showing *at = context;
    cli_progress_end(&at->progress);
    if (at->page.end)
        at->page.end(at->page.context);
}

static slt_status rank_read_place(const cli_call *call, slt_rank_options *options,
                                  slt_error *err)
{
    const char *at = cli_value(call, "at");
    if (!at || strcmp(at, "last") == 0)
        return SLT_OK;
    options->place = strcmp(at, "init") == 0 ? SLT_RANK_INIT : SLT_RANK_STEP;
    return options->place == SLT_RANK_INIT
               ? SLT_OK
               : cli_number(call, "at", 0, UINT64_MAX, &options->step, err);
}

static slt_status rank_read_options(const cli_call *call, slt_rank_options *options,
                                    slt_error *err)
{
    options->modulo = cli_given(call, "modulo") || cli_given(call, "prime");
    slt_status status = rank_read_place(call, options, err);
    if (!status)
        status = cli_number(call, "prime", 1, UINT64_MAX, &options->prime, err);
    return status ? status : cli_jobs(call, &options->jobs, err);
}

static slt_status rank_of_manifest(const cli_call *call, const slt_rank_options *options,
                                   const slt_rank_page *page, slt_error *err)
{
    slt_manifest *manifest = NULL;
    slt_traces *traces = NULL;
    bool *selected = NULL;
    size_t count;
    slt_status status = cli_open_manifest(call->operands[0], &manifest, err);
    if (!status)
        status = cli_select(call, manifest, &selected, &count, err);
    if (!status)
        status = cli_find_traces(call, manifest, &traces, err);
    if (!status)
        status = slt_rank_manifest(manifest, selected, traces, options, page, err);
    slt_traces_free(traces);
    free(selected);
    slt_manifest_free(manifest);
    return status;
}

static slt_status rank_of_operand(const cli_call *call, const slt_rank_options *options,
                                  const slt_rank_page *page, slt_error *err)
{
    const char *path = call->operands[0];
    char head[CLI_HEAD];
    slt_status status = cli_read_head(path, head, err);
    if (status)
        return status;
    if (memcmp(head, "\x8bSLT", 4) != 0)
        return rank_of_manifest(call, options, page, err);
    if (cli_given(call, "only") || cli_given(call, "from"))
        return slt_fail(err, SLT_USAGE,
                        "rank: --only and --from go with a manifest, found a trace: %s",
                        path);
    return slt_rank_trace(path, options, page, err);
}

static slt_status rank_run(const cli_call *call, slt_error *err)
{
    showing at = {.page = call->json ? slt_rank_json(call->json) : slt_rank_text(stdout)};
    slt_rank_options options = {.progress = cli_progress_tell,
                                .progress_context = &at.progress};
    const slt_rank_page page = {.context = &at, .found = show_found, .end = show_end};
    slt_status status = rank_read_options(call, &options, err);
    if (status)
        return status;
    cli_progress_begin(&at.progress);
    status = rank_of_operand(call, &options, &page, err);
    cli_progress_end(&at.progress);
    return status;
}

static const cli_option options[] = {
    {"only", 0, "LIST", cli_only_help, NULL},
    {"at", 0, "STEP",
     "The point: the weights after this many updates, \"last\" (the default) or "
     "\"init\".",
     "last init"},
    {"from", 0, "DIR",
     "Of a manifest: a folder of traces, whose stored states save training.", "folder"},
    {"modulo", 0, NULL, "Compute modulo two primes near 2^61 instead, exactly.", NULL},
    {"prime", 0, "P", "Compute modulo this prime, from 2^32 to 2^61.", NULL},
    {"jobs", 'j', "N", cli_jobs_help, NULL},
};

const cli_command cli_rank = {
    .name = "rank",
    .operands = "MANIFEST|TRACE",
    .operands_min = 1,
    .operands_max = 1,
    .suffix = ".yaml .trace",
    .summary = "the rank of a run's Jacobian: half of it bounds the LLC from below",
    .details =
        "The Jacobian has a row for each output of each training sample and a column for "
        "each trainable weight; it is made by the net's own backward passes. It is that "
        "of "
        "the residual, outputs less targets, where the loss is a sum of squares, and "
        "centred as the loss centres it; with cross-entropy it is that of the logits, "
        "centred over each sample's outputs. Where the residual is 0, half the rank is a "
        "lower bound of the learning coefficient.\n\n"
        "Without --modulo its singular values are computed in binary64 by LAPACK, and "
        "the "
        "rank stands at the largest ratio of one to the next. There is a clear gap where "
        "one ratio alone is 1000 or more, of values that are not rounding; otherwise the "
        "output says that the rank is not decided. Without LAPACK (Debian, Ubuntu: "
        "package libopenblas0 or liblapack3) the exit status is 3.\n\n"
        "With --modulo there are no roundings: the rank is computed in the field of a "
        "prime. It is at most the rank of the Jacobian, and equal for all but finitely "
        "many primes. Weights are taken as their init defines them where that is exact "
        "(waves are roots of unity), until they are planted over or trained; any other "
        "weight is the "
        "number that is stored, so that the rank of a point that was only approximated "
        "is "
        "not seen. Ops that are no polynomials, such as relu, have no such rank.\n\n"
        "Of a manifest it takes every run, or those of --only: from its trace where "
        "--from or the study's own folder has one, else by training here. Jacobians "
        "above 2 GB are refused before anything is computed. Of data with indices the "
        "output tells which symbols and classes the training set lacks, and into how "
        "many "
        "components the graph of the pairs falls.",
    .examples = "sltrace rank manifests/smoke/modular.yaml --at init\n"
                "sltrace rank 000057.trace --at 1400 --json\n"
                "sltrace rank study.yaml --only 3 --from study --modulo",
    CLI_OPTIONS(options),
    .repeats = " only from ",
    .json = true,
    .names = true,
    .run = rank_run,
};
