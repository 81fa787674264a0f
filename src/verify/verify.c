#include <sltrace/check.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/numerics.h>

#include "base/fpenv.h"
#include "base/later.h"
#include "base/world.h"
#include "golden/golden_internal.h"
#include "manifest/manifest.h"
#include "num/math.h"
#include "run/files.h"
#include "verify/fingerprints.h"
#include "verify/golden_match.h"
#include "verify/select_runs.h"
#include "verify/spot.h"
#include "verify/verify_figure.h"

#define PROGRESS_NS 100000000u

/* One golden being verified. */
typedef struct verify {
    const slt_verify_options *options;
    slt_golden *golden, *made; /* as read; as the manifest and the runs give it */
    slt_manifest *manifest;
    const slt_verify_page *page;
    slt_verify_result *result;
    bool *selected;
    size_t *runs; /* those judged, in order */
    size_t run_count;
    slt_outcome_needs needs; /* of the figure, where all runs are judged */
    slt_judge judge;
    pthread_mutex_t mutex;     /* guards the manifest and all that follows */
    slt_judgement *judgements; /* of those judged, in order */
    size_t told;               /* how many verdicts were told */
    uint64_t *work, *done;     /* by run */
    bool has_loss;             /* of the run below, at its last checkpoint: */
    slt_real loss;
    size_t loss_run;
    uint64_t told_ns;
    size_t ended;
    slt_status worst;
    slt_error error; /* of the first trouble */
} verify;

/* ---- Telling ----------------------------------------------------------------------- */

static slt_verify_plan verify_plan_of(const verify *v, size_t parts)
{
    return (slt_verify_plan){.golden = v->golden,
                             .runs_sha256 = v->result->runs_sha256,
                             .signature =
                                 v->options->signer ? &v->result->signature : NULL,
                             .judged = v->run_count,
                             .spot_key = v->options->spot ? v->options->spot_key : NULL,
                             .parts = parts};
}

static void verify_tell_run(verify *v, size_t place)
{
    if (v->page->run)
        v->page->run(v->page->context, v->golden, &v->judgements[place].run);
}

/* Tells all verdicts that are next in order. The caller holds the mutex. */
static void verify_tell_ready(verify *v)
{
    while (v->told < v->run_count) {
        const slt_run_verdict *run = &v->judgements[v->told].run;
        if (run->verdict == SLT_VERDICT_PENDING || run->error.status == SLT_INTERRUPTED)
            break;
        verify_tell_run(v, v->told++);
    }
}

/* After an interruption only the first run without a verdict is told; it stands for all
 * of them. */
static void verify_tell_interrupted(verify *v)
{
    while (v->told < v->run_count) {
        const slt_run_verdict *run = &v->judgements[v->told].run;
        verify_tell_run(v, v->told++);
        if (run->error.status == SLT_INTERRUPTED)
            break;
    }
}

/* ---- Progress ---------------------------------------------------------------------- */

/* The caller holds the mutex. */
static void verify_tell_progress(verify *v, size_t run, bool ended)
{
    uint64_t work = 0, done = 0;
    if (!v->options->progress || v->options->spot)
        return; /* reading traces is soon done; verify_tell_stretch tells the rest */
    for (size_t i = 0; i < v->run_count; i++) {
        work += v->work[v->runs[i]];
        done += v->done[v->runs[i]];
    }
    slt_progress progress = {.runs_done = v->ended,
                             .runs_total = v->run_count,
                             .fraction = work ? (double)done / (double)work : 1,
                             .run = run,
                             .run_ended = ended,
                             .run_status = v->golden->runs[run].status,
                             .label = slt_manifest_label(v->manifest, run),
                             .diverged = v->result->diverged,
                             .overflowed = v->result->overflowed,
                             .differ = v->result->differ,
                             .has_loss = v->has_loss && v->loss_run == run,
                             .loss = v->loss};
    v->told_ns = slt_clock_ns();
    v->options->progress(v->options->progress_context, &progress);
}

static bool verify_cancelled(const verify *v)
{
    return v->options->cancel && *v->options->cancel;
}

static bool verify_pause_wanted(void *context, size_t run, uint64_t done)
{
    verify *v = context;
    if (v->options->progress && slt_world.pthread_mutex_trylock(&v->mutex) == 0) {
        v->done[run] = done < v->work[run] ? done : v->work[run];
        if (slt_clock_ns() - v->told_ns >= PROGRESS_NS)
            verify_tell_progress(v, run, false);
        slt_world.pthread_mutex_unlock(&v->mutex);
    }
    return verify_cancelled(v);
}

static void verify_note_loss(void *context, size_t run, slt_real loss)
{
    verify *v = context;
    slt_world.pthread_mutex_lock(&v->mutex);
    v->has_loss = true;
    v->loss = loss;
    v->loss_run = run;
    slt_world.pthread_mutex_unlock(&v->mutex);
}

