#include "run/trial.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/world.h"
#include "learn/ends.h"
#include "run/execute_internal.h"

struct slt_trial_maker {
    const slt_run_spec *run; /* with all trials */
    slt_run_spec *spec;      /* the trial's */
    slt_trial_hooks caller;
    slt_execute_hooks hooks;
    slt_executor executor; /* its trainer serves later trials too */
    slt_execution at;
    bool open; /* the trial is under way */
    slt_results results;
    slt_ends *ends; /* NULL: every trial is made by itself */
    slt_trial_point *points;
    size_t point_count, point_room;
    bool along;
};

/* ---- Hooks ------------------------------------------------------------------------- */

static bool trial_pause_wanted(void *context, uint64_t done)
{
    const slt_trial_maker *maker = context;
    (void)done;
    return maker->caller.wanted && maker->caller.wanted(maker->caller.context);
}

static slt_status trial_pause(void *context, const slt_execution *at,
                              const slt_trace_writer *writer, slt_error *err)
{
    (void)context;
    (void)at;
    (void)writer;
    return slt_fail(err, SLT_INTERRUPTED, "stopped within a trial");
}

static slt_real metric_of(const slt_metrics *metrics, const slt_quantity *metric)
{
    for (size_t i = 0; i < metrics->count; i++)
        if (slt_quantity_equal(&metrics->list[i].quantity, metric))
            return metrics->list[i].value;
    return slt_real_absent();
}

static slt_status trial_note_checkpoint(void *context, uint64_t step,
                                        const slt_metrics *metrics, slt_error *err)
{
    slt_trial_maker *maker = context;
    const slt_trials_spec *trials = &maker->run->trials;
    if (!maker->along)
        return SLT_OK;
    if (maker->point_count == maker->point_room) {
        const size_t room = maker->point_room ? 2 * maker->point_room : 16;
        slt_trial_point *points = slt_world.realloc(maker->points, room * sizeof *points);
        if (!points)
            return slt_fail(err, SLT_RESOURCE, "no memory for the curve of a trial");
        maker->points = points;
        maker->point_room = room;
    }
    slt_trial_point *point = &maker->points[maker->point_count++];
    point->step = step;
    for (size_t i = 0; i < trials->tally_count; i++)
        if (slt_tally_goes_along(&trials->tally[i]))
            point->value[i] = metric_of(metrics, &trials->tally[i].of);
    return SLT_OK;
}

/* ---- A trial ----------------------------------------------------------------------- */

static void trial_close(slt_trial_maker *maker)
{
    slt_execution_free(&maker->at);
    maker->open = false;
}

static slt_status trial_open(slt_trial_maker *maker, uint64_t number, slt_error *err)
{
    SLT_ASSERT(number < maker->run->trials.count);
    maker->spec->trial = (uint32_t)number;
    maker->point_count = 0;
    slt_status status = slt_execution_create(maker->spec, &maker->at, err);
    if (!status && !maker->executor.trainer)
        status = slt_trainer_create(maker->spec, &maker->executor.trainer, err);
    else if (!status && maker->run->trials.over != SLT_TRIALS_INIT)
        status = slt_trainer_redraw(maker->executor.trainer, err);
    if (!status)
        status = slt_state_init(maker->executor.trainer, &maker->at.state, err);
    if (status) {
        trial_close(maker);
        return status;
    }
    maker->executor.data = slt_trainer_data(maker->executor.trainer);
    atomic_init(&maker->executor.done, 0);
    maker->open = true;
    return SLT_OK;
}

static slt_status trial_tell(slt_trial_maker *maker, slt_trial *trial, slt_error *err)
{
    const slt_execution *at = &maker->at;
    slt_mark_values marks;
    slt_status status = slt_train_marks(maker->executor.trainer, &at->marks,
                                        at->checkpoint_step, &marks, err);
    if (status)
        return status;
    slt_results_free(&maker->results);
    slt_results_of_training(&maker->results, maker->spec, &at->metrics, at->end_step,
                            &marks);
    *trial = (slt_trial){.status = at->status,
                         .results = &maker->results,
                         .marks = &at->marks,
                         .points = maker->points,
                         .point_count = maker->point_count};
    return maker->results.failed
               ? slt_fail(err, SLT_RESOURCE, "no memory for the results of a trial")
               : SLT_OK;
}

slt_status slt_trial_make(slt_trial_maker *maker, uint64_t number, slt_trial *trial,
                          slt_error *err)
{
    slt_status status = SLT_OK;
    if (maker->open && maker->at.phase != SLT_PHASE_TRAIN)
        trial_close(maker);
    if (!maker->open)
        status = trial_open(maker, number, err);
    if (!status)
        status = slt_executor_train(&maker->executor, err);
    return status ? status : trial_tell(maker, trial, err);
}

/* ---- The maker --------------------------------------------------------------------- */

