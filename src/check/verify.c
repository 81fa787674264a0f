#include <sltrace/check.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/numerics.h>

#include "check/fingerprints.h"
#include "check/match.h"
#include "check/select.h"
#include "check/verify_figure.h"
#include "num/math.h"
#include "record/manifest.h"
#include "study/files.h"

#define PROGRESS_NS 100000000u

/* One golden being verified. */
typedef struct verify {
    const slt_verify_options *options;
    slt_golden *golden;
    slt_manifest *manifest;
    FILE *out;
    bool *selected;
    size_t *runs; /* those judged, in order */
    size_t run_count;
    slt_outcome_needs needs; /* of the figure, where all runs are judged */
    slt_judge judge;
    pthread_mutex_t mutex;     /* of manifest and all that follows */
    slt_judgement *judgements; /* by run */
    size_t printed;            /* of runs */
    uint64_t *work, *done;     /* by run */
    uint64_t told_ns;
    size_t ended;
    size_t counts[SLT_VERDICT_TROUBLE + 1];
    slt_status worst;
    slt_error error; /* of the first trouble */
} verify;

/* ---- TAP --------------------------------------------------------------------------- */

static void print_run(verify *v, size_t place)
{
    size_t run = v->runs[place];
    const slt_judgement *j = &v->judgements[run];
    const char *label = slt_manifest_label(v->manifest, run);
    bool same = j->verdict == SLT_VERDICT_IDENTICAL;
    if (*j->pieces)
        fprintf(v->out, "# %s[%zu]: %s\n", v->golden->name, run, j->pieces);
    fprintf(v->out, "%s %zu - %s[%zu]%s%s%s\n", same ? "ok" : "not ok", place + 1,
            v->golden->name, run, *label ? " " : "", label,
            j->verdict == SLT_VERDICT_NOT_JUDGED ? " # not judged" : "");
    if (!same) {
        slt_buffer block = {0};
        slt_judgement_print(j, &block);
        fputs(slt_buffer_text(&block), v->out);
        slt_buffer_free(&block);
    }
    fflush(v->out);
}

/* With the mutex held: all results that are next in order. */
static void print_ready(verify *v)
{
    while (v->printed < v->run_count) {
        const slt_judgement *j = &v->judgements[v->runs[v->printed]];
        if (j->verdict == SLT_VERDICT_PENDING || j->status == SLT_INTERRUPTED)
            break;
        print_run(v, v->printed++);
    }
}

static slt_status bail_out(FILE *out, slt_status status, const slt_error *err)
{
    fprintf(out, "Bail out! %s\n", err->text);
    fflush(out);
    return status;
}

/* ---- Progress ---------------------------------------------------------------------- */

/* With the mutex held. */
static void tell(verify *v, size_t run, bool ended)
{
    uint64_t work = 0, done = 0;
    if (!v->options->progress)
        return;
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
                             .label = slt_manifest_label(v->manifest, run)};
    v->told_ns = slt_clock_ns();
    v->options->progress(v->options->progress_context, &progress);
}

static bool cancelled(const verify *v)
{
    return v->options->cancel && *v->options->cancel;
}

static bool wanted(void *context, size_t run, uint64_t done)
{
    verify *v = context;
    if (v->options->progress && pthread_mutex_trylock(&v->mutex) == 0) {
        v->done[run] = done < v->work[run] ? done : v->work[run];
        if (slt_clock_ns() - v->told_ns >= PROGRESS_NS)
            tell(v, run, false);
        pthread_mutex_unlock(&v->mutex);
    }
    return cancelled(v);
}

/* ---- Judging ----------------------------------------------------------------------- */

static slt_status load_run(verify *v, size_t run, slt_run_spec *spec,
                           const uint8_t **canonical, size_t *size, slt_error *err)
{
    pthread_mutex_lock(&v->mutex);
    slt_status status = slt_manifest_run(v->manifest, run, spec, err);
    if (!status)
        status = slt_manifest_canonical(v->manifest, run, canonical, size, err);
    if (!status)
        v->work[run] = slt_execute_work(spec);
    pthread_mutex_unlock(&v->mutex);
    return status;
}

static void note_verdict(verify *v, size_t run, slt_judgement *judgement)
{
    pthread_mutex_lock(&v->mutex);
    slt_status status =
        judgement->verdict == SLT_VERDICT_DIFFERS ? SLT_DIFFERS : judgement->status;
    if (status && slt_status_worse(v->worst, status) != v->worst) {
        v->worst = status;
        v->error = judgement->error;
    }
    v->judgements[run] = *judgement;
    v->counts[judgement->verdict]++;
    v->done[run] = v->work[run];
    v->ended++;
    print_ready(v);
    tell(v, run, true);
    pthread_mutex_unlock(&v->mutex);
}

