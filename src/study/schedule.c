/* All runs of a manifest over a pool of threads. */
#include <sltrace/study.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "num/math.h"
#include "record/digest.h"
#include "record/manifest.h"
#include "study/provenance.h"
#include "study/store.h"

#define SNAPSHOT_MS 1000u
#define PROGRESS_NS 100000000u
/* Snapshots may take this share of the time: the next waits as many times longer. */
#define SNAPSHOT_SHARE 20

typedef struct study {
    slt_manifest *manifest;
    const slt_study_options *options;
    slt_store store;
    slt_pool *pool;
    const size_t *runs; /* the selected ones, in order */
    size_t run_count;
    pthread_mutex_t mutex; /* of all that follows, and of manifest */
    slt_study_counts *counts;
    uint64_t *work, *done, *weight; /* by place in runs */
    size_t runs_done;
    uint64_t told_ns;
    slt_status status; /* of the first run, in order, that failed */
    size_t failed_run;
    slt_error error;
    atomic_bool stop; /* a run failed: the others stop where they can go on */
} study;

/* One run on its way. */
typedef struct job {
    study *study;
    size_t place, run;
    slt_run_spec *spec;
    const uint8_t *canonical;
    size_t canonical_size;
    slt_digest experiment;
    slt_execution execution;
    slt_trace_writer writer;
    slt_run_files files;
    _Atomic uint64_t snapshot_ns; /* when the next one is due */
} job;

/* ---- Progress ---------------------------------------------------------------------- */

static slt_progress sum_progress(const study *s)
{
    uint64_t work = 0, done = 0;
    for (size_t i = 0; i < s->run_count; i++) {
        work += s->work[i] * s->weight[i];
        done += s->done[i] * s->weight[i];
    }
    return (slt_progress){.runs_done = s->runs_done,
                          .runs_total = s->run_count,
                          .fraction = work ? (double)done / (double)work : 1};
}

/* With the mutex held. */
static void tell(study *s, size_t run, bool ended, slt_run_status status)
{
    if (!s->options->progress)
        return;
    slt_progress progress = sum_progress(s);
    progress.run = run;
    progress.run_ended = ended;
    progress.run_status = status;
    progress.label = slt_manifest_label(s->manifest, run);
    s->told_ns = slt_clock_ns();
    s->options->progress(s->options->progress_context, &progress);
}

static void count_run(job *j, bool kept, slt_run_status status)
{
    study *s = j->study;
    pthread_mutex_lock(&s->mutex);
    s->counts->kept += kept;
    s->counts->computed += !kept;
    s->counts->diverged += status == SLT_RUN_DIVERGED;
    s->counts->overflowed += status == SLT_RUN_OVERFLOW;
    s->done[j->place] = s->work[j->place];
    s->runs_done++;
    tell(s, j->run, true, status);
    pthread_mutex_unlock(&s->mutex);
}

/* ---- Hooks ------------------------------------------------------------------------- */

static bool cancelled(const study *s)
{
    return (s->options->cancel && *s->options->cancel) || atomic_load(&s->stop);
}

static bool wanted(void *context, uint64_t done)
{
    job *j = context;
    study *s = j->study;
    uint64_t now = slt_clock_ns();
    if (s->options->progress && pthread_mutex_trylock(&s->mutex) == 0) {
        s->done[j->place] = done < s->work[j->place] ? done : s->work[j->place];
        if (now - s->told_ns >= PROGRESS_NS)
            tell(s, j->run, false, SLT_RUN_DONE);
        pthread_mutex_unlock(&s->mutex);
    }
    return cancelled(s) || now >= atomic_load(&j->snapshot_ns);
}

static uint64_t snapshot_wait_ns(const study *s)
{
    unsigned ms = s->options->snapshot_ms ? s->options->snapshot_ms : SNAPSHOT_MS;
    return ms * UINT64_C(1000000);
}

static slt_status pause_run(void *context, const slt_execution *at,
                            const slt_trace_writer *writer, slt_error *err)
{
    job *j = context;
    uint64_t begun = slt_clock_ns();
    slt_status status = slt_run_files_snapshot(&j->files, j->experiment, at, writer, err);
    uint64_t now = slt_clock_ns();
    uint64_t wait = snapshot_wait_ns(j->study);
    if (wait < (now - begun) * SNAPSHOT_SHARE && !j->study->options->snapshot_ms)
        wait = (now - begun) * SNAPSHOT_SHARE;
    atomic_store(&j->snapshot_ns, now + wait);
    if (!status && cancelled(j->study))
        status = slt_fail(err, SLT_INTERRUPTED,
                          "stopped; run the same command again to go on");
    return status;
}

