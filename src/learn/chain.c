#include "learn/llc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/world.h"
#include "learn/adapt.h"
#include "learn/leapfrog.h"
#include "learn/observe.h"
#include "learn/restrict.h"
#include "learn/sampler.h"
#include "learn/stein.h"
#include "learn/tempering.h"
#include "num/scalar.h"

/* What moves weights, and what is known at them. */
typedef struct chain_view {
    const slt_sampler *sampler;
    slt_params gradient[2];
    int at;        /* which of them belongs to the weights */
    slt_real loss; /* the last one taken */
    bool known;    /* gradient[at] and loss are those at the weights */
} chain_view;

struct slt_chain_worker {
    chain_view now;                     /* of the chain's weights */
    chain_view rung[SLT_TEMPERING_MAX]; /* of the other replicas' */
    slt_sampler tuned; /* where lr is adapted: the estimate's, of the update's lr */
    uint32_t chain;
    slt_net *net;
    slt_batcher *batcher;
    slt_observer *observer; /* of single samples' losses; NULL: none are recorded */
    bool losses_apart; /* losses are taken on the full data, gradients on mini batches */
    slt_params before; /* if acceptance is recorded: the weights before the update */
    slt_leapfrog leapfrog; /* where an update is a trajectory */
    slt_real energy[2];    /* of its start and its end, where they are recorded */
};

slt_net_rows slt_chain_rows(const slt_llc_spec *spec, size_t samples)
{
    const size_t batch = slt_batcher_rows_max(&spec->batch, samples);
    return (slt_net_rows){.gradient = batch, .loss = spec->losses_full ? samples : batch};
}

static slt_status chain_view_create(chain_view *view, slt_error *err)
{
    const slt_sampler *sampler = view->sampler;
    const size_t count = 1 + slt_sampler_accepts(sampler->spec);
    slt_status status = SLT_OK;
    for (size_t i = 0; i < count && !status; i++)
        status = slt_params_create(sampler->refined.model, sampler->run->arithmetic,
                                   &view->gradient[i], err);
    return status;
}

static void chain_view_free(chain_view *view)
{
    slt_params_free(&view->gradient[0]);
    slt_params_free(&view->gradient[1]);
}

static slt_status chain_worker_fill(slt_chain_worker *worker, slt_error *err)
{
    const slt_sampler *sampler = worker->now.sampler;
    const slt_model_spec *model = sampler->refined.model;
    const slt_arithmetic arithmetic = sampler->run->arithmetic;
    const bool full = sampler->spec->batch.order == SLT_BATCH_FULL;
    const bool accepts = slt_sampler_accepts(sampler->spec);
    worker->losses_apart = sampler->spec->losses_full && !full;
    slt_status status =
        slt_net_create_rows(model, &sampler->data.train,
                            slt_chain_rows(sampler->spec, sampler->data.train.rows),
                            arithmetic, &worker->net, err);
    if (!status)
        status = slt_sampler_batches(sampler, worker->chain, &worker->batcher, err);
    if (!status)
        status = slt_observer_create(sampler, &worker->observer, err);
    if (!status)
        status = chain_view_create(&worker->now, err);
    for (size_t i = 0; i < sampler->spec->tempering.rungs && !status; i++) {
        worker->rung[i].sampler = &sampler->rungs[i].sampler;
        status = chain_view_create(&worker->rung[i], err);
    }
    if (!status && accepts)
        status = slt_params_create(model, arithmetic, &worker->before, err);
    if (!status && sampler->type->trajectory)
        status = slt_leapfrog_create(sampler, &worker->leapfrog, err);
    return status;
}

slt_status slt_chain_worker_create(slt_sampler *sampler, uint32_t chain,
                                   slt_chain_worker **worker, slt_error *err)
{
    SLT_ASSERT(chain < sampler->spec->num_chains);
    *worker = NULL;
    slt_chain_worker *made = slt_world.calloc(1, sizeof *made);
    if (!made)
        return slt_fail(err, SLT_RESOURCE, "no memory for a chain's worker");
    made->now.sampler = sampler;
    made->chain = chain;
    slt_status status = chain_worker_fill(made, err);
    if (sampler->spec->adapt.given) {
        made->tuned = *sampler;
        made->now.sampler = &made->tuned;
    }
    if (status)
        slt_chain_worker_free(made);
    else
        *worker = made;
    return status;
}

