#include "learn/stein.h"

#include "base/assert.h"
#include "learn/restrict.h"
#include "num/ops.h"
#include "num/scalar.h"

size_t slt_stein_batch(uint64_t draw, uint64_t draws)
{
    SLT_ASSERT(draw < draws && draws <= UINT64_MAX / SLT_STEIN_BATCHES);
    return (size_t)(((draw + 1) * SLT_STEIN_BATCHES - 1) / draws);
}

/* ---- One draw ---------------------------------------------------------------------- */

static void add_to(slt_real *sum, slt_real term)
{
    *sum = slt_real_add(*sum, term);
}

/* What is left of the squared gradient once the part along the normal is taken off. */
static slt_real square_in_plane(const slt_sampler *sampler, const slt_params *gradient,
                                slt_real square)
{
    slt_real along = slt_real_of(0);
    for (size_t i = 0; i < gradient->count; i++)
        if (slt_params_moves(gradient, i))
            add_to(&along, slt_num_dot(&sampler->normal.tensor[i], &gradient->tensor[i]));
    const slt_real share = slt_real_div(along, sampler->normal_square);
    return slt_real_sub(square, slt_real_mul(along, share));
}

void slt_stein_add(const slt_sampler *sampler, const slt_params *weights,
                   const slt_params *gradient, uint64_t draw, slt_stein *sums)
{
    const size_t batch = slt_stein_batch(draw, sampler->spec->num_draws);
    const slt_real none = gradient ? slt_real_of(0) : slt_real_absent();
    slt_real drift = none, pull = none, square = none;
    for (size_t i = 0; i < weights->count && gradient; i++) {
        const slt_tensor *w = &weights->tensor[i], *start = &sampler->start->tensor[i];
        const slt_tensor *g = &gradient->tensor[i];
        if (!slt_params_moves(gradient, i))
            continue;
        add_to(&drift, slt_num_displacement(g, start, w));
        add_to(&pull, sampler->spec->prior.given ? slt_num_displacement(w, start, w)
                                                 : slt_num_distance(start, w));
        add_to(&square, slt_num_dot(g, g));
    }
    if (gradient && slt_restrict_holds(sampler))
        square = square_in_plane(sampler, gradient, square);
    add_to(&sums->drift[batch], drift);
    add_to(&sums->pull[batch], pull);
    add_to(&sums->square[batch], square);
}

bool slt_stein_finite(const slt_stein *sums)
{
    bool finite = true;
    for (size_t b = 0; b < SLT_STEIN_BATCHES; b++)
        finite &= slt_real_finite(sums->drift[b]) && slt_real_finite(sums->pull[b]) &&
                  slt_real_finite(sums->square[b]);
    return finite;
}

/* ---- All draws --------------------------------------------------------------------- */

static slt_real sum_of(const slt_real batches[SLT_STEIN_BATCHES])
{
    slt_real sum = slt_real_of(0);
    for (size_t b = 0; b < SLT_STEIN_BATCHES; b++)
        add_to(&sum, batches[b]);
    return sum;
}

slt_stein_terms slt_stein_of_chain(const slt_llc_spec *spec, const slt_llc_setup *setup,
                                   const slt_stein *sums)
{
    const slt_real nbeta = setup->nbeta, gamma = spec->localization;
    const slt_real draws = slt_real_from_u64(spec->num_draws), none = slt_real_absent();
    if (!slt_stein_finite(sums)) /* a trace holds all of them or none */
        return (slt_stein_terms){none, none, none, none};
    const slt_real d = slt_real_from_u64(setup->moving);
    const slt_real x = slt_real_div(sum_of(sums->drift), draws);
    const slt_real y = slt_real_div(sum_of(sums->pull), draws);
    const slt_real z = slt_real_div(sum_of(sums->square), draws);
    /* Of a pull to w*, with G = nbeta g + gamma (w - w*), |G|^2 =
     * nbeta^2 |g|^2 + 2 nbeta gamma g.(w - w*) + gamma^2 |w - w*|^2. */
    const slt_real cross =
        slt_real_fma(nbeta, z, slt_real_mul(slt_real_add(gamma, gamma), x));
    const slt_real square =
        slt_real_fma(nbeta, cross, slt_real_mul(slt_real_mul(gamma, gamma), y));
    const slt_sampler_type *type = slt_sampler_of(spec);
    const slt_real quarter =
        type->corrects ? slt_real_of(0) : slt_real_div(spec->lr, slt_real_of(4));
    slt_stein_terms terms = {
        .drift = slt_real_div(slt_real_mul(nbeta, x), d),
        .pull = slt_real_div(slt_real_mul(gamma, y), d),
        .step = type->corrects || (type->langevin && !spec->prior.given)
                    ? slt_real_div(slt_real_mul(quarter, square), d)
                    : none,
    };
    terms.ratio = slt_real_add(terms.drift, terms.pull);
    return terms;
}

void slt_stein_put(size_t chain, slt_stein_terms terms, slt_stein_result *result)
{
    SLT_ASSERT(chain < SLT_LLC_CHAINS_MAX);
    result->ratio[chain] = terms.ratio;
    result->drift[chain] = terms.drift;
    result->pull[chain] = terms.pull;
    result->step[chain] = terms.step;
}

void slt_stein_combine(size_t chains, slt_stein_result *result)
{
    SLT_ASSERT(chains >= 1 && chains <= SLT_LLC_CHAINS_MAX);
    result->mean = (slt_stein_terms){.ratio = slt_real_mean(result->ratio, chains),
                                     .drift = slt_real_mean(result->drift, chains),
                                     .pull = slt_real_mean(result->pull, chains),
                                     .step = slt_real_mean(result->step, chains)};
}