static slt_status keep_record(void *context, slt_trace_writer *writer, slt_error *err)
{
    job *j = context;
    return slt_run_files_append(&j->files, writer, err);
}

/* ---- One run ----------------------------------------------------------------------- */

/* The chain hash of the header that this run's trace has here. */
static slt_status head_of(const job *j, slt_digest *head, slt_error *err)
{
    slt_trace_writer writer;
    slt_status status = SLT_OK;
    slt_trace_writer_init(&writer);
    slt_trace_write_header(&writer, j->canonical, j->canonical_size,
                           slt_run_functions(j->spec), j->spec->arithmetic);
    if (writer.failed || writer.bytes.failed)
        status = slt_fail(err, SLT_RESOURCE, "no memory for a trace's header");
    else
        *head = writer.hashes[0];
    slt_trace_writer_free(&writer);
    return status;
}

static slt_status refuse_finished(job *j, const slt_trace *trace, slt_error *err)
{
    char field[256], ours[256], theirs[256];
    size_t size;
    int line = 0;
    const uint8_t *canonical = slt_trace_run(trace, &size);
    pthread_mutex_lock(&j->study->mutex);
    bool differs = slt_manifest_difference(j->study->manifest, j->run, canonical, size,
                                           field, sizeof field, ours, sizeof ours, theirs,
                                           sizeof theirs, &line);
    pthread_mutex_unlock(&j->study->mutex);
    if (differs)
        return slt_fail(err, SLT_FORMAT,
                        "%s: another experiment: %s is %s there, expected %s (%s:%d)",
                        j->files.trace, field, theirs, ours,
                        slt_manifest_path(j->study->manifest), line);
    return slt_fail(err, SLT_FORMAT,
                    "%s: made with other elementary functions or another numerics "
                    "revision than this program has",
                    j->files.trace);
}

/* A finished trace is kept where it is whole and this very run's. */
static slt_status keep_finished(job *j, slt_digest head, slt_error *err)
{
    slt_trace *trace = NULL;
    slt_status status = slt_trace_open(j->files.trace, &trace, err);
    if (status) {
        char advice[64] = "a finished trace is damaged (remove it to have it made again)";
        return err ? slt_error_prefix(err, advice) : status;
    }
    if (!slt_digest_equal(slt_trace_record(trace, 0)->hash, head))
        status = refuse_finished(j, trace, err);
    if (!status)
        status = slt_run_files_tidy(&j->files, err);
    if (!status)
        count_run(j, true, slt_trace_record(trace, slt_trace_records(trace) - 1)->status);
    slt_trace_free(trace);
    return status;
}

static slt_status compute(job *j, slt_digest head, slt_error *err)
{
    char started[32];
    bool resumed;
    slt_buffer provenance = {0};
    slt_execute_hooks hooks = {
        .context = j, .record = keep_record, .wanted = wanted, .pause = pause_run};
    slt_provenance_now(started);
    slt_status status = slt_run_files_open(&j->files, j->experiment, head, &j->execution,
                                           &j->writer, &resumed, err);
    atomic_store(&j->snapshot_ns, slt_clock_ns() + snapshot_wait_ns(j->study));
    if (!status)
        status = slt_execute(&j->execution, j->canonical, j->canonical_size, &j->writer,
                             j->study->pool, &hooks, err);
    if (!status) {
        slt_provenance_print(j->spec, started, resumed, &provenance);
        status = slt_run_files_finish(&j->files, &provenance, err);
    }
    if (!status)
        count_run(j, false, j->execution.status);
    slt_buffer_free(&provenance);
    return status;
}

static slt_status prepare(job *j, slt_error *err)
{
    study *s = j->study;
    j->spec = calloc(1, sizeof *j->spec);
    if (!j->spec)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    pthread_mutex_lock(&s->mutex);
    slt_status status = slt_manifest_run(s->manifest, j->run, j->spec, err);
    if (!status)
        status = slt_manifest_canonical(s->manifest, j->run, &j->canonical,
                                        &j->canonical_size, err);
    if (!status)
        j->experiment = slt_manifest_experiment(s->manifest, j->run);
    pthread_mutex_unlock(&s->mutex);
    if (!status)
        status = slt_run_files_name(&s->store, j->run, &j->files, err);
    if (!status)
        status = slt_run_available(j->spec, err);
    return status;
}

