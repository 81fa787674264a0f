/* One trial of a traced run, made again from the trace's header. */
#include <sltrace/check.h>

#include <inttypes.h>
#include <stdlib.h>

#include "base/fpenv.h"
#include "base/later.h"
#include "base/world.h"
#include "manifest/manifest.h"
#include "run/trial.h"
#include "verify/fingerprints.h"

static bool trial_is_cancelled(void *context)
{
    const slt_trial_options *options = context;
    return options->cancel && *options->cancel;
}

static slt_status trial_replay(const char *path, const slt_run_spec *run,
                               slt_trial_options *options, const slt_replay_page *page,
                               slt_error *err)
{
    const slt_trial_hooks hooks = {.context = options, .wanted = trial_is_cancelled};
    slt_trial_maker *maker = NULL;
    slt_trial trial;
    if (!run->trials.count)
        return slt_fail(err, SLT_USAGE, "%s: its run has no trials", path);
    if (options->trial >= run->trials.count)
        return slt_fail(err, SLT_USAGE,
                        "%s: expected a trial up to %" PRIu64 ", found %" PRIu64, path,
                        run->trials.count - 1, options->trial);
    slt_status status = SLT_OK;
    if (run->arithmetic != SLT_FIXED)
        status = slt_fpenv_enter(NULL, err);
    if (!status)
        status = slt_trial_maker_create(run, &hooks, &maker, err);
    if (!status)
        status = slt_trial_make(maker, options->trial, &trial, err);
    if (!status && page->trial)
        page->trial(page->context, options->trial, trial.status, trial.results->list,
                    trial.results->count);
    slt_trial_maker_free(maker);
    return status;
}

slt_status slt_replay_trial(const char *trace_path, const slt_trial_options *options,
                            const slt_replay_page *page, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status unknown = SLT_CHECK_PAGE(options, page, err);
    if (unknown)
        return unknown;
    static const slt_replay_page nobody = {0};
    slt_trial_options own = *options;
    slt_trace *trace = NULL;
    size_t size;
    slt_status status = slt_trace_open(trace_path, &trace, err);
    if (status)
        return status;
    slt_run_spec *run = slt_run_spec_create();
    const uint8_t *canonical = slt_trace_run(trace, &size);
    status = run ? slt_canonical_decode(canonical, size, run, err)
                 : slt_fail(err, SLT_RESOURCE, "no memory for a run");
    if (!status)
        status = slt_trace_judgeable(trace, trace_path, run, err);
    if (!status)
        status = trial_replay(trace_path, run, &own, page ? page : &nobody, err);
    free(run);
    slt_trace_free(trace);
    return status;
}
