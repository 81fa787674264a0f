#include "figure/curve_data.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "figure/along.h"
#include "figure/figure.h"
#include "figure/order.h"
#include "num/scalar.h"

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the figure's curves");
}

/* ---- Which runs -------------------------------------------------------------------- */

/* Whether means over runs take this one. */
static bool curve_takes(const slt_measures *measures, const slt_curves_spec *spec,
                        size_t run)
{
    return measures->outcomes[run].status == SLT_RUN_DONE &&
           slt_figure_where(measures->manifest, &spec->where, run);
}

bool slt_curve_begins_series(const slt_measures *measures, const slt_curves_spec *spec,
                             size_t run)
{
    bool first = curve_takes(measures, spec, run);
    for (size_t i = 0; i < run && first; i++)
        first = !curve_takes(measures, spec, i) ||
                !slt_figure_same_series(measures->manifest, spec->series,
                                        spec->series_count, i, run);
    return first;
}

bool slt_curve_asks_for(const slt_measures *measures, const slt_curves_spec *spec,
                        size_t first, size_t run)
{
    if (spec->has_run)
        return run == spec->run;
    return curve_takes(measures, spec, run) &&
           slt_figure_same_series(measures->manifest, spec->series, spec->series_count,
                                  first, run);
}

/* ---- Collecting -------------------------------------------------------------------- */

static slt_status add_sample(slt_curve_data *data, slt_curve_sample sample,
                             slt_error *err)
{
    if (data->count == data->room) {
        const size_t room = data->room ? 2 * data->room : 64;
        slt_curve_sample *more = slt_world.realloc(data->samples, room * sizeof *more);
        if (!more)
            return no_memory(err);
        data->samples = more;
        data->room = room;
    }
    data->samples[data->count++] = sample;
    return SLT_OK;
}

static slt_status find_order(slt_curve_data *data, slt_error *err)
{
    slt_real *x = slt_world.calloc(data->count + 1, sizeof *x);
    data->order = slt_world.calloc(data->count + 1, sizeof *data->order);
    for (size_t i = 0; i < data->count && x; i++)
        x[i] = data->samples[i].x;
    slt_status status = x && data->order
                            ? slt_order_find(x, data->count, data->order, err)
                            : no_memory(err);
    free(x);
    return status;
}

/* What the samples, in this order, have at x: the first of them there, else a straight
 * line between the two about it; absent beyond their ends. */
static slt_real value_at(const slt_curve_sample *samples, const size_t *order,
                         size_t count, slt_real x)
{
    size_t next = 0;
    while (next < count && slt_real_less(samples[order[next]].x, x))
        next++;
    if (next == count)
        return slt_real_absent();
    const slt_curve_sample *behind = &samples[order[next]];
    if (!slt_real_less(x, behind->x))
        return behind->value;
    if (!next)
        return slt_real_absent();
    const slt_curve_sample *before = &samples[order[next - 1]];
    return slt_order_between(before->value, behind->value,
                             slt_order_share(x, before->x, behind->x));
}

/* Puts in place of the samples of a run, those from `first` on, what they have at the
 * item's own x. */
static slt_status read_off(const slt_curves_spec *spec, size_t run, size_t first,
                           slt_curve_data *data, slt_error *err)
{
    slt_curve_data of = {.count = data->count - first};
    of.samples = slt_world.calloc(of.count + 1, sizeof *of.samples);
    if (!of.samples)
        return no_memory(err);
    if (of.count)
        memcpy(of.samples, data->samples + first, of.count * sizeof *of.samples);
    slt_status status = find_order(&of, err);
    data->count = first;
    for (size_t i = 0; i < spec->at_count && !status; i++) {
        const slt_curve_sample sample = {
            .run = run,
            .x = spec->at[i],
            .value = value_at(of.samples, of.order, of.count, spec->at[i])};
        if (slt_real_finite(sample.value))
            status = add_sample(data, sample, err);
    }
    slt_curve_data_free(&of);
    return status;
}

/* Adds what a run shows, but for the places that have no x. */
static slt_status add_run(const slt_measures *measures, const slt_curves_spec *spec,
                          const slt_figure_value *of, size_t run, slt_curve_data *data,
                          slt_error *err)
{
    const size_t first = data->count;
    slt_along along;
    slt_status status = slt_along_open(&measures->outcomes[run], of, 0, &along, err);
    for (size_t i = 0; !status && along.curve && i < along.curve->count; i++) {
        const slt_curve_point *point = &along.curve->points[i];
        slt_curve_sample sample = {run, point->step, slt_real_from_u64(point->step),
                                   point->value};
        if (spec->x)
            status = slt_measures_value_at(measures, spec->x, run, point->step, &sample.x,
                                           err);
        if (!status && slt_real_finite(sample.x))
            status = add_sample(data, sample, err);
    }
    slt_along_close(&along);
    return !status && spec->at_count ? read_off(spec, run, first, data, err) : status;
}

slt_status slt_curve_data_make(const slt_measures *measures, const slt_curves_spec *spec,
                               const slt_figure_value *of, size_t first,
                               slt_curve_data *data, slt_error *err)
{
    slt_status status = SLT_OK;
    *data = (slt_curve_data){0};
    for (size_t run = 0; run < measures->runs && !status; run++)
        if (slt_curve_asks_for(measures, spec, first, run))
            status = add_run(measures, spec, of, run, data, err);
    return status ? status : find_order(data, err);
}

void slt_curve_data_free(slt_curve_data *data)
{
    free(data->samples);
    free(data->order);
    *data = (slt_curve_data){0};
}

size_t slt_curve_group_end(const slt_curve_data *data, size_t from)
{
    const slt_real x = data->samples[data->order[from]].x;
    size_t end = from + 1;
    while (end < data->count && !slt_real_less(x, data->samples[data->order[end]].x))
        end++;
    return end;
}
