#include <stdlib.h>

#include "base/world.h"
#include "learn/flow_internal.h"
#include "num/linalg.h"
#include "num/ops.h"
#include "num/scalar.h"

/* ---- Making them ------------------------------------------------------------------- */

static slt_status flow_create_modes(slt_flow *flow, size_t count, slt_error *err)
{
    slt_flow_modes *m = &flow->modes;
    m->count = count;
    m->rate = slt_world.calloc(count + 1, sizeof *m->rate);
    m->drift = slt_world.calloc(count + 1, sizeof *m->drift);
    m->first = slt_world.calloc(count + 1, sizeof *m->first);
    slt_status status =
        m->rate && m->drift && m->first
            ? SLT_OK
            : slt_fail(err, SLT_RESOURCE, "no memory for %zu modes of a flow", count);
    if (!status)
        status = slt_tensor_create(&m->vectors, SLT_F64, flow->numbers, count, err);
    if (!status)
        status = slt_tensor_create(&m->rest, SLT_F64, flow->numbers, 1, err);
    if (!status)
        status = slt_tensor_create(&m->at, SLT_F64, count, 1, err);
    return status;
}

/* A weight of one number is one mode: the sums of squares of its features and of their
 * products with the targets are one chain each. */
static slt_status flow_find_one_mode(slt_flow *flow, slt_error *err)
{
    slt_flow_modes *m = &flow->modes;
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
    slt_flow_modes *m = &flow->modes;
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
        slt_tensor_set(&m->at, k, m->first[k]);
    }
    m->whole = m->count == flow->numbers;
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &m->vectors, &m->at, &flow->now);
    for (size_t e = 0; e < flow->numbers && !m->whole; e++)
        slt_tensor_set(
            &m->rest, e,
            slt_real_sub(slt_tensor_get(&flow->first, e), slt_tensor_get(&flow->now, e)));
}

slt_status slt_flow_modes_make(slt_flow *flow, slt_arithmetic arithmetic, slt_error *err)
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

void slt_flow_modes_free(slt_flow_modes *modes)
{
    slt_tensor_free(&modes->vectors);
    slt_tensor_free(&modes->rest);
    slt_tensor_free(&modes->at);
    free(modes->rate);
    free(modes->drift);
    free(modes->first);
    *modes = (slt_flow_modes){0};
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

/* The coordinate at a time where no sign of it changes, from z: the pull is constant. */
static slt_real flow_free(slt_real z, slt_real rate, slt_real pull, slt_real time)
{
    if (slt_real_finite(time)) {
        const slt_real decay = flow_decay(rate, time);
        return slt_real_fma(z, decay, slt_real_mul(pull, flow_weight(rate, time, decay)));
    }
    return rate.bits << 1 == 0 && pull.bits << 1 == 0 ? z : slt_real_div(pull, rate);
}

/* When a coordinate above 0 that `pull` < 0 moves gets to 0: log(1 + q) / rate, q = rate
 * z / -pull. */
static slt_real flow_arrival(slt_real z, slt_real rate, slt_real pull)
{
    const slt_real one = slt_real_of(1), ratio = slt_real_div(z, slt_real_neg(pull));
    const slt_real sum = slt_real_fma(rate, ratio, one);
    if (sum.bits == one.bits)
        return ratio;
    return slt_real_mul(ratio, slt_real_div(slt_real_log(sum), slt_real_sub(sum, one)));
}

/* With l1, from z >= 0 on: it goes on by itself until it is 0, stays there where l1 holds
 * the drift, and else goes on below. */
static slt_real flow_bent(const slt_flow *flow, size_t k, slt_real z, slt_real drift,
                          slt_real time)
{
    const slt_real zero = {0}, rate = flow->modes.rate[k], l1 = flow->l1;
    const slt_real pull = slt_real_sub(drift, l1), back = slt_real_add(drift, l1);
    const bool falls = slt_real_less(pull, zero);
    const slt_real arrival = falls && z.bits << 1 ? flow_arrival(z, rate, pull) : zero;
    if (!falls || slt_real_less(time, arrival)) {
        const slt_real there = flow_free(z, rate, pull, time);
        return slt_real_less(zero, there) ? there : zero;
    }
    if (!slt_real_less(back, zero))
        return zero;
    return flow_free(zero, rate, back,
                     slt_real_finite(time) ? slt_real_sub(time, arrival) : time);
}

static slt_real flow_coordinate(const slt_flow *flow, size_t k, slt_real time)
{
    const slt_real zero = {0}, drift = flow->modes.drift[k], z = flow->modes.first[k];
    if (flow->l1.bits << 1 == 0)
        return flow_free(z, flow->modes.rate[k], drift, time);
    const bool below =
        slt_real_less(z, zero) || (z.bits << 1 == 0 && slt_real_less(drift, zero));
    if (!below)
        return flow_bent(flow, k, z, drift, time);
    const slt_real size = flow_bent(flow, k, slt_real_neg(z), slt_real_neg(drift), time);
    return size.bits << 1 ? slt_real_neg(size) : size;
}

/* What is left at a time of a number outside of all modes. */
static slt_real flow_left(const slt_flow *flow, slt_real time)
{
    if (flow->l2.bits << 1 == 0)
        return slt_real_from_u64(1);
    return slt_real_finite(time) ? flow_decay(flow->l2, time) : slt_real_of(0);
}

void slt_flow_modes_reach(slt_flow *flow, slt_real time)
{
    slt_flow_modes *m = &flow->modes;
    const slt_real left = flow_left(flow, time);
    for (size_t k = 0; k < m->count; k++)
        slt_tensor_set(&m->at, k, flow_coordinate(flow, k, time));
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &m->vectors, &m->at, &flow->now);
    for (size_t e = 0; e < flow->numbers && !m->whole; e++)
        slt_tensor_set(&flow->now, e,
                       slt_real_fma(left, slt_tensor_get(&m->rest, e),
                                    slt_tensor_get(&flow->now, e)));
}
