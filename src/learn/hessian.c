#include "learn/hessian.h"

#include <stdlib.h>

#include "learn/sampler.h"
#include "num/convert.h"
#include "num/ops.h"
#include "num/scalar.h"

struct slt_hessian {
    const slt_sampler *sampler;
    slt_net *net;
    slt_params probe, weights, gradient;
    slt_real step; /* h */
};

/* A power of 2 near the cube root of the gradient's rounding unit, at which the error of
 * the difference and that of rounding are about equal.  Gradients have 24 or 53 bits and,
 * in fixed point, the 30 bits of the blocks in products. */
static slt_real step_of(slt_arithmetic arithmetic)
{
    static const int exponents[] = {[SLT_F32] = -8, [SLT_F64] = -17, [SLT_FIXED] = -10};
    return slt_real_from_fixed(1, -exponents[arithmetic]);
}

static slt_status hessian_fill(slt_hessian *hessian, slt_error *err)
{
    const slt_run_spec *run = hessian->sampler->run;
    const slt_batch *all = hessian->sampler->all;
    slt_status status =
        slt_net_create(&run->model, all, all->rows, run->arithmetic, &hessian->net, err);
    if (!status)
        status = slt_params_create(&run->model, run->arithmetic, &hessian->probe, err);
    if (!status)
        status = slt_params_create(&run->model, run->arithmetic, &hessian->weights, err);
    if (!status)
        status = slt_params_create(&run->model, run->arithmetic, &hessian->gradient, err);
    return status;
}

slt_status slt_hessian_create(const slt_sampler *sampler, slt_hessian **hessian,
                              slt_error *err)
{
    *hessian = NULL;
    slt_hessian *made = calloc(1, sizeof *made);
    if (!made)
        return slt_fail(err, SLT_RESOURCE, "no memory for probes of the Hessian");
    made->sampler = sampler;
    made->step = step_of(sampler->run->arithmetic);
    slt_status status = hessian_fill(made, err);
    if (status)
        slt_hessian_free(made);
    else
        *hessian = made;
    return status;
}

void slt_hessian_free(slt_hessian *hessian)
{
    if (!hessian)
        return;
    slt_params_free(&hessian->gradient);
    slt_params_free(&hessian->weights);
    slt_params_free(&hessian->probe);
    slt_net_free(hessian->net);
    free(hessian);
}

static void draw_probe(slt_hessian *hessian, uint32_t probe)
{
    const slt_sampler *sampler = hessian->sampler;
    for (size_t i = 0; i < hessian->probe.count; i++)
        if (slt_params_moves(&hessian->probe, i))
            slt_draw_signs(slt_stream_of(sampler->run->seed, SLT_DRAW_HESSIAN,
                                         (uint32_t)i, 0, probe, sampler->ordinal),
                           &hessian->probe.tensor[i]);
}

/* v.g(w* + step v): the move is a descent step of rate -step along v. */
static slt_real hessian_slope(slt_hessian *hessian, slt_real step)
{
    const slt_sgd_step move = {.lr = slt_real_neg(step)};
    slt_params *weights = &hessian->weights;
    bool fits = true;
    slt_params_copy(weights, hessian->sampler->start);
    for (size_t i = 0; i < weights->count; i++)
        if (slt_params_moves(weights, i))
            fits &=
                slt_num_sgd(&move, &hessian->probe.tensor[i], NULL, &weights->tensor[i]);
    slt_params_share(weights);
    slt_net_gradient(hessian->net, weights, hessian->sampler->all, &hessian->gradient);
    char name[SLT_NAME_MAX];
    if (hessian->sampler->run->arithmetic == SLT_FIXED &&
        (!fits || slt_net_overflowed(hessian->net, name)))
        return slt_real_absent();
    slt_real sum = slt_real_from_u64(0);
    for (size_t i = 0; i < weights->count; i++)
        if (slt_params_moves(weights, i))
            sum = slt_real_add(sum, slt_num_dot(&hessian->probe.tensor[i],
                                                &hessian->gradient.tensor[i]));
    return sum;
}

slt_real slt_hessian_probe(slt_hessian *hessian, uint32_t probe)
{
    draw_probe(hessian, probe);
    slt_real ahead = hessian_slope(hessian, hessian->step);
    slt_real back = hessian_slope(hessian, slt_real_neg(hessian->step));
    return slt_real_div(slt_real_sub(ahead, back),
                        slt_real_add(hessian->step, hessian->step));
}
