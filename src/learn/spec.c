#include "learn/spec.h"

#include <string.h>

#include "base/assert.h"
#include "base/world.h"
#include "learn/metric.h"
#include "learn/optimizer.h"
#include "learn/sampler.h"
#include "learn/spread.h"
#include "learn/times.h"
#include "net/init.h"
#include "net/net.h"
#include "net/plant.h"
#include "num/scalar.h"

static slt_function_set llc_functions(const slt_llc_spec *llc, slt_arithmetic arithmetic)
{
    const slt_function_set logarithm = (slt_function_set)1 << SLT_FN_log;
    return slt_sampler_functions(llc, arithmetic) |
           (llc->nbeta_of ? logarithm : 0) |
           (llc->spread.count ? slt_spread_functions() : 0);
}

slt_function_set slt_run_functions(const slt_run_spec *run)
{
    slt_function_set set =
        slt_data_functions(&run->data, run->arithmetic) |
        slt_net_functions(&run->model, run->arithmetic) |
        slt_optimizer_functions(&run->train.optimizer, run->arithmetic) |
        slt_times_functions(&run->train.times) | slt_plant_functions(&run->model);
    for (size_t i = 0; i < run->other_count; i++)
        set |= slt_data_functions(&run->other[i], run->arithmetic);
    for (size_t i = 0; i < run->model.weight_count; i++)
        if (!run->model.weights[i].tied[0])
            set |= slt_init_functions(&run->model.weights[i].init, run->arithmetic);
    for (size_t i = 0; i < run->train.metric_count; i++)
        set |= slt_metric_functions(&run->train.metrics[i], run);
    for (size_t i = 0; i < run->model.other_count; i++)
        set |= slt_net_loss_functions(&run->model.others[i], run->arithmetic);
    for (size_t i = 0; i < run->llc_count; i++)
        set |= llc_functions(&run->llc[i], run->arithmetic);
    return set;
}

static slt_seed seed_of(const slt_run_spec *run, slt_trials_over fixed)
{
    return (slt_seed){.key = run->seed,
                      .trial = run->trials.over == fixed ? 0 : run->trial};
}

slt_seed slt_run_data_seed(const slt_run_spec *run)
{
    return seed_of(run, SLT_TRIALS_INIT);
}

slt_seed slt_run_init_seed(const slt_run_spec *run)
{
    return seed_of(run, SLT_TRIALS_DATA);
}

slt_run_spec *slt_run_spec_create(void)
{
    slt_run_spec *run = slt_world.malloc(sizeof *run);
    if (run)
        slt_run_spec_clear(run);
    return run;
}

void slt_run_spec_clear(slt_run_spec *run)
{
    memset(run, 0, offsetof(slt_run_spec, model.ops));
}

void slt_run_spec_copy(const slt_run_spec *from, slt_run_spec *to)
{
    memcpy(to, from, offsetof(slt_run_spec, model));
    slt_model_spec_copy(&from->model, &to->model);
}

void slt_run_become_trial(slt_run_spec *run, uint32_t trial)
{
    run->trials.count = 0;
    run->trial = trial;
}

uint64_t slt_llc_updates(const slt_llc_spec *llc)
{
    uint64_t between, updates;
    SLT_ASSERT(llc->num_draws >= 1 && llc->num_steps_bw_draws >= 1);
    if (__builtin_mul_overflow(llc->num_draws - 1, llc->num_steps_bw_draws, &between) ||
        __builtin_add_overflow(between, llc->num_burnin_steps, &updates))
        return UINT64_MAX;
    return updates;
}

bool slt_checkpoint_due(const slt_train_spec *train, uint64_t step)
{
    if (step == train->steps)
        return true;
    if (train->every && step && step % train->every == 0)
        return true;
    for (size_t i = 0; i < train->at_count; i++)
        if (train->at[i] == step)
            return true;
    return false;
}

uint64_t slt_checkpoint_next(const slt_train_spec *train, uint64_t from)
{
    uint64_t next = from <= train->steps ? train->steps : UINT64_MAX;
    if (train->every) {
        uint64_t times = from / train->every + (from % train->every != 0);
        uint64_t multiple = (times ? times : 1) * train->every;
        next = multiple < next ? multiple : next;
    }
    for (size_t i = 0; i < train->at_count; i++)
        if (train->at[i] >= from && train->at[i] < next)
            next = train->at[i];
    return next;
}

bool slt_checkpoint_stored(const slt_train_spec *train, uint64_t step, bool last)
{
    if (train->state == SLT_STATE_ALL)
        return true;
    if (train->state_every)
        return last || step % train->state_every == 0;
    return last && train->state == SLT_STATE_LAST;
}

uint64_t slt_train_checkpoints(const slt_train_spec *train, uint64_t from)
{
    const uint64_t every = train->every, steps = train->steps;
    if (from > steps)
        return 0;
    uint64_t count = 1; /* the last */
    if (every)
        count += (steps - 1) / every * (steps > 0) - (from ? (from - 1) / every : 0);
    for (size_t i = 0; i < train->at_count; i++) {
        uint64_t at = train->at[i];
        bool counted = at == steps || (every && at && at % every == 0);
        count += at >= from && at < steps && !counted;
    }
    return count;
}

uint64_t slt_llc_checkpoints(const slt_run_spec *run, const slt_llc_spec *llc)
{
    if (llc->made_at == SLT_LLC_AT_CHECKPOINTS)
        return slt_train_checkpoints(&run->train, llc->from);
    if (llc->made_at == SLT_LLC_AT_STEPS)
        return slt_llc_steps_until(llc, run->train.steps);
    return 1;
}

uint64_t slt_llc_steps_until(const slt_llc_spec *llc, uint64_t end)
{
    uint64_t count = 0;
    bool ends = false; /* one of the steps is the end */
    for (size_t i = 0; i < llc->step_count; i++) {
        const slt_llc_step *at = &llc->steps[i];
        count += at->last ? !ends : at->step <= end;
        ends = ends || (!at->last && at->step == end);
    }
    return count;
}

uint64_t slt_llc_step_of(const slt_llc_spec *llc, uint64_t place, uint64_t end)
{
    const slt_llc_step *at = place < llc->step_count ? &llc->steps[place] : NULL;
    return at && !at->last && at->step < end ? at->step : end;
}

bool slt_llc_noise_is_whole(const slt_llc_spec *llc)
{
    return llc->noise_level.bits == slt_real_of(1).bits;
}

bool slt_llc_restricts(const slt_llc_spec *llc)
{
    return llc->orthogonal || llc->restricted.weight_count || llc->restricted.block_count;
}

bool slt_llc_is_series(const slt_llc_spec *llc)
{
    return llc->made_at == SLT_LLC_AT_CHECKPOINTS || llc->made_at == SLT_LLC_AT_STEPS;
}

bool slt_llc_stores_losses(const slt_llc_spec *llc, bool last)
{
    return llc->store_losses == SLT_STORE_LOSSES_ALL ||
           (llc->store_losses == SLT_STORE_LOSSES_LAST && last);
}

slt_real slt_optimizer_lr(const slt_optimizer_spec *optimizer, uint64_t step)
{
    slt_real lr = optimizer->lr;
    for (size_t i = 0; i < optimizer->schedule_count; i++) {
        if (optimizer->schedule[i].from <= step)
            lr = optimizer->schedule[i].lr;
    }
    return lr;
}
