#include "cli/cli.h"

#include <stdlib.h>

#include <sltrace/study.h>

#include "cli/manifest.h"
#include "cli/paths.h"
#include "cli/progress.h"
#include "cli/select.h"

static void print_summary(const char *name, const slt_study_counts *counts,
                          const char *folder)
{
    size_t runs = counts->computed + counts->kept;
    printf("%s: %zu %s: %zu computed, %zu kept", name, runs, runs == 1 ? "run" : "runs",
           counts->computed, counts->kept);
    if (counts->diverged)
        printf(", %zu diverged", counts->diverged);
    if (counts->overflowed)
        printf(", %zu overflowed", counts->overflowed);
    fputs("; traces in ", stdout);
    cli_put(folder, "/traces\n");
}

static void put_summary(slt_json *json, const char *name, const slt_study_counts *counts,
                        const char *folder, slt_status status)
{
    slt_json_begin(json, "sltrace.run/1");
    slt_json_key_text(json, "name", name);
    slt_json_key_text(json, "status", slt_status_text(status));
    slt_json_key_uint(json, "computed", counts->computed);
    slt_json_key_uint(json, "kept", counts->kept);
    slt_json_key_uint(json, "diverged", counts->diverged);
    slt_json_key_uint(json, "overflowed", counts->overflowed);
    slt_json_key_uint(json, "elsewhere", counts->elsewhere);
    slt_json_key_text(json, "folder", folder);
}

static slt_status run_study(const cli_call *call, slt_manifest *manifest,
                            const char *folder, slt_error *err)
{
    slt_study_counts counts = {0};
    cli_progress progress;
    bool *selected;
    size_t count;
    slt_study_options options = {.out = folder,
                                 .progress = cli_progress_tell,
                                 .remark = cli_progress_remark,
                                 .progress_context = &progress};
    slt_status status = cli_jobs(call, &options.jobs, err);
    if (status == SLT_OK)
        status = cli_select(call, manifest, &selected, &count, err);
    if (status)
        return status;
    status = cli_keep_shard(call, manifest, selected, &count, err);
    if (status) {
        free(selected);
        return status;
    }
    options.selected = selected;
    options.cancel = cli_save_on_signals();
    cli_progress_begin(&progress);
    cli_progress_by_minute(&progress);
    status = slt_study_run(manifest, &options, &counts, err);
    cli_progress_end(&progress);
    free(selected);
    if (call->json)
        put_summary(call->json, slt_manifest_name(manifest), &counts, folder, status);
    else if (status == SLT_OK || counts.elsewhere)
        print_summary(slt_manifest_name(manifest), &counts, folder);
    if (status == SLT_INTERRUPTED)
        slt_fail(err, status,
                 "interrupted with %zu of %zu runs finished; nothing is lost: the same "
                 "command goes on from here",
                 counts.computed + counts.kept, count);
    return status;
}

static slt_status run_run(const cli_call *call, slt_error *err)
{
    slt_manifest *manifest = NULL;
    char folder[CLI_PATH_MAX];
    slt_status status = cli_open_manifest(call->operands[0], &manifest, err);
    if (status)
        return status;
    status = cli_study_folder(manifest, cli_value(call, "out"), folder, err);
    if (status == SLT_OK)
        status = run_study(call, manifest, folder, err);
    slt_manifest_free(manifest);
    return status;
}

static const cli_option options[] = {
    {"only", 0, "LIST", cli_only_help, NULL},
    {"shard", 0, "K/N",
     "Only the runs of shard K of N, from 1/N to N/N: all runs, or those of --only, "
     "divided by what show plans for each. The division follows from the manifest and "
     "--only alone.",
     NULL},
    {"jobs", 'j', "N", cli_jobs_help, NULL},
    {"out", 0, "DIR", "Folder of the study; by default sltrace-out/NAME.", "folder"},
};

const cli_command cli_run = {
    .name = "run",
    .operands = "MANIFEST",
    .operands_min = 1,
    .operands_max = 1,
    .suffix = ".yaml",
    .summary = "train, estimate, write traces; resumes by itself",
    .details =
        "Does the runs of a manifest and writes one trace each: DIR/traces/000057.trace, "
        "and DIR/provenance/000057.json, which says where and with what it was made. An "
        "unfinished run is DIR/traces/000057.trace.part with its snapshots in "
        "DIR/resume.\n\n"
        "A run whose finished trace is there already is kept. A run that was cut short, "
        "by Ctrl-C, by a crash or by kill -9, goes on from its last snapshot when the "
        "same "
        "command is given again, and ends in the same bytes. A finished trace that is "
        "damaged is put aside as .trace.damaged, and the run is made again.\n\n"
        "Several processes may share a folder, also with the same command: each takes "
        "runs that no other has. Where others still compute some of the runs at the end, "
        "they are named, and the exit status is 2.\n\n"
        "A run is known by its settings, not by its number: where the sweep was extended "
        "or reordered, what is finished gets its new number, and traces put into "
        "DIR/traces are taken and named. A folder that holds traces, but none of these "
        "runs', is refused.\n\n"
        "Where standard error is no terminal, a line a minute tells how far it is.\n\n"
        "--only may be given again: the selections add up. --shard 3/8 is the third of "
        "eight shards; every run is in exactly one, and what two shards take differs by "
        "at most the largest run. A shard may be empty.\n\n"
        "A run whose state or loss stops being finite ends with status diverged; that is "
        "a "
        "result, recorded in its trace, and no error.\n\n"
        "A signal (INT, TERM, HUP, USR1 or XCPU, the warnings of job systems) saves "
        "every run at its next step; then the process ends by that signal, so that a "
        "script can tell it from trouble.",
    .examples =
        "sltrace run manifests/smoke/linear.yaml\n"
        "sltrace run manifests/lakkapragada2025/fig6.yaml --only rank=27 --jobs 8\n"
        "sltrace run fig1.yaml --shard $SLURM_ARRAY_TASK_ID/8",
    CLI_OPTIONS(options),
    .repeats = " only ",
    .json = true,
    .names = true,
    .run = run_run,
};