void slt_chain_worker_share(slt_chain_worker *worker, slt_pool *pool)
{
    slt_net_share(worker->net, pool);
    slt_observer_share(worker->observer, pool);
}

void slt_chain_worker_free(slt_chain_worker *worker)
{
    if (!worker)
        return;
    slt_leapfrog_free(&worker->leapfrog);
    slt_params_free(&worker->before);
    for (size_t i = 0; i < SLT_TEMPERING_MAX; i++)
        chain_view_free(&worker->rung[i]);
    chain_view_free(&worker->now);
    slt_observer_free(worker->observer);
    slt_batcher_free(worker->batcher);
    slt_net_free(worker->net);
    free(worker);
}

static bool chain_room_energies(const slt_llc_spec *spec, slt_chain *chain)
{
    if (!spec->observables.energies)
        return true;
    if (spec->num_draws <= SIZE_MAX / sizeof *chain->energies)
        chain->energies =
            slt_world.calloc((size_t)spec->num_draws, sizeof *chain->energies);
    return chain->energies != NULL;
}

static bool chain_room_observed(const slt_run_spec *run, const slt_llc_spec *spec,
                                slt_chain *chain)
{
    const uint64_t numbers = slt_observed_numbers(spec, &run->data);
    if (!numbers)
        return true;
    if (numbers <= SIZE_MAX / sizeof *chain->observed)
        chain->observed = slt_world.calloc((size_t)numbers, sizeof *chain->observed);
    return chain->observed != NULL;
}

slt_status slt_chain_room(const slt_run_spec *run, const slt_llc_spec *spec,
                          slt_chain *chain, slt_error *err)
{
    const uint64_t draws = spec->num_draws;
    *chain = (slt_chain){0};
    slt_status status =
        slt_params_create(&run->model, run->arithmetic, &chain->weights, err);
    if (!status)
        status = slt_slots_create(&run->model, run->arithmetic, slt_params_create,
                                  slt_sampler_slots(spec), slt_sampler_slot_count(spec),
                                  &chain->slots, err);
    if (status) {
        slt_chain_free(chain);
        return status;
    }
    if (draws <= SIZE_MAX / sizeof *chain->losses)
        chain->losses = slt_world.calloc((size_t)draws, sizeof *chain->losses);
    const bool drawn = chain->losses && chain_room_energies(spec, chain);
    if (drawn && chain_room_observed(run, spec, chain))
        return SLT_OK;
    slt_chain_free(chain);
    return slt_fail(err, SLT_RESOURCE,
                    "no memory for the losses of a chain: %" PRIu64 " %s of %zu bytes",
                    drawn ? slt_observed_numbers(spec, &run->data) : draws,
                    drawn ? "of samples" : "draws", sizeof *chain->losses);
}

slt_status slt_chain_create(const slt_sampler *sampler, slt_chain *chain, slt_error *err)
{
    slt_status status = slt_chain_room(sampler->run, sampler->spec, chain, err);
    if (status)
        return status;
    slt_params_copy(&chain->weights, sampler->start);
    for (size_t i = 0; i < sampler->spec->tempering.rungs; i++)
        slt_params_copy(&chain->slots.slot[i], sampler->start);
    return SLT_OK;
}

void slt_chain_free(slt_chain *chain)
{
    slt_params_free(&chain->weights);
    slt_slots_free(&chain->slots);
    free(chain->losses);
    free(chain->observed);
    free(chain->energies);
    *chain = (slt_chain){0};
}

static bool chain_end(slt_chain *chain, slt_chain_status status)
{
    chain->status = status;
    chain->ended = true;
    return false;
}

/* Whether the loss just taken may be used; if not, ends the chain. */
static bool chain_judge_loss(slt_chain_worker *worker, slt_chain *chain)
{
    if (worker->now.sampler->run->arithmetic == SLT_FIXED &&
        slt_net_overflowed(worker->net, chain->overflowed))
        return chain_end(chain, SLT_CHAIN_OVERFLOW);
    return slt_real_finite(worker->now.loss) || chain_end(chain, SLT_CHAIN_DIVERGED);
}

static void chain_take_gradient(slt_chain_worker *worker, const slt_chain *chain)
{
    const slt_batch *batch = slt_batcher_at(worker->batcher, chain->updates);
    worker->now.loss = slt_net_gradient(worker->net, &chain->weights, batch,
                                        &worker->now.gradient[worker->now.at]);
    slt_refine_gradient(&worker->now.sampler->refined,
                        &worker->now.gradient[worker->now.at]);
    worker->now.known = true;
}

