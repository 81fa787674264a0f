#include "learn/flow_internal.h"

#include <stdlib.h>

#include "base/world.h"
#include "num/ops.h"
#include "num/scalar.h"

slt_function_set slt_flow_functions(void)
{
    return (slt_function_set)1 << SLT_FN_log | (slt_function_set)1 << SLT_FN_exp;
}

/* ---- Features and targets ---------------------------------------------------------- */

/* Values at weight 0. */
static void flow_find_targets(slt_flow *flow, const slt_batch *all)
{
    slt_net_forward(flow->net, &flow->origin, all);
    flow->curvature = slt_net_differences(flow->net, &flow->targets);
}

/* Column e: how all values change along number e of the weight. */
static void flow_find_features(slt_flow *flow, const slt_batch *all)
{
    slt_tensor *along = &flow->direction.tensor[flow->weight];
    slt_second_place(flow->second, &flow->origin, all, NULL);
    for (size_t e = 0; e < flow->numbers; e++) {
        slt_tensor_set(along, e, slt_real_from_u64(1));
        slt_second_push(flow->second, &flow->direction);
        slt_tensor_set(along, e, slt_real_of(0));
        const slt_tensor *change = slt_second_tangent(flow->second, flow->value);
        for (size_t i = 0; i < flow->features.rows; i++)
            slt_tensor_set(&flow->features, i * flow->numbers + e,
                           slt_tensor_get(change, i));
    }
}

static slt_status flow_find_problem(slt_flow *flow, const slt_batch *all,
                                    const slt_params *first, slt_error *err)
{
    const slt_tensor *weight = &first->tensor[flow->weight];
    for (size_t e = 0; e < flow->numbers; e++)
        slt_tensor_set(&flow->first, e, slt_tensor_get(weight, e));
    slt_params_copy(&flow->origin, first);
    slt_tensor_zero(&flow->origin.tensor[flow->weight]);
    slt_params_share(&flow->origin);
    flow_find_targets(flow, all);
    flow_find_features(flow, all);
    if (slt_num_finite(&flow->features) && slt_num_finite(&flow->targets))
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT,
                    "flow: expected finite features and targets, found otherwise");
}

/* ---- The whole --------------------------------------------------------------------- */

bool slt_flow_reach(slt_flow *flow, slt_real time, slt_params *weights)
{
    slt_tensor *weight = &weights->tensor[flow->weight];
    const slt_tensor *now = &flow->now;
    bool fine = true;
    if (time.bits << 1 == 0)
        now = &flow->first;
    else if (!slt_real_finite(time) && flow->end.data) {
        now = &flow->end;
        fine = flow->has_end;
    } else if (flow->modes.rate)
        slt_flow_modes_reach(flow, time);
    else
        fine = slt_flow_path_reach(flow, time);
    for (size_t e = 0; e < flow->numbers; e++)
        slt_tensor_set(weight, e, slt_tensor_get(now, e));
    slt_params_share(weights);
    return slt_num_finite(weight) && fine;
}

static uint64_t flow_product(uint64_t a, uint64_t b)
{
    uint64_t both;
    return __builtin_mul_overflow(a, b, &both) ? UINT64_MAX : both;
}

