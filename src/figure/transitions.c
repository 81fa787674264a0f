/* The transitions of a curve: where it falls fast, and the states between them. */
#include "figure/measures.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "num/scalar.h"

/* A curve, from the first step that counts. */
typedef struct curve_part {
    const slt_curve_point *points;
    slt_real *values;
    size_t count, window;
} curve_part;

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the transitions of a run");
}

static slt_status curve_part_open(const slt_curve *curve, uint64_t from, curve_part *c,
                                  slt_error *err)
{
    size_t first = 0;
    while (first < curve->count && curve->points[first].step < from)
        first++;
    c->points = curve->points + first;
    c->count = curve->count - first;
    c->values = slt_world.calloc(c->count + 1, sizeof *c->values);
    if (!c->values)
        return no_memory(err);
    for (size_t i = 0; i < c->count; i++)
        c->values[i] = c->points[i].value;
    return SLT_OK;
}

/* The mean of the window before k minus the mean of the window that begins at k. */
static slt_real fall_at(const curve_part *c, size_t k)
{
    return slt_real_sub(slt_real_mean(c->values + k - c->window, c->window),
                        slt_real_mean(c->values + k, c->window));
}

/* In each longest stretch of k at which the curve falls by at least `least`, the k at
 * which it falls most.  starts has room for all; returns how many there are. */
static size_t find_starts(const curve_part *c, slt_real least, size_t *starts)
{
    size_t count = 0;
    bool inside = false;
    slt_real best = {0};
    for (size_t k = c->window; k + c->window <= c->count; k++) {
        slt_real d = fall_at(c, k);
        bool falls = slt_real_less(slt_real_of(0), d) && !slt_real_less(d, least);
        if (falls && (!inside || slt_real_less(best, d))) {
            count += !inside;
            starts[count] = k;
            best = d;
        }
        inside = falls;
    }
    return count;
}

/* Drops the starts at the first and the last k, beyond which the curve may fall more. */
static size_t drop_ends(const curve_part *c, size_t *starts, size_t count)
{
    size_t kept = 0;
    for (size_t i = 1; i <= count; i++)
        if (starts[i] != c->window && starts[i] + c->window != c->count)
            starts[++kept] = starts[i];
    return kept;
}

/* ---- States ------------------------------------------------------------------------ */

/* The stretch between two transitions. */
typedef struct state {
    slt_real metric, lambda; /* means; lambda is not finite if there is no estimate */
} state;

/* The mean of the points of `llc` with first <= step < end; absent if there are none. */
static slt_status mean_between(const slt_curve *llc, uint64_t first, uint64_t end,
                               slt_real *mean, slt_error *err)
{
    size_t count = 0;
    slt_real *values = slt_world.calloc(llc->count + 1, sizeof *values);
    if (!values)
        return no_memory(err);
    for (size_t i = 0; i < llc->count; i++)
        if (llc->points[i].step >= first && llc->points[i].step < end)
            values[count++] = llc->points[i].value;
    *mean = count ? slt_real_mean(values, count) : slt_real_absent();
    free(values);
    return SLT_OK;
}

/* The states before, between and after the transitions: starts[0] is 0, starts[count + 1]
 * the end of the curve. */
static slt_status find_states(const curve_part *c, const slt_curve *llc,
                              const size_t *starts, size_t count, state *states,
                              slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i <= count && !status; i++) {
        uint64_t end = i < count ? c->points[starts[i + 1]].step : UINT64_MAX;
        states[i].metric =
            slt_real_mean(c->values + starts[i], starts[i + 1] - starts[i]);
        status =
            mean_between(llc, c->points[starts[i]].step, end, &states[i].lambda, err);
    }
    return status;
}

/* ---- Items ------------------------------------------------------------------------- */

static void make_item(const slt_transitions_spec *spec, uint64_t before, uint64_t step,
                      const state *states, slt_real *item)
{
    slt_real loss = slt_real_sub(states[1].metric, states[0].metric);
    slt_real lambda = slt_real_absent(), df = slt_real_absent();
    if (slt_real_finite(states[0].lambda) && slt_real_finite(states[1].lambda)) {
        lambda = slt_real_sub(states[1].lambda, states[0].lambda);
        df = slt_real_add(slt_real_mul(spec->n, loss),
                          slt_real_mul(slt_real_log(spec->n), lambda));
    }
    item[SLT_ITEM_STEP] = slt_real_from_u64(step);
    item[SLT_ITEM_R] = slt_real_from_u64(step - before);
    item[SLT_ITEM_DF] = df;
    item[SLT_ITEM_DLAMBDA] = lambda;
    item[SLT_ITEM_DLOSS] = loss;
    item[SLT_ITEM_LOSS] = states[1].metric;
}

static slt_status make_items(const slt_transitions_spec *spec, const curve_part *c,
                             const slt_curve *llc, size_t *starts, size_t count,
                             slt_items *items, slt_error *err)
{
    state *states = slt_world.calloc(count + 1, sizeof *states);
    items->fields = SLT_ITEM_FIELDS;
    items->values = slt_world.calloc((count + 1) * items->fields, sizeof *items->values);
    slt_status status = states && items->values ? SLT_OK : no_memory(err);
    starts[0] = 0;
    starts[count + 1] = c->count;
    if (!status)
        status = find_states(c, llc, starts, count, states, err);
    for (size_t i = 0; i < count && !status; i++)
        make_item(spec, c->points[starts[i]].step, c->points[starts[i + 1]].step,
                  states + i, &items->values[items->count++ * items->fields]);
    free(states);
    return status;
}

static slt_status find_transitions(const slt_transitions_spec *spec, const curve_part *c,
                                   const slt_curve *llc, slt_items *items, slt_error *err)
{
    if (c->count < 2 * c->window)
        return SLT_OK;
    slt_real total =
        slt_real_sub(slt_real_mean(c->values, c->window),
                     slt_real_mean(c->values + c->count - c->window, c->window));
    if (!slt_real_less(slt_real_of(0), total))
        return SLT_OK;
    size_t *starts = slt_world.calloc(c->count + 2, sizeof *starts);
    if (!starts)
        return no_memory(err);
    size_t count = find_starts(c, slt_real_mul(spec->drop, total), starts);
    if (spec->drops_ends)
        count = drop_ends(c, starts, count);
    slt_status status =
        count ? make_items(spec, c, llc, starts, count, items, err) : SLT_OK;
    free(starts);
    return status;
}

slt_status slt_transitions_find(const slt_transitions_spec *spec,
                                const slt_outcome *outcome, slt_items *items,
                                slt_error *err)
{
    const slt_curve *curve = spec->metric.is_quantity
                                 ? slt_outcome_curve(outcome, &spec->metric.quantity)
                                 : NULL;
    curve_part c = {.window = (size_t)spec->window};
    slt_curve series = {0};
    *items = (slt_items){0};
    if (!curve)
        return SLT_OK;
    slt_status status = curve_part_open(curve, spec->from, &c, err);
    if (!status && spec->llc.is_quantity)
        status = slt_outcome_series(outcome, &spec->llc.quantity, &series, err);
    if (!status)
        status = find_transitions(spec, &c, &series, items, err);
    if (status) {
        free(items->values);
        *items = (slt_items){0};
    }
    free(c.values);
    free(series.points);
    return status;
}
