#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/show.h>
#include <sltrace/system.h>

#include "cli/kinds.h"
#include "cli/paths.h"
#include "cli/plan.h"
#include "cli/select.h"

static slt_status show_trace(const char *path, slt_json *json, slt_error *err)
{
    slt_trace *trace = NULL;
    slt_status status = slt_trace_open(path, &trace, err);
    if (status == SLT_OK)
        status = slt_show_trace(trace, path, json, stdout, err);
    slt_trace_free(trace);
    return status;
}

static slt_status show_golden(const char *path, slt_json *json, slt_error *err)
{
    slt_golden *golden = NULL;
    slt_manifest *manifest = NULL;
    char *text = NULL;
    slt_status status = slt_golden_open(path, &golden, err);
    if (status == SLT_OK && golden->claim_count) /* which the manifest explains */
        status = slt_golden_manifest_at_hand(golden, &manifest, err);
    if (status == SLT_OK)
        status = slt_show_golden(golden, manifest, json, &text, err);
    if (text)
        fputs(text, stdout);
    free(text);
    slt_manifest_free(manifest);
    slt_golden_free(golden);
    return status;
}

/* Shows a file by its kind; one with a damaged head is what its name says. */
static slt_status show_run(const cli_call *call, slt_error *err)
{
    const char *path = call->operands[0];
    char head[CLI_HEAD];
    uint64_t shards = 0;
    slt_status status = cli_number(call, "shards", 1, CLI_SHARDS_MAX, &shards, err);
    if (status == SLT_OK)
        status = cli_read_head(path, head, err);
    if (status)
        return status;
    const bool trace =
        memcmp(head, "\x8bSLT", 4) == 0 || slt_files_end_in(path, ".trace");
    const bool golden =
        memcmp(head, "sltrace-golden", 14) == 0 || slt_files_end_in(path, ".golden");
    if (shards && (trace || golden))
        return slt_fail(err, SLT_USAGE, "show: --shards is of manifests; %s is a %s",
                        path, trace ? "trace" : "golden");
    if (trace)
        return show_trace(path, call->json, err);
    if (golden)
        return show_golden(path, call->json, err);
    return cli_show_plan(path, (size_t)shards, call->json, err);
}

static const cli_option options[] = {
    {"shards", 0, "N",
     "Of a manifest: also how run --shard K/N divides the runs, and about what each "
     "shard takes.",
     NULL},
};

const cli_command cli_show = {
    .name = "show",
    .operands = "FILE",
    .operands_min = 1,
    .operands_max = 1,
    .suffix = ".trace .golden .yaml",
    .summary = "what is in a trace or a golden; what a manifest would do",
    .details =
        "Of a trace: every record with its metrics, hash and place, after checking every "
        "byte of the file: magic, encodings, the chain of hashes, the hash of every "
        "stored "
        "tensor. A damaged or cut trace is found without running anything, and the "
        "message "
        "names the byte.\n\n"
        "Of a golden: its runs and claims, after checking its root hash. Which claims "
        "are results, settings or checks is told by the manifest that it names, where "
        "that is at hand.\n\n"
        "Of a manifest: its plan, that is runs, parameters, steps, draws, and about what "
        "memory, time and disk they take. The memory is that of the largest run, and of "
        "as many as --jobs do side by side. The time is counted multiply-adds over the "
        "speed of this machine, measured for a moment, and what small steps and the "
        "files of a run cost beside them; take it "
        "for right within a factor of 2. A stop rule can make it less. Of a sweep of "
        "more "
        "than 20000 runs those spread evenly over it stand for all. The files that "
        "weights start from are looked at: that they are there, with the SHA-256 given, "
        "and hold such a weight; one that does not is told, and exit status 2.",
    .examples = "sltrace show manifests/lakkapragada2025/fig6.yaml\n"
                "sltrace show golden/lakkapragada2025/fig6.golden\n"
                "sltrace show sltrace-out/smoke/linear/traces/000000.trace\n"
                "sltrace show fig1.yaml --shards 8",
    CLI_OPTIONS(options),
    .json = true,
    .names = true,
    .run = show_run,
};
