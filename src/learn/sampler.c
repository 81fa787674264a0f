#include "learn/sampler.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/world.h"
#include "learn/metropolis.h"
#include "learn/observe.h"
#include "learn/restrict.h"
#include "learn/tempering.h"
#include "num/clip.h"
#include "num/members.h"
#include "num/scalar.h"

/* Asserts what reading the manifest has ensured: numbers that fit the counter, and fields
 * that go together. */
static void assert_spec(const slt_run_spec *run, size_t ordinal)
{
    const slt_llc_spec *spec = &run->llc[ordinal % SLT_LLC_MAX];
    SLT_ASSERT(ordinal < SLT_LLC_MAX * SLT_LLC_CHECKPOINTS_MAX);
    SLT_ASSERT(spec->num_chains >= 1 && spec->num_chains <= SLT_LLC_CHAINS_MAX);
    SLT_ASSERT(slt_llc_updates(spec) <= SLT_UPDATES_MAX);
    const slt_sampler_type *type = slt_sampler_of(spec);
    SLT_ASSERT(!type->fit || !type->fit(spec, run->arithmetic, NULL));
    SLT_ASSERT(!spec->tempering.rungs || type->corrects);
}

const char *slt_sampler_lawless(const slt_llc_spec *spec)
{
    if (!slt_sampler_of(spec)->langevin)
        return "no law is known for the sampler of its chains";
    if (spec->loss_on != SLT_LOSS_ON_TRAIN)
        return spec->loss_on == SLT_LOSS_ON_VALIDATION
                   ? "its loss is that of the validation samples"
                   : "its loss is that of other data";
    if (spec->prior.given)
        return "a prior pulls its chains to 0, not to w*";
    if (!slt_llc_noise_is_whole(spec))
        return "its noise_level is not 1";
    if (spec->has_box)
        return "a bounding_box holds its chains";
    return slt_llc_restricts(spec) ? "its chains are restricted" : NULL;
}

slt_status slt_sampler_batches(const slt_sampler *sampler, uint32_t chain,
                               slt_batcher **batcher, slt_error *err)
{
    return slt_batcher_create(&sampler->spec->batch, &sampler->data, sampler->run->seed,
                              SLT_DRAW_SGLD_BATCH, chain, sampler->ordinal, batcher, err);
}

slt_stream slt_sampler_noise(const slt_sampler *sampler, size_t weight, uint32_t chain,
                             uint64_t update)
{
    return slt_stream_of(sampler->run->seed, SLT_DRAW_SGLD, (uint32_t)weight, chain,
                         (uint32_t)update, sampler->ordinal);
}

/* What of an update is the same for all weights. */
static slt_preconditioned_step scaled_at(const slt_sampler *sampler, uint64_t update)
{
    return sampler->type->scale ? sampler->type->scale(sampler, update)
                                : (slt_preconditioned_step){.raise = {0}};
}

static slt_step_tensors tensors_of(const slt_params *gradient, const slt_params *centre,
                                   slt_slots *slots, slt_params *weights, size_t weight,
                                   const slt_preconditioned_step *scaled)
{
    slt_step_tensors at = {.gradient = &gradient->tensor[weight],
                           .centre = &centre->tensor[weight],
                           .weight = &weights->tensor[weight],
                           .scaled = scaled};
    for (size_t i = 0; i < slots->count; i++)
        at.slot[i] = &slots->slot[i].tensor[weight];
    return at;
}

bool slt_sampler_step(const slt_sampler *sampler, const slt_params *gradient,
                      uint32_t number, slt_chain *chain)
{
    const slt_preconditioned_step scaled = scaled_at(sampler, chain->updates);
    bool fine = true;
    for (size_t i = 0; i < chain->weights.count; i++) {
        if (!slt_params_moves(gradient, i))
            continue;
        const slt_step_tensors at = tensors_of(gradient, sampler->centre, &chain->slots,
                                               &chain->weights, i, &scaled);
        const slt_stream noise = slt_sampler_noise(sampler, i, number, chain->updates);
        fine &= sampler->type->step(sampler, noise, &at);
    }
    return fine;
}

