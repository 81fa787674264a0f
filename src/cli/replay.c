#include "cli/cli.h"

#include <inttypes.h>

#include <sltrace/page.h>
#include <sltrace/system.h>

#include "cli/paths.h"
#include "cli/progress.h"

static slt_status replay_read_range(const cli_call *call, slt_replay_options *options,
                                    slt_error *err)
{
    options->has_from = cli_given(call, "from");
    options->has_to = cli_given(call, "to");
    slt_status status = cli_number(call, "from", 0, UINT64_MAX, &options->from, err);
    if (status == SLT_OK)
        status = cli_number(call, "to", 0, UINT64_MAX, &options->to, err);
    if (status == SLT_OK && options->has_from && options->has_to &&
        options->from > options->to)
        status = slt_fail(err, SLT_USAGE,
                          "replay: --from %" PRIu64 " lies behind --to %" PRIu64,
                          options->from, options->to);
    if (status == SLT_OK && options->write && (options->has_from || options->has_to))
        status = slt_fail(err, SLT_USAGE,
                          "replay: --write goes with a whole replay, without --from and "
                          "--to");
    bool there = false;
    if (status == SLT_OK && options->write)
        status = slt_files_look(options->write, &there, err);
    if (there)
        status = slt_fail(err, SLT_FILE, "%s: exists already; nothing is overwritten",
                          options->write);
    return status;
}

/* Refuses options that do not go with `form`. */
static slt_status replay_refuse(const cli_call *call, const char *form,
                                const char *const *others, size_t count, slt_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (cli_given(call, form) && cli_given(call, others[i]))
            return slt_fail(err, SLT_USAGE, "replay: --%s does not go with --%s", form,
                            others[i]);
    return SLT_OK;
}

static slt_status replay_check_form(const cli_call *call, slt_error *err)
{
    static const char *const others[] = {"from",  "to",    "steps",
                                         "write", "state", "arithmetic"};
    if (cli_given(call, "state") != cli_given(call, "npy"))
        return slt_fail(err, SLT_USAGE, "replay: --state STEP goes with --npy DIR");
    if (cli_given(call, "out") && !cli_given(call, "arithmetic"))
        return slt_fail(err, SLT_USAGE, "replay: --out goes with --arithmetic");
    slt_status status = replay_refuse(call, "state", others, 4, err);
    if (!status)
        status = replay_refuse(call, "arithmetic", others, 5, err);
    return status ? status : replay_refuse(call, "trial", others, 6, err);
}

static slt_status replay_write_state(const cli_call *call, slt_error *err)
{
    slt_state_options options = {.folder = cli_value(call, "npy"),
                                 .cancel = cli_cancel_on_signals()};
    slt_status status = cli_number(call, "state", 0, UINT64_MAX, &options.step, err);
    const slt_replay_page page = slt_replay_text(stdout);
    return status ? status : slt_replay_state(call->operands[0], &options, &page, err);
}

static slt_status replay_one_trial(const cli_call *call, slt_error *err)
{
    slt_trial_options options = {.cancel = cli_cancel_on_signals()};
    slt_status status = cli_number(call, "trial", 0, UINT64_MAX, &options.trial, err);
    const slt_replay_page page = slt_replay_text(stdout);
    return status ? status : slt_replay_trial(call->operands[0], &options, &page, err);
}

static slt_status replay_rerun(const cli_call *call, slt_error *err)
{
    cli_progress progress;
    slt_rerun_options options = {.arithmetic = cli_value(call, "arithmetic"),
                                 .out = cli_value(call, "out"),
                                 .progress = cli_progress_tell,
                                 .progress_context = &progress,
                                 .cancel = cli_save_on_signals()};
    slt_status status = cli_jobs(call, &options.jobs, err);
    if (status)
        return status;
    cli_progress_begin(&progress);
    const slt_rerun_page page = slt_rerun_text(stdout);
    status = slt_rerun(call->operands[0], &options, &page, err);
    cli_progress_end(&progress);
    return status;
}