/* ---- Judging ----------------------------------------------------------------------- */

static slt_status verify_load_run(verify *v, size_t run, slt_run_spec *spec,
                                  const uint8_t **canonical, size_t *size, slt_error *err)
{
    slt_world.pthread_mutex_lock(&v->mutex);
    slt_status status = slt_manifest_run(v->manifest, run, spec, err);
    if (!status)
        status = slt_manifest_canonical(v->manifest, run, canonical, size, err);
    slt_world.pthread_mutex_unlock(&v->mutex);
    return status;
}

static void verify_count(slt_verify_result *result, const slt_run_verdict *run)
{
    bool same = run->verdict == SLT_VERDICT_IDENTICAL;
    result->identical += same;
    result->differ += run->verdict == SLT_VERDICT_DIFFERS;
    result->not_judged += run->verdict == SLT_VERDICT_NOT_JUDGED;
    result->trouble += run->verdict == SLT_VERDICT_TROUBLE;
    result->diverged += same && run->end_status == SLT_RUN_DIVERGED;
    result->overflowed += same && run->end_status == SLT_RUN_OVERFLOW;
}

static void verify_note_verdict(verify *v, size_t place, slt_judgement *judgement)
{
    const size_t run = v->runs[place];
    slt_run_verdict *verdict = &judgement->run;
    slt_world.pthread_mutex_lock(&v->mutex);
    verdict->run = run;
    verdict->label = slt_manifest_label(v->manifest, run);
    slt_status status =
        verdict->verdict == SLT_VERDICT_DIFFERS ? SLT_DIFFERS : verdict->error.status;
    if (status && slt_status_worse(v->worst, status) != v->worst) {
        v->worst = status;
        v->error = verdict->error;
    }
    v->judgements[place] = *judgement;
    if (!v->options->spot || status)
        verify_count(v->result, verdict);
    v->done[run] = v->work[run];
    v->ended++;
    verify_tell_ready(v);
    verify_tell_progress(v, run, true);
    slt_world.pthread_mutex_unlock(&v->mutex);
}

static void verify_judge_task(void *argument, size_t place)
{
    verify *v = argument;
    size_t run = v->runs[place], size = 0;
    const uint8_t *canonical = NULL;
    slt_judgement judgement = {0};
    slt_error *err = &judgement.run.error;
    slt_run_spec *spec = slt_run_spec_create();
    slt_status status;
    if (verify_cancelled(v))
        status = slt_fail(err, SLT_INTERRUPTED, "stopped before all runs were judged");
    else if (!spec)
        status = slt_fail(err, SLT_RESOURCE, "no memory for a run");
    else
        status = verify_load_run(v, run, spec, &canonical, &size, err);
    if (status)
        judgement.run.verdict = SLT_VERDICT_TROUBLE;
    else
        slt_judge_run(&v->judge, run, spec, canonical, size, &judgement);
    verify_note_verdict(v, place, &judgement);
    free(spec);
}

/* The status of all that was judged; slt_verify_figure is yet to come. */
static slt_status verify_conclude(const verify *v, slt_error *err)
{
    if (v->worst && v->worst != SLT_DIFFERS && err)
        *err = v->error;
    else if (v->worst)
        slt_fail(err, v->worst, "%s: %zu of %zu runs %s", v->golden->path,
                 v->result->differ, v->run_count,
                 v->result->differ == 1 ? "differs" : "differ");
    return v->worst;
}

static void verify_tell_stretch(void *context, const slt_run_verdict *verdict,
                                size_t judged)
{
    const verify *v = context;
    const size_t drawn = v->result->spot.drawn;
    const slt_progress progress = {.runs_done = judged,
                                   .runs_total = drawn,
                                   .fraction = (double)judged / (double)drawn,
                                   .run = verdict->run,
                                   .run_ended = true,
                                   .label = verdict->label,
                                   .differ = v->result->differ};
    if (v->options->progress)
        v->options->progress(v->options->progress_context, &progress);
}

static slt_status verify_spot(verify *v, slt_error *err)
{
    const slt_spot_check check = {.options = v->options,
                                  .manifest = v->manifest,
                                  .judge = &v->judge,
                                  .judgements = v->judgements,
                                  .page = v->page,
                                  .result = v->result,
                                  .context = v,
                                  .progress = verify_tell_stretch};
    return v->worst ? SLT_OK : slt_spot_judge(&check, err);
}

