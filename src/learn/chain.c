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
#include "num/scalar.h"

struct slt_chain_worker {
    const slt_sampler *sampler;
    slt_sampler tuned; /* where lr is adapted: the estimate's, of the update's lr */
    uint32_t chain;
    slt_net *net;
    slt_batcher *batcher;
    slt_observer *observer; /* of single samples' losses; NULL: none are recorded */
    bool losses_apart; /* losses are taken on the full data, gradients on mini batches */
    slt_params gradient[2];
    int at;            /* which of them belongs to the chain's weights */
    slt_real loss;     /* the last one taken */
    bool known;        /* gradient[at] and loss are those at the chain's weights */
    slt_params before; /* if acceptance is recorded: the weights before the update */
    slt_leapfrog leapfrog; /* where an update is a trajectory */
    slt_real energy[2];    /* of its start and its end, where they are recorded */
};

slt_net_rows slt_chain_rows(const slt_llc_spec *spec, size_t samples)
{
    const size_t batch = slt_batcher_rows_max(&spec->batch, samples);
    return (slt_net_rows){.gradient = batch, .loss = spec->losses_full ? samples : batch};
}

static slt_status chain_worker_fill(slt_chain_worker *worker, slt_error *err)
{
    const slt_sampler *sampler = worker->sampler;
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
        status = slt_params_create(model, arithmetic, &worker->gradient[0], err);
    if (!status && accepts)
        status = slt_params_create(model, arithmetic, &worker->gradient[1], err);
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
    made->sampler = sampler;
    made->chain = chain;
    slt_status status = chain_worker_fill(made, err);
    if (sampler->spec->adapt.given) {
        made->tuned = *sampler;
        made->sampler = &made->tuned;
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
    slt_params_free(&worker->gradient[1]);
    slt_params_free(&worker->gradient[0]);
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
                                  slt_sampler_of(spec)->slots,
                                  slt_sampler_slot_count(spec), &chain->slots, err);
    if (status) {
        slt_chain_free(chain);
        return status;
    }
    if (draws <= SIZE_MAX / sizeof *chain->losses)
        chain->losses = slt_world.calloc((size_t)draws, sizeof *chain->losses);
    const bool drawn = chain->losses && chain_room_energies(spec, chain);
    if (drawn && chain_room_observed(run, spec, chain))
        return SLT_OK;
    const bool observed = drawn;
    slt_chain_free(chain);
    return slt_fail(err, SLT_RESOURCE,
                    "no memory for the losses of a chain: %" PRIu64 " %s of %zu bytes",
                    observed ? slt_observed_numbers(spec, &run->data) : draws,
                    observed ? "of samples" : "draws", sizeof *chain->losses);
}

slt_status slt_chain_create(const slt_sampler *sampler, slt_chain *chain, slt_error *err)
{
    slt_status status = slt_chain_room(sampler->run, sampler->spec, chain, err);
    if (!status)
        slt_params_copy(&chain->weights, sampler->start);
    return status;
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
    if (worker->sampler->run->arithmetic == SLT_FIXED &&
        slt_net_overflowed(worker->net, chain->overflowed))
        return chain_end(chain, SLT_CHAIN_OVERFLOW);
    return slt_real_finite(worker->loss) || chain_end(chain, SLT_CHAIN_DIVERGED);
}

static void chain_take_gradient(slt_chain_worker *worker, const slt_chain *chain)
{
    const slt_batch *batch = slt_batcher_at(worker->batcher, chain->updates);
    worker->loss = slt_net_gradient(worker->net, &chain->weights, batch,
                                    &worker->gradient[worker->at]);
    slt_refine_gradient(&worker->sampler->refined, &worker->gradient[worker->at]);
    worker->known = true;
}

static bool chain_find_gradient(slt_chain_worker *worker, slt_chain *chain)
{
    if (!worker->known)
        chain_take_gradient(worker, chain);
    return chain_judge_loss(worker, chain);
}

/* The loss to record at this draw.  Nothing moves after the last one, so it needs no
 * gradient. */
static bool chain_find_loss(slt_chain_worker *worker, slt_chain *chain, bool last)
{
    if (!worker->losses_apart && (worker->known || !last))
        return chain_find_gradient(worker, chain);
    const slt_batch *batch = worker->losses_apart
                                 ? &worker->sampler->data.train
                                 : slt_batcher_at(worker->batcher, chain->updates);
    worker->loss = slt_net_loss(worker->net, &chain->weights, batch);
    return chain_judge_loss(worker, chain);
}

/* Adds the draw to the chain's Stein sums.  The gradient is the update's, so it is judged
 * when the chain goes on; at the last draw nothing hangs on it but these sums. */
static void chain_note_stein(slt_chain_worker *worker, slt_chain *chain)
{
    const slt_sampler *sampler = worker->sampler;
    char name[SLT_NAME_MAX];
    if (!worker->known)
        chain_take_gradient(worker, chain);
    const bool overflowed =
        sampler->run->arithmetic == SLT_FIXED && slt_net_overflowed(worker->net, name);
    slt_stein_add(sampler, &chain->weights,
                  overflowed ? NULL : &worker->gradient[worker->at], chain->draws,
                  &chain->stein);
}