bool slt_sampler_step_members(const slt_sampler *sampler, const slt_chain_members *at)
{
    const slt_preconditioned_step scaled = scaled_at(sampler, at->update);
    bool fine = true;
    for (size_t i = 0; i < at->weights->count; i++) {
        slt_stream noise[SLT_MEMBERS_MAX];
        if (!slt_params_moves(at->gradient, i))
            continue;
        for (size_t m = 0; m < at->members; m++) {
            const uint32_t chain = at->first + (uint32_t)(m < at->count ? m : 0);
            noise[m] = slt_sampler_noise(sampler, i, chain, at->update);
        }
        const slt_step_tensors tensors =
            tensors_of(at->gradient, at->centre, at->slots, at->weights, i, &scaled);
        fine &= sampler->type->step_members(sampler, noise, &tensors);
    }
    return fine;
}

bool slt_sampler_clip(const slt_sampler *sampler, const slt_params *low,
                      const slt_params *high, slt_params *weights)
{
    bool within = true;
    for (size_t i = 0; sampler->spec->has_box && i < weights->count; i++)
        if (slt_params_moves(low, i))
            within &=
                slt_num_clip(&low->tensor[i], &high->tensor[i], &weights->tensor[i]);
    return within;
}

bool slt_sampler_takes(const slt_sampler *sampler, slt_real acceptance, uint32_t chain,
                       uint64_t update)
{
    return slt_metropolis_takes(slt_stream_of(sampler->run->seed, SLT_DRAW_ACCEPT, 0,
                                              chain, (uint32_t)update, sampler->ordinal),
                                0, acceptance);
}

/* Losses at w* of batch 0 of every chain. */
static slt_status first_losses(const slt_sampler *sampler, slt_net *net, slt_real *losses,
                               slt_error *err)
{
    for (size_t chain = 0; chain < sampler->spec->num_chains; chain++) {
        slt_batcher *batcher = NULL;
        slt_status status = slt_sampler_batches(sampler, (uint32_t)chain, &batcher, err);
        if (status)
            return status;
        losses[chain] = slt_net_loss(net, sampler->start, slt_batcher_at(batcher, 0));
        slt_batcher_free(batcher);
    }
    return SLT_OK;
}

static slt_status mean_of_first_losses(slt_sampler *sampler, slt_net *net, slt_error *err)
{
    const size_t chains = sampler->spec->num_chains;
    slt_real *losses = slt_world.calloc(chains, sizeof *losses);
    if (!losses)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu losses", chains);
    slt_status status = first_losses(sampler, net, losses, err);
    if (!status)
        sampler->setup.init_loss = slt_real_mean(losses, chains);
    free(losses);
    return status;
}

/* Rows of the largest batch whose loss at w* is taken. */
static size_t rows_looked_at(const slt_sampler *sampler)
{
    const size_t all = sampler->data.train.rows;
    const size_t batch = slt_batcher_rows_max(&sampler->spec->batch, all);
    return batch > all ? batch : all;
}

/* Computes L_n(w*) and, for restricted chains, the gradient at w*. */
static slt_status look_at_start(slt_sampler *sampler, slt_error *err)
{
    const slt_batch *all = &sampler->data.train;
    slt_net *net = NULL;
    const slt_net_rows rows = {.gradient = sampler->spec->orthogonal ? all->rows : 0,
                               .loss = rows_looked_at(sampler)};
    slt_status status = slt_net_create_rows(sampler->refined.model, all, rows,
                                            sampler->run->arithmetic, &net, err);
    if (status)
        return status;
    if (sampler->spec->init_loss == SLT_INIT_LOSS_BATCHES)
        status = mean_of_first_losses(sampler, net, err);
    else
        sampler->setup.init_loss = slt_net_loss(net, sampler->start, all);
    if (!status && sampler->spec->orthogonal)
        status = slt_restrict_find(sampler, net, err);
    char name[SLT_NAME_MAX];
    if (!status && slt_net_overflowed(net, name))
        status = slt_fail(err, SLT_FORMAT, "llc %u: %s overflows where the chains start",
                          (sampler->ordinal - 1) % SLT_LLC_MAX, name);
    slt_net_free(net);
    return status;
}

static slt_status check_setup(const slt_sampler *sampler, slt_error *err)
{
    if (!slt_real_finite(sampler->setup.nbeta))
        return slt_fail(err, SLT_FORMAT,
                        "llc %u: nbeta is not finite: n/ln(n) needs at least 2 samples, "
                        "found %zu",
                        (sampler->ordinal - 1) % SLT_LLC_MAX, sampler->data.train.rows);
    if (!slt_real_finite(sampler->setup.init_loss))
        return slt_fail(err, SLT_FORMAT,
                        "llc %u: the loss where the chains start is not finite",
                        (sampler->ordinal - 1) % SLT_LLC_MAX);
    if (!slt_real_finite(sampler->normal_square))
        return slt_fail(err, SLT_FORMAT,
                        "llc %u: the gradient where the chains start is not finite",
                        (sampler->ordinal - 1) % SLT_LLC_MAX);
    return SLT_OK;
}