slt_status slt_trial_maker_create(const slt_run_spec *run, const slt_trial_hooks *hooks,
                                  slt_trial_maker **maker, slt_error *err)
{
    slt_trial_maker *made = slt_world.calloc(1, sizeof *made);
    slt_run_spec *spec = slt_run_spec_create();
    *maker = NULL;
    if (!made || !spec) {
        free(made);
        free(spec);
        return slt_fail(err, SLT_RESOURCE, "no memory for a trial");
    }
    slt_run_spec_copy(run, spec);
    slt_run_become_trial(spec, 0);
    *made = (slt_trial_maker){.run = run,
                              .spec = spec,
                              .caller = *hooks,
                              .hooks = {.context = made,
                                        .wanted = trial_pause_wanted,
                                        .pause = trial_pause,
                                        .checkpoint = trial_note_checkpoint}};
    for (size_t i = 0; i < run->trials.tally_count; i++)
        made->along = made->along || slt_tally_goes_along(&run->trials.tally[i]);
    made->executor = (slt_executor){.at = &made->at, .hooks = &made->hooks};
    slt_status status = slt_ends_create(run, &made->ends, err);
    if (status)
        slt_trial_maker_free(made);
    else
        *maker = made;
    return status;
}

void slt_trial_maker_free(slt_trial_maker *maker)
{
    if (!maker)
        return;
    slt_execution_free(&maker->at);
    slt_trainer_free(maker->executor.trainer);
    slt_results_free(&maker->results);
    slt_ends_free(maker->ends);
    free(maker->points);
    free(maker->spec);
    free(maker);
}

/* ---- Blocks ------------------------------------------------------------------------ */

uint64_t slt_trial_blocks(const slt_run_spec *run)
{
    return (run->trials.count - 1) / run->trials.block + 1;
}

uint64_t slt_trial_block_first(const slt_run_spec *run, uint64_t block)
{
    return block * run->trials.block;
}

uint64_t slt_trial_block_size(const slt_run_spec *run, uint64_t block)
{
    const uint64_t left = run->trials.count - slt_trial_block_first(run, block);
    return left < run->trials.block ? left : run->trials.block;
}

static slt_status block_begin(const slt_tally_layout *layout, slt_trial_block *block,
                              slt_error *err)
{
    block->next = 0;
    block->words = slt_world.calloc(layout->words, sizeof *block->words);
    return block->words ? SLT_OK
                        : slt_fail(err, SLT_RESOURCE, "no memory for a block of trials");
}

static slt_status count_trial(slt_trial_maker *maker, const slt_tally_layout *layout,
                              slt_trial_block *block, slt_error *err)
{
    const uint64_t first = slt_trial_block_first(maker->run, block->number);
    slt_trial trial;
    slt_status status = slt_trial_make(maker, first + block->next, &trial, err);
    if (status)
        return status;
    slt_tally_add(maker->run, layout, block->next++, &trial, block->words);
    if (maker->caller.counted)
        maker->caller.counted(maker->caller.context);
    return SLT_OK;
}

/* A trial by bounds of its result, by the result where these leave it open, or false. */
static bool count_end(const slt_trial_maker *maker, const slt_tally_layout *layout,
                      size_t place, slt_real low, slt_real high, slt_trial_block *block)
{
    const slt_run_spec *run = maker->run;
    bool counted =
        slt_tally_add_within(run, layout, block->next, low, high, block->words);
    if (!counted && slt_ends_result(maker->ends, place, &low))
        counted = slt_tally_add_within(run, layout, block->next, low, low, block->words);
    block->next += counted;
    if (counted && maker->caller.counted)
        maker->caller.counted(maker->caller.context);
    return counted;
}

/* The next trials of a block, as many as are bounded at once. */
static slt_status count_ends(slt_trial_maker *maker, const slt_tally_layout *layout,
                             slt_trial_block *block, slt_error *err)
{
    const uint64_t left = slt_trial_block_size(maker->run, block->number) - block->next;
    const uint64_t first = slt_trial_block_first(maker->run, block->number) + block->next;
    const size_t count = left < SLT_ENDS_MAX ? (size_t)left : SLT_ENDS_MAX;
    slt_real low[SLT_ENDS_MAX], high[SLT_ENDS_MAX];
    if (trial_pause_wanted(maker, 0))
        return slt_fail(err, SLT_INTERRUPTED, "stopped between trials");
    slt_status status = slt_ends_bound(maker->ends, first, count, low, high, err);
    for (size_t i = 0; i < count && !status; i++)
        if (!count_end(maker, layout, i, low[i], high[i], block))
            status = count_trial(maker, layout, block, err);
    return status;
}

slt_status slt_trial_block_advance(slt_trial_maker *maker, const slt_tally_layout *layout,
                                   slt_trial_block *block, slt_error *err)
{
    const uint64_t size = slt_trial_block_size(maker->run, block->number);
    slt_status status = block->words ? SLT_OK : block_begin(layout, block, err);
    while (!status && block->next < size) {
        const bool amid = maker->open && maker->at.phase == SLT_PHASE_TRAIN;
        status = maker->ends && !amid ? count_ends(maker, layout, block, err)
                                      : count_trial(maker, layout, block, err);
    }
    return status;
}