static bool chain_find_gradient(slt_chain_worker *worker, slt_chain *chain)
{
    if (!worker->now.known)
        chain_take_gradient(worker, chain);
    return chain_judge_loss(worker, chain);
}

/* The loss to record at this draw.  Nothing moves after the last one, so it needs no
 * gradient. */
static bool chain_find_loss(slt_chain_worker *worker, slt_chain *chain, bool last)
{
    if (!worker->losses_apart && (worker->now.known || !last))
        return chain_find_gradient(worker, chain);
    const slt_batch *batch = worker->losses_apart
                                 ? &worker->now.sampler->data.train
                                 : slt_batcher_at(worker->batcher, chain->updates);
    worker->now.loss = slt_net_loss(worker->net, &chain->weights, batch);
    return chain_judge_loss(worker, chain);
}

/* Adds the draw to the chain's Stein sums.  The gradient is the update's, so it is judged
 * when the chain goes on; at the last draw nothing hangs on it but these sums. */
static void chain_note_stein(slt_chain_worker *worker, slt_chain *chain)
{
    const slt_sampler *sampler = worker->now.sampler;
    char name[SLT_NAME_MAX];
    if (!worker->now.known)
        chain_take_gradient(worker, chain);
    const bool overflowed =
        sampler->run->arithmetic == SLT_FIXED && slt_net_overflowed(worker->net, name);
    slt_stein_add(sampler, &chain->weights,
                  overflowed ? NULL : &worker->now.gradient[worker->now.at], chain->draws,
                  &chain->stein);
}

/* Whether the weights are fit to be used; a proposal beyond a box is not. */
static bool chain_step_weights(const slt_chain_worker *worker, slt_chain *chain)
{
    const slt_sampler *sampler = worker->now.sampler;
    bool fine = slt_sampler_step(sampler, &worker->now.gradient[worker->now.at],
                                 worker->chain, chain);
    slt_refine_weights(&sampler->refined, sampler->start, &chain->weights);
    fine = fine && slt_restrict_weights(sampler, &chain->weights);
    if (fine) {
        const bool within =
            slt_sampler_clip(sampler, &sampler->low, &sampler->high, &chain->weights);
        fine = within || !sampler->type->corrects;
    }
    slt_params_share(&chain->weights);
    return fine;
}

static void chain_end_unfit(const slt_chain_worker *worker, slt_chain *chain)
{
    slt_tensor_walk at =
        slt_tensors_of(&worker->now.sampler->run->model, &chain->weights, &chain->slots);
    while (slt_tensors_next(&at)) {
        if (!at.tensor->overflow)
            continue;
        snprintf(chain->overflowed, sizeof chain->overflowed, "%s", at.name);
        chain_end(chain, SLT_CHAIN_OVERFLOW);
        return;
    }
    chain_end(chain, SLT_CHAIN_DIVERGED);
}

static void chain_move(slt_chain_worker *worker, slt_chain *chain)
{
    worker->now.known = false;
    if (chain_step_weights(worker, chain))
        chain->updates++;
    else
        chain_end_unfit(worker, chain);
}

/* The point that the chain is at, its weights as kept in `weights`. */
static slt_chain_point chain_point(const slt_chain_worker *worker,
                                   const slt_params *weights)
{
    return (slt_chain_point){weights, &worker->now.gradient[worker->now.at],
                             worker->now.loss};
}

static slt_real chain_judge_step(const slt_chain_worker *worker,
                                 const slt_chain_point *from, const slt_chain *chain)
{
    const slt_chain_point to = chain_point(worker, &chain->weights);
    return worker->now.sampler->type->acceptance(worker->now.sampler, from, &to);
}

/* The update, then its acceptance.  The gradient at the new weights stays known; the loss
 * there is judged when the chain goes on. */
static void chain_move_and_judge(slt_chain_worker *worker, slt_chain *chain)
{
    const slt_chain_point from = chain_point(worker, &worker->before);
    slt_params_copy(&worker->before, &chain->weights);
    chain_move(worker, chain);
    if (chain->ended)
        return;
    worker->now.at ^= 1;
    chain_take_gradient(worker, chain);
    chain->acceptance_sum =
        slt_real_add(chain->acceptance_sum, chain_judge_step(worker, &from, chain));
}

/* Takes the gradient at the chain's weights, which are a proposal or on the way to one.
 * Whether the loss, and in fixed point every number on the way to it, is finite. */