static slt_status verify_judge_all(verify *v, slt_error *err)
{
    size_t jobs = v->options->jobs ? v->options->jobs : 1;
    bool full = v->run_count == v->golden->run_count;
    slt_outcome_needs_of(slt_manifest_figure(v->manifest), &v->needs);
    v->judge = (slt_judge){.golden = v->golden,
                           .made = v->made,
                           .folder = v->options->traces,
                           .needs = full ? &v->needs : NULL,
                           .segments = v->options->segments,
                           .spot = v->options->spot > 0,
                           .jobs = jobs,
                           .context = v,
                           .wanted = verify_pause_wanted,
                           .loss = verify_note_loss};
    slt_traces *traces = NULL;
    slt_status status =
        v->judge.folder ? slt_traces_open(v->manifest, &v->judge.folder, 1, &traces, err)
                        : SLT_OK;
    v->judge.traces = traces;
    if (!status)
        status = slt_pool_create(jobs, &v->judge.pool, err);
    if (!status) {
        slt_pool_each(v->judge.pool, v->run_count, verify_judge_task, v);
        if (v->options->spot)
            status = verify_spot(v, err);
        slt_pool_free(v->judge.pool);
    }
    slt_traces_free(traces);
    return status ? status : verify_conclude(v, err);
}

/* ---- Before judging ---------------------------------------------------------------- */

static slt_status verify_check_numerics(const slt_golden *golden, slt_error *err)
{
    if (golden->numerics == SLT_NUMERICS_REVISION)
        return SLT_OK;
    return slt_fail(err, SLT_UNFIT,
                    "%s: cannot judge here: golden of numerics revision %u, this program "
                    "has %d",
                    golden->path, golden->numerics, SLT_NUMERICS_REVISION);
}

/* Finds how much work each run is, and the arithmetic in which functions are called:
 * fixed point if all runs that this machine can compute use it. */
static slt_status verify_look_ahead(verify *v, slt_arithmetic *arithmetic, slt_error *err)
{
    slt_run_spec *spec = slt_run_spec_create();
    slt_status status = spec ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory");
    *arithmetic = SLT_FIXED;
    for (size_t i = 0; i < v->run_count && !status; i++) {
        status = slt_manifest_run(v->manifest, v->runs[i], spec, err);
        if (status)
            break;
        v->work[v->runs[i]] = slt_execute_work(spec);
        if (*arithmetic == SLT_FIXED && !slt_num_available(spec->arithmetic, NULL))
            *arithmetic = spec->arithmetic;
    }
    free(spec);
    return status;
}

/* This machine must compute the functions as the golden states them. If the machine lacks
 * an arithmetic, each run that needs it reports that. */
static slt_status verify_check_machine(verify *v, slt_error *err)
{
    slt_arithmetic arithmetic;
    slt_status status = verify_look_ahead(v, &arithmetic, err);
    for (size_t i = 0; i < v->golden->function_count && !status; i++) {
        status = slt_fingerprint_check(v->golden->functions[i].name,
                                       v->golden->functions[i].fingerprint, arithmetic,
                                       "golden", err);
        v->result->unfit_machine = status == SLT_UNFIT;
    }
    return status;
}

static slt_status verify_open_manifest(verify *v, slt_error *err)
{
    return v->options->manifest
               ? slt_manifest_open(v->options->manifest, &v->manifest, err)
               : slt_golden_manifest(v->golden, &v->manifest, err);
}

static slt_status verify_allocate(verify *v, slt_error *err)
{
    size_t runs = v->golden->run_count;
    v->result->runs = runs;
    v->selected = slt_world.calloc(runs + 1, sizeof *v->selected);
    v->runs = slt_world.calloc(runs + 1, sizeof *v->runs);
    v->work = slt_world.calloc(runs + 1, sizeof *v->work);
    v->done = slt_world.calloc(runs + 1, sizeof *v->done);
    if (!v->selected || !v->runs || !v->work || !v->done)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", runs);
    return SLT_OK;
}

static slt_status verify_select_runs(verify *v, slt_error *err)
{
    slt_status status =
        slt_select_runs(v->manifest, v->golden->run_count, v->options, v->selected, err);
    for (size_t run = 0; run < v->golden->run_count && !status; run++)
        if (v->selected[run])
            v->runs[v->run_count++] = run;
    v->result->judged = v->options->spot ? 0 : v->run_count;
    v->result->spot.key = v->options->spot ? v->options->spot_key : NULL;
    if (!status &&
        !(v->judgements = slt_world.calloc(v->run_count + 1, sizeof *v->judgements)))
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu verdicts", v->run_count);
    return status;
}

static slt_status verify_check_options(const slt_verify_options *options, slt_error *err)
{
    if (options->spot && (options->only || options->sample || options->segments))
        return slt_fail(err, SLT_USAGE, "a spot check is of all runs, and draws itself");
    if (options->spot && (!options->spot_key || !*options->spot_key))
        return slt_fail(err, SLT_USAGE, "a spot check needs a key");
    if (options->spot && !options->traces)
        return slt_fail(err, SLT_USAGE,
                        "a spot check needs traces: what it draws from are the stretches "
                        "of the publisher's (--traces DIR)");
    if (!options->segments || options->traces)
        return SLT_OK;
    return slt_fail(err, SLT_USAGE,
                    "segments need traces: the states that they begin at are in the "
                    "publisher's traces (--traces DIR)");
}

