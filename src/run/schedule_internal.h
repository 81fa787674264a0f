/* Shared by schedule.c and schedule_run.c: a study that is being computed, and one of its
 * runs. */
#ifndef SLT_RUN_SCHEDULE_INTERNAL_H
#define SLT_RUN_SCHEDULE_INTERNAL_H

#include <sltrace/study.h>

#include <pthread.h>
#include <stdatomic.h>

#include "run/store.h"
#include "run/sync.h"

/* Consecutive runs that one task computes: one run, or several that are trained side by
 * side. */
typedef struct slt_schedule_team {
    size_t first, count;
} slt_schedule_team;

typedef struct slt_schedule {
    slt_manifest *manifest;
    const slt_study_options *options;
    slt_store store;
    slt_syncer *syncer;
    slt_pool *pool;
    const size_t *runs; /* the selected ones, in order */
    size_t run_count;
    slt_schedule_team *teams;
    size_t team_count;
    pthread_mutex_t mutex; /* of all that follows, and of manifest */
    slt_study_counts *counts;
    uint64_t *work, *done, *weight; /* by place in runs */
    bool *elsewhere, *foreign; /* another program has it; its trace has no provenance */
    size_t runs_done;
    uint64_t told_ns;
    slt_status status; /* of the first run, in order, that failed */
    size_t failed_run;
    slt_error error;
    atomic_bool stop; /* a run failed: the others stop where they can be continued */
} slt_schedule;

/* One run that is being computed. */
typedef struct slt_schedule_job {
    slt_schedule *study;
    size_t place, run;
    slt_run_spec *spec;
    const uint8_t *canonical;
    size_t canonical_size;
    slt_digest experiment;
    slt_execution execution;
    slt_trace_writer writer;
    slt_run_files files;
    char started[32];
    bool resumed;
    bool has_loss; /* guarded by the study's mutex, as is */
    slt_real loss; /* that of the last checkpoint that was computed */
    _Atomic uint64_t snapshot_ns; /* when the next one is due */
    slt_execute_hooks hooks;
    bool taken;     /* this program holds its lock */
    bool under_way; /* it was opened and must be finished */
} slt_schedule_job;

/* Whether no further run may be started. */
bool slt_schedule_cancelled(const slt_schedule *study);

/* Starts a run.  Afterwards it is under way, unless it was finished before, belongs to
 * another program, failed, or the study was interrupted. */
void slt_schedule_open(slt_schedule *study, size_t place, slt_schedule_job *job);
/* Runs the job to completion if it was started, and frees what it held. */
void slt_schedule_finish(slt_schedule_job *job);
/* Records the failure of a run: the study fails with that of the first run, in order,
 * and all other runs stop. */
void slt_schedule_fail(slt_schedule_job *job, slt_status status, const slt_error *err);

#endif
