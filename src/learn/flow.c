#include "learn/flow.h"

#include <stdlib.h>

#include "net/net.h"
#include "net/second.h"
#include "num/linalg.h"
#include "num/ops.h"
#include "num/scalar.h"

/* Column k of `vectors` is a direction in which the flow goes by itself: z' = drift_k -
 * rate_k z, z being its coordinate, at first first_k.  What is orthogonal to all of them
 * only decays, by l2. */
typedef struct modes {
    size_t count;
    slt_tensor vectors; /* numbers x count */
    slt_real *rate, *drift, *first;
    slt_tensor rest; /* the first weight without its part in the modes; 0 where they span
                        all */
    bool whole;      /* they do */
} modes;

struct slt_flow {
    size_t weight;  /* which weight moves */
    size_t numbers; /* its elements */
    slt_real curvature, l2;
    slt_tensor features; /* rows x numbers, binary64 like all here */
    slt_tensor targets;  /* a column, less the values at weight 0 */
    slt_tensor first;    /* a column, the weight at time 0 */
    modes modes;
    slt_tensor at, sum; /* coordinates and weight of a time */
};

static const slt_real zero = {0};

slt_function_set slt_flow_functions(void)
{
    return (slt_function_set)1 << SLT_FN_log | (slt_function_set)1 << SLT_FN_exp;
}

/* ---- Features and targets ---------------------------------------------------------- */

/* Values at weight 0. */
static slt_status flow_find_targets(slt_flow *flow, const slt_run_spec *run,
                                    const slt_batch *all, const slt_params *origin,
                                    slt_error *err)
{
    slt_net *net = NULL;
    slt_status status =
        slt_net_create(&run->model, all, all->rows, run->arithmetic, &net, err);
    if (status)
        return status;
    const size_t outputs = slt_net_look(net).outputs;
    status = slt_tensor_create(&flow->targets, SLT_F64, all->rows * outputs, 1, err);
    if (!status) {
        slt_net_forward(net, origin, all);
        flow->curvature = slt_net_differences(net, &flow->targets);
    }
    slt_net_free(net);
    return status;
}

/* Column e: how all values change along number e of the weight. */
static slt_status flow_find_features(slt_flow *flow, const slt_run_spec *run,
                                     const slt_batch *all, const slt_params *origin,
                                     slt_error *err)
{
    slt_second *second = NULL;
    slt_params direction = {0};
    slt_status status =
        slt_second_create(&run->model, all, all->rows, run->arithmetic, &second, err);
    if (!status)
        status = slt_params_create(&run->model, run->arithmetic, &direction, err);
    if (!status)
        status = slt_tensor_create(&flow->features, SLT_F64, flow->targets.rows,
                                   flow->numbers, err);
    if (!status)
        slt_second_place(second, origin, all, NULL);
    for (size_t e = 0; e < flow->numbers && !status; e++) {
        slt_tensor *along = &direction.tensor[flow->weight];
        slt_tensor_set(along, e, slt_real_from_u64(1));
        slt_second_push(second, &direction);
        slt_tensor_set(along, e, zero);
        const slt_tensor *change = slt_second_tangent(second, run->model.loss.in);
        for (size_t i = 0; i < flow->features.rows; i++)
            slt_tensor_set(&flow->features, i * flow->numbers + e,
                           slt_tensor_get(change, i));
    }
    slt_params_free(&direction);
    slt_second_free(second);
    return status;
}

