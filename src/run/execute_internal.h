/* What execute.c, execute_training.c, sample.c and sample_wave.c share. */
#ifndef SLT_RUN_EXECUTE_INTERNAL_H
#define SLT_RUN_EXECUTE_INTERNAL_H

#include <stdatomic.h>

#include "run/execute.h"

/* Chains of an estimate that are in memory at once, each with a worker of its own or in a
 * group. */
#define SLT_WAVE_MAX 32

typedef struct slt_executor {
    slt_execution *at;
    slt_trace_writer *writer; /* NULL: of a trial, which has no records */
    slt_pool *pool;
    const slt_execute_hooks *hooks;
    slt_trainer *trainer;
    const slt_data *data;  /* the trainer's */
    _Atomic uint64_t done; /* of slt_execute_work */
} slt_executor;

/* Creates a trainer and, if nothing is written yet, the header and the first state.  The
 * caller frees whatever was made, even after an error. */
slt_status slt_executor_open(slt_executor *executor, const uint8_t *canonical,
                             size_t size, slt_error *err);
/* Does what comes before the next update of training: a requested pause, a checkpoint
 * that is due, the end.  The phase tells whether an update follows.  *waiting: a
 * checkpoint is to be written after that update. */
slt_status slt_executor_ready(slt_executor *executor, bool *waiting, slt_error *err);
/* Trains to the end of training, or to hooks->until. */
slt_status slt_executor_train(slt_executor *executor, slt_error *err);
/* Makes the trials of a run, to the last or to hooks->until. */
slt_status slt_executor_make_trials(slt_executor *executor, slt_error *err);
/* Ends the run because update `step` could not be made. */
void slt_executor_end_early(slt_executor *executor, slt_step_result why, uint64_t step);

/* Hands a record just written to the caller. */
slt_status slt_executor_emit(slt_executor *executor, slt_error *err);
/* Whether the caller wants a pause; any thread. */
bool slt_executor_wanted(slt_executor *executor);
/* Pauses at a safe point. */
slt_status slt_executor_pause(slt_executor *executor, slt_error *err);
/* The mean over the probes of an estimate, at least one, of the trace of the Hessian at
 * the checkpoint of that step, where the sampler starts.  Call it before any result of
 * the estimate is added, since it may pause. */
slt_status slt_sample_trace(slt_executor *executor, const slt_sampler *sampler,
                            uint64_t step, slt_real *trace, slt_error *err);

/* Runs chains first to first + count - 1 of the estimate in progress to their ends, in
 * slices of so many updates; a pause may come between two slices. */
slt_status slt_sample_advance(slt_executor *executor, slt_sampler *sampler, size_t first,
                              size_t count, uint64_t slice, slt_error *err);

/* Makes the estimate at->llc at its checkpoint at->place, whose weights are start. */
slt_status slt_sample_place(slt_executor *executor, uint64_t step, bool last,
                            const slt_params *start, slt_error *err);

/* Once training is over: how many checkpoints an estimate is made at, and the step of one
 * of them. */
size_t slt_sample_places(const slt_execution *at, const slt_llc_spec *spec);
uint64_t slt_sample_step(const slt_execution *at, const slt_llc_spec *spec, size_t place);

/* Makes all remaining estimates. */
slt_status slt_sample(slt_executor *executor, slt_error *err);

#endif