static bool chain_look_ahead(slt_chain_worker *worker, const slt_chain *chain)
{
    char name[SLT_NAME_MAX];
    chain_take_gradient(worker, chain);
    const bool overflowed = worker->now.sampler->run->arithmetic == SLT_FIXED &&
                            slt_net_overflowed(worker->net, name);
    return !overflowed && slt_real_finite(worker->now.loss);
}

/* The acceptance of a step; 0 where it leaves the finite numbers or the box. */
static slt_real chain_propose_step(slt_chain_worker *worker, const slt_chain_point *from,
                                   slt_chain *chain)
{
    if (!chain_step_weights(worker, chain))
        return slt_real_of(0);
    worker->now.at ^= 1;
    return chain_look_ahead(worker, chain) ? chain_judge_step(worker, from, chain)
                                           : slt_real_of(0);
}

/* The same of a trajectory, which may leave the box, but not end beyond it. */
static slt_real chain_propose_trajectory(slt_chain_worker *worker,
                                         const slt_chain_point *from, slt_chain *chain)
{
    const slt_sampler *sampler = worker->now.sampler;
    slt_leapfrog *along = &worker->leapfrog;
    slt_leapfrog_draw(sampler, worker->chain, chain->updates, along);
    const slt_leapfrog_end start = slt_leapfrog_end_at(sampler, from, along);
    if (sampler->spec->observables.energies)
        worker->energy[0] = slt_leapfrog_energy(start);
    bool fine = slt_leapfrog_kick(sampler, true, &chain->weights, from->gradient, along);
    worker->now.at ^= 1;
    for (uint64_t left = slt_sampler_steps(sampler->spec); left && fine; left--)
        fine = slt_leapfrog_drift(sampler, along, &chain->weights) &&
               chain_look_ahead(worker, chain) &&
               slt_leapfrog_kick(sampler, left == 1, &chain->weights,
                                 &worker->now.gradient[worker->now.at], along);
    const slt_chain_point to = chain_point(worker, &chain->weights);
    if (!fine ||
        !slt_sampler_clip(sampler, &sampler->low, &sampler->high, &chain->weights))
        return slt_real_of(0);
    const slt_leapfrog_end end = slt_leapfrog_end_at(sampler, &to, along);
    if (sampler->spec->observables.energies)
        worker->energy[1] = slt_leapfrog_energy(end);
    return slt_leapfrog_acceptance(start, end);
}

/* What a proposal's acceptance is for besides: the step sizes of the burn-in or, after
 * them, the chain's acceptance. */
static void chain_take_acceptance(const slt_llc_spec *spec, slt_real acceptance,
                                  slt_chain *chain)
{
    if (chain->updates < slt_adapt_updates(spec))
        slt_adapt_take(spec, acceptance, chain);
    else
        chain->acceptance_sum = slt_real_add(chain->acceptance_sum, acceptance);
}

/* A proposal, which is taken or not.  What the worker knows stays known. */
static void chain_propose(slt_chain_worker *worker, slt_chain *chain)
{
    const slt_llc_spec *spec = worker->now.sampler->spec;
    const slt_chain_point from = chain_point(worker, &worker->before);
    const int at = worker->now.at;
    if (spec->adapt.given)
        slt_sampler_tune(&worker->tuned, slt_adapt_lr(spec, chain));
    slt_params_copy(&worker->before, &chain->weights);
    const slt_real acceptance = worker->now.sampler->type->trajectory
                                    ? chain_propose_trajectory(worker, &from, chain)
                                    : chain_propose_step(worker, &from, chain);
    const bool takes =
        slt_sampler_takes(worker->now.sampler, acceptance, worker->chain, chain->updates);
    if (!takes) {
        slt_params_copy(&chain->weights, &worker->before);
        worker->now.at = at;
        worker->now.loss = from.loss;
    }
    chain->energy = worker->energy[takes];
    chain_take_acceptance(spec, acceptance, chain);
    chain->updates++;
}

/* ---- Replicas of a ladder ---------------------------------------------------------- */

static void swap_views(chain_view *a, chain_view *b)
{
    const chain_view kept = *a;
    *a = *b;
    *b = kept;
}

static void swap_params(slt_params *a, slt_params *b)
{
    const slt_params kept = *a;
    *a = *b;
    *b = kept;
}

/* The same update of another replica, whose weights are like those of a chain that made
 * as many.  Its gradient is known but before the worker's first update of it, and then it
 * is one that was looked at before: at w*, or where the replica went. */
