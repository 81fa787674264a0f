#include "cli/cli.h"

#include <sltrace/study.h>

#include "cli/manifest.h"
#include "cli/progress.h"

static const char *const kinds[SLT_FOUND_KINDS] = {
    [SLT_FOUND_MISSING] = "missing",
    [SLT_FOUND_DAMAGED] = "damaged",
    [SLT_FOUND_UNFINISHED] = "unfinished",
    [SLT_FOUND_RUNNING] = "running",
    [SLT_FOUND_OVERFLOWED] = "overflowed",
    [SLT_FOUND_DIVERGED] = "diverged",
    [SLT_FOUND_DONE] = "done",
};

/* As many runs as are computed now, at least one. */
static size_t at_once(const slt_study_status *status)
{
    return status->count[SLT_FOUND_RUNNING] ? status->count[SLT_FOUND_RUNNING] : 1;
}

static bool is_over(const slt_study_status *status)
{
    size_t left = 0;
    for (size_t kind = 0; kind < SLT_FOUND_OVERFLOWED; kind++)
        left += status->count[kind];
    return left == 0;
}

static void print_to_go(const slt_study_status *status)
{
    char text[32];
    if (is_over(status))
        return;
    if (!status->known) {
        puts("to go       not known: no run has told how long it took; --manifest plans "
             "it");
        return;
    }
    cli_duration((double)status->to_go_s / (double)at_once(status), text);
    printf("to go       about %s, %zu at once, %s\n", text, at_once(status),
           status->planned ? "as planned: no run has told how long it took"
                           : "as long as those took that are done");
}

static void print_status(const slt_study_status *status)
{
    printf("study       %s\nruns        %zu\n", status->name, status->runs);
    for (size_t kind = SLT_FOUND_KINDS; kind-- > 0;)
        if (status->count[kind])
            printf("%-12s%zu: %s\n", kinds[kind], status->count[kind],
                   status->named[kind]);
    print_to_go(status);
}

static void put_status(slt_json *json, const slt_study_status *status)
{
    slt_json_begin(json, "sltrace.status/1");
    slt_json_key_text(json, "name", status->name);
    slt_json_key_uint(json, "runs", status->runs);
    for (size_t kind = SLT_FOUND_KINDS; kind-- > 0;)
        slt_json_key_uint(json, kinds[kind], status->count[kind]);
    if (status->known)
        slt_json_key_uint(json, "seconds_to_go", status->to_go_s / at_once(status));
    else
        slt_json_key_null(json, "seconds_to_go");
    slt_json_key_bool(json, "planned", status->planned);
    slt_json_key_uint(json, "at_once", at_once(status));
    slt_json_key_open(json, "found", '[');
    for (size_t run = 0; run < status->runs; run++)
        slt_json_text(json, kinds[status->found[run]]);
    slt_json_close(json, ']');
}

static slt_status status_run(const cli_call *call, slt_error *err)
{
    const char *path = cli_value(call, "manifest");
    slt_manifest *manifest = NULL;
    slt_study_status found = {.runs = 0};
    slt_status status = path ? cli_open_manifest(path, &manifest, err) : SLT_OK;
    if (status == SLT_OK)
        status = slt_study_look((const char *const *)call->operands,
                                (size_t)call->operand_count, manifest, &found, err);
    if (status == SLT_OK)
        call->json ? put_status(call->json, &found) : print_status(&found);
    slt_study_status_free(&found);
    slt_manifest_free(manifest);
    return status;
}

static const cli_option options[] = {
    {"manifest", 0, "FILE",
     "Weigh runs by what show plans for each, to tell the time to go, before the first "
     "is done, too; without it all take the same.",
     "file"},
};

const cli_command cli_status = {
    .name = "status",
    .operands = "OUT...",
    .operands_min = 1,
    .operands_max = 1000000,
    .suffix = "/",
    .summary = "how far a study is: done, running, damaged, missing; time to go",
    .details =
        "Looks into the folder of a study, or into several of one study (shards): a run "
        "is what the best of them has. Every finished trace is read whole. \"running\" "
        "is "
        "a run that a process computes now; \"unfinished\" one that nobody computes, and "
        "which sltrace run goes on with; \"damaged\" a trace that is not whole, which it "
        "makes again. Runs are listed as --only takes them.\n\n"
        "The time to go is what the runs that are done took, by their provenance, for "
        "what is left, divided by the number of runs that are computed now. Where none "
        "is done it is what --manifest plans.\n\n"
        "It changes nothing, and computes nothing. The exit status tells only whether "
        "the folders could be read.",
    .examples = "sltrace status sltrace-out/smoke/linear\n"
                "sltrace status fig1.shards/*/ --manifest fig1.yaml --json",
    CLI_OPTIONS(options),
    .json = true,
    .names = true,
    .run = status_run,
};