static slt_status do_run(job *j, slt_error *err)
{
    slt_digest head;
    slt_status status = prepare(j, err);
    if (!status)
        status = head_of(j, &head, err);
    if (status)
        return status;
    if (slt_file_exists(j->files.trace))
        return keep_finished(j, head, err);
    status = slt_execution_create(j->spec, &j->execution, err);
    return status ? status : compute(j, head, err);
}

static void note_failure(job *j, slt_status status, slt_error *err)
{
    study *s = j->study;
    pthread_mutex_lock(&s->mutex);
    bool first =
        !s->status || (s->status == SLT_INTERRUPTED && status != SLT_INTERRUPTED);
    if (first || (status != SLT_INTERRUPTED && j->run < s->failed_run)) {
        s->status = status;
        s->failed_run = j->run;
        s->error = *err;
    }
    atomic_store(&s->stop, true);
    pthread_mutex_unlock(&s->mutex);
}

static void run_task(void *argument, size_t place)
{
    study *s = argument;
    if (cancelled(s))
        return;
    job j = {.study = s, .place = place, .run = s->runs[place], .files = {.fd = -1}};
    slt_error err = {0};
    slt_trace_writer_init(&j.writer);
    slt_status status = do_run(&j, &err);
    if (status)
        note_failure(&j, status, &err);
    slt_run_files_close(&j.files);
    slt_trace_writer_free(&j.writer);
    slt_execution_free(&j.execution);
    free(j.spec);
}

/* ---- The study --------------------------------------------------------------------- */

/* Estimated work by run: updates, each weighing as many numbers as it touches. */
static slt_status estimate(study *s, slt_error *err)
{
    slt_run_spec *spec = calloc(1, sizeof *spec);
    slt_status status = SLT_OK;
    s->work = calloc(s->run_count + 1, sizeof *s->work);
    s->done = calloc(s->run_count + 1, sizeof *s->done);
    s->weight = calloc(s->run_count + 1, sizeof *s->weight);
    if (!spec || !s->work || !s->done || !s->weight)
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", s->run_count);
    for (size_t i = 0; i < s->run_count && !status; i++) {
        status = slt_manifest_run(s->manifest, s->runs[i], spec, err);
        if (status)
            break;
        s->work[i] = slt_execute_work(spec);
        s->weight[i] = 1 + slt_model_parameters(&spec->model);
    }
    free(spec);
    return status;
}

static slt_status run_all(study *s, slt_error *err)
{
    slt_status status = estimate(s, err);
    if (!status)
        status = slt_pool_create(s->options->jobs ? s->options->jobs : 1, &s->pool, err);
    if (status)
        return status;
    slt_pool_each(s->pool, s->run_count, run_task, s);
    slt_pool_free(s->pool);
    if (s->status) {
        if (err)
            *err = s->error;
        return s->status;
    }
    if (s->runs_done < s->run_count)
        return slt_fail(err, SLT_INTERRUPTED,
                        "stopped; run the same command again to go on");
    return SLT_OK;
}

static size_t list_runs(const slt_manifest *manifest, const bool *selected, size_t *runs)
{
    size_t count = 0;
    for (size_t run = 0; run < slt_manifest_runs(manifest); run++)
        if (!selected || selected[run])
            runs[count++] = run;
    return count;
}

slt_status slt_study_run(slt_manifest *manifest, const slt_study_options *options,
                         slt_study_counts *counts, slt_error *err)
{
    size_t *runs = calloc(slt_manifest_runs(manifest) + 1, sizeof *runs);
    if (!runs)
        return slt_fail(err, SLT_RESOURCE, "no memory for the list of runs");
    *counts = (slt_study_counts){0};
    study s = {.manifest = manifest,
               .options = options,
               .runs = runs,
               .run_count = list_runs(manifest, options->selected, runs),
               .counts = counts};
    slt_status status = slt_store_open(manifest, options->out, &s.store, err);
    if (!status) {
        pthread_mutex_init(&s.mutex, NULL);
        status = run_all(&s, err);
        pthread_mutex_destroy(&s.mutex);
        slt_store_close(&s.store);
    }
    free(s.work);
    free(s.done);
    free(s.weight);
    free(runs);
    return status;
}
