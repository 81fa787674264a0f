#include "run/trials.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/world.h"
#include "run/execute_internal.h"
#include "trace/trace_block.h"

/* Blocks while they are counted.  They end in any order. */
typedef struct trials_wave {
    slt_executor *executor;
    slt_trials *trials;
    uint64_t first; /* block of the first task */
    slt_trial_maker *makers[SLT_TRIALS_WINDOW];
    bool ended[SLT_TRIALS_WINDOW];
    pthread_mutex_t mutex; /* of ended, trials->written and totals, writer and error */
    slt_error error;       /* of the first block that failed */
    uint64_t failed;
    atomic_bool stop;  /* no further trial: a pause is wanted, or the run has ended */
    atomic_bool pause; /* the caller wanted one */
} trials_wave;

slt_status slt_trials_create(const slt_run_spec *run, slt_trials **trials, slt_error *err)
{
    slt_trials *made = slt_world.calloc(1, sizeof *made);
    slt_status status =
        made ? slt_tally_layout_of(run, &made->layout, err)
             : slt_fail(err, SLT_RESOURCE, "no memory for the trials of a run");
    if (!status) {
        made->totals = slt_world.calloc(made->layout.numbers, sizeof *made->totals);
        if (!made->totals)
            status = slt_fail(err, SLT_RESOURCE, "no memory for the trials of a run");
    }
    if (status) {
        slt_trials_free(made);
        made = NULL;
    }
    *trials = made;
    return status;
}

void slt_trials_free(slt_trials *trials)
{
    if (!trials)
        return;
    for (size_t i = 0; i < SLT_TRIALS_WINDOW; i++)
        free(trials->window[i].words);
    free(trials->totals);
    free(trials);
}

static bool is_counted(const slt_run_spec *run, const slt_trial_block *block)
{
    return block->words && block->next == slt_trial_block_size(run, block->number);
}

/* ---- Hooks of trials --------------------------------------------------------------- */

static bool wave_stop_wanted(void *context)
{
    trials_wave *w = context;
    if (!atomic_load(&w->stop) && slt_executor_wanted(w->executor)) {
        atomic_store(&w->pause, true);
        atomic_store(&w->stop, true);
    }
    return atomic_load(&w->stop);
}

static void wave_count_trial(void *context)
{
    trials_wave *w = context;
    atomic_fetch_add_explicit(&w->executor->done, w->executor->at->run->train.steps + 1,
                              memory_order_relaxed);
}

/* ---- Blocks ------------------------------------------------------------------------ */

static void wave_fail(trials_wave *w, uint64_t block, const slt_error *error)
{
    atomic_store(&w->stop, true);
    if (!w->error.status || block < w->failed) {
        w->error = *error;
        w->failed = block;
    }
}

/* Writes the record of the next block, which has ended.  A sum that is not finite ends
 * the run before it. */
static slt_status write_block(trials_wave *w, slt_trial_block *block, slt_error *err)
{
    slt_executor *executor = w->executor;
    slt_execution *at = executor->at;
    slt_trials *trials = w->trials;
    const slt_tally_layout *layout = &trials->layout;
    uint64_t *numbers = slt_world.calloc(layout->numbers, sizeof *numbers);
    if (!numbers)
        return slt_fail(err, SLT_RESOURCE, "no memory for a block of trials");
    slt_status status = SLT_OK;
    const uint64_t before = slt_trial_block_first(at->run, block->number);
    slt_tally_close(layout, block->words, numbers);
    if (!slt_tally_finite(layout, numbers)) {
        slt_executor_end_early(executor, SLT_STEP_DIVERGED, before);
    } else {
        slt_tally_total(layout, numbers, trials->totals);
        slt_trace_write_block(executor->writer, layout, numbers, before + block->next);
        trials->written++;
        status = slt_executor_emit(executor, err);
    }
    free(block->words);
    *block = (slt_trial_block){0};
    free(numbers);
    return status;
}

/* Writes the blocks that have ended, up to the first that has not.  The caller holds the
 * mutex. */
static void write_ended(trials_wave *w)
{
    slt_error err = {0};
    while (!w->error.status && w->executor->at->phase == SLT_PHASE_TRAIN) {
        const uint64_t next = w->trials->written;
        const size_t slot = (size_t)(next % SLT_TRIALS_WINDOW);
        if (!w->ended[slot])
            return;
        w->ended[slot] = false;
        if (write_block(w, &w->trials->window[slot], &err))
            wave_fail(w, next, &err);
    }
    atomic_store(&w->stop, true);
}

