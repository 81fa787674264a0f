/* One run of a study: from its files, through what is computed, to its files. */
#include <sltrace/system.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "codec/digest.h"
#include "manifest/manifest.h"
#include "run/provenance.h"
#include "run/schedule_internal.h"
#include "run/trained.h"

#define SNAPSHOT_MS 1000u
#define PROGRESS_NS 100000000u
/* The share of the time that snapshots may take: after a slow one the next waits
 * longer. */
#define SNAPSHOT_SHARE 20

/* ---- Progress ---------------------------------------------------------------------- */

static slt_progress sum_progress(const slt_schedule *s)
{
    uint64_t work = 0, done = 0;
    for (size_t i = 0; i < s->run_count; i++) {
        work += s->work[i] * s->weight[i];
        done += s->done[i] * s->weight[i];
    }
    return (slt_progress){.runs_done = s->runs_done,
                          .runs_total = s->run_count,
                          .diverged = s->counts->diverged,
                          .overflowed = s->counts->overflowed,
                          .fraction = work ? (double)done / (double)work : 1};
}

/* The caller holds the mutex. */
static void tell_progress(const slt_schedule_job *j, bool ended, slt_run_status status)
{
    slt_schedule *s = j->study;
    if (!s->options->progress)
        return;
    slt_progress progress = sum_progress(s);
    progress.run = j->run;
    progress.run_ended = ended;
    progress.run_status = status;
    progress.label = slt_manifest_label(s->manifest, j->run);
    progress.has_loss = j->has_loss;
    progress.loss = j->loss;
    s->told_ns = slt_clock_ns();
    s->options->progress(s->options->progress_context, &progress);
}

static void count_run(slt_schedule_job *j, bool kept, slt_run_status status)
{
    slt_schedule *s = j->study;
    slt_world.pthread_mutex_lock(&s->mutex);
    s->counts->kept += kept;
    s->counts->computed += !kept;
    s->counts->diverged += status == SLT_RUN_DIVERGED;
    s->counts->overflowed += status == SLT_RUN_OVERFLOW;
    s->done[j->place] = s->work[j->place];
    s->elsewhere[j->place] = false;
    s->runs_done++;
    tell_progress(j, true, status);
    slt_world.pthread_mutex_unlock(&s->mutex);
}

/* ---- Hooks ------------------------------------------------------------------------- */

bool slt_schedule_cancelled(const slt_schedule *s)
{
    return (s->options->cancel && *s->options->cancel) || atomic_load(&s->stop);
}

static bool job_wanted(void *context, uint64_t done)
{
    slt_schedule_job *j = context;
    slt_schedule *s = j->study;
    uint64_t now = slt_clock_ns();
    if (s->options->progress && slt_world.pthread_mutex_trylock(&s->mutex) == 0) {
        s->done[j->place] = done < s->work[j->place] ? done : s->work[j->place];
        if (now - s->told_ns >= PROGRESS_NS)
            tell_progress(j, false, SLT_RUN_DONE);
        slt_world.pthread_mutex_unlock(&s->mutex);
    }
    return slt_schedule_cancelled(s) || now >= atomic_load(&j->snapshot_ns);
}

static slt_status note_loss(void *context, uint64_t step, const slt_metrics *metrics,
                            slt_error *err)
{
    slt_schedule_job *j = context;
    (void)step;
    (void)err;
    slt_world.pthread_mutex_lock(&j->study->mutex);
    j->has_loss = metrics->count > 0;
    j->loss = metrics->list[0].value;
    slt_world.pthread_mutex_unlock(&j->study->mutex);
    return SLT_OK;
}

static uint64_t snapshot_wait_ns(const slt_schedule *s)
{
    unsigned ms = s->options->snapshot_ms ? s->options->snapshot_ms : SNAPSHOT_MS;
    return ms * UINT64_C(1000000);
}

static slt_status pause_run(void *context, const slt_execution *at,
                            const slt_trace_writer *writer, slt_error *err)
{
    slt_schedule_job *j = context;
    uint64_t begun = slt_clock_ns();
    slt_status status = slt_run_files_snapshot(&j->files, j->experiment, at, writer, err);
    uint64_t now = slt_clock_ns();
    uint64_t wait = snapshot_wait_ns(j->study);
    if (wait < (now - begun) * SNAPSHOT_SHARE && !j->study->options->snapshot_ms)
        wait = (now - begun) * SNAPSHOT_SHARE;
    atomic_store(&j->snapshot_ns, now + wait);
    if (!status && slt_schedule_cancelled(j->study))
        status = slt_fail(err, SLT_INTERRUPTED,
                          "stopped; run the same command again to go on");
    return status;
}

static slt_status keep_record(void *context, slt_trace_writer *writer, slt_error *err)
{
    slt_schedule_job *j = context;
    return slt_run_files_append(&j->files, writer, err);
}

/* ---- One run ----------------------------------------------------------------------- */

/* The chain hash that the header of this run's trace has on this machine. */
static slt_status head_of(const slt_schedule_job *j, slt_digest *head, slt_error *err)
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

