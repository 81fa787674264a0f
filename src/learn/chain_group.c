#include "learn/chain_group.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/world.h"
#include "learn/observe.h"
#include "learn/sampler.h"
#include "learn/stein.h"
#include "net/ensemble.h"

struct slt_chain_group {
    slt_sampler *sampler;
    uint32_t first;
    size_t count, members;
    slt_ensemble_net *net;
    slt_batcher *batcher[SLT_MEMBERS_MAX];
    slt_ensemble_batch batch, all; /* of the update; all samples */
    slt_params start, weights, gradient;
    slt_params origin;    /* with a prior: zeros, the centre of the pull */
    slt_params low, high; /* with a box: its sides */
    slt_slots slots;
    slt_params zero;   /* slots of a lane without a chain */
    slt_params one[2]; /* one member's weights and gradient, where these are looked at */
    slt_observer *observer; /* of single samples' losses; NULL: none are recorded */
    slt_real loss[SLT_MEMBERS_MAX];
    bool live[SLT_MEMBERS_MAX]; /* lanes whose chain has not ended */
};

/* The most chains in a group; 0 if the sampler's chains must run one by one. */
static size_t chain_group_width(const slt_sampler *sampler)
{
    const slt_llc_spec *spec = sampler->spec;
    const slt_run_spec *run = sampler->run;
    if (!sampler->type->step_members || slt_sampler_accepts(spec) || spec->orthogonal ||
        spec->batch.order == SLT_BATCH_STREAM ||
        !slt_ensemble_fits(sampler->refined.model, &sampler->data.train, run->arithmetic))
        return 0;
    return slt_members_count(run->arithmetic);
}

size_t slt_chain_group_share(const slt_sampler *sampler, size_t chains)
{
    const size_t width = chain_group_width(sampler);
    if (width == 0 || chains < slt_ensemble_members_min(sampler->run->arithmetic))
        return 1;
    return chains < width ? chains : width;
}

static slt_status chain_group_create_box(slt_chain_group *group, slt_error *err)
{
    const slt_sampler *sampler = group->sampler;
    const slt_model_spec *model = sampler->refined.model;
    slt_status status =
        slt_ensemble_params(model, sampler->run->arithmetic, &group->low, err);
    if (!status)
        status = slt_ensemble_params(model, sampler->run->arithmetic, &group->high, err);
    for (size_t m = 0; m < group->members && !status; m++) {
        slt_ensemble_params_put(&sampler->low, m, &group->low);
        slt_ensemble_params_put(&sampler->high, m, &group->high);
    }
    return status;
}

static slt_status chain_group_create_params(slt_chain_group *group, slt_error *err)
{
    const slt_model_spec *model = group->sampler->refined.model;
    const slt_arithmetic arithmetic = group->sampler->run->arithmetic;
    slt_status status = slt_ensemble_params(model, arithmetic, &group->start, err);
    if (!status)
        status = slt_ensemble_params(model, arithmetic, &group->weights, err);
    if (!status)
        status = slt_ensemble_params(model, arithmetic, &group->gradient, err);
    if (!status && group->sampler->spec->prior.given)
        status = slt_ensemble_params(model, arithmetic, &group->origin, err);
    if (!status && group->sampler->spec->has_box)
        status = chain_group_create_box(group, err);
    if (!status)
        status = slt_slots_create(model, arithmetic, slt_ensemble_params,
                                  slt_sampler_slots(group->sampler->spec),
                                  slt_sampler_slot_count(group->sampler->spec),
                                  &group->slots, err);
    if (!status && group->slots.count)
        status = slt_params_create(model, arithmetic, &group->zero, err);
    const slt_llc_spec *spec = group->sampler->spec;
    const size_t looked_at = spec->stein ? 2 : spec->observables.given;
    for (size_t i = 0; i < looked_at && !status; i++)
        status = slt_params_create(model, arithmetic, &group->one[i], err);
    for (size_t m = 0; m < group->members && !status; m++)
        slt_ensemble_params_put(group->sampler->start, m, &group->start);
    return status;
}