static slt_status find_box(slt_sampler *sampler, slt_error *err)
{
    const slt_model_spec *model = sampler->refined.model;
    const slt_arithmetic arithmetic = sampler->run->arithmetic;
    slt_status status = slt_params_create(model, arithmetic, &sampler->low, err);
    if (!status)
        status = slt_params_create(model, arithmetic, &sampler->high, err);
    for (size_t i = 0; i < model->weight_count && !status; i++)
        if (slt_params_moves(&sampler->low, i))
            slt_num_box(sampler->spec->box, &sampler->start->tensor[i],
                        &sampler->low.tensor[i], &sampler->high.tensor[i]);
    return status;
}

/* Finds what moves, what pulls it, and how far it may get. */
static slt_status find_moving(slt_sampler *sampler, slt_error *err)
{
    const slt_run_spec *run = sampler->run;
    slt_status status = slt_refine_create(&run->model, &sampler->spec->restricted,
                                          &sampler->refined, err);
    if (!status && sampler->spec->prior.given) {
        status = slt_params_create(sampler->refined.model, run->arithmetic,
                                   &sampler->origin, err);
        sampler->centre = &sampler->origin;
    }
    if (!status && sampler->spec->has_box)
        status = find_box(sampler, err);
    return status;
}

void slt_sampler_tune(slt_sampler *sampler, slt_real lr)
{
    const slt_llc_spec *spec = sampler->spec;
    sampler->lr = lr;
    sampler->step =
        (slt_sgld_step){.half = slt_real_div(lr, slt_real_of(2)),
                        .root = slt_real_mul(slt_real_sqrt(lr), spec->noise_level),
                        .nbeta = sampler->setup.nbeta,
                        .gamma = spec->localization};
}

static slt_underdamped_step glide_of(const slt_llc_spec *spec, slt_real nbeta)
{
    slt_underdamped_step step = slt_sampler_of(spec)->rule(spec, nbeta);
    step.noise = slt_real_mul(step.noise, spec->noise_level);
    return step;
}

slt_status slt_sampler_create(const slt_run_spec *run, size_t ordinal,
                              const slt_data *data, const slt_params *start,
                              slt_sampler **sampler, slt_error *err)
{
    *sampler = NULL;
    const slt_llc_spec *spec = &run->llc[ordinal % SLT_LLC_MAX];
    assert_spec(run, ordinal);
    slt_sampler *made = slt_world.calloc(1, sizeof *made);
    if (!made)
        return slt_fail(err, SLT_RESOURCE, "no memory for a sampler");
    *made = (slt_sampler){.type = slt_sampler_of(spec),
                          .run = run,
                          .spec = spec,
                          .data = slt_llc_data(spec, run, data),
                          .start = start,
                          .centre = start,
                          .ordinal = (uint32_t)ordinal + 1};
    if (spec->observables.given)
        made->observed = slt_observe_batch(spec, data);
    made->setup.nbeta = slt_llc_nbeta(spec, made->data.train.rows);
    made->setup.observed = made->observed.rows;
    slt_sampler_tune(made, spec->lr);
    if (made->type->rule)
        made->glide = glide_of(spec, made->setup.nbeta);
    slt_status status = find_moving(made, err);
    if (!status)
        status = look_at_start(made, err);
    made->setup.moving = made->refined.moving - slt_restrict_holds(made);
    if (!status)
        status = check_setup(made, err);
    if (!status)
        status = slt_tempering_create(made, err);
    if (status)
        slt_sampler_free(made);
    else
        *sampler = made;
    return status;
}

void slt_sampler_free(slt_sampler *sampler)
{
    if (!sampler)
        return;
    slt_tempering_free(sampler);
    slt_params_free(&sampler->normal);
    slt_params_free(&sampler->origin);
    slt_params_free(&sampler->low);
    slt_params_free(&sampler->high);
    slt_refine_free(&sampler->refined);
    free(sampler);
}

const slt_llc_setup *slt_sampler_setup(const slt_sampler *sampler)
{
    return &sampler->setup;
}