/* Takes the run's lock.  Where another program has it, or had it and finished, this one
 * does not. */
static slt_status take_run(slt_schedule_job *j, slt_error *err)
{
    slt_schedule *s = j->study;
    slt_status status = SLT_OK;
    if (!j->taken)
        status = slt_store_take(&s->store, j->experiment, &j->taken, err);
    slt_world.pthread_mutex_lock(&s->mutex);
    s->elsewhere[j->place] = !status && !j->taken;
    slt_world.pthread_mutex_unlock(&s->mutex);
    return status;
}

/* The syncer has the run until its trace has its final name. */
static slt_status hand_over(slt_schedule_job *j, slt_error *err)
{
    slt_status status =
        slt_syncer_put(j->study->syncer, j->run, j->experiment, j->files.leftovers, err);
    j->taken = j->taken && status;
    return status;
}

static slt_status refuse_finished(slt_schedule_job *j, const slt_trace *trace,
                                  slt_error *err)
{
    slt_schedule *s = j->study;
    slt_world.pthread_mutex_lock(&s->mutex);
    slt_status status =
        slt_store_refuse_other(s->manifest, j->run, j->files.trace, trace, err);
    slt_world.pthread_mutex_unlock(&s->mutex);
    if (status)
        return status;
    return slt_fail(err, SLT_FORMAT,
                    "%s: made with other elementary functions or another numerics "
                    "revision than this program has",
                    j->files.trace);
}

static slt_status keep_whole(slt_schedule_job *j, const slt_trace *trace, slt_digest head,
                             slt_error *err)
{
    slt_status status = SLT_OK;
    if (!slt_digest_equal(slt_trace_record(trace, 0)->hash, head))
        status = refuse_finished(j, trace, err);
    if (!status)
        status = slt_run_files_tidy(&j->files, err);
    bool there = false;
    if (!status)
        status = slt_files_look(j->files.provenance, &there, err);
    if (status)
        return status;
    j->study->foreign[j->place] = !there;
    count_run(j, true, slt_trace_record(trace, slt_trace_records(trace) - 1)->status);
    return SLT_OK;
}

/* *done: the run has a valid finished trace, which is kept.  A damaged one is put aside
 * by the program that has the run's lock; if it was read before the lock was taken, it
 * may have been another program's by then. */
static slt_status keep_finished(slt_schedule_job *j, slt_digest head, bool *done,
                                slt_error *err)
{
    slt_trace *trace = NULL;
    slt_error wrong = {0};
    bool there;
    *done = false;
    slt_status status = slt_files_look(j->files.trace, &there, err);
    if (status || !there)
        return status;
    status = slt_trace_open(j->files.trace, &trace, &wrong);
    if (status && status != SLT_FORMAT)
        return slt_error_copy(err, &wrong);
    if (!status) {
        *done = true;
        status = keep_whole(j, trace, head, err);
    } else {
        status = SLT_OK;
        slt_world.pthread_mutex_lock(&j->study->mutex);
        if (j->taken)
            status = slt_store_set_aside(&j->study->store, j->run, wrong.text, err);
        slt_world.pthread_mutex_unlock(&j->study->mutex);
    }
    slt_trace_free(trace);
    return status;
}

static void remark(const slt_schedule_job *j, const char *text)
{
    slt_schedule *s = j->study;
    slt_world.pthread_mutex_lock(&s->mutex);
    slt_store_remark(&s->store, "%s", text);
    slt_world.pthread_mutex_unlock(&s->mutex);
}

/* Finishes a run that was computed to the end but not synced when its program ended. */
static slt_status keep_part(slt_schedule_job *j, slt_digest head, bool *done,
                            slt_error *err)
{
    slt_run_status ended;
    slt_status status = slt_run_files_whole(&j->files, head, done, &ended, err);
    if (!status && *done)
        status = hand_over(j, err);
    if (!status && *done)
        count_run(j, true, ended);
    return status;
}

/* Takes the training of a run that is at its beginning from elsewhere, if the study has
 * it. */
static slt_status take_training(slt_schedule_job *j, slt_error *err)
{
    const slt_trace *trained = j->study->options->trained;
    if (!trained)
        return SLT_OK;
    slt_world.pthread_mutex_lock(&j->study->mutex);
    slt_status status = slt_trained_take(trained, j->canonical, j->canonical_size,
                                         &j->execution, &j->writer, err);
    slt_world.pthread_mutex_unlock(&j->study->mutex);
    return status ? status : slt_run_files_append(&j->files, &j->writer, err);
}

/* Continues the run from its snapshot, or starts it at its beginning. */
static slt_status begin_run(slt_schedule_job *j, slt_digest head, slt_error *err)
{
    slt_status status = slt_execution_create(j->spec, &j->execution, err);
    if (status)
        return status;
    slt_provenance_now(j->started);
    status = slt_run_files_open(&j->files, j->experiment, head, &j->execution, &j->writer,
                                &j->resumed, err);
    if (!status && !j->resumed)
        status = take_training(j, err);
    atomic_store(&j->snapshot_ns, slt_clock_ns() + snapshot_wait_ns(j->study));
    j->hooks = (slt_execute_hooks){.context = j,
                                   .record = keep_record,
                                   .checkpoint = note_loss,
                                   .wanted = job_wanted,
                                   .pause = pause_run};
    j->under_way = !status;
    if (j->files.dropped[0])
        remark(j, j->files.dropped);
    return status;
}