static slt_status chain_group_fill(slt_chain_group *group, slt_error *err)
{
    const slt_sampler *sampler = group->sampler;
    const slt_batch *all[SLT_MEMBERS_MAX];
    for (size_t m = 0; m < group->members; m++)
        all[m] = &sampler->data.train;
    slt_ensemble_batch_begin(sampler->run->arithmetic, all, &group->all);
    group->all.rows = sampler->data.train.rows;
    group->batch = group->all;
    slt_status status =
        slt_ensemble_net_create(sampler->refined.model, &sampler->data.train,
                                sampler->run->arithmetic, &group->net, err);
    for (size_t m = 0; m < group->count && !status; m++)
        status = slt_sampler_batches(sampler, group->first + (uint32_t)m,
                                     &group->batcher[m], err);
    if (!status)
        status = slt_observer_create(sampler, &group->observer, err);
    return status ? status : chain_group_create_params(group, err);
}

slt_status slt_chain_group_create(slt_sampler *sampler, uint32_t first, size_t count,
                                  slt_chain_group **group, slt_error *err)
{
    SLT_ASSERT(count >= 1 && count <= chain_group_width(sampler));
    SLT_ASSERT(first + count <= sampler->spec->num_chains);
    slt_chain_group *made = slt_world.calloc(1, sizeof *made);
    *group = NULL;
    if (!made)
        return slt_fail(err, SLT_RESOURCE, "no memory for a group of chains");
    *made = (slt_chain_group){.sampler = sampler,
                              .first = first,
                              .count = count,
                              .members = chain_group_width(sampler)};
    slt_status status = chain_group_fill(made, err);
    if (status)
        slt_chain_group_free(made);
    else
        *group = made;
    return status;
}

void slt_chain_group_free(slt_chain_group *group)
{
    if (!group)
        return;
    slt_params_free(&group->one[1]);
    slt_params_free(&group->one[0]);
    slt_params_free(&group->zero);
    slt_slots_free(&group->slots);
    slt_params_free(&group->high);
    slt_params_free(&group->low);
    slt_params_free(&group->origin);
    slt_params_free(&group->gradient);
    slt_params_free(&group->weights);
    slt_params_free(&group->start);
    slt_observer_free(group->observer);
    for (size_t m = 0; m < group->count; m++)
        slt_batcher_free(group->batcher[m]);
    slt_ensemble_net_free(group->net);
    free(group);
}

/* ---- The state of the chains ------------------------------------------------------- */

/* A lane without a chain: its results are ignored, but it starts at w*, so that it
 * computes with finite numbers. */
static void chain_group_vacate(slt_chain_group *group, size_t m)
{
    group->live[m] = false;
    slt_ensemble_params_put(group->sampler->start, m, &group->weights);
    for (size_t i = 0; i < group->slots.count; i++)
        slt_ensemble_params_put(&group->zero, m, &group->slots.slot[i]);
}

static void chain_group_put_chain(const slt_chain *chain, size_t m,
                                  slt_chain_group *group)
{
    slt_ensemble_params_put(&chain->weights, m, &group->weights);
    for (size_t i = 0; i < group->slots.count; i++)
        slt_ensemble_params_put(&chain->slots.slot[i], m, &group->slots.slot[i]);
}

static void chain_group_enter(slt_chain_group *group, const slt_chain *chains)
{
    for (size_t m = 0; m < group->members; m++) {
        chain_group_vacate(group, m);
        group->live[m] = m < group->count && !chains[m].ended;
        if (group->live[m])
            chain_group_put_chain(&chains[m], m, group);
    }
}

static void chain_group_leave(slt_chain_group *group, size_t m, slt_chain *chain)
{
    slt_ensemble_params_take(&group->weights, m, &chain->weights);
    for (size_t i = 0; i < group->slots.count; i++)
        slt_ensemble_params_take(&group->slots.slot[i], m, &chain->slots.slot[i]);
    chain_group_vacate(group, m);
}

