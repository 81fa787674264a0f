#include "run/execute_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fpenv.h"
#include "num/math.h"
#include "num/scalar.h"

/* ---- Checkpoints ------------------------------------------------------------------- */

void slt_executor_end_early(slt_executor *executor, slt_step_result why, uint64_t step)
{
    slt_execution *at = executor->at;
    bool overflow = why == SLT_STEP_OVERFLOW;
    at->status = overflow ? SLT_RUN_OVERFLOW : SLT_RUN_DIVERGED;
    at->end_step = step;
    at->phase = SLT_PHASE_CLOSE;
    snprintf(at->tensor, sizeof at->tensor, "%s",
             overflow ? slt_trainer_overflowed(executor->trainer) : "");
}

/* Writes a checkpoint of state, or ends the run if its metrics are not numbers.  It is
 * the last also where its metrics end training. */
static slt_status write_checkpoint(slt_executor *executor, const slt_state *state,
                                   bool last, slt_error *err)
{
    slt_execution *at = executor->at;
    slt_metrics metrics;
    slt_step_result fit = slt_train_metrics(executor->trainer, state, &metrics);
    if (fit != SLT_STEP_MORE) {
        slt_executor_end_early(executor, fit, state->step);
        return SLT_OK;
    }
    slt_status status =
        slt_execution_note(at, state->step, &metrics, &state->weights, err);
    if (status)
        return status;
    if (executor->hooks->checkpoint)
        status = executor->hooks->checkpoint(executor->hooks->context, state->step,
                                             &metrics, err);
    if (status || !executor->writer)
        return status;
    last = last || slt_marks_stop(&at->run->train, &at->marks, state->step);
    slt_trace_write_checkpoint(executor->writer, &at->run->model, state, &metrics,
                               slt_trace_tensors_of(&at->run->train, state->step, last));
    return slt_executor_emit(executor, err);
}

/* ---- Training ---------------------------------------------------------------------- */

static bool written(const slt_execution *at)
{
    return at->has_checkpoint && at->checkpoint_step == at->state.step;
}

static slt_status last_checkpoint(slt_executor *executor, slt_error *err)
{
    slt_execution *at = executor->at;
    slt_status status = SLT_OK;
    if (!written(at))
        status = write_checkpoint(executor, &at->state, true, err);
    if (!status && at->phase == SLT_PHASE_TRAIN) {
        at->phase = SLT_PHASE_SAMPLE;
        at->end_step = at->state.step;
    }
    return status;
}

/* A checkpoint whose form hangs on whether it is the last, which the loss of the step
 * that starts there decides: it is written after that step, from a copy of its state. */
static bool must_wait(const slt_train_spec *train, uint64_t step)
{
    return train->stop.has_loss_below && step >= train->stop.after &&
           slt_checkpoint_stored(train, step, true) !=
               slt_checkpoint_stored(train, step, false);
}

static slt_status step_once(slt_executor *executor, slt_state *copy, bool waiting,
                            slt_error *err)
{
    slt_execution *at = executor->at;
    uint64_t step = at->state.step;
    slt_real loss;
    if (waiting)
        slt_state_copy(copy, &at->state);
    slt_step_result result = slt_train_step(executor->trainer, &at->state, &loss);
    if (result == SLT_STEP_STOPPED)
        return last_checkpoint(executor, err);
    slt_status status = SLT_OK;
    if (waiting)
        status = write_checkpoint(executor, copy, false, err);
    if (status || at->phase != SLT_PHASE_TRAIN)
        return status;
    if (result != SLT_STEP_MORE)
        slt_executor_end_early(executor, result, step);
    else if (executor->hooks->step)
        status = executor->hooks->step(executor->hooks->context, at, loss, err);
    return status;
}

static bool reached(const slt_executor *executor)
{
    const slt_execution *at = executor->at;
    return executor->hooks->has_until && at->has_checkpoint &&
           at->checkpoint_step >= executor->hooks->until;
}

slt_status slt_executor_ready(slt_executor *executor, bool *waiting, slt_error *err)
{
    slt_execution *at = executor->at;
    const slt_train_spec *train = &at->run->train;
    slt_status status = SLT_OK;
    if (slt_executor_wanted(executor))
        status = slt_executor_pause(executor, err);
    if (status)
        return status;
    if (at->state.step >= slt_marks_end(train, &at->marks))
        return last_checkpoint(executor, err);
    bool due = slt_checkpoint_due(train, at->state.step) && !written(at);
    *waiting = due && must_wait(train, at->state.step);
    if (due && !*waiting)
        status = write_checkpoint(executor, &at->state, false, err);
    if (!status && at->phase == SLT_PHASE_TRAIN && written(at) &&
        slt_marks_stop(train, &at->marks, at->state.step))
        status = last_checkpoint(executor, err);
    return status;
}