/* Everything before the first run. If it fails, the page has been told. */
static slt_status verify_prepare(verify *v, const char *path, slt_error *err)
{
    slt_mismatch mismatch;
    slt_status status = verify_check_options(v->options, err);
    if (!status)
        status = v->options->signer
                     ? slt_golden_open_signed(path, v->options->signer, &v->golden,
                                              &v->result->signature, err)
                     : slt_golden_open(path, &v->golden, err);
    if (!status)
        status = slt_golden_digest_runs(v->golden, v->result->runs_sha256, err);
    if (!status)
        status = verify_check_numerics(v->golden, err);
    if (!status)
        status = verify_open_manifest(v, err);
    if (!status)
        status = verify_allocate(v, err);
    if (!status) {
        status = slt_golden_match(v->golden, v->manifest, &v->made, &mismatch, err);
        if (status == SLT_DIFFERS) {
            const slt_verify_plan plan = verify_plan_of(v, 0);
            if (v->page->mismatch)
                v->page->mismatch(v->page->context, &plan, slt_manifest_path(v->manifest),
                                  &mismatch);
            return status;
        }
    }
    if (!status)
        status = verify_select_runs(v, err);
    if (!status)
        status = verify_check_machine(v, err);
    if (status && v->page->refused)
        v->page->refused(v->page->context, path, err);
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

/* The last check, whatever a golden may hold: once every part has agreed, the golden as
 * read and the one made here must be the same bytes when written, by their SHA-256. */
static slt_status verify_compare_whole(verify *v, slt_error *err)
{
    char ours[65], theirs[65];
    slt_status status = slt_golden_digest(v->golden, theirs, err);
    if (!status)
        status = slt_golden_digest(v->made, ours, err);
    if (!status && strcmp(ours, theirs) != 0)
        status = slt_fail(err, SLT_DIFFERS,
                          "%s: not the golden that its manifest and runs give",
                          v->golden->path);
    return status;
}

static slt_status verify_runs(verify *v, slt_error *err)
{
    bool full = v->run_count == v->golden->run_count;
    const slt_figure_evidence check = {.golden = v->golden,
                                       .made = v->made,
                                       .manifest = v->manifest,
                                       .judgements = full ? v->judgements : NULL};
    const slt_verify_plan plan = verify_plan_of(v, slt_verify_figure_parts(&check));
    if (v->page->plan)
        v->page->plan(v->page->context, &plan);
    slt_status status = verify_judge_all(v, err);
    if (status == SLT_INTERRUPTED) {
        verify_tell_interrupted(v);
        return status;
    }
    slt_error inner;
    slt_status figure = slt_verify_figure(&check, v->page, &inner);
    if (slt_status_worse(status, figure) != status) {
        status = figure;
        *err = inner;
    }
    v->result->complete = true;
    return status ? status : verify_compare_whole(v, err);
}

static void verify_release(verify *v)
{
    for (size_t i = 0; v->judgements && i < v->run_count; i++)
        slt_outcome_free(&v->judgements[i].outcome);
    free(v->judgements);
    free(v->selected);
    free(v->runs);
    free(v->work);
    free(v->done);
    slt_golden_free(v->made);
    slt_manifest_free(v->manifest);
    slt_golden_free(v->golden);
    slt_world.pthread_mutex_destroy(&v->mutex);
}

static slt_status verify_tell_end(verify *v, slt_status status, slt_error *err)
{
    slt_error late;
    v->result->error = status ? *err : (slt_error){.status = SLT_OK};
    slt_status told =
        v->page->end ? v->page->end(v->page->context, v->result, &late) : SLT_OK;
    if (told && !status)
        *err = late;
    return status ? status : told;
}

slt_status slt_verify(const char *golden_path, const slt_verify_options *options,
                      const slt_verify_page *page, slt_verify_result *result,
                      slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status unknown = SLT_CHECK_PAGE(options, page, err);
    if (unknown)
        return unknown;
    static const slt_verify_page nobody = {0};
    slt_error own;
    slt_verify_result counts;
    verify v = {.options = options,
                .page = page ? page : &nobody,
                .result = result ? result : &counts};
    if (!err)
        err = &own;
    *v.result = (slt_verify_result){0};
    slt_world.pthread_mutex_init(&v.mutex, NULL);
    if (v.page->begin)
        v.page->begin(v.page->context, golden_path);
    slt_status status = verify_prepare(&v, golden_path, err);
    if (!status)
        status = verify_runs(&v, err);
    status = verify_tell_end(&v, status, err);
    verify_release(&v);
    return status;
}