static slt_status flow_find_problem(slt_flow *flow, const slt_run_spec *run,
                                    const slt_batch *all, const slt_params *first,
                                    slt_error *err)
{
    slt_params origin = {0};
    const slt_tensor *weight = &first->tensor[flow->weight];
    slt_status status = slt_params_create(&run->model, run->arithmetic, &origin, err);
    if (!status)
        status = slt_tensor_create(&flow->first, SLT_F64, flow->numbers, 1, err);
    if (!status) {
        for (size_t e = 0; e < flow->numbers; e++)
            slt_tensor_set(&flow->first, e, slt_tensor_get(weight, e));
        slt_params_copy(&origin, first);
        slt_tensor_zero(&origin.tensor[flow->weight]);
        slt_params_share(&origin);
        status = flow_find_targets(flow, run, all, &origin, err);
    }
    if (!status)
        status = flow_find_features(flow, run, all, &origin, err);
    slt_params_free(&origin);
    if (!status && !(slt_num_finite(&flow->features) && slt_num_finite(&flow->targets)))
        status = slt_fail(err, SLT_FORMAT,
                          "flow: expected finite features and targets, found otherwise");
    return status;
}

/* ---- Modes ------------------------------------------------------------------------- */

static slt_status flow_create_modes(slt_flow *flow, size_t count, slt_error *err)
{
    modes *m = &flow->modes;
    m->count = count;
    m->rate = calloc(count + 1, sizeof *m->rate);
    m->drift = calloc(count + 1, sizeof *m->drift);
    m->first = calloc(count + 1, sizeof *m->first);
    slt_status status =
        m->rate && m->drift && m->first
            ? SLT_OK
            : slt_fail(err, SLT_RESOURCE, "no memory for %zu modes of a flow", count);
    if (!status && !m->vectors.data)
        status = slt_tensor_create(&m->vectors, SLT_F64, flow->numbers, count, err);
    if (!status)
        status = slt_tensor_create(&m->rest, SLT_F64, flow->numbers, 1, err);
    if (!status)
        status = slt_tensor_create(&flow->at, SLT_F64, count, 1, err);
    if (!status)
        status = slt_tensor_create(&flow->sum, SLT_F64, flow->numbers, 1, err);
    return status;
}

/* A weight of one number is one mode: the sums of squares of its features and of their
 * products with the targets are one chain each. */
static slt_status flow_find_one_mode(slt_flow *flow, slt_error *err)
{
    modes *m = &flow->modes;
    slt_tensor square = {0};
    slt_status status = flow_create_modes(flow, 1, err);
    if (!status)
        status = slt_tensor_create(&square, SLT_F64, 1, 1, err);
    if (status)
        return status;
    slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &flow->features, &flow->features, &square);
    m->rate[0] = slt_real_fma(flow->curvature, slt_tensor_get(&square, 0), flow->l2);
    slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &flow->features, &flow->targets, &square);
    m->drift[0] = slt_real_mul(flow->curvature, slt_tensor_get(&square, 0));
    m->first[0] = slt_tensor_get(&flow->first, 0);
    slt_tensor_set(&m->vectors, 0, slt_real_from_u64(1));
    m->whole = true;
    slt_tensor_free(&square);
    return SLT_OK;
}

/* Singular vectors of the features, on the side of the samples and on that of the weight,
 * and their products with the targets and with the first weight. */
typedef struct sides {
    slt_tensor flipped, left, values, right, pulls, firsts;
} sides;

static slt_status flow_decompose(const slt_flow *flow, sides *s, slt_error *err)
{
    const slt_tensor *j = &flow->features;
    const bool wide = j->rows < j->cols;
    const size_t most = wide ? j->cols : j->rows, least = wide ? j->rows : j->cols;
    slt_status status = slt_tensor_create(&s->values, SLT_F64, 1, least, err);
    if (!status)
        status =
            slt_tensor_create(wide ? &s->right : &s->left, SLT_F64, most, least, err);
    if (!status)
        status =
            slt_tensor_create(wide ? &s->left : &s->right, SLT_F64, least, least, err);
    if (!status)
        status = slt_tensor_create(&s->pulls, SLT_F64, least, 1, err);
    if (!status)
        status = slt_tensor_create(&s->firsts, SLT_F64, least, 1, err);
    if (!status && wide)
        status = slt_tensor_create(&s->flipped, SLT_F64, j->cols, j->rows, err);
    for (size_t i = 0; i < j->rows && wide && !status; i++)
        for (size_t e = 0; e < j->cols; e++)
            slt_tensor_set(&s->flipped, e * j->rows + i,
                           slt_tensor_get(j, i * j->cols + e));
    if (status)
        return status;
    return wide ? slt_num_svd(&s->flipped, &s->right, &s->values, &s->left, err)
                : slt_num_svd(j, &s->left, &s->values, &s->right, err);
}

