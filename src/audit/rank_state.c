/* The weights at a point of a run. */
#include "audit/rank_internal.h"

#include <inttypes.h>

#include "base/fpenv.h"
#include "run/execute.h"
#include "verify/fingerprints.h"
#include "verify/state_reach.h"

/* ---- By training ------------------------------------------------------------------- */

/* Training that stops at a step: the hook that stops it returns SLT_INTERRUPTED. */
typedef struct training {
    const slt_rank_job *job;
    bool stops, reached;
} training;

static slt_status pass_record(void *context, slt_trace_writer *writer, slt_error *err)
{
    (void)context;
    (void)err;
    slt_buffer_clear(&writer->bytes);
    return SLT_OK;
}

static slt_status pass_step(void *context, const slt_execution *at, slt_real loss,
                            slt_error *err)
{
    training *t = context;
    (void)loss;
    slt_rank_tell(t->job, 0, at->state.step, at->run->train.steps);
    t->reached = t->stops && at->state.step == t->job->options->step;
    return t->reached ? slt_fail(err, SLT_INTERRUPTED, "the step is reached") : SLT_OK;
}

static slt_status check_end(const training *t, const slt_execution *at, slt_error *err)
{
    if (t->reached)
        return SLT_OK;
    if (t->stops)
        return slt_fail(err, SLT_USAGE,
                        "expected a step up to %" PRIu64
                        ", which is as far as training goes; found %" PRIu64,
                        at->end_step, t->job->options->step);
    if (at->status != SLT_RUN_DONE)
        return slt_fail(err, SLT_USAGE,
                        "training %s at step %" PRIu64 "; --at gives a state before that",
                        at->status == SLT_RUN_OVERFLOW ? "overflows" : "diverges",
                        at->end_step);
    return SLT_OK;
}

static slt_status train_there(slt_rank_job *job, slt_execution *at, slt_error *err)
{
    training t = {.job = job, .stops = job->options->place == SLT_RANK_STEP};
    const slt_execute_hooks hooks = {.context = &t,
                                     .record = pass_record,
                                     .step = pass_step,
                                     .has_until = true,
                                     .until = UINT64_MAX};
    slt_trace_writer writer;
    slt_error wrong = {.status = SLT_OK};
    slt_trace_writer_init(&writer);
    slt_status status = slt_execute(at, job->canonical, job->canonical_size, &writer,
                                    NULL, &hooks, &wrong);
    slt_trace_writer_free(&writer);
    if (status && !(t.reached && status == SLT_INTERRUPTED))
        return slt_error_copy(err, &wrong);
    status = check_end(&t, at, err);
    if (!status) {
        job->state = at->state;
        at->state = (slt_state){0};
    }
    return status;
}

static slt_status find_by_training(slt_rank_job *job, slt_error *err)
{
    const slt_rank_options *options = job->options;
    const bool begins = options->place == SLT_RANK_INIT ||
                        (options->place == SLT_RANK_STEP && options->step == 0);
    slt_execution at = {.run = NULL};
    slt_status status = SLT_OK;
    if (begins) {
        status = slt_state_create(job->spec, &job->state, err);
        return status ? status : slt_state_init(job->trainer, &job->state, err);
    }
    status = slt_execution_create(job->spec, &at, err);
    if (!status)
        status = train_there(job, &at, err);
    slt_execution_free(&at);
    return status;
}

/* ---- From a trace ------------------------------------------------------------------ */

static slt_status find_in_trace(slt_rank_job *job, const slt_trace *trace,
                                const char *path, slt_error *err)
{
    slt_state_way way = {.path = path, .trace = trace, .trainer = job->trainer};
    uint64_t step = 0;
    if (job->options->place == SLT_RANK_STEP)
        step = job->options->step;
    else if (job->options->place == SLT_RANK_LAST)
        step = slt_trace_record(trace, slt_trace_records(trace) - 1)->step;
    slt_status status = slt_state_reachable_step(path, trace, step, err);
    if (!status)
        status = slt_state_create(job->spec, &job->state, err);
    if (!status)
        status = slt_state_reach(&way, step, &job->state, err);
    return status || !way.differs ? status : slt_error_copy(err, &way.error);
}

slt_status slt_rank_find_state(slt_rank_job *job, const slt_trace *trace,
                               const char *path, slt_error *err)
{
    slt_status status = trace ? slt_trace_judgeable(trace, path, job->spec, err)
                              : slt_num_available(job->spec->arithmetic, err);
    if (!status && job->spec->arithmetic != SLT_FIXED)
        status = slt_fpenv_enter(NULL, err);
    if (!status)
        status = slt_trainer_create(job->spec, &job->trainer, err);
    if (status)
        return status;
    return trace ? find_in_trace(job, trace, path, err) : find_by_training(job, err);
}