static void chain_group_leave_all(slt_chain_group *group, slt_chain *chains)
{
    for (size_t m = 0; m < group->count; m++)
        if (group->live[m])
            chain_group_leave(group, m, &chains[m]);
}

/* Ends the chain with `status` and takes it out of the group. */
static void chain_group_end(slt_chain_group *group, size_t m, slt_chain_status status,
                            slt_chain *chain)
{
    chain->status = status;
    chain->ended = true;
    chain_group_leave(group, m, chain);
}

/* A chain that has not ended; NULL if all have. */
static const slt_chain *chain_group_any_live(const slt_chain_group *group,
                                             const slt_chain *chains)
{
    for (size_t m = 0; m < group->count; m++)
        if (group->live[m])
            return &chains[m];
    return NULL;
}

/* ---- One update -------------------------------------------------------------------- */

/* Lanes without a chain use the samples of the first lane that has one. */
static void chain_group_find_batch(slt_chain_group *group, uint64_t update)
{
    const uint32_t *index = NULL;
    for (size_t m = 0; m < group->count; m++) {
        if (!group->live[m])
            continue;
        group->batch.index[m] =
            slt_batcher_samples(group->batcher[m], update, &group->batch.rows);
        index = index ? index : group->batch.index[m];
    }
    for (size_t m = 0; m < group->members; m++)
        if (!group->live[m])
            group->batch.index[m] = index;
}

/* Computes losses, and gradients if asked for. */
static void chain_group_find_losses(slt_chain_group *group,
                                    const slt_ensemble_batch *batch, bool gradients)
{
    slt_ensemble_net_gradient(group->net, &group->weights, batch,
                              gradients ? &group->gradient : NULL, false, group->loss);
    if (gradients)
        slt_refine_gradient(&group->sampler->refined, &group->gradient);
}

/* Ends chains whose loss is not finite. */
static void chain_group_judge_losses(slt_chain_group *group, slt_chain *chains)
{
    for (size_t m = 0; m < group->count; m++)
        if (group->live[m] && !slt_real_finite(group->loss[m]))
            chain_group_end(group, m, SLT_CHAIN_DIVERGED, &chains[m]);
}

static void chain_group_record(const slt_chain_group *group, slt_chain *chains)
{
    for (size_t m = 0; m < group->count; m++)
        if (group->live[m])
            chains[m].losses[chains[m].draws++] = group->loss[m];
}

/* Adds the draws just recorded to the chains' Stein sums. */
static void chain_group_note_stein(slt_chain_group *group, slt_chain *chains)
{
    slt_params *weights = &group->one[0], *gradient = &group->one[1];
    for (size_t m = 0; m < group->count; m++) {
        if (!group->live[m])
            continue;
        slt_ensemble_params_take(&group->weights, m, weights);
        slt_ensemble_params_take(&group->gradient, m, gradient);
        slt_stein_add(group->sampler, weights, gradient, chains[m].draws - 1,
                      &chains[m].stein);
    }
}

/* Takes the losses of single samples at the draws just recorded. */
static void chain_group_observe(slt_chain_group *group, slt_chain *chains)
{
    for (size_t m = 0; m < group->count; m++) {
        if (!group->live[m] || !slt_observer_is_due(group->observer, chains[m].draws - 1))
            continue;
        slt_ensemble_params_take(&group->weights, m, &group->one[0]);
        slt_observer_take(group->observer, chains[m].draws - 1, &group->one[0],
                          &chains[m]);
    }
}

static bool chain_group_step_weights(slt_chain_group *group, uint64_t update)
{
    const slt_chain_members at = {
        .first = group->first,
        .count = group->count,
        .members = group->members,
        .update = update,
        .centre = group->sampler->spec->prior.given ? &group->origin : &group->start,
        .gradient = &group->gradient,
        .weights = &group->weights,
        .slots = &group->slots};
    const bool fine = slt_sampler_step_members(group->sampler, &at);
    slt_refine_weights(&group->sampler->refined, &group->start, &group->weights);
    return fine;
}

