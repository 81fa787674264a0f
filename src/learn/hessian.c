#include "learn/hessian.h"

#include <stdlib.h>

#include "base/world.h"
#include "net/second.h"
#include "num/convert.h"
#include "num/draw.h"
#include "num/scalar.h"
#include "num/update.h"

struct slt_hessian {
    const slt_run_spec *run;
    const slt_hessian_spec *spec;
    const slt_refinement *refined; /* NULL: all weights take part */
    const slt_model_spec *model;
    slt_batcher *batcher;
    uint32_t chain;
    /* The place. */
    const slt_params *start;
    const slt_batch *batch;
    uint32_t ordinal;
    slt_params probe;
    slt_params found; /* the gradient, or the product */
    /* By differences. */
    slt_net *net;
    slt_params weights;
    slt_real step; /* h */
    /* Exact. */
    slt_second *second;
    bool overflows; /* at w* itself */
};

/* v.found, where the numbers that stay have no part. */
static slt_real hessian_along(slt_hessian *hessian)
{
    if (hessian->refined)
        slt_refine_gradient(hessian->refined, &hessian->found);
    return slt_second_along(&hessian->probe, &hessian->found);
}

/* ---- By differences ---------------------------------------------------------------- */

/* A power of 2 near the cube root of the gradient's rounding unit, at which the error of
 * the difference and that of rounding are about equal.  Gradients have 24 or 53 bits and,
 * in fixed point, the 30 bits of the blocks in products. */
static slt_real step_of(slt_arithmetic arithmetic)
{
    static const int exponents[] = {[SLT_F32] = -8, [SLT_F64] = -17, [SLT_FIXED] = -10};
    return slt_real_from_fixed(1, -exponents[arithmetic]);
}

static slt_status open_difference(slt_hessian *hessian, const slt_batch *shape,
                                  size_t rows, slt_error *err)
{
    const slt_run_spec *run = hessian->run;
    slt_status status =
        slt_net_create(hessian->model, shape, rows, run->arithmetic, &hessian->net, err);
    if (!status)
        status =
            slt_params_create(hessian->model, run->arithmetic, &hessian->weights, err);
    hessian->step = step_of(run->arithmetic);
    return status;
}

/* v.g(w* + step v): the move is a descent step of rate -step along v. */
static slt_real hessian_slope(slt_hessian *hessian, slt_real step)
{
    const slt_sgd_step move = {.lr = slt_real_neg(step)};
    slt_params *weights = &hessian->weights;
    bool fits = true;
    slt_params_copy(weights, hessian->start);
    for (size_t i = 0; i < weights->count; i++)
        if (slt_params_moves(weights, i))
            fits &=
                slt_num_sgd(&move, &hessian->probe.tensor[i], NULL, &weights->tensor[i]);
    slt_params_share(weights);
    slt_net_gradient(hessian->net, weights, hessian->batch, &hessian->found);
    char name[SLT_NAME_MAX];
    if (hessian->run->arithmetic == SLT_FIXED &&
        (!fits || slt_net_overflowed(hessian->net, name)))
        return slt_real_absent();
    return hessian_along(hessian);
}

static slt_real probe_difference(slt_hessian *hessian)
{
    slt_real ahead = hessian_slope(hessian, hessian->step);
    slt_real back = hessian_slope(hessian, slt_real_neg(hessian->step));
    return slt_real_div(slt_real_sub(ahead, back),
                        slt_real_add(hessian->step, hessian->step));
}

/* ---- Exact ------------------------------------------------------------------------- */

static slt_real probe_exact(slt_hessian *hessian)
{
    char name[SLT_NAME_MAX];
    slt_second_product(hessian->second, &hessian->probe, &hessian->found);
    if (slt_second_overflowed(hessian->second, name) || hessian->overflows)
        return slt_real_absent();
    return hessian_along(hessian);
}

/* ---- Both -------------------------------------------------------------------------- */

static const slt_batch_spec *batches_of(const slt_run_spec *run,
                                        const slt_hessian_spec *spec)
{
    static const slt_batch_spec all = {.order = SLT_BATCH_FULL};
    return spec->last ? &run->train.batch : &all;
}

static slt_status hessian_fill(slt_hessian *hessian, const slt_data *data, slt_error *err)
{
    const slt_batch *all = &data->train;
    const slt_run_spec *run = hessian->run;
    const slt_batch_spec *batches = batches_of(run, hessian->spec);
    const size_t rows = slt_batcher_rows_max(batches, all->rows);
    slt_status status = slt_batcher_create(batches, data, run->seed, SLT_DRAW_BATCH, 0, 0,
                                           &hessian->batcher, err);
    if (!status)
        status = slt_params_create(hessian->model, run->arithmetic, &hessian->probe, err);
    if (!status)
        status = slt_params_create(hessian->model, run->arithmetic, &hessian->found, err);
    if (status)
        return status;
    return hessian->spec->method == SLT_HESSIAN_EXACT
               ? slt_second_create(hessian->model, all, rows, run->arithmetic,
                                   &hessian->second, err)
               : open_difference(hessian, all, rows, err);
}

slt_status slt_hessian_create(const slt_run_spec *run, const slt_hessian_spec *spec,
                              const slt_refinement *refined, const slt_data *data,
                              uint32_t chain, slt_hessian **hessian, slt_error *err)
{
    *hessian = slt_world.calloc(1, sizeof **hessian);
    if (!*hessian)
        return slt_fail(err, SLT_RESOURCE, "no memory for probes of the Hessian");
    **hessian = (slt_hessian){.run = run,
                              .spec = spec,
                              .refined = refined,
                              .model = refined ? refined->model : &run->model,
                              .chain = chain};
    slt_status status = hessian_fill(*hessian, data, err);
    if (status) {
        slt_hessian_free(*hessian);
        *hessian = NULL;
    }
    return status;
}

void slt_hessian_free(slt_hessian *hessian)
{
    if (!hessian)
        return;
    slt_second_free(hessian->second);
    slt_params_free(&hessian->weights);
    slt_net_free(hessian->net);
    slt_params_free(&hessian->found);
    slt_params_free(&hessian->probe);
    slt_batcher_free(hessian->batcher);
    free(hessian);
}

void slt_hessian_place(slt_hessian *hessian, const slt_params *start, uint64_t step,
                       uint32_t ordinal)
{
    char name[SLT_NAME_MAX];
    hessian->start = start;
    hessian->batch = slt_batcher_at(hessian->batcher, step - (step > 0));
    hessian->ordinal = ordinal;
    if (!hessian->second)
        return;
    slt_second_place(hessian->second, start, hessian->batch, NULL);
    hessian->overflows = slt_second_overflowed(hessian->second, name);
}

slt_real slt_hessian_probe(slt_hessian *hessian, uint32_t probe)
{
    for (size_t i = 0; i < hessian->probe.count; i++)
        if (slt_params_moves(&hessian->probe, i))
            slt_draw_signs(slt_stream_of(hessian->run->seed, SLT_DRAW_HESSIAN,
                                         (uint32_t)i, hessian->chain, probe,
                                         hessian->ordinal),
                           &hessian->probe.tensor[i]);
    if (hessian->refined)
        slt_refine_gradient(hessian->refined, &hessian->probe);
    return hessian->second ? probe_exact(hessian) : probe_difference(hessian);
}