static void block_ended(trials_wave *w, size_t slot)
{
    slt_world.pthread_mutex_lock(&w->mutex);
    w->ended[slot] = true;
    write_ended(w);
    slt_world.pthread_mutex_unlock(&w->mutex);
}

/* Whether there is nothing to count in a block: it has ended, perhaps before a pause. */
static bool has_ended(trials_wave *w, uint64_t number)
{
    slt_world.pthread_mutex_lock(&w->mutex);
    const bool ended =
        number < w->trials->written || w->ended[number % SLT_TRIALS_WINDOW];
    slt_world.pthread_mutex_unlock(&w->mutex);
    return ended;
}

static void advance_block(void *argument, size_t index)
{
    trials_wave *w = argument;
    const uint64_t number = w->first + index;
    const size_t slot = (size_t)(number % SLT_TRIALS_WINDOW);
    slt_trial_block *block = &w->trials->window[slot];
    const slt_trial_hooks hooks = {
        .context = w, .wanted = wave_stop_wanted, .counted = wave_count_trial};
    slt_error err = {0};
    slt_status status = SLT_OK;
    if (wave_stop_wanted(w) || has_ended(w, number))
        return;
    block->number = number;
    if (!w->makers[slot])
        status =
            slt_trial_maker_create(w->executor->at->run, &hooks, &w->makers[slot], &err);
    if (!status)
        status =
            slt_trial_block_advance(w->makers[slot], &w->trials->layout, block, &err);
    if (!status) {
        block_ended(w, slot);
    } else if (status != SLT_INTERRUPTED) {
        slt_world.pthread_mutex_lock(&w->mutex);
        wave_fail(w, number, &err);
        slt_world.pthread_mutex_unlock(&w->mutex);
    }
}

/* ---- All of them ------------------------------------------------------------------- */

/* Blocks that are to be written: all, or those up to hooks->until. */
static uint64_t blocks_wanted(const slt_executor *executor)
{
    const slt_run_spec *run = executor->at->run;
    const slt_execute_hooks *hooks = executor->hooks;
    const uint64_t all = slt_trial_blocks(run);
    if (!hooks->has_until || hooks->until >= run->trials.count)
        return all;
    return (hooks->until + run->trials.block - 1) / run->trials.block;
}

static slt_status advance_all(trials_wave *w, slt_error *err)
{
    slt_executor *executor = w->executor;
    slt_trials *trials = w->trials;
    const uint64_t all = blocks_wanted(executor);
    slt_status status = SLT_OK;
    while (!status && trials->written < all && executor->at->phase == SLT_PHASE_TRAIN) {
        const uint64_t left = all - trials->written;
        w->first = trials->written;
        atomic_store(&w->stop, false);
        atomic_store(&w->pause, false);
        slt_pool_each(executor->pool,
                      left < SLT_TRIALS_WINDOW ? (size_t)left : SLT_TRIALS_WINDOW,
                      advance_block, w);
        if (w->error.status)
            status = slt_error_copy(err, &w->error);
        else if (atomic_load(&w->pause))
            status = slt_executor_pause(executor, err);
    }
    return status;
}

slt_status slt_executor_make_trials(slt_executor *executor, slt_error *err)
{
    slt_execution *at = executor->at;
    trials_wave w = {.executor = executor, .trials = at->trials};
    atomic_init(&w.stop, false);
    atomic_init(&w.pause, false);
    for (size_t i = 0; i < SLT_TRIALS_WINDOW; i++)
        w.ended[i] = is_counted(at->run, &at->trials->window[i]);
    slt_world.pthread_mutex_init(&w.mutex, NULL);
    write_ended(&w);
    slt_status status = advance_all(&w, err);
    slt_world.pthread_mutex_destroy(&w.mutex);
    for (size_t i = 0; i < SLT_TRIALS_WINDOW; i++)
        slt_trial_maker_free(w.makers[i]);
    if (!status && at->phase == SLT_PHASE_TRAIN &&
        at->trials->written == slt_trial_blocks(at->run)) {
        at->phase = SLT_PHASE_CLOSE;
        at->end_step = at->run->trials.count;
    }
    return status;
}