static void flow_free_sides(sides *s)
{
    slt_tensor_free(&s->flipped);
    slt_tensor_free(&s->left);
    slt_tensor_free(&s->values);
    slt_tensor_free(&s->right);
    slt_tensor_free(&s->pulls);
    slt_tensor_free(&s->firsts);
}

/* Singular values up to the largest times the larger side times the spacing of the run's
 * numbers at 1 count as 0. */
static size_t flow_rank(const slt_flow *flow, slt_arithmetic arithmetic,
                        const slt_tensor *values)
{
    const slt_tensor *j = &flow->features;
    const uint64_t digits = arithmetic == SLT_F32 ? 23 : 52;
    const slt_real spacing = {(1023 - digits) << 52};
    const slt_real side = slt_real_from_u64(j->rows < j->cols ? j->cols : j->rows);
    const slt_real bound =
        slt_real_mul(slt_real_mul(side, spacing), slt_tensor_get(values, 0));
    size_t rank = 0;
    while (rank < values->cols && slt_real_less(bound, slt_tensor_get(values, rank)))
        rank++;
    return rank;
}

static void flow_fill_modes(slt_flow *flow, const sides *s)
{
    modes *m = &flow->modes;
    slt_tensor pulls = s->pulls, firsts = s->firsts;
    slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &s->left, &flow->targets, &pulls);
    slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &s->right, &flow->first, &firsts);
    for (size_t k = 0; k < m->count; k++) {
        const slt_real value = slt_tensor_get(&s->values, k);
        const slt_real scaled = slt_real_mul(flow->curvature, value);
        for (size_t e = 0; e < flow->numbers; e++)
            slt_tensor_set(&m->vectors, e * m->count + k,
                           slt_tensor_get(&s->right, e * s->right.cols + k));
        m->rate[k] = slt_real_fma(scaled, value, flow->l2);
        m->drift[k] = slt_real_mul(scaled, slt_tensor_get(&pulls, k));
        m->first[k] = slt_tensor_get(&firsts, k);
        slt_tensor_set(&flow->at, k, m->first[k]);
    }
    m->whole = m->count == flow->numbers;
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &m->vectors, &flow->at, &flow->sum);
    for (size_t e = 0; e < flow->numbers && !m->whole; e++)
        slt_tensor_set(
            &m->rest, e,
            slt_real_sub(slt_tensor_get(&flow->first, e), slt_tensor_get(&flow->sum, e)));
}

static slt_status flow_find_modes(slt_flow *flow, slt_arithmetic arithmetic,
                                  slt_error *err)
{
    sides s = {0};
    if (flow->numbers == 1)
        return flow_find_one_mode(flow, err);
    slt_status status = flow_decompose(flow, &s, err);
    if (!status)
        status = flow_create_modes(flow, flow_rank(flow, arithmetic, &s.values), err);
    if (!status)
        flow_fill_modes(flow, &s);
    flow_free_sides(&s);
    return status;
}

/* ---- A time ------------------------------------------------------------------------ */

/* (1 - exp(-rate time)) / rate, decay being that power; `time` where the rate is 0. */
static slt_real flow_weight(slt_real rate, slt_real time, slt_real decay)
{
    static const slt_real half = {UINT64_C(0x3fe0000000000000)};
    const slt_real one = slt_real_from_u64(1);
    if (decay.bits == one.bits)
        return time;
    if (!slt_real_less(half, decay))
        return slt_real_div(slt_real_sub(one, decay), rate);
    return slt_real_mul(time,
                        slt_real_div(slt_real_sub(decay, one), slt_real_log(decay)));
}