static void chain_propose_rung(slt_chain_worker *worker, size_t rung, slt_chain *chain)
{
    slt_chain replica = {.weights = chain->slots.slot[rung], .updates = chain->updates};
    swap_views(&worker->now, &worker->rung[rung]);
    if (!worker->now.known)
        chain_take_gradient(worker, &replica);
    chain_propose(worker, &replica);
    chain->slots.slot[rung] = replica.weights;
    swap_views(&worker->now, &worker->rung[rung]);
}

/* Exchanges the weights of a pair with what is known at them. */
static void chain_exchange(slt_chain_worker *worker, size_t pair, slt_chain *chain)
{
    chain_view *cold = pair ? &worker->rung[pair - 1] : &worker->now;
    chain_view *hot = &worker->rung[pair];
    swap_params(pair ? &chain->slots.slot[pair - 1] : &chain->weights,
                &chain->slots.slot[pair]);
    swap_views(cold, hot);
    const slt_sampler *sampler = cold->sampler;
    cold->sampler = hot->sampler;
    hot->sampler = sampler;
}

static void chain_offer_exchanges(slt_chain_worker *worker, slt_chain *chain)
{
    const slt_tempering_spec *ladder = &worker->now.sampler->spec->tempering;
    for (size_t pair = 0; pair < ladder->rungs; pair++) {
        const chain_view *cold = pair ? &worker->rung[pair - 1] : &worker->now;
        const chain_view *hot = &worker->rung[pair];
        if (!slt_tempering_offers(ladder, chain->updates, pair))
            continue;
        const slt_real probability = slt_tempering_probability(
            cold->sampler->step.nbeta, hot->sampler->step.nbeta, cold->loss, hot->loss);
        chain->exchange_sum[pair] = slt_real_add(chain->exchange_sum[pair], probability);
        if (slt_tempering_takes(worker->now.sampler, probability, worker->chain,
                                chain->updates, pair))
            chain_exchange(worker, pair, chain);
    }
}

static void chain_propose_all(slt_chain_worker *worker, slt_chain *chain)
{
    const size_t rungs = worker->now.sampler->spec->tempering.rungs;
    for (size_t i = 0; i < rungs; i++)
        chain_propose_rung(worker, i, chain);
    chain_propose(worker, chain);
    if (rungs)
        chain_offer_exchanges(worker, chain);
}

/* ---- All --------------------------------------------------------------------------- */

static void chain_update(slt_chain_worker *worker, slt_chain *chain)
{
    if (worker->now.sampler->type->corrects)
        chain_propose_all(worker, chain);
    else if (slt_sampler_accepts(worker->now.sampler->spec))
        chain_move_and_judge(worker, chain);
    else
        chain_move(worker, chain);
}

static void chain_advance_once(slt_chain_worker *worker, slt_chain *chain)
{
    const slt_llc_spec *spec = worker->now.sampler->spec;
    const bool due = slt_draw_is_due(spec, chain->updates);
    const bool last = due && chain->draws + 1 == spec->num_draws;
    if (due) {
        if (!chain_find_loss(worker, chain, last))
            return;
        chain->losses[chain->draws] = worker->now.loss;
        if (chain->energies)
            chain->energies[chain->draws] = chain->energy;
        if (spec->stein)
            chain_note_stein(worker, chain);
        if (slt_observer_is_due(worker->observer, chain->draws))
            slt_observer_take(worker->observer, chain->draws, &chain->weights, chain);
        chain->draws++;
    }
    if (last)
        chain->ended = true;
    else if (chain_find_gradient(worker, chain))
        chain_update(worker, chain);
}

void slt_chain_advance(slt_chain_worker *worker, slt_chain *chain, uint64_t updates_max)
{
    if (chain->draws == worker->now.sampler->spec->num_draws)
        chain->ended = true;
    worker->now.known = false;
    for (size_t i = 0; i < SLT_TEMPERING_MAX; i++)
        worker->rung[i].known = false;
    for (uint64_t i = 0; i < updates_max && !chain->ended; i++)
        chain_advance_once(worker, chain);
}

slt_real slt_chain_acceptance(const slt_llc_spec *spec, const slt_chain *chain)
{
    const uint64_t adapts = slt_adapt_updates(spec);
    if (chain->updates <= adapts)
        return slt_real_of(1);
    return slt_real_div(chain->acceptance_sum,
                        slt_real_from_u64(chain->updates - adapts));
}