static uint64_t flow_sum(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

uint64_t slt_flow_bytes(const slt_run_spec *run)
{
    slt_batch shape;
    slt_data_shape(&run->data, run->arithmetic, &shape);
    const uint64_t rows = (uint64_t)shape.rows * shape.target.cols;
    const uint64_t numbers = slt_model_parameters(&run->model);
    const uint64_t least = rows < numbers ? rows : numbers;
    const slt_optimizer_spec *optimizer = &run->train.optimizer;
    const bool quadratic = (optimizer->l1.bits | optimizer->l2.bits) << 1 && numbers > 1;
    /* The features, one of the sides of their size and what the decomposition works on,
     * twice where they are flipped; the other sides; the quadratic and room for its
     * least. */
    const uint64_t matrices =
        flow_product(flow_product(rows, numbers), rows < numbers ? 4 : 3);
    const uint64_t sides = flow_product(flow_product(least, least), 3);
    const uint64_t squares = flow_product(flow_product(numbers, numbers), 4);
    return flow_product(flow_sum(flow_sum(matrices, sides), quadratic ? squares : 0), 8);
}

/* Sweeps that a decomposition takes, times what one does with a pair of columns. */
enum { SVD_WORK = 8 * 3 };

void slt_flow_work(const slt_run_spec *run, uint64_t *make, uint64_t *reach)
{
    slt_batch shape;
    slt_data_shape(&run->data, run->arithmetic, &shape);
    const uint64_t rows = (uint64_t)shape.rows * shape.target.cols;
    const uint64_t numbers = slt_model_parameters(&run->model);
    const uint64_t least = rows < numbers ? rows : numbers;
    const uint64_t most = rows < numbers ? numbers : rows;
    const uint64_t pairs = flow_product(least, least - (least > 0)) / 2;
    /* The features, one after the other, and their decomposition. */
    *make = flow_sum(flow_product(rows, flow_product(numbers, numbers)),
                     flow_product(flow_product(pairs, flow_sum(most, least)), SVD_WORK));
    *reach = flow_product(numbers, least);
}

/* Which parts of the solution the run needs. */
static slt_status flow_solve(slt_flow *flow, const slt_run_spec *run, slt_error *err)
{
    const slt_times *times = &run->train.times;
    const bool one = flow->numbers == 1, smooth = flow->l1.bits << 1 == 0;
    const bool moves = slt_real_finite(times->list[0].at);
    const bool ends = !slt_real_finite(times->list[times->count - 1].at);
    const bool least = !one && ends && !(smooth && flow->l2.bits << 1 == 0);
    slt_status status = SLT_OK;
    if (least || !(one || smooth))
        status = slt_flow_gram_make(flow, err);
    if (!status && least)
        status = slt_flow_end_make(flow, err);
    if (smooth && !flow->has_end)
        slt_tensor_free(&flow->end);
    if (!status && (one || (smooth && (moves || !flow->has_end))))
        status = slt_flow_modes_make(flow, run->arithmetic, err);
    if (!status && moves && !(one || smooth))
        status = slt_flow_path_make(flow, run->train.optimizer.tolerance,
                                    times->list[times->count - 1 - ends].at, err);
    return status;
}

/* What does not hang on data and first weights. */
static slt_status flow_open(slt_flow *flow, const slt_run_spec *run, const slt_batch *all,
                            slt_error *err)
{
    flow->l1 = run->train.optimizer.l1;
    flow->l2 = run->train.optimizer.l2;
    flow->value = run->model.loss.in;
    slt_status status = slt_net_affine(&run->model, &flow->weight, err);
    if (!status)
        status =
            slt_net_create(&run->model, all, all->rows, run->arithmetic, &flow->net, err);
    if (!status)
        status = slt_second_create(&run->model, all, all->rows, run->arithmetic,
                                   &flow->second, err);
    if (!status)
        status = slt_params_create(&run->model, run->arithmetic, &flow->origin, err);
    if (!status)
        status = slt_params_create(&run->model, run->arithmetic, &flow->direction, err);
    if (status)
        return status;
    const size_t rows = all->rows * slt_net_look(flow->net).outputs;
    flow->numbers = slt_tensor_count(&flow->origin.tensor[flow->weight]);
    status = slt_tensor_create(&flow->targets, SLT_F64, rows, 1, err);
    if (!status)
        status = slt_tensor_create(&flow->features, SLT_F64, rows, flow->numbers, err);
    if (!status)
        status = slt_tensor_create(&flow->first, SLT_F64, flow->numbers, 1, err);
    if (!status)
        status = slt_tensor_create(&flow->now, SLT_F64, flow->numbers, 1, err);
    return status;
}

static void flow_free_solution(slt_flow *flow)
{
    slt_flow_modes_free(&flow->modes);
    slt_flow_path_free(&flow->path);
    slt_tensor_free(&flow->gram);
    slt_tensor_free(&flow->pull);
    slt_tensor_free(&flow->room);
    slt_tensor_free(&flow->end);
    flow->has_end = false;
}

slt_status slt_flow_begin(slt_flow *flow, const slt_run_spec *run, const slt_data *data,
                          const slt_params *first, slt_error *err)
{
    flow_free_solution(flow);
    slt_status status = flow_find_problem(flow, &data->train, first, err);
    return status ? status : flow_solve(flow, run, err);
}

slt_status slt_flow_create(const slt_run_spec *run, const slt_data *data,
                           const slt_params *first, slt_flow **flow, slt_error *err)
{
    slt_flow *made = slt_world.calloc(1, sizeof *made);
    *flow = NULL;
    if (!made)
        return slt_fail(err, SLT_RESOURCE, "no memory for a flow");
    slt_status status = flow_open(made, run, &data->train, err);
    if (!status)
        status = slt_flow_begin(made, run, data, first, err);
    if (status)
        slt_flow_free(made);
    else
        *flow = made;
    return status;
}

void slt_flow_free(slt_flow *flow)
{
    if (!flow)
        return;
    flow_free_solution(flow);
    slt_tensor_free(&flow->features);
    slt_tensor_free(&flow->targets);
    slt_tensor_free(&flow->first);
    slt_tensor_free(&flow->now);
    slt_params_free(&flow->origin);
    slt_params_free(&flow->direction);
    slt_second_free(flow->second);
    slt_net_free(flow->net);
    free(flow);
}
