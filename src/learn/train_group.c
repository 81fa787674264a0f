#include "learn/train_group.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/world.h"
#include "learn/optimizer.h"
#include "net/ensemble.h"

struct slt_train_group {
    slt_trainer *trainer[SLT_MEMBERS_MAX];
    const slt_train_spec *train;
    size_t count, members;
    slt_ensemble_net *net;
    slt_ensemble_batch batch;
    uint32_t *in_order; /* 0, 1, ...: full batches of data that differ */
    slt_state state;    /* of all */
    slt_params gradient;
    slt_real verdict[SLT_MEMBERS_MAX]; /* on the losses */
    bool live[SLT_MEMBERS_MAX];        /* lanes whose run has not ended */
};

size_t slt_train_group_width(const slt_run_spec *run)
{
    slt_batch shape;
    slt_data_shape(&run->data, run->arithmetic, &shape);
    if (run->trials.count || run->train.stop.has_loss_below || run->train.steps == 0 ||
        !slt_optimizer_of(&run->train.optimizer)->in_lanes ||
        run->train.batch.order == SLT_BATCH_STREAM ||
        !slt_ensemble_fits(&run->model, &shape, run->arithmetic))
        return 0;
    return slt_members_count(run->arithmetic);
}

size_t slt_train_group_min(const slt_run_spec *run)
{
    return slt_ensemble_members_min(run->arithmetic);
}

static bool train_group_same_shape(const slt_run_spec *a, const slt_run_spec *b)
{
    slt_batch of_a, of_b;
    slt_data_shape(&a->data, a->arithmetic, &of_a);
    slt_data_shape(&b->data, b->arithmetic, &of_b);
    return slt_batch_alike(&of_a, &of_b) && of_a.rows == of_b.rows;
}

bool slt_train_groups(const slt_run_spec *a, const slt_run_spec *b)
{
    return slt_train_group_width(a) && a->arithmetic == b->arithmetic &&
           slt_model_spec_equal(&a->model, &b->model) &&
           memcmp(&a->train, &b->train, sizeof a->train) == 0 &&
           train_group_same_shape(a, b);
}

/* ---- Creation ---------------------------------------------------------------------- */

static slt_status train_group_create_state(slt_train_group *group,
                                           const slt_run_spec *run, slt_error *err)
{
    slt_status status = slt_state_create_by(slt_ensemble_params, run, &group->state, err);
    if (!status)
        status = slt_ensemble_params(&run->model, run->arithmetic, &group->gradient, err);
    return status;
}

static slt_status train_group_create_order(slt_train_group *group, size_t samples,
                                           slt_error *err)
{
    group->in_order = slt_world.calloc(samples, sizeof *group->in_order);
    if (!group->in_order)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu samples", samples);
    for (size_t i = 0; i < samples; i++)
        group->in_order[i] = (uint32_t)i;
    return SLT_OK;
}

/* Lanes without a run use the first run's data. */
static slt_status train_group_fill(slt_train_group *group, slt_error *err)
{
    const slt_run_spec *run = slt_trainer_run(group->trainer[0]);
    const slt_batch *all[SLT_MEMBERS_MAX];
    for (size_t m = 0; m < group->members; m++)
        all[m] = &slt_trainer_data(group->trainer[m < group->count ? m : 0])->train;
    slt_ensemble_batch_begin(run->arithmetic, all, &group->batch);
    slt_status status =
        slt_ensemble_net_create(&run->model, all[0], run->arithmetic, &group->net, err);
    if (!status)
        status = train_group_create_order(group, all[0]->rows, err);
    return status ? status : train_group_create_state(group, run, err);
}

slt_status slt_train_group_create(slt_trainer *const *trainers, size_t count,
                                  slt_train_group **group, slt_error *err)
{
    const slt_run_spec *run = slt_trainer_run(trainers[0]);
    SLT_ASSERT(count >= 1 && count <= slt_train_group_width(run));
    slt_train_group *made = slt_world.calloc(1, sizeof *made);
    *group = NULL;
    if (!made)
        return slt_fail(err, SLT_RESOURCE, "no memory for a group of runs");
    made->train = &run->train;
    made->count = count;
    made->members = slt_train_group_width(run);
    for (size_t m = 0; m < count; m++) {
        SLT_ASSERT(slt_train_groups(run, slt_trainer_run(trainers[m])));
        made->trainer[m] = trainers[m];
    }
    slt_status status = train_group_fill(made, err);
    if (status)
        slt_train_group_free(made);
    else
        *group = made;
    return status;
}

void slt_train_group_free(slt_train_group *group)
{
    if (!group)
        return;
    slt_params_free(&group->gradient);
    slt_state_free(&group->state);
    slt_ensemble_net_free(group->net);
    free(group->in_order);
    free(group);
}

/* ---- The state of the runs --------------------------------------------------------- */