static void judge_task(void *argument, size_t place)
{
    verify *v = argument;
    size_t run = v->runs[place], size = 0;
    const uint8_t *canonical = NULL;
    slt_judgement judgement = {0};
    slt_run_spec *spec = calloc(1, sizeof *spec);
    if (cancelled(v))
        judgement.status = slt_fail(&judgement.error, SLT_INTERRUPTED,
                                    "stopped before all runs were "
                                    "judged");
    else if (!spec)
        judgement.status =
            slt_fail(&judgement.error, SLT_RESOURCE, "no memory for a run");
    else
        judgement.status = load_run(v, run, spec, &canonical, &size, &judgement.error);
    if (judgement.status)
        judgement.verdict = SLT_VERDICT_TROUBLE;
    else
        slt_judge_run(&v->judge, run, spec, canonical, size, &judgement);
    note_verdict(v, run, &judgement);
    free(spec);
}

static slt_status judge_all(verify *v, slt_error *err)
{
    size_t jobs = v->options->jobs ? v->options->jobs : 1;
    bool full = v->run_count == v->golden->run_count;
    slt_outcome_needs_of(slt_manifest_figure(v->manifest), &v->needs);
    v->judge = (slt_judge){.golden = v->golden,
                           .traces = v->options->traces,
                           .needs = full ? &v->needs : NULL,
                           .segments = v->options->segments,
                           .jobs = jobs,
                           .context = v,
                           .wanted = wanted};
    slt_status status = slt_pool_create(jobs, &v->judge.pool, err);
    if (status)
        return status;
    slt_pool_each(v->judge.pool, v->run_count, judge_task, v);
    slt_pool_free(v->judge.pool);
    if (v->worst && v->worst != SLT_DIFFERS && err)
        *err = v->error;
    else if (v->worst)
        slt_fail(err, v->worst, "%s: %zu of %zu runs %s", v->golden->path,
                 v->counts[SLT_VERDICT_DIFFERS], v->run_count,
                 v->counts[SLT_VERDICT_DIFFERS] == 1 ? "differs" : "differ");
    return v->worst;
}

/* ---- Before judging ---------------------------------------------------------------- */

/* The arithmetic that functions are called in: fixed where all runs are that can run on
 * this machine; SLT_UNFIT where not one can. */
static slt_status find_arithmetic(verify *v, slt_arithmetic *arithmetic, slt_error *err)
{
    bool any = false;
    slt_run_spec *spec = calloc(1, sizeof *spec);
    slt_status status = spec ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory");
    *arithmetic = SLT_FIXED;
    for (size_t i = 0; i < v->run_count && spec && *arithmetic == SLT_FIXED; i++) {
        status = slt_manifest_run(v->manifest, v->runs[i], spec, err);
        if (!status)
            status = slt_run_available(spec, err);
        if (status && status != SLT_UNFIT)
            break;
        any |= !status;
        if (!status)
            *arithmetic = spec->arithmetic;
    }
    free(spec);
    return any && status == SLT_UNFIT ? SLT_OK : status;
}

static slt_status check_machine(verify *v, slt_error *err)
{
    const slt_golden *golden = v->golden;
    slt_arithmetic arithmetic;
    if (golden->numerics != SLT_NUMERICS_REVISION)
        return slt_fail(err, SLT_UNFIT,
                        "cannot judge here: golden of numerics revision %u, this program "
                        "has %d",
                        golden->numerics, SLT_NUMERICS_REVISION);
    slt_status status = find_arithmetic(v, &arithmetic, err);
    for (size_t i = 0; i < golden->function_count && !status; i++)
        status = slt_fingerprint_check(golden->functions[i].name,
                                       golden->functions[i].fingerprint, arithmetic,
                                       "golden", err);
    return status;
}

static slt_status open_manifest(verify *v, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    const char *slash = strrchr(v->golden->path, '/');
    int folder = slash ? (int)(slash - v->golden->path) + 1 : 0;
    if (v->options->manifest)
        return slt_manifest_open(v->options->manifest, &v->manifest, err);
    slt_status status =
        slt_path_print(path, err, "%.*s%s", folder, v->golden->path, v->golden->manifest);
    return status ? status : slt_manifest_open(path, &v->manifest, err);
}

static slt_status allocate(verify *v, slt_error *err)
{
    size_t runs = v->golden->run_count;
    v->selected = calloc(runs + 1, sizeof *v->selected);
    v->runs = calloc(runs + 1, sizeof *v->runs);
    v->judgements = calloc(runs + 1, sizeof *v->judgements);
    v->work = calloc(runs + 1, sizeof *v->work);
    v->done = calloc(runs + 1, sizeof *v->done);
    if (!v->selected || !v->runs || !v->judgements || !v->work || !v->done)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", runs);
    return SLT_OK;
}