static slt_status replay_run(const cli_call *call, slt_error *err)
{
    const char *steps = cli_value(call, "steps");
    slt_status refused = replay_check_form(call, err);
    if (refused)
        return refused;
    if (cli_given(call, "state"))
        return replay_write_state(call, err);
    if (cli_given(call, "arithmetic"))
        return replay_rerun(call, err);
    if (cli_given(call, "trial"))
        return replay_one_trial(call, err);
    slt_output *file = NULL;
    slt_replay_options options = {.write = cli_value(call, "write")};
    slt_status status = replay_read_range(call, &options, err);
    if (status == SLT_OK)
        status = cli_jobs(call, &options.jobs, err);
    if (status == SLT_OK && steps)
        status = slt_output_begin(steps, false, &file, &options.steps, err);
    if (status)
        return status;
    options.cancel = cli_cancel_on_signals();
    const slt_replay_page page = slt_replay_text(stdout);
    status = slt_replay(call->operands[0], &options, &page, err);
    slt_error late = {.status = SLT_OK};
    slt_status closed =
        slt_output_end(file, status == SLT_OK || status == SLT_DIFFERS, &late);
    if (closed && !status)
        *err = late;
    return slt_status_worse(status, closed);
}

static const cli_option options[] = {
    {"from", 0, "STEP", "Begin at the checkpoint of this step instead of the start.",
     NULL},
    {"to", 0, "STEP", "End at the checkpoint of this step; the estimates are left out.",
     NULL},
    {"steps", 0, "FILE",
     "Write a line a step: step, loss and a hash of each tensor; - is standard output.",
     "file"},
    {"write", 0, "FILE", "Write the replayed trace to this new file.", "file"},
    {"state", 0, "STEP",
     "Write the state after this many updates, weights and moments, and nothing else.",
     NULL},
    {"trial", 0, "K", "Make this one trial of a run with trials, and print its results.",
     NULL},
    {"npy", 0, "DIR", "With --state: the folder for its NumPy files.", "folder"},
    {"arithmetic", 0, "A",
     "Do the run again in f32, f64 or fixed, as a study with its own manifest and trace.",
     "f32 f64 fixed"},
    {"out", 0, "DIR", "With --arithmetic: its folder; by default sltrace-out/TRACE-A.",
     "folder"},
    {"jobs", 'j', "N", cli_jobs_help, NULL},
};

const cli_command cli_replay = {
    .name = "replay",
    .operands = "TRACE",
    .operands_min = 1,
    .operands_max = 1,
    .suffix = ".trace",
    .summary = "run a trace again, from the trace alone",
    .details =
        "A trace holds its whole experiment: no manifest is needed. Replays all of it, "
        "or "
        "the part between two checkpoints, beginning from the stored state nearest at or "
        "before --from, and compares every record on the way. Where the bytes differ it "
        "names the record, the step, the tensor and, where the state is stored, the "
        "element, and exits with status 1.\n\n"
        "With --state STEP --npy DIR it computes the state after that many updates, from "
        "the stored state nearest before, and writes it as NumPy files under the names "
        "that sltrace export --npy gives: 000057-step1400-W1.npy, moments m.W1 and v.W1. "
        "No file is overwritten. Where a checkpoint on the way is another in the trace "
        "the files are written and the exit status is 1.\n\n"
        "With --trial K it makes trial K of a run with trials, and nothing else, and "
        "prints the results that it would have alone. The trace holds what blocks of "
        "trials add up to, from --from to --to as checkpoints: STEP is the number of "
        "trials done.\n\n"
        "With --arithmetic A the run is done again in another arithmetic: 000057.trace "
        "in "
        "fixed is a study of one run with the manifest DIR/000057-fixed.yaml, which "
        "sltrace run, record and verify take, and the trace DIR/traces/000000.trace. "
        "What "
        "follows is how both ended and, for each estimate, both learning coefficients "
        "and "
        "how many Monte Carlo standard errors lie between them.",
    .examples = "sltrace replay sltrace-out/smoke/linear/traces/000000.trace\n"
                "sltrace replay 000057.trace --from 1200 --to 1400 --steps -\n"
                "sltrace replay 000057.trace --state 1399 --npy arrays\n"
                "sltrace replay 000057.trace --arithmetic fixed --out 57-fixed",
    CLI_OPTIONS(options),
    .names = true,
    .run = replay_run,
};
