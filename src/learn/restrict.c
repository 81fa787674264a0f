#include "learn/restrict.h"

#include "num/ops.h"
#include "num/scalar.h"

slt_status slt_restrict_find(slt_sampler *sampler, slt_net *net, slt_error *err)
{
    slt_params *normal = &sampler->normal;
    slt_status status =
        slt_params_create(sampler->refined.model, sampler->run->arithmetic, normal, err);
    if (status)
        return status;
    slt_net_gradient(net, sampler->start, &sampler->data.train, normal);
    slt_refine_gradient(&sampler->refined, normal);
    for (size_t i = 0; i < normal->count; i++) {
        const slt_tensor *g = &normal->tensor[i];
        if (slt_params_moves(normal, i))
            sampler->normal_square =
                slt_real_add(sampler->normal_square, slt_num_dot(g, g));
    }
    return SLT_OK;
}

/* g0.(w - w*), each weight's reduction added in manifest order from +0. */
static slt_real displacement(const slt_sampler *sampler, const slt_params *weights)
{
    slt_real sum = slt_real_of(0);
    for (size_t i = 0; i < weights->count; i++)
        if (slt_params_moves(&sampler->normal, i))
            sum = slt_real_add(sum, slt_num_displacement(&sampler->normal.tensor[i],
                                                         &sampler->start->tensor[i],
                                                         &weights->tensor[i]));
    return sum;
}

/* Makes the weights not finite.  Fixed point has no infinity, so there the first weight
 * that moves is marked as overflowed. */
static bool make_not_finite(const slt_sampler *sampler, slt_params *weights)
{
    size_t i = 0;
    while (!slt_params_moves(&sampler->normal, i))
        i++;
    weights->tensor[i].overflow = true;
    return false;
}

bool slt_restrict_holds(const slt_sampler *sampler)
{
    return sampler->spec->orthogonal && sampler->normal_square.bits != 0;
}

bool slt_restrict_weights(const slt_sampler *sampler, slt_params *weights)
{
    if (!slt_restrict_holds(sampler))
        return true;
    /* A descent step of rate c is the projection. */
    const slt_sgd_step back = {
        .lr = slt_real_div(displacement(sampler, weights), sampler->normal_square)};
    if (sampler->run->arithmetic == SLT_FIXED && !slt_real_finite(back.lr))
        return make_not_finite(sampler, weights);
    bool fine = true;
    for (size_t i = 0; i < weights->count; i++)
        if (slt_params_moves(&sampler->normal, i))
            fine &=
                slt_num_sgd(&back, &sampler->normal.tensor[i], NULL, &weights->tensor[i]);
    slt_refine_weights(&sampler->refined, sampler->start, weights); /* a -0 may be +0 */
    return fine;
}