static slt_status execute_run(slt_schedule_job *j, slt_error *err)
{
    return slt_execute(&j->execution, j->canonical, j->canonical_size, &j->writer,
                       j->study->pool, &j->hooks, err);
}

/* A snapshot holds what its trace does not repeat, so an error in it may show only at
 * the end, in a trace that contradicts itself; the run is then made anew. */
static slt_status judge_resumed(slt_schedule_job *j, slt_error *err)
{
    slt_trace *trace = NULL;
    slt_error wrong = {0};
    char text[600];
    slt_status status = slt_trace_open(j->files.part, &trace, &wrong);
    slt_trace_free(trace);
    if (status != SLT_FORMAT)
        return slt_error_copy(err, &wrong);
    snprintf(text, sizeof text, "%.400s: came of a wrong snapshot; the run begins anew",
             wrong.text);
    remark(j, text);
    j->resumed = false;
    status = slt_run_files_restart(&j->files, &j->execution, &j->writer, err);
    if (!status)
        status = take_training(j, err);
    return status ? status : execute_run(j, err);
}

static slt_status finish_run(slt_schedule_job *j, slt_error *err)
{
    slt_buffer provenance = {0};
    slt_status status = execute_run(j, err);
    if (!status && j->resumed)
        status = judge_resumed(j, err);
    if (!status) {
        slt_provenance_print(j->spec, j->started, j->resumed, &provenance);
        status = slt_run_files_finish(&j->files, &provenance, err);
    }
    if (!status)
        status = hand_over(j, err);
    if (!status)
        count_run(j, false, j->execution.status);
    slt_buffer_free(&provenance);
    return status;
}

static slt_status prepare_run(slt_schedule_job *j, slt_error *err)
{
    slt_schedule *s = j->study;
    j->spec = slt_run_spec_create();
    if (!j->spec)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    slt_world.pthread_mutex_lock(&s->mutex);
    slt_status status = slt_manifest_run(s->manifest, j->run, j->spec, err);
    if (!status)
        status = slt_manifest_canonical(s->manifest, j->run, &j->canonical,
                                        &j->canonical_size, err);
    if (!status)
        j->experiment = slt_manifest_experiment(s->manifest, j->run);
    slt_world.pthread_mutex_unlock(&s->mutex);
    if (!status)
        status = slt_run_files_name(&s->store, j->run, &j->files, err);
    if (!status)
        status = slt_num_available(j->spec->arithmetic, err);
    return status;
}

/* Starts the run, unless it is finished or another program has it. */
static slt_status open_run(slt_schedule_job *j, slt_error *err)
{
    slt_digest head;
    bool done = false;
    slt_status status = prepare_run(j, err);
    if (!status)
        status = head_of(j, &head, err);
    if (!status)
        status = keep_finished(j, head, &done, err);
    if (!status && !done)
        status = take_run(j, err);
    if (status || done || !j->taken)
        return status;
    status =
        keep_finished(j, head, &done, err); /* by the program that had it until now */
    if (!status && !done)
        status = keep_part(j, head, &done, err);
    return status || done ? status : begin_run(j, head, err);
}

void slt_schedule_fail(slt_schedule_job *j, slt_status status, const slt_error *err)
{
    slt_schedule *s = j->study;
    j->under_way = false;
    slt_world.pthread_mutex_lock(&s->mutex);
    bool first =
        !s->status || (s->status == SLT_INTERRUPTED && status != SLT_INTERRUPTED);
    if (first || (status != SLT_INTERRUPTED && j->run < s->failed_run)) {
        s->status = status;
        s->failed_run = j->run;
        s->error = *err;
    }
    atomic_store(&s->stop, true);
    slt_world.pthread_mutex_unlock(&s->mutex);
}

void slt_schedule_open(slt_schedule *s, size_t place, slt_schedule_job *j)
{
    slt_error err = {0};
    *j = (slt_schedule_job){
        .study = s, .place = place, .run = s->runs[place], .files = {.fd = -1}};
    slt_trace_writer_init(&j->writer);
    if (slt_schedule_cancelled(s))
        return;
    slt_status status = open_run(j, &err);
    if (status)
        slt_schedule_fail(j, status, &err);
}

void slt_schedule_finish(slt_schedule_job *j)
{
    slt_error err = {0};
    slt_status status = j->under_way ? finish_run(j, &err) : SLT_OK;
    if (status)
        slt_schedule_fail(j, status, &err);
    slt_run_files_close(&j->files);
    if (j->taken)
        slt_store_release(&j->study->store, j->experiment);
    slt_trace_writer_free(&j->writer);
    slt_execution_free(&j->execution);
    free(j->spec);
}
