/* What a flow takes from its quadratic: where it ends, and with l1 its path, in implicit
 * steps (docs/spec/09-training.md). */
#include <inttypes.h>

#include "learn/flow_internal.h"
#include "num/linalg.h"
#include "num/ops.h"
#include "num/scalar.h"

/* More steps are not made. */
#define STEPS_MAX UINT64_C(100000000)

slt_status slt_flow_gram_make(slt_flow *flow, slt_error *err)
{
    const size_t n = flow->numbers;
    slt_status status = slt_tensor_create(&flow->gram, SLT_F64, n, n, err);
    if (!status)
        status = slt_tensor_create(&flow->pull, SLT_F64, n, 1, err);
    if (!status)
        status = slt_tensor_create(&flow->room, SLT_F64, 1, slt_num_lasso_room(n), err);
    if (status)
        return status;
    slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &flow->features, &flow->features,
                    &flow->gram);
    slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &flow->features, &flow->targets,
                    &flow->pull);
    slt_num_scale(flow->curvature, &flow->gram, &flow->gram);
    slt_num_scale(flow->curvature, &flow->pull, &flow->pull);
    for (size_t e = 0; e < n; e++)
        slt_tensor_set(&flow->gram, e * n + e,
                       slt_real_add(slt_tensor_get(&flow->gram, e * n + e), flow->l2));
    return SLT_OK;
}

slt_status slt_flow_end_make(slt_flow *flow, slt_error *err)
{
    slt_status status = slt_tensor_create(&flow->end, SLT_F64, flow->numbers, 1, err);
    if (status)
        return status;
    slt_tensor_copy(&flow->end, &flow->first);
    flow->has_end =
        slt_num_lasso(&flow->gram, &flow->pull, flow->l1, &flow->end, &flow->room);
    return SLT_OK;
}

/* ---- Steps ------------------------------------------------------------------------- */

/* The size of the least of the subgradients at the first weight. */
static slt_real path_slope(const slt_flow *flow, slt_tensor *slope)
{
    const slt_real zero = {0}, l1 = flow->l1;
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &flow->gram, &flow->first, slope);
    for (size_t e = 0; e < flow->numbers; e++) {
        const slt_real w = slt_tensor_get(&flow->first, e);
        const slt_real g =
            slt_real_sub(slt_tensor_get(slope, e), slt_tensor_get(&flow->pull, e));
        const bool up =
            slt_real_less(zero, w) || (!(w.bits << 1) && slt_real_less(g, zero));
        const slt_real bent = up ? slt_real_add(g, l1) : slt_real_sub(g, l1);
        const bool held = !(w.bits << 1) && slt_real_less(zero, bent) == up;
        slt_tensor_set(slope, e, held ? zero : bent);
    }
    return slt_real_sqrt(slt_num_dot(slope, slope));
}

/* The diagonal for steps of this size. */
static void path_set_diagonal(const slt_flow *flow, slt_real size, slt_tensor *gram)
{
    const slt_real more = slt_real_div(slt_real_of(1), size);
    for (size_t e = 0; e < flow->numbers; e++) {
        const size_t at = e * flow->numbers + e;
        slt_tensor_set(gram, at, slt_real_add(slt_tensor_get(&flow->gram, at), more));
    }
}

