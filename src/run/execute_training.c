/* Runs that are trained side by side, each with its own records, pauses and end. */
#include <stdlib.h>

#include "base/assert.h"
#include "learn/train_group.h"
#include "num/members.h"
#include "run/execute_internal.h"

/* Multiplications of all runs between two looks at the callers' wishes: milliseconds. */
#define SLICE_WORK 16000000u

/* Runs still in training stand in the first `count` places. */
typedef struct team {
    slt_execute_job *jobs[SLT_MEMBERS_MAX];
    slt_executor executors[SLT_MEMBERS_MAX];
    slt_trainer *trainers[SLT_MEMBERS_MAX];
    slt_state *states[SLT_MEMBERS_MAX];
    size_t count;
    uint64_t slice; /* updates */
    slt_train_group *group;
} team;

static bool trains(const team *t, size_t i)
{
    return !t->jobs[i]->status && t->executors[i].at->phase == SLT_PHASE_TRAIN;
}

static uint64_t slice_of(const slt_run_spec *run, size_t runs)
{
    const slt_batch_spec *batch = &run->train.batch;
    const size_t rows = slt_batcher_rows_max(batch, slt_data_samples(&run->data));
    const uint64_t work = 3 * (uint64_t)slt_model_parameters(&run->model) * rows * runs;
    return SLICE_WORK / (work + 1) + 1;
}

/* A run whose training is over already, or fails here, is not taken in. */
static void take_in(team *t, slt_execute_job *job, slt_pool *pool)
{
    slt_executor *executor = &t->executors[t->count];
    SLT_ASSERT(t->count < SLT_MEMBERS_MAX);
    SLT_ASSERT(!job->hooks->step && !job->hooks->has_until);
    job->status = SLT_OK;
    if (job->execution->phase != SLT_PHASE_TRAIN)
        return;
    *executor = (slt_executor){
        .at = job->execution, .writer = job->writer, .pool = pool, .hooks = job->hooks};
    job->status = slt_executor_open(executor, job->canonical, job->size, &job->error);
    if (job->status) {
        slt_trainer_free(executor->trainer);
        return;
    }
    t->jobs[t->count] = job;
    t->trainers[t->count] = executor->trainer;
    t->states[t->count++] = &job->execution->state;
}

/* The smallest step of the runs that are in training; UINT64_MAX if there is none. */
static uint64_t least_step(const team *t, uint64_t above)
{
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < t->count; i++)
        if (trains(t, i) && t->states[i]->step >= above && t->states[i]->step < least)
            least = t->states[i]->step;
    return least;
}

/* The first step above `step` that another run is at, or that training of a run at `step`
 * ends at. */
static uint64_t next_meeting(const team *t, uint64_t step)
{
    uint64_t next = least_step(t, step + 1);
    for (size_t i = 0; i < t->count; i++) {
        const slt_execution *at = t->executors[i].at;
        const uint64_t end = slt_marks_end(&at->run->train, &at->marks);
        if (trains(t, i) && at->state.step == step && end < next)
            next = end;
    }
    return next;
}

/* The number of updates that runs at this step make before one of them has something to
 * write, or they reach the step of another run. */
static uint64_t updates_from(const team *t, uint64_t step)
{
    const slt_train_spec *train = &t->executors[0].at->run->train;
    const uint64_t next = next_meeting(t, step);
    uint64_t updates = 1;
    while (updates < t->slice && step + updates < next &&
           !slt_checkpoint_due(train, step + updates))
        updates++;
    return updates;
}

/* Too few of the runs stand together for their lanes to pay: one by one. */
static void train_apart(team *t, uint64_t updates, slt_step_result *results)
{
    slt_real loss;
    for (size_t i = 0; i < t->count; i++)
        for (uint64_t u = 0; u < updates && results[i] == SLT_STEP_MORE; u++)
            results[i] = slt_train_step(t->trainers[i], t->states[i], &loss);
}

/* Trains the runs that are at `step` until one of them has something to do. */
static void train_from(team *t, uint64_t step)
{
    const uint64_t updates = updates_from(t, step);
    slt_step_result results[SLT_MEMBERS_MAX];
    bool chosen[SLT_MEMBERS_MAX];
    size_t runs = 0;
    for (size_t i = 0; i < t->count; i++) {
        chosen[i] = trains(t, i) && t->states[i]->step == step;
        results[i] = chosen[i] ? SLT_STEP_MORE : SLT_STEP_STOPPED;
        runs += chosen[i];
    }
    if (runs < slt_train_group_min(t->executors[0].at->run))
        train_apart(t, updates, results);
    else
        slt_train_group_advance(t->group, t->states, updates, results);
    for (size_t i = 0; i < t->count; i++) {
        if (!chosen[i])
            continue;
        atomic_fetch_add_explicit(&t->executors[i].done, t->states[i]->step - step,
                                  memory_order_relaxed);
        if (results[i] != SLT_STEP_MORE)
            slt_executor_end_early(&t->executors[i], results[i], t->states[i]->step);
    }
}

static void get_ready(team *t)
{
    bool waiting = false; /* a stop rule on losses is not for groups */
    for (size_t i = 0; i < t->count; i++)
        if (trains(t, i))
            t->jobs[i]->status =
                slt_executor_ready(&t->executors[i], &waiting, &t->jobs[i]->error);
    SLT_ASSERT(!waiting);
}

static void train_all(team *t)
{
    for (;;) {
        get_ready(t);
        const uint64_t step = least_step(t, 0);
        if (step == UINT64_MAX)
            return;
        train_from(t, step);
    }
}

static void fail_all(team *t, const slt_error *error)
{
    for (size_t i = 0; i < t->count; i++) {
        t->jobs[i]->status = error->status;
        t->jobs[i]->error = *error;
    }
}

void slt_execute_training(slt_execute_job *jobs, size_t count, slt_pool *pool)
{
    slt_error error;
    team t = {.count = 0};
    for (size_t i = 0; i < count; i++)
        take_in(&t, &jobs[i], pool);
    if (t.count) {
        t.slice = slice_of(t.executors[0].at->run, t.count);
        if (slt_train_group_create(t.trainers, t.count, &t.group, &error))
            fail_all(&t, &error);
        else
            train_all(&t);
    }
    slt_train_group_free(t.group);
    for (size_t i = 0; i < t.count; i++)
        slt_trainer_free(t.trainers[i]);
}