/* exp(-rate time). */
static slt_real flow_decay(slt_real rate, slt_real time)
{
    return slt_real_exp(slt_real_neg(slt_real_mul(rate, time)));
}

static slt_real flow_coordinate(const modes *m, size_t k, slt_real time)
{
    const slt_real rate = m->rate[k], drift = m->drift[k];
    if (slt_real_finite(time)) {
        const slt_real decay = flow_decay(rate, time);
        return slt_real_fma(m->first[k], decay,
                            slt_real_mul(drift, flow_weight(rate, time, decay)));
    }
    const bool still = rate.bits == 0 && drift.bits << 1 == 0;
    return still ? m->first[k] : slt_real_div(drift, rate);
}

/* What is left at a time of a number outside of all modes. */
static slt_real flow_left(const slt_flow *flow, slt_real time)
{
    if (flow->l2.bits << 1 == 0)
        return slt_real_from_u64(1);
    return slt_real_finite(time) ? flow_decay(flow->l2, time) : zero;
}

bool slt_flow_reach(const slt_flow *flow, slt_real time, slt_params *weights)
{
    const modes *m = &flow->modes;
    slt_tensor at = flow->at, sum = flow->sum, *weight = &weights->tensor[flow->weight];
    const slt_real left = flow_left(flow, time);
    for (size_t k = 0; k < m->count; k++)
        slt_tensor_set(&at, k, flow_coordinate(m, k, time));
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &m->vectors, &at, &sum);
    for (size_t e = 0; e < flow->numbers; e++) {
        const slt_real part = slt_tensor_get(&sum, e);
        slt_real number =
            m->whole ? part : slt_real_fma(left, slt_tensor_get(&m->rest, e), part);
        if (time.bits << 1 == 0)
            number = slt_tensor_get(&flow->first, e);
        slt_tensor_set(weight, e, number);
    }
    slt_params_share(weights);
    return slt_num_finite(weight);
}

/* ---- The whole --------------------------------------------------------------------- */

uint64_t slt_flow_bytes(const slt_run_spec *run)
{
    slt_batch shape;
    slt_data_shape(&run->data, run->arithmetic, &shape);
    const uint64_t rows = (uint64_t)shape.rows * shape.target.cols;
    const uint64_t numbers = slt_model_parameters(&run->model);
    const uint64_t least = rows < numbers ? rows : numbers;
    uint64_t one, side, sum;
    /* The features, one of the sides of their size, and what the decomposition works on,
     * twice where they are flipped. */
    if (__builtin_mul_overflow(rows, numbers, &one) ||
        __builtin_mul_overflow(one, rows < numbers ? 4 : 3, &one) ||
        __builtin_mul_overflow(least, 3 * least, &side) ||
        __builtin_add_overflow(one, side, &sum) || __builtin_mul_overflow(sum, 8, &sum))
        return UINT64_MAX;
    return sum;
}

slt_status slt_flow_create(const slt_run_spec *run, const slt_data *data,
                           const slt_params *first, slt_flow **flow, slt_error *err)
{
    slt_flow *made = calloc(1, sizeof *made);
    *flow = NULL;
    if (!made)
        return slt_fail(err, SLT_RESOURCE, "no memory for a flow");
    slt_status status = slt_net_affine(&run->model, &made->weight, err);
    made->l2 = run->train.optimizer.l2;
    made->numbers = slt_tensor_count(&first->tensor[made->weight]);
    if (!status)
        status = flow_find_problem(made, run, &data->train, first, err);
    if (!status)
        status = flow_find_modes(made, run->arithmetic, err);
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
    slt_tensor_free(&flow->features);
    slt_tensor_free(&flow->targets);
    slt_tensor_free(&flow->first);
    slt_tensor_free(&flow->modes.vectors);
    slt_tensor_free(&flow->modes.rest);
    free(flow->modes.rate);
    free(flow->modes.drift);
    free(flow->modes.first);
    slt_tensor_free(&flow->at);
    slt_tensor_free(&flow->sum);
    free(flow);
}
