#include "cli/cli.h"

#include <sltrace/study.h>

#include "cli/manifest.h"
#include "cli/progress.h"

static void print_count(const char *between, size_t count, const char *what)
{
    if (count)
        printf("%s%zu %s", between, count, what);
}

static void print_merged(const slt_merge_counts *counts, const char *out)
{
    printf("%s: %zu %s: %zu linked", counts->name, counts->runs,
           counts->runs == 1 ? "run" : "runs", counts->linked);
    print_count(", ", counts->copied, "copied");
    printf(", %zu kept", counts->kept);
    print_count(", ", counts->missing, "missing");
    fputs("; traces in ", stdout);
    cli_put(out, "/traces\n");
}

static void put_merged(slt_json *json, const slt_merge_counts *counts, const char *out)
{
    slt_json_begin(json, "sltrace.merge/1");
    slt_json_key_text(json, "name", counts->name);
    slt_json_key_uint(json, "runs", counts->runs);
    slt_json_key_uint(json, "linked", counts->linked);
    slt_json_key_uint(json, "copied", counts->copied);
    slt_json_key_uint(json, "kept", counts->kept);
    slt_json_key_uint(json, "missing", counts->missing);
    slt_json_key_uint(json, "twice", counts->twice);
    slt_json_key_uint(json, "unfinished", counts->unfinished);
    slt_json_key_text(json, "folder", out);
}

static slt_status merge_run(const cli_call *call, slt_error *err)
{
    const char *out = call->operands[0], *path = cli_value(call, "manifest");
    slt_manifest *manifest = NULL;
    slt_merge_counts counts = {.runs = 0};
    cli_progress progress;
    slt_status status = path ? cli_open_manifest(path, &manifest, err) : SLT_OK;
    if (status)
        return status;
    const slt_study_options options = {.out = out,
                                       .remark = cli_progress_remark,
                                       .progress_context = &progress,
                                       .cancel = cli_save_on_signals()};
    cli_progress_begin(&progress);
    status = slt_study_merge(&options, (const char *const *)call->operands + 1,
                             (size_t)call->operand_count - 1, manifest, &counts, err);
    cli_progress_end(&progress);
    if (status == SLT_OK && counts.unfinished)
        cli_say("%zu unfinished %s in the folders given", counts.unfinished,
                counts.unfinished == 1 ? "run stays" : "runs stay");
    if (status == SLT_OK)
        call->json ? put_merged(call->json, &counts, out) : print_merged(&counts, out);
    slt_manifest_free(manifest);
    return status;
}

static const cli_option options[] = {
    {"manifest", 0, "FILE",
     "Each trace must also be the run that this manifest gives its number; without it "
     "the folders need only be of one experiment.",
     "file"},
};

const cli_command cli_merge = {
    .name = "merge",
    .operands = "OUT IN...",
    .operands_min = 2,
    .operands_max = 1000000,
    .suffix = "/",
    .summary = "gather the finished runs of several folders in one",
    .details =
        "Puts the finished traces of the folders IN, each with its provenance, into the "
        "folder OUT, which is made where there is none: as hard links where the file "
        "system has them, else as copies. The folders IN stay as they are.\n\n"
        "Before anything is placed, every trace is read whole, with all of its hashes. "
        "The same run in two folders must be the same bytes: else both files are named, "
        "and the exit status is 1. A folder of another experiment, or one where the "
        "manifest had other runs or another order of them, is refused with status 2, "
        "as is a damaged trace; OUT is as it was then. An interrupted merge is finished "
        "by the same command.\n\n"
        "Runs that are in none of the folders are counted as missing, which is no "
        "error; sltrace run MANIFEST --out OUT makes them. Unfinished runs stay where "
        "they are. A program that computes in OUT meanwhile is in the way.",
    .examples = "sltrace merge fig1 part-1 part-2 part-3\n"
                "sltrace merge fig1 shards/* && sltrace record fig1.yaml --from fig1",
    CLI_OPTIONS(options),
    .json = true,
    .names = true,
    .run = merge_run,
};
