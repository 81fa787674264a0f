#include "learn/train_group.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
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
    bool live[SLT_MEMBERS_MAX];        /* runs under way */
};

size_t slt_train_group_width(const slt_run_spec *run)
{
    if (run->train.stops || run->train.steps == 0 ||
        !slt_optimizer_of(&run->train.optimizer)->in_lanes ||
        !slt_ensemble_fits(&run->model, run->arithmetic))
        return 0;
    return slt_members_count(run->arithmetic);
}

size_t slt_train_group_min(const slt_run_spec *run)
{
    return slt_ensemble_members_min(run->arithmetic);
}

static bool same_shape(const slt_run_spec *a, const slt_run_spec *b)
{
    slt_batch of_a, of_b;
    slt_data_shape(&a->data, a->arithmetic, &of_a);
    slt_data_shape(&b->data, b->arithmetic, &of_b);
    bool same = of_a.inputs == of_b.inputs && of_a.target.cols == of_b.target.cols &&
                slt_data_samples(&a->data) == slt_data_samples(&b->data);
    for (size_t i = 0; i < of_a.inputs && same; i++)
        same = of_a.input[i].cols == of_b.input[i].cols &&
               strcmp(of_a.input_name[i], of_b.input_name[i]) == 0;
    return same;
}

bool slt_train_groups(const slt_run_spec *a, const slt_run_spec *b)
{
    return slt_train_group_width(a) && a->arithmetic == b->arithmetic &&
           memcmp(&a->model, &b->model, sizeof a->model) == 0 &&
           memcmp(&a->train, &b->train, sizeof a->train) == 0 && same_shape(a, b);
}

/* ---- Creation ---------------------------------------------------------------------- */

static slt_status create_state(slt_train_group *group, const slt_run_spec *run,
                               slt_error *err)
{
    slt_status status = slt_state_create_by(slt_ensemble_params, run, &group->state, err);
    if (!status)
        status = slt_ensemble_params(&run->model, run->arithmetic, &group->gradient, err);
    return status;
}

static slt_status create_order(slt_train_group *group, size_t samples, slt_error *err)
{
    group->in_order = calloc(samples, sizeof *group->in_order);
    if (!group->in_order)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu samples", samples);
    for (size_t i = 0; i < samples; i++)
        group->in_order[i] = (uint32_t)i;
    return SLT_OK;
}

/* Lanes without a run look at the first one's data. */
static slt_status group_fill(slt_train_group *group, slt_error *err)
{
    const slt_run_spec *run = slt_trainer_run(group->trainer[0]);
    const slt_batch *all[SLT_MEMBERS_MAX];
    for (size_t m = 0; m < group->members; m++)
        all[m] = &slt_trainer_data(group->trainer[m < group->count ? m : 0])->train;
    slt_ensemble_batch_begin(run->arithmetic, all, &group->batch);
    slt_status status =
        slt_ensemble_net_create(&run->model, all[0], run->arithmetic, &group->net, err);
    if (!status)
        status = create_order(group, all[0]->rows, err);
    return status ? status : create_state(group, run, err);
}