slt_status slt_flow_path_make(slt_flow *flow, slt_real tolerance, slt_real last,
                              slt_error *err)
{
    slt_flow_path *path = &flow->path;
    const size_t n = flow->numbers;
    slt_status status = slt_tensor_create(&path->gram, SLT_F64, n, n, err);
    if (!status)
        status = slt_tensor_create(&path->pull, SLT_F64, n, 1, err);
    if (!status)
        status = slt_tensor_create(&path->kept.weight, SLT_F64, n, 1, err);
    if (!status)
        status = slt_tensor_create(&path->ahead.weight, SLT_F64, n, 1, err);
    if (status)
        return status;
    const slt_real slope = path_slope(flow, &path->pull);
    const slt_real bound = slt_real_mul(slt_real_sqrt(slt_real_of(2)), tolerance);
    path->size = slt_real_div(bound, slope); /* infinite where the flow stands still */
    if (slt_real_less(slt_real_mul(path->size, slt_real_from_u64(STEPS_MAX)), last))
        return slt_fail(err, SLT_FORMAT,
                        "flow: a tolerance this small needs more than %" PRIu64
                        " steps to the last time",
                        STEPS_MAX);
    slt_tensor_copy(&path->gram, &flow->gram);
    slt_tensor_copy(&path->kept.weight, &flow->first);
    slt_tensor_copy(&path->ahead.weight, &flow->first);
    return SLT_OK;
}

void slt_flow_path_free(slt_flow_path *path)
{
    slt_tensor_free(&path->gram);
    slt_tensor_free(&path->pull);
    slt_tensor_free(&path->kept.weight);
    slt_tensor_free(&path->ahead.weight);
    *path = (slt_flow_path){0};
}

/* A step of a size from `weight`, in place. */
static bool path_step(slt_flow *flow, slt_real size, slt_tensor *weight)
{
    slt_flow_path *path = &flow->path;
    slt_num_scale(slt_real_div(slt_real_of(1), size), weight, &path->pull);
    slt_num_add(&path->pull, &flow->pull, &path->pull);
    return slt_num_lasso(&path->gram, &path->pull, flow->l1, weight, &flow->room);
}

static bool path_is_behind(const slt_flow_path *path, const slt_flow_point *point,
                           slt_real time)
{
    return !slt_real_less(time,
                          slt_real_mul(path->size, slt_real_from_u64(point->steps)));
}

static void path_keep(const slt_flow *flow, uint64_t steps, slt_flow_point *point)
{
    point->steps = steps;
    slt_tensor_copy(&point->weight, &flow->now);
}

/* The nearest known point before a time, as flow->now; returns its steps. */
static uint64_t path_begin(slt_flow *flow, slt_real time)
{
    slt_flow_path *path = &flow->path;
    const bool behind = path_is_behind(path, &path->kept, time);
    const slt_flow_point *from =
        path_is_behind(path, &path->ahead, time) ? &path->ahead : &path->kept;
    slt_tensor_copy(&flow->now, behind ? &from->weight : &flow->first);
    return behind ? from->steps : 0;
}

/* Times are mostly asked for as they ascend, or by halving from one on that was asked for
 * before: the last but one of those that ascended is kept. */
static void path_end(slt_flow *flow, slt_real time, uint64_t steps)
{
    slt_flow_path *path = &flow->path;
    if (!path_is_behind(path, &path->kept, time))
        path_keep(flow, steps, &path->ahead);
    else if (!path_is_behind(path, &path->ahead, time))
        return;
    path->kept.steps = path->ahead.steps;
    slt_tensor_copy(&path->kept.weight, &path->ahead.weight);
    path_keep(flow, steps, &path->ahead);
}

bool slt_flow_path_reach(slt_flow *flow, slt_real time)
{
    slt_flow_path *path = &flow->path;
    slt_tensor_copy(&flow->now, &flow->first);
    if (!slt_real_finite(path->size))
        return true;
    uint64_t steps = path_begin(flow, time);
    path_set_diagonal(flow, path->size, &path->gram);
    for (;; steps++) {
        const slt_real next = slt_real_mul(path->size, slt_real_from_u64(steps + 1));
        if (slt_real_less(time, next))
            break;
        if (steps >= STEPS_MAX || !path_step(flow, path->size, &flow->now))
            return false;
    }
    path_end(flow, time, steps);
    const slt_real rest =
        slt_real_sub(time, slt_real_mul(path->size, slt_real_from_u64(steps)));
    if (!slt_real_less(slt_real_of(0), rest))
        return true;
    path_set_diagonal(flow, rest, &path->gram);
    return path_step(flow, rest, &flow->now);
}