static void print_mismatch(const verify *v, const slt_mismatch *mismatch)
{
    fprintf(v->out,
            "# golden %s: root ok, %zu runs, numerics %u\n1..1\n"
            "not ok 1 - %s: the manifest is the golden's\n  ---\n  verdict: differs\n"
            "  field: %s\n  file: %s\n",
            v->golden->name, v->golden->run_count, v->golden->numerics, v->golden->name,
            mismatch->field, slt_manifest_path(v->manifest));
    if (mismatch->line)
        fprintf(v->out, "  line: %d\n", mismatch->line);
    fprintf(v->out, "  manifest: %s\n  golden: %s\n  run: %zu\n  ...\n",
            mismatch->manifest, mismatch->golden, mismatch->run);
}

/* Selects the runs; the manifest must be the golden's in all of them. */
static slt_status select_runs(verify *v, slt_error *err)
{
    slt_mismatch mismatch;
    slt_status status = slt_golden_match_sweep(v->golden, v->manifest, &mismatch, err);
    if (!status)
        status = slt_select_runs(v->manifest, v->golden->run_count, v->options,
                                 v->selected, err);
    if (!status)
        status = slt_golden_match(v->golden, v->manifest, v->selected, &mismatch, err);
    if (status == SLT_DIFFERS)
        print_mismatch(v, &mismatch);
    for (size_t run = 0; run < v->golden->run_count && !status; run++)
        if (v->selected[run])
            v->runs[v->run_count++] = run;
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

static void print_plan(const verify *v, size_t tests)
{
    const slt_golden *golden = v->golden;
    fprintf(v->out,
            "# golden %s: root ok, %zu runs, numerics %u, manifest matches\n"
            "# judging %zu of %zu runs\n1..%zu\n",
            golden->name, golden->run_count, golden->numerics, v->run_count,
            golden->run_count, tests);
    fflush(v->out);
}

static void print_counts(const verify *v)
{
    fprintf(v->out, "# %zu identical, %zu %s, %zu not judged",
            v->counts[SLT_VERDICT_IDENTICAL], v->counts[SLT_VERDICT_DIFFERS],
            v->counts[SLT_VERDICT_DIFFERS] > 1 ? "differ" : "differs",
            v->counts[SLT_VERDICT_NOT_JUDGED]);
    if (v->counts[SLT_VERDICT_TROUBLE])
        fprintf(v->out, ", %zu in trouble", v->counts[SLT_VERDICT_TROUBLE]);
    fputc('\n', v->out);
}

static slt_status judge_figure(verify *v, slt_error *err)
{
    slt_buffer lines = {0};
    slt_status status = slt_verify_figure(v->golden, v->manifest, v->judgements,
                                          v->run_count + 1, &lines, err);
    fputs(slt_buffer_text(&lines), v->out);
    slt_buffer_free(&lines);
    return status;
}

static slt_status judge(verify *v, slt_error *err)
{
    bool full = v->run_count == v->golden->run_count;
    slt_status status = check_machine(v, err);
    if (status == SLT_UNFIT)
        return bail_out(v->out, status, err);
    if (status)
        return status;
    print_plan(v, v->run_count + (full ? slt_verify_figure_tests(v->golden) : 0));
    status = judge_all(v, err);
    if (status == SLT_INTERRUPTED)
        return bail_out(v->out, status, err);
    if (full && slt_verify_figure_tests(v->golden)) {
        slt_error inner;
        slt_status figure = judge_figure(v, &inner);
        if (figure && slt_status_worse(status, figure) != status) {
            status = figure;
            if (err)
                *err = inner;
        }
    }
    print_counts(v);
    return status;
}

static void release(verify *v)
{
    for (size_t run = 0; v->judgements && run < v->golden->run_count; run++)
        slt_outcome_free(&v->judgements[run].outcome);
    free(v->judgements);
    free(v->selected);
    free(v->runs);
    free(v->work);
    free(v->done);
    slt_manifest_free(v->manifest);
    slt_golden_free(v->golden);
    pthread_mutex_destroy(&v->mutex);
}

static slt_status check_options(const slt_verify_options *options, slt_error *err)
{
    if (!options->segments || options->traces)
        return SLT_OK;
    return slt_fail(err, SLT_USAGE,
                    "segments need traces: the states that they begin at are in the "
                    "publisher's traces (--traces DIR)");
}

slt_status slt_verify(const char *golden_path, const slt_verify_options *options,
                      FILE *out, slt_error *err)
{
    slt_error own;
    verify v = {.options = options, .out = out};
    if (!err)
        err = &own;
    fprintf(out, "TAP version 13\n");
    pthread_mutex_init(&v.mutex, NULL);
    slt_status status = check_options(options, err);
    if (!status)
        status = slt_golden_open(golden_path, &v.golden, err);
    if (!status)
        status = open_manifest(&v, err);
    if (!status)
        status = allocate(&v, err);
    if (!status)
        status = select_runs(&v, err);
    if (!status)
        status = judge(&v, err);
    if (status && slt_status_exit(status) == 2 && !v.printed)
        bail_out(out, status, err);
    if (fflush(out) && !status)
        status = slt_fail(err, SLT_FILE, "cannot write the verdicts");
    release(&v);
    return status;
}
