#include "learn/leapfrog.h"

#include "learn/metropolis.h"
#include "num/ops.h"
#include "num/scalar.h"

slt_status slt_leapfrog_create(const slt_sampler *sampler, slt_leapfrog *at,
                               slt_error *err)
{
    const slt_model_spec *model = sampler->refined.model;
    const slt_arithmetic arithmetic = sampler->run->arithmetic;
    slt_status status = slt_params_create(model, arithmetic, &at->momentum, err);
    if (!status)
        status = slt_params_create(model, arithmetic, &at->away, err);
    return status;
}

void slt_leapfrog_free(slt_leapfrog *at)
{
    slt_params_free(&at->momentum);
    slt_params_free(&at->away);
}

void slt_leapfrog_draw(const slt_sampler *sampler, uint32_t chain, uint64_t update,
                       slt_leapfrog *at)
{
    slt_params *p = &at->momentum;
    for (size_t i = 0; i < p->count; i++) {
        if (!slt_params_moves(p, i))
            continue;
        p->tensor[i].overflow = false;
        slt_draw_normal(slt_sampler_noise(sampler, i, chain, update), &p->tensor[i],
                        slt_real_of(1));
    }
    slt_refine_gradient(&sampler->refined, p);
}

/* `of` pushed by -rate along a direction: a descent step. */
static bool step_along(slt_real rate, const slt_tensor *direction, slt_tensor *of)
{
    const slt_sgd_step step = {.lr = rate};
    return slt_num_sgd(&step, direction, NULL, of);
}

bool slt_leapfrog_kick(const slt_sampler *sampler, bool half, const slt_params *weights,
                       const slt_params *gradient, slt_leapfrog *at)
{
    const slt_real h = slt_real_sqrt(sampler->lr);
    const slt_real by = half ? slt_real_div(h, slt_real_of(2)) : h;
    const slt_real pull = slt_real_mul(by, sampler->step.gamma);
    const slt_real slope = slt_real_mul(by, sampler->step.nbeta);
    bool fine = true;
    for (size_t i = 0; i < weights->count; i++) {
        slt_tensor *p = &at->momentum.tensor[i], *away = &at->away.tensor[i];
        if (!slt_params_moves(&at->momentum, i))
            continue;
        away->overflow = false;
        slt_num_subtract(&weights->tensor[i], &sampler->centre->tensor[i], away);
        fine &= step_along(pull, away, p);
        fine &= step_along(slope, &gradient->tensor[i], p);
    }
    slt_refine_gradient(&sampler->refined, &at->momentum);
    return fine;
}

bool slt_leapfrog_drift(const slt_sampler *sampler, const slt_leapfrog *at,
                        slt_params *weights)
{
    const slt_real h = slt_real_sqrt(sampler->lr);
    const slt_real back = slt_real_sub(slt_real_of(0), h);
    bool fine = true;
    for (size_t i = 0; i < weights->count; i++)
        if (slt_params_moves(&at->momentum, i))
            fine &= step_along(back, &at->momentum.tensor[i], &weights->tensor[i]);
    slt_refine_weights(&sampler->refined, sampler->start, weights);
    slt_params_share(weights);
    return fine;
}

static slt_real square_of(const slt_leapfrog *at)
{
    const slt_params *p = &at->momentum;
    slt_real sum = slt_real_of(0);
    for (size_t i = 0; i < p->count; i++)
        if (slt_params_moves(p, i))
            sum = slt_real_add(sum, slt_num_dot(&p->tensor[i], &p->tensor[i]));
    return sum;
}

static slt_real potential_at(const slt_sampler *sampler, const slt_chain_point *at)
{
    slt_real spring = slt_real_of(0);
    for (size_t i = 0; i < at->weights->count; i++)
        if (slt_params_moves(at->gradient, i))
            spring = slt_real_add(spring, slt_num_distance(&sampler->centre->tensor[i],
                                                           &at->weights->tensor[i]));
    return slt_metropolis_potential(sampler, at->loss, spring);
}

slt_leapfrog_end slt_leapfrog_end_at(const slt_sampler *sampler,
                                     const slt_chain_point *point, const slt_leapfrog *at)
{
    return (slt_leapfrog_end){potential_at(sampler, point), square_of(at)};
}

slt_real slt_leapfrog_energy(slt_leapfrog_end at)
{
    return slt_real_add(at.potential, slt_real_div(at.square, slt_real_of(2)));
}

slt_real slt_leapfrog_acceptance(slt_leapfrog_end from, slt_leapfrog_end to)
{
    const slt_real fall = slt_real_sub(from.potential, to.potential);
    const slt_real gap =
        slt_real_div(slt_real_sub(from.square, to.square), slt_real_of(2));
    return slt_metropolis_probability(slt_real_add(fall, gap));
}