/* Whether the weights are fit to be used; a proposal beyond a box is not. */
static bool chain_step_weights(const slt_chain_worker *worker, slt_chain *chain)
{
    const slt_sampler *sampler = worker->sampler;
    bool fine =
        slt_sampler_step(sampler, &worker->gradient[worker->at], worker->chain, chain);
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
        slt_tensors_of(&worker->sampler->run->model, &chain->weights, &chain->slots);
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
    worker->known = false;
    if (chain_step_weights(worker, chain))
        chain->updates++;
    else
        chain_end_unfit(worker, chain);
}

/* The point that the chain is at, its weights as kept in `weights`. */
static slt_chain_point chain_point(const slt_chain_worker *worker,
                                   const slt_params *weights)
{
    return (slt_chain_point){weights, &worker->gradient[worker->at], worker->loss};
}

static slt_real chain_judge_step(const slt_chain_worker *worker,
                                 const slt_chain_point *from, const slt_chain *chain)
{
    const slt_chain_point to = chain_point(worker, &chain->weights);
    return worker->sampler->type->acceptance(worker->sampler, from, &to);
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
    worker->at ^= 1;
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
    const bool overflowed = worker->sampler->run->arithmetic == SLT_FIXED &&
                            slt_net_overflowed(worker->net, name);
    return !overflowed && slt_real_finite(worker->loss);
}

/* The acceptance of a step; 0 where it leaves the finite numbers or the box. */
static slt_real chain_propose_step(slt_chain_worker *worker, const slt_chain_point *from,
                                   slt_chain *chain)
{
    if (!chain_step_weights(worker, chain))
        return slt_real_of(0);
    worker->at ^= 1;
    return chain_look_ahead(worker, chain) ? chain_judge_step(worker, from, chain)
                                           : slt_real_of(0);
}

/* The same of a trajectory, which may leave the box, but not end beyond it. */
static slt_real chain_propose_trajectory(slt_chain_worker *worker,
                                         const slt_chain_point *from, slt_chain *chain)
{
    const slt_sampler *sampler = worker->sampler;
    slt_leapfrog *along = &worker->leapfrog;
    slt_leapfrog_draw(sampler, worker->chain, chain->updates, along);
    const slt_real square = slt_leapfrog_square(along);
    if (sampler->spec->observables.energies)
        worker->energy[0] = slt_leapfrog_energy(sampler, from, square);
    bool fine =
        slt_leapfrog_kick(sampler, true, &chain->weights, from->gradient, along);
    worker->at ^= 1;
    for (uint64_t left = slt_sampler_gradients(sampler->spec); left && fine; left--)
        fine = slt_leapfrog_drift(sampler, along, &chain->weights) &&
               chain_look_ahead(worker, chain) &&
               slt_leapfrog_kick(sampler, left == 1, &chain->weights,
                                 &worker->gradient[worker->at], along);
    const slt_chain_point to = chain_point(worker, &chain->weights);
    if (!fine ||
        !slt_sampler_clip(sampler, &sampler->low, &sampler->high, &chain->weights))
        return slt_real_of(0);
    const slt_real square1 = slt_leapfrog_square(along);
    if (sampler->spec->observables.energies)
        worker->energy[1] = slt_leapfrog_energy(sampler, &to, square1);
    return slt_leapfrog_acceptance(sampler, from, square, &to, square1);
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
    const slt_llc_spec *spec = worker->sampler->spec;
    const slt_chain_point from = chain_point(worker, &worker->before);
    const int at = worker->at;
    if (spec->adapt.given)
        slt_sampler_tune(&worker->tuned, slt_adapt_lr(spec, chain));
    slt_params_copy(&worker->before, &chain->weights);
    const slt_real acceptance = worker->sampler->type->trajectory
                                    ? chain_propose_trajectory(worker, &from, chain)
                                    : chain_propose_step(worker, &from, chain);
    const bool takes =
        slt_sampler_takes(worker->sampler, acceptance, worker->chain, chain->updates);
    if (!takes) {
        slt_params_copy(&chain->weights, &worker->before);
        worker->at = at;
        worker->loss = from.loss;
    }
    chain->energy = worker->energy[takes];
    chain_take_acceptance(spec, acceptance, chain);
    chain->updates++;
}

static void chain_update(slt_chain_worker *worker, slt_chain *chain)
{
    if (worker->sampler->type->corrects)
        chain_propose(worker, chain);
    else if (slt_sampler_accepts(worker->sampler->spec))
        chain_move_and_judge(worker, chain);
    else
        chain_move(worker, chain);
}

static void chain_advance_once(slt_chain_worker *worker, slt_chain *chain)
{
    const slt_llc_spec *spec = worker->sampler->spec;
    const bool due = slt_draw_is_due(spec, chain->updates);
    const bool last = due && chain->draws + 1 == spec->num_draws;
    if (due) {
        if (!chain_find_loss(worker, chain, last))
            return;
        chain->losses[chain->draws] = worker->loss;
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
    if (chain->draws == worker->sampler->spec->num_draws)
        chain->ended = true;
    worker->known = false;
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