slt_status slt_executor_train(slt_executor *executor, slt_error *err)
{
    slt_execution *at = executor->at;
    slt_state copy = {0};
    slt_status status = at->run->train.stop.has_loss_below
                            ? slt_state_create(at->run, &copy, err)
                            : SLT_OK;
    while (!status && at->phase == SLT_PHASE_TRAIN) {
        bool waiting = false;
        status = slt_executor_ready(executor, &waiting, err);
        if (status || at->phase != SLT_PHASE_TRAIN || reached(executor))
            break;
        status = step_once(executor, &copy, waiting, err);
        atomic_fetch_add_explicit(&executor->done, 1, memory_order_relaxed);
    }
    slt_state_free(&copy);
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status begin_executor(slt_executor *executor, const uint8_t *canonical,
                                 size_t size, slt_error *err)
{
    slt_execution *at = executor->at;
    slt_trace_write_header(executor->writer, canonical, size, slt_run_functions(at->run),
                           at->run->arithmetic);
    slt_status status = slt_executor_emit(executor, err);
    if (status || at->trials)
        return status;
    return slt_state_init(executor->trainer, &at->state, err);
}

/* The table: what training gives, then the estimates' results; or what trials give. */
static slt_status write_table(slt_executor *executor, slt_error *err)
{
    const slt_execution *at = executor->at;
    slt_results table = {0};
    slt_mark_values marks;
    slt_status status = SLT_OK;
    if (at->trials) {
        slt_tally_results(at->run, &at->trials->layout, at->trials->totals, &table);
    } else {
        status = slt_train_marks(executor->trainer, &at->marks, at->checkpoint_step,
                                 &marks, err);
        if (status)
            return status;
        slt_results_of_training(&table, at->run, &at->metrics, at->end_step, &marks);
        slt_results_append(&table, &at->results);
    }
    bool whole = !table.failed;
    if (whole)
        slt_trace_write_table(executor->writer, table.list, table.count);
    slt_results_free(&table);
    if (!whole)
        return slt_fail(err, SLT_RESOURCE, "no memory for the results of a run");
    return slt_executor_emit(executor, err);
}

static slt_status close_run(slt_executor *executor, slt_error *err)
{
    const slt_execution *at = executor->at;
    slt_status status = SLT_OK;
    if (at->run->arithmetic != SLT_FIXED)
        status = slt_fpenv_check(err);
    if (!status)
        status = write_table(executor, err);
    if (status)
        return status;
    slt_trace_write_end(executor->writer, at->status, at->tensor, at->end_step);
    return slt_executor_emit(executor, err);
}

static slt_status go_on(slt_executor *executor, slt_error *err)
{
    slt_execution *at = executor->at;
    slt_status status = SLT_OK;
    if (at->phase == SLT_PHASE_TRAIN)
        status = at->trials ? slt_executor_make_trials(executor, err)
                            : slt_executor_train(executor, err);
    if (!status && at->phase == SLT_PHASE_SAMPLE && !executor->hooks->has_until)
        status = slt_sample(executor, err);
    if (!status && at->phase == SLT_PHASE_CLOSE)
        status = close_run(executor, err);
    return status;
}

/* This thread's environment and those of the workers that chains run on. */
static slt_status enter_floats(slt_pool *pool, slt_error *err)
{
    slt_status status = slt_fpenv_enter(NULL, err);
    return status ? status : slt_pool_fpenv(pool, err);
}

slt_status slt_executor_open(slt_executor *executor, const uint8_t *canonical,
                             size_t size, slt_error *err)
{
    const slt_run_spec *run = executor->at->run;
    slt_status status = slt_num_available(run->arithmetic, err);
    if (!status && run->arithmetic != SLT_FIXED)
        status = enter_floats(executor->pool, err);
    if (!status && !executor->at->trials) {
        status = slt_trainer_create(run, &executor->trainer, err);
        executor->data = status ? NULL : slt_trainer_data(executor->trainer);
        if (!status)
            slt_trainer_share(executor->trainer, executor->pool);
    }
    if (status)
        return status;
    atomic_init(&executor->done, slt_execution_done(executor->at));
    return executor->writer->records ? SLT_OK
                                     : begin_executor(executor, canonical, size, err);
}

slt_status slt_execute(slt_execution *execution, const uint8_t *canonical, size_t size,
                       slt_trace_writer *writer, slt_pool *pool,
                       const slt_execute_hooks *hooks, slt_error *err)
{
    slt_executor executor = {
        .at = execution, .writer = writer, .pool = pool, .hooks = hooks};
    slt_status status = slt_executor_open(&executor, canonical, size, err);
    if (!status)
        status = go_on(&executor, err);
    slt_trainer_free(executor.trainer);
    return status;
}

slt_status slt_execute_estimate(slt_execution *execution, const slt_execute_place *place,
                                const slt_data *data, const slt_params *start,
                                slt_trace_writer *writer, slt_pool *pool,
                                const slt_execute_hooks *hooks, slt_error *err)
{
    slt_executor executor = {
        .at = execution, .writer = writer, .pool = pool, .hooks = hooks, .data = data};
    slt_status status = SLT_OK;
    if (execution->run->arithmetic != SLT_FIXED)
        status = slt_fpenv_enter(NULL, err);
    if (status)
        return status;
    execution->phase = SLT_PHASE_SAMPLE;
    execution->llc = place->llc;
    execution->place = place->place;
    atomic_init(&executor.done, 0);
    return slt_sample_place(&executor, place->step, place->last, start, err);
}