static void train_group_put_state(const slt_state *from, size_t m, slt_state *to)
{
    slt_ensemble_params_put(&from->weights, m, &to->weights);
    for (size_t i = 0; i < to->slots.count; i++)
        slt_ensemble_params_put(&from->slots.slot[i], m, &to->slots.slot[i]);
    to->step = from->step;
    memcpy(to->powers, from->powers, sizeof to->powers);
}

static void train_group_take_state(const slt_state *from, size_t m, slt_state *to)
{
    slt_ensemble_params_take(&from->weights, m, &to->weights);
    for (size_t i = 0; i < from->slots.count; i++)
        slt_ensemble_params_take(&from->slots.slot[i], m, &to->slots.slot[i]);
    to->step = from->step;
    memcpy(to->powers, from->powers, sizeof to->powers);
}

/* A run that has not ended; group->members if all have. */
static size_t train_group_any_live(const slt_train_group *group)
{
    size_t m = 0;
    while (m < group->members && !group->live[m])
        m++;
    return m;
}

/* Lanes without a run start from the state of one that has not ended, so that they
 * compute with finite numbers. */
static void train_group_enter(slt_train_group *group, slt_state *const *states,
                              const slt_step_result *results)
{
    for (size_t m = 0; m < group->members; m++)
        group->live[m] = m < group->count && results[m] == SLT_STEP_MORE;
    const size_t first = train_group_any_live(group);
    for (size_t m = 0; m < group->members && first < group->members; m++) {
        const slt_state *from = states[group->live[m] ? m : first];
        SLT_ASSERT(from->step == states[first]->step);
        train_group_put_state(from, m, &group->state);
    }
}

static void train_group_leave(slt_train_group *group, size_t m, slt_state *state)
{
    train_group_take_state(&group->state, m, state);
    group->live[m] = false;
}

/* ---- One step ---------------------------------------------------------------------- */

static void train_group_find_batch(slt_train_group *group)
{
    const size_t first = train_group_any_live(group);
    for (size_t i = 0; i < group->members; i++) {
        const size_t m = (first + i) % group->members;
        const uint32_t *samples = group->batch.index[first];
        if (group->live[m])
            samples = slt_batcher_samples(slt_trainer_batcher(group->trainer[m]),
                                          group->state.step, &group->batch.rows);
        group->batch.index[m] = samples ? samples : group->in_order;
    }
}

/* Runs whose loss is not finite leave the group, their states unchanged. */
static void train_group_judge_losses(slt_train_group *group, slt_state *const *states,
                                     slt_step_result *results)
{
    for (size_t m = 0; m < group->count; m++) {
        if (!group->live[m] || slt_real_finite(group->verdict[m]))
            continue;
        results[m] = SLT_STEP_DIVERGED;
        train_group_leave(group, m, states[m]);
    }
}

static bool train_group_is_finite(const slt_state *state, size_t m)
{
    bool fine = slt_ensemble_params_finite(&state->weights, m);
    for (size_t i = 0; i < state->slots.count && fine; i++)
        fine = slt_ensemble_params_finite(&state->slots.slot[i], m);
    return fine;
}

/* After an update that left some lanes with numbers that are not finite: runs in such
 * lanes leave the group, and other lanes get the numbers of a lane that is finite. */
static void train_group_drop_spoilt(slt_train_group *group, slt_state *const *states,
                                    slt_step_result *results)
{
    bool fine[SLT_MEMBERS_MAX];
    for (size_t m = 0; m < group->members; m++) {
        fine[m] = train_group_is_finite(&group->state, m);
        if (!group->live[m] || fine[m])
            continue;
        results[m] = SLT_STEP_DIVERGED;
        train_group_leave(group, m, states[m]);
    }
    group->state.step++;
    const size_t first = train_group_any_live(group);
    for (size_t m = 0; m < group->members && first < group->members; m++)
        if (!fine[m]) {
            train_group_take_state(&group->state, first, states[first]);
            train_group_put_state(states[first], m, &group->state);
        }
}

static void train_group_step_once(slt_train_group *group, slt_state *const *states,
                                  slt_step_result *results)
{
    SLT_ASSERT(group->state.step < SLT_UPDATES_MAX);
    train_group_find_batch(group);
    slt_ensemble_net_gradient(group->net, &group->state.weights, &group->batch,
                              &group->gradient, true, group->verdict);
    train_group_judge_losses(group, states, results);
    if (train_group_any_live(group) < group->members &&
        !slt_optimizer_update(&group->train->optimizer, &group->gradient, &group->state))
        train_group_drop_spoilt(group, states, results);
}

void slt_train_group_advance(slt_train_group *group, slt_state *const *states,
                             uint64_t steps, slt_step_result *results)
{
    train_group_enter(group, states, results);
    for (uint64_t i = 0; i < steps && train_group_any_live(group) < group->members; i++)
        train_group_step_once(group, states, results);
    for (size_t m = 0; m < group->count; m++)
        if (group->live[m])
            train_group_leave(group, m, states[m]);
}
