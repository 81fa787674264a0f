#include "learn/mala.h"

#include "learn/metropolis.h"
#include "num/scalar.h"

/* Sums of the terms over the moving weights, in manifest order from +0. */
static slt_mala_terms sum_terms(const slt_sampler *sampler, const slt_chain_point *from,
                                const slt_chain_point *to)
{
    slt_mala_terms sum = {0};
    for (size_t i = 0; i < from->weights->count; i++) {
        if (!slt_params_moves(from->gradient, i))
            continue;
        slt_mala_terms terms =
            slt_num_mala(&sampler->step, &sampler->centre->tensor[i],
                         &from->weights->tensor[i], &from->gradient->tensor[i],
                         &to->weights->tensor[i], &to->gradient->tensor[i]);
        sum.forward = slt_real_add(sum.forward, terms.forward);
        sum.backward = slt_real_add(sum.backward, terms.backward);
        sum.spring0 = slt_real_add(sum.spring0, terms.spring0);
        sum.spring1 = slt_real_add(sum.spring1, terms.spring1);
    }
    return sum;
}

slt_real slt_mala_acceptance(const slt_sampler *sampler, const slt_chain_point *from,
                             const slt_chain_point *to)
{
    const slt_mala_terms sum = sum_terms(sampler, from, to);
    const slt_real fall =
        slt_real_sub(slt_metropolis_potential(sampler, from->loss, sum.spring0),
                     slt_metropolis_potential(sampler, to->loss, sum.spring1));
    const slt_real lr = sampler->lr;
    const slt_real gap =
        slt_real_div(slt_real_sub(sum.forward, sum.backward), slt_real_add(lr, lr));
    return slt_metropolis_probability(slt_real_add(fall, gap));
}
