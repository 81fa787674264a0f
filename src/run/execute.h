/* Executes one run: a pure sequence over data, net and learn that emits a trace.
 *
 * The records, in order: header; checkpoints; for each estimate its chains; the table of
 * results; end.  Nothing here knows of files, clocks or the terminal: the caller's hooks
 * take the records, stop the run at safe points and save what is needed to continue.  How
 * often a run was stopped, and how many threads it used, changes no byte. */
#ifndef SLT_RUN_EXECUTE_H
#define SLT_RUN_EXECUTE_H

#include "base/pool.h"
#include "learn/llc.h"
#include "learn/train.h"
#include "run/kept.h"
#include "run/trials.h"
#include "learn/results.h"
#include "trace/trace_writer.h"

typedef enum slt_phase { SLT_PHASE_TRAIN, SLT_PHASE_SAMPLE, SLT_PHASE_CLOSE } slt_phase;

/* A run in progress: with the records written so far, all that is needed to continue. */
typedef struct slt_execution {
    const slt_run_spec *run;
    slt_phase phase;
    slt_state state; /* of training */
    bool has_checkpoint;
    uint64_t checkpoint_step; /* of the last one written, and its metrics */
    slt_metrics metrics;
    slt_marks marks; /* reached so far */
    slt_kept kept;   /* weights of the checkpoints that estimates stand at */
    bool forgets;    /* no estimate will be made from them: nothing is kept */
    /* How the run will end. */
    slt_run_status status;
    char tensor[SLT_TENSOR_NAME_MAX];
    uint64_t end_step;
    /* The estimate under way, at which of its checkpoints: records of the first chains
     * there are written. */
    size_t llc;
    size_t place;
    size_t chains_written;
    slt_chain *chains; /* NULL between estimates */
    size_t chain_count;
    slt_results results; /* of finished estimates, in the order of the table */
    slt_trials *trials;  /* of a run that has them, which does nothing else */
} slt_execution;

/* Hooks; each may be NULL.  If one returns an error, the execution ends with it. */
typedef struct slt_execute_hooks {
    void *context;
    /* After each record: may take writer->bytes. */
    slt_status (*record)(void *context, slt_trace_writer *writer, slt_error *err);
    /* After each update of training; loss is the batch's before the update. */
    slt_status (*step)(void *context, const slt_execution *at, slt_real loss,
                       slt_error *err);
    /* After each checkpoint of training. */
    slt_status (*checkpoint)(void *context, uint64_t step, const slt_metrics *metrics,
                             slt_error *err);
    /* After each chain of an estimate, which is at->chains[chain], in their order. */
    slt_status (*chain)(void *context, const slt_execution *at, size_t chain,
                        const slt_llc_setup *setup, slt_error *err);
    /* Asked every few milliseconds, by any thread: is a pause wanted?  done is in units
     * of slt_execute_work. */
    bool (*wanted)(void *context, uint64_t done);
    /* A safe point: execution and writer hold all there is.  SLT_INTERRUPTED stops. */
    slt_status (*pause)(void *context, const slt_execution *at,
                        const slt_trace_writer *writer, slt_error *err);
    /* Training stops once this step's checkpoint is written. */
    bool has_until;
    uint64_t until;
} slt_execute_hooks;

/* Creates an execution at its beginning, with nothing initialised or written.  run must
 * outlive it. */
slt_status slt_execution_create(const slt_run_spec *run, slt_execution *execution,
                                slt_error *err);
void slt_execution_free(slt_execution *execution);

/* The number of updates of training and sampling in the run: the unit of progress. */
uint64_t slt_execute_work(const slt_run_spec *run);

/* How much of that is done, without the estimate in progress. */
uint64_t slt_execution_done(const slt_execution *at);

/* Updates an execution from a checkpoint that was written or read back: its metrics, the
 * marks that it reaches, and its weights if an estimate may start there. */
slt_status slt_execution_note(slt_execution *execution, uint64_t step,
                              const slt_metrics *metrics, const slt_params *weights,
                              slt_error *err);

/* Continues to the end, or to hooks->until.  canonical: the run's canonical bytes, used
 * for the header if the writer is still empty.  SLT_UNFIT if the run's arithmetic or the
 * thread's floating-point environment is not as required. */
slt_status slt_execute(slt_execution *execution, const uint8_t *canonical, size_t size,
                       slt_trace_writer *writer, slt_pool *pool,
                       const slt_execute_hooks *hooks, slt_error *err);

/* One of several runs that are trained side by side: the arguments of slt_execute, and
 * how it went. */
typedef struct slt_execute_job {
    slt_execution *execution;
    const uint8_t *canonical;
    size_t size;
    slt_trace_writer *writer;
    const slt_execute_hooks *hooks; /* without step and until */
    slt_status status;
    slt_error error;
} slt_execute_job;

/* Trains runs that go together (slt_train_groups), at most as many as a group holds, to
 * the end of training; slt_execute then does the rest of each.  A run writes the same
 * bytes as alone.  If one is stopped or fails, its status says so; the others are not
 * affected. */
void slt_execute_training(slt_execute_job *jobs, size_t count, slt_pool *pool);

/* Where an estimate is made: its number, the index of the checkpoint among its own, that
 * checkpoint's step, and whether it is the last of them. */
typedef struct slt_execute_place {
    size_t llc, place;
    uint64_t step;
    bool last;
} slt_execute_place;

/* Makes one estimate at one of its checkpoints, on a fresh execution.  The records of its
 * chains go to the writer and its results into execution->results; if a chain fails,
 * status and tensor say how.  data: the run's; start: the weights of that checkpoint;
 * writer: NULL where no records are wanted. */
slt_status slt_execute_estimate(slt_execution *execution, const slt_execute_place *place,
                                const slt_data *data, const slt_params *start,
                                slt_trace_writer *writer, slt_pool *pool,
                                const slt_execute_hooks *hooks, slt_error *err);

#endif
