#include "run/execute_internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "learn/sampler.h"

slt_status slt_execution_create(const slt_run_spec *run, slt_execution *execution,
                                slt_error *err)
{
    *execution = (slt_execution){.run = run};
    slt_status status = slt_state_create(run, &execution->state, err);
    if (!status && run->trials.count)
        status = slt_trials_create(run, &execution->trials, err);
    if (status)
        slt_execution_free(execution);
    return status;
}

void slt_execution_free(slt_execution *execution)
{
    if (!execution->run)
        return;
    slt_state_free(&execution->state);
    slt_kept_free(&execution->kept);
    for (size_t i = 0; i < execution->chain_count; i++)
        slt_chain_free(&execution->chains[i]);
    free(execution->chains);
    slt_results_free(&execution->results);
    slt_trials_free(execution->trials);
    *execution = (slt_execution){0};
}

slt_status slt_execution_note(slt_execution *at, uint64_t step,
                              const slt_metrics *metrics, const slt_params *weights,
                              slt_error *err)
{
    at->has_checkpoint = true;
    at->checkpoint_step = step;
    at->metrics = *metrics;
    slt_marks_note(&at->run->train, step, metrics, &at->marks);
    /* The weights of the last checkpoint are not copied: they stay in the state. */
    for (size_t i = 0; i < at->run->llc_count && !at->forgets; i++)
        if (slt_marks_made_at(&at->run->train, &at->marks, &at->run->llc[i], step, false))
            return slt_kept_add(&at->kept, step, weights, err);
    return SLT_OK;
}

static uint64_t estimate_work(const slt_llc_spec *llc)
{
    uint64_t draws = llc->num_draws ? llc->num_draws - 1 : 0;
    return llc->num_chains * slt_sampler_gradients(llc) *
           (llc->num_burnin_steps + draws * llc->num_steps_bw_draws);
}

/* All trials up to the first block that has not ended, and those in blocks from there on.
 */
static uint64_t trials_counted(const slt_execution *at)
{
    uint64_t count = slt_trial_block_first(at->run, at->trials->written);
    for (size_t i = 0; i < SLT_TRIALS_WINDOW; i++)
        count += at->trials->window[i].words ? at->trials->window[i].next : 0;
    return count < at->run->trials.count ? count : at->run->trials.count;
}

uint64_t slt_execution_done(const slt_execution *at)
{
    if (at->trials)
        return trials_counted(at) * (at->run->train.steps + 1);
    if (at->phase == SLT_PHASE_TRAIN)
        return at->state.step;
    uint64_t done = at->run->train.steps + 1;
    for (size_t i = 0; i < at->llc; i++)
        done += estimate_work(&at->run->llc[i]) *
                slt_llc_checkpoints(at->run, &at->run->llc[i]);
    if (at->llc < at->run->llc_count)
        done += estimate_work(&at->run->llc[at->llc]) * at->place;
    return done;
}

uint64_t slt_execute_work(const slt_run_spec *run)
{
    uint64_t work = run->train.steps + 1;
    if (run->trials.count)
        return work * run->trials.count;
    for (size_t i = 0; i < run->llc_count; i++)
        work += estimate_work(&run->llc[i]) * slt_llc_checkpoints(run, &run->llc[i]);
    return work;
}

/* ---- The executor's calls back ---------------------------------------------------- */

slt_status slt_executor_emit(slt_executor *executor, slt_error *err)
{
    if (executor->writer->failed)
        return slt_fail(err, SLT_RESOURCE, "no memory for a record of the trace");
    if (!executor->hooks->record)
        return SLT_OK;
    return executor->hooks->record(executor->hooks->context, executor->writer, err);
}

bool slt_executor_wanted(slt_executor *executor)
{
    const slt_execute_hooks *hooks = executor->hooks;
    return hooks->wanted &&
           hooks->wanted(hooks->context,
                         atomic_load_explicit(&executor->done, memory_order_relaxed));
}

slt_status slt_executor_pause(slt_executor *executor, slt_error *err)
{
    const slt_execute_hooks *hooks = executor->hooks;
    if (!hooks->pause)
        return SLT_OK;
    return hooks->pause(hooks->context, executor->at, executor->writer, err);
}