static bool chain_group_is_finite(const slt_chain_group *group, size_t m)
{
    bool fine = slt_ensemble_params_finite(&group->weights, m);
    for (size_t i = 0; i < group->slots.count && fine; i++)
        fine = slt_ensemble_params_finite(&group->slots.slot[i], m);
    return fine;
}

/* The chains have made their last draw. */
static void chain_group_finish(slt_chain_group *group, slt_chain *chains)
{
    for (size_t m = 0; m < group->count; m++)
        if (group->live[m])
            chain_group_end(group, m, SLT_CHAIN_DONE, &chains[m]);
}

static void chain_group_move(slt_chain_group *group, uint64_t update, slt_chain *chains)
{
    const bool fine = chain_group_step_weights(group, update);
    for (size_t m = 0; m < group->members; m++) {
        const bool stays = fine || chain_group_is_finite(group, m);
        if (group->live[m] && stays)
            chains[m].updates++;
        else if (group->live[m])
            chain_group_end(group, m, SLT_CHAIN_DIVERGED, &chains[m]);
        else if (!stays)
            chain_group_vacate(group, m);
    }
    slt_sampler_clip(group->sampler, &group->low, &group->high, &group->weights);
}

/* As chain_advance_once in chain.c, for all chains, which are at the same update. */
static void chain_group_advance_once(slt_chain_group *group, const slt_chain *at,
                                     slt_chain *chains)
{
    const slt_llc_spec *spec = group->sampler->spec;
    const uint64_t update = at->updates;
    const bool due = slt_draw_is_due(spec, update);
    const bool last = due && at->draws + 1 == spec->num_draws;
    const bool apart = spec->losses_full && spec->batch.order != SLT_BATCH_FULL;
    if (due && apart) {
        chain_group_find_losses(group, &group->all, false);
        chain_group_judge_losses(group, chains);
        chain_group_record(group, chains);
    }
    if (!chain_group_any_live(group, chains))
        return;
    if (!last || !apart || spec->stein) {
        chain_group_find_batch(group, update);
        chain_group_find_losses(group, &group->batch, !last || spec->stein);
    }
    if (!last || !apart)
        chain_group_judge_losses(group, chains);
    if (due && !apart)
        chain_group_record(group, chains);
    if (due && spec->stein)
        chain_group_note_stein(group, chains);
    if (due)
        chain_group_observe(group, chains);
    if (last)
        chain_group_finish(group, chains);
    else
        chain_group_move(group, update, chains);
}

/* ---- Many -------------------------------------------------------------------------- */

static uint64_t chain_group_foremost(const slt_chain_group *group,
                                     const slt_chain *chains)
{
    uint64_t updates = 0;
    for (size_t m = 0; m < group->count; m++)
        if (!chains[m].ended && chains[m].updates > updates)
            updates = chains[m].updates;
    return updates;
}

static slt_status chain_group_catch_up(slt_chain_group *group, uint64_t updates,
                                       slt_chain *chains, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t m = 0; m < group->count && !status; m++) {
        slt_chain_worker *worker;
        if (chains[m].ended || chains[m].updates == updates)
            continue;
        status = slt_chain_worker_create(group->sampler, group->first + (uint32_t)m,
                                         &worker, err);
        if (status)
            break;
        slt_chain_advance(worker, &chains[m], updates - chains[m].updates);
        slt_chain_worker_free(worker);
    }
    return status;
}

slt_status slt_chain_group_advance(slt_chain_group *group, slt_chain *chains,
                                   uint64_t updates_max, slt_error *err)
{
    const slt_chain *at;
    for (size_t m = 0; m < group->count; m++)
        if (chains[m].draws == group->sampler->spec->num_draws)
            chains[m].ended = true;
    slt_status status =
        chain_group_catch_up(group, chain_group_foremost(group, chains), chains, err);
    if (status)
        return status;
    chain_group_enter(group, chains);
    for (uint64_t i = 0; i < updates_max && (at = chain_group_any_live(group, chains));
         i++)
        chain_group_advance_once(group, at, chains);
    chain_group_leave_all(group, chains);
    return SLT_OK;
}