slt_status slt_train_group_create(slt_trainer *const *trainers, size_t count,
                                  slt_train_group **group, slt_error *err)
{
    const slt_run_spec *run = slt_trainer_run(trainers[0]);
    SLT_ASSERT(count >= 1 && count <= slt_train_group_width(run));
    slt_train_group *made = calloc(1, sizeof *made);
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
    slt_status status = group_fill(made, err);
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

/* ---- Where the runs stand ---------------------------------------------------------- */

static void put_state(const slt_state *from, size_t m, slt_state *to)
{
    slt_ensemble_params_put(&from->weights, m, &to->weights);
    for (size_t i = 0; i < to->slots.count; i++)
        slt_ensemble_params_put(&from->slots.slot[i], m, &to->slots.slot[i]);
    to->step = from->step;
    memcpy(to->powers, from->powers, sizeof to->powers);
}

static void take_state(const slt_state *from, size_t m, slt_state *to)
{
    slt_ensemble_params_take(&from->weights, m, &to->weights);
    for (size_t i = 0; i < from->slots.count; i++)
        slt_ensemble_params_take(&from->slots.slot[i], m, &to->slots.slot[i]);
    to->step = from->step;
    memcpy(to->powers, from->powers, sizeof to->powers);
}

/* A run that goes on; group->members where there is none. */
static size_t any_live(const slt_train_group *group)
{
    size_t m = 0;
    while (m < group->members && !group->live[m])
        m++;
    return m;
}

/* Lanes without a run begin where one stands: at numbers. */
static void enter(slt_train_group *group, slt_state *const *states,
                  const slt_step_result *results)
{
    for (size_t m = 0; m < group->members; m++)
        group->live[m] = m < group->count && results[m] == SLT_STEP_MORE;
    const size_t first = any_live(group);
    for (size_t m = 0; m < group->members && first < group->members; m++) {
        const slt_state *from = states[group->live[m] ? m : first];
        SLT_ASSERT(from->step == states[first]->step);
        put_state(from, m, &group->state);
    }
}

static void leave(slt_train_group *group, size_t m, slt_state *state)
{
    take_state(&group->state, m, state);
    group->live[m] = false;
}

/* ---- One step ---------------------------------------------------------------------- */

static void find_batch(slt_train_group *group)
{
    const size_t first = any_live(group);
    for (size_t i = 0; i < group->members; i++) {
        const size_t m = (first + i) % group->members;
        const uint32_t *samples = group->batch.index[first];
        if (group->live[m])
            samples = slt_batcher_samples(slt_trainer_batcher(group->trainer[m]),
                                          group->state.step, &group->batch.rows);
        group->batch.index[m] = samples ? samples : group->in_order;
    }
}

/* Runs without a loss leave, their states untouched. */
static void judge_losses(slt_train_group *group, slt_state *const *states,
                         slt_step_result *results)
{
    for (size_t m = 0; m < group->count; m++) {
        if (!group->live[m] || slt_real_finite(group->verdict[m]))
            continue;
        results[m] = SLT_STEP_DIVERGED;
        leave(group, m, states[m]);
    }
}

static bool is_finite(const slt_state *state, size_t m)
{
    bool fine = slt_ensemble_params_finite(&state->weights, m);
    for (size_t i = 0; i < state->slots.count && fine; i++)
        fine = slt_ensemble_params_finite(&state->slots.slot[i], m);
    return fine;
}

/* After an update that not all lanes came through: those of runs leave, others get the
 * numbers of one that did. */
static void drop_spoilt(slt_train_group *group, slt_state *const *states,
                        slt_step_result *results)
{
    bool fine[SLT_MEMBERS_MAX];
    for (size_t m = 0; m < group->members; m++) {
        fine[m] = is_finite(&group->state, m);
        if (!group->live[m] || fine[m])
            continue;
        results[m] = SLT_STEP_DIVERGED;
        leave(group, m, states[m]);
    }
    group->state.step++;
    const size_t first = any_live(group);
    for (size_t m = 0; m < group->members && first < group->members; m++)
        if (!fine[m]) {
            take_state(&group->state, first, states[first]);
            put_state(states[first], m, &group->state);
        }
}

static void step_once(slt_train_group *group, slt_state *const *states,
                      slt_step_result *results)
{
    SLT_ASSERT(group->state.step < SLT_UPDATES_MAX);
    find_batch(group);
    slt_ensemble_net_gradient(group->net, &group->state.weights, &group->batch,
                              &group->gradient, true, group->verdict);
    judge_losses(group, states, results);
    if (any_live(group) < group->members &&
        !slt_optimizer_update(&group->train->optimizer, &group->gradient, &group->state))
        drop_spoilt(group, states, results);
}

void slt_train_group_advance(slt_train_group *group, slt_state *const *states,
                             uint64_t steps, slt_step_result *results)
{
    enter(group, states, results);
    for (uint64_t i = 0; i < steps && any_live(group) < group->members; i++)
        step_once(group, states, results);
    for (size_t m = 0; m < group->count; m++)
        if (group->live[m])
            leave(group, m, states[m]);
}
