#include "figure/fit_data.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "figure/curve_data.h"
#include "figure/figure.h"
#include "figure/order.h"
#include "num/scalar.h"

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for its points");
}

/* ---- Samples ----------------------------------------------------------------------- */

/* Whether an end of the window, NULL if there is none, leaves x on the right side.  An
 * absent end leaves out everything. */
static slt_status window_end(const slt_measures *measures, const char *end, bool upper,
                             size_t run, size_t item, slt_real x, bool *inside,
                             slt_error *err)
{
    slt_real bound;
    if (!end)
        return SLT_OK;
    slt_status status = slt_measures_value(measures, end, run, item, &bound, err);
    *inside &= slt_real_finite(bound) &&
               !(upper ? slt_real_less(bound, x) : slt_real_less(x, bound));
    return status;
}

/* Adds a sample, of the last unit. */
static slt_status add_sample(slt_fit_data *data, const slt_measures *measures,
                             size_t item, slt_fit_sample sample, slt_error *err)
{
    const slt_fit_spec *spec = data->spec;
    const size_t run = sample.run;
    if (data->count == data->room) {
        const size_t room = data->room ? 2 * data->room : 64;
        slt_fit_sample *more = slt_world.realloc(data->samples, room * sizeof *more);
        if (!more)
            return no_memory(err);
        data->samples = more;
        data->room = room;
    }
    sample.unit = data->units - 1;
    sample.inside = true;
    slt_status status =
        window_end(measures, spec->from, false, run, item, sample.x, &sample.inside, err);
    if (!status)
        status = window_end(measures, spec->to, true, run, item, sample.x, &sample.inside,
                            err);
    data->samples[data->count] = sample;
    data->count += !status;
    return status;
}

/* The same of a run, which is a unit. */
static slt_status add_of_run(slt_fit_data *data, const slt_measures *measures, size_t run,
                             size_t item, size_t key, slt_real x, slt_real y,
                             slt_error *err)
{
    if (!data->count || data->samples[data->count - 1].run != run)
        data->units++;
    return add_sample(data, measures, item,
                      (slt_fit_sample){.run = run, .key = key, .x = x, .y = y}, err);
}

/* Whether a run is one of those that the samples are taken of. */
static bool data_takes(const slt_measures *measures, const slt_fit_spec *spec,
                       size_t first, size_t run)
{
    return first == SIZE_MAX || slt_figure_same_series(measures->manifest, spec->series,
                                                       spec->series_count, first, run);
}

static slt_status samples_of_points(slt_fit_data *data, const slt_measures *measures,
                                    size_t first, slt_error *err)
{
    const slt_points_spec *from = data->spec->points;
    slt_values values;
    slt_status status =
        slt_values_collect(measures, &from->where, from->x, from->y, &values, err);
    for (size_t i = 0; i < values.count && !status; i++)
        if (data_takes(measures, data->spec, first, values.run[i]))
            status = add_of_run(data, measures, values.run[i], values.item[i],
                                data->keys++, values.x[i], values.y[i], err);
    slt_values_free(&values);
    return status;
}

/* The number of a run's value of an axis among the values of the samples before it. */
static size_t key_of_axis(slt_fit_data *data, const slt_manifest *manifest, size_t axis,
                          size_t run)
{
    const char *text = slt_manifest_value(manifest, run, axis);
    for (size_t i = 0; i < data->count; i++)
        if (!strcmp(slt_manifest_value(manifest, data->samples[i].run, axis), text))
            return data->samples[i].key;
    return data->keys++;
}

static slt_status samples_of_axis(slt_fit_data *data, const slt_measures *measures,
                                  size_t first, slt_error *err)
{
    const slt_fit_spec *spec = data->spec;
    slt_status status = SLT_OK;
    if (spec->axis == SIZE_MAX)
        return slt_fail(err, SLT_FORMAT, "no sweep axis '%s'", spec->x);
    data->means = true;
    for (size_t run = 0; run < measures->runs && !status; run++) {
        const slt_real *y = slt_measures_find(measures, run, &spec->y);
        const char *text = slt_manifest_value(measures->manifest, run, spec->axis);
        slt_real x;
        if (!y || !slt_figure_where(measures->manifest, &spec->where, run) ||
            !data_takes(measures, spec, first, run))
            continue;
        if (!slt_real_parse(text, &x))
            return slt_fail(err, SLT_FORMAT, "the axis has the value '%s', no number",
                            text);
        status = add_of_run(data, measures, run, SIZE_MAX,
                            key_of_axis(data, measures->manifest, spec->axis, run), x, *y,
                            err);
    }
    return status;
}

/* Samples of equal x make one point, points ascend. */
static slt_status find_keys(slt_fit_data *data, slt_error *err)
{
    size_t *order = slt_world.calloc(data->count + 1, sizeof *order);
    slt_real *x = slt_world.calloc(data->count + 1, sizeof *x);
    for (size_t i = 0; i < data->count && x; i++)
        x[i] = data->samples[i].x;
    slt_status status =
        order && x ? slt_order_find(x, data->count, order, err) : no_memory(err);
    for (size_t i = 0; i < data->count && !status; i++) {
        data->keys += !i || slt_real_less(x[order[i - 1]], x[order[i]]);
        data->samples[order[i]].key = data->keys - 1;
    }
    data->means = true;
    free(order);
    free(x);
    return status;
}

static slt_status samples_of_curve(slt_fit_data *data, const slt_measures *measures,
                                   size_t first, slt_error *err)
{
    const slt_fit_spec *spec = data->spec;
    slt_curve_data curve;
    slt_status status =
        slt_curve_data_make(measures, spec->curve, spec->of, first, &curve, err);
    for (size_t i = 0; i < curve.count && !status; i++) {
        const slt_curve_sample *sample = &curve.samples[i];
        status = add_of_run(data, measures, sample->run, SIZE_MAX, 0, sample->x,
                            sample->value, err);
    }
    slt_curve_data_free(&curve);
    return status ? status : find_keys(data, err);
}

/* ---- Blocks of trials -------------------------------------------------------------- */

/* The sums of a block where the trials' curve has places, whose order is that of the
 * tally's columns. */
static slt_status samples_of_block(slt_fit_data *data, const slt_measures *measures,
                                   size_t run, const slt_curve *places,
                                   const slt_blocks *blocks, size_t block, slt_error *err)
{
    const slt_curves_spec *curve = data->spec->curve;
    slt_status status = SLT_OK;
    data->units++;
    for (size_t col = 0; col < blocks->cols && !status; col++) {
        const size_t at = block * blocks->cols + col;
        slt_fit_sample sample = {.run = run,
                                 .x = slt_real_from_u64(places->points[col].step),
                                 .y = blocks->sums[at],
                                 .weight = slt_real_from_u64(blocks->counts[at])};
        if (curve->x)
            status = slt_measures_value_at(measures, curve->x, run,
                                           places->points[col].step, &sample.x, err);
        if (!status && slt_real_finite(sample.x) && blocks->counts[at])
            status = add_sample(data, measures, SIZE_MAX, sample, err);
    }
    return status;
}

static slt_status samples_of_trials(slt_fit_data *data, const slt_measures *measures,
                                    size_t run, slt_error *err)
{
    const slt_outcome *outcome = &measures->outcomes[run];
    slt_quantity trials = data->spec->of->quantity;
    const slt_blocks *blocks = slt_outcome_blocks(outcome, trials.name);
    slt_curve places = {0};
    slt_status status = SLT_OK;
    trials.kind = SLT_QUANTITY_TALLY_TRIALS;
    if (!blocks)
        return SLT_OK;
    status = slt_outcome_series(outcome, &trials, &places, err);
    for (size_t i = 0; i < blocks->count && !status && places.count == blocks->cols; i++)
        status = samples_of_block(data, measures, run, &places, blocks, i, err);
    free(places.points);
    return status;
}

static slt_status samples_of_blocks(slt_fit_data *data, const slt_measures *measures,
                                    size_t first, slt_error *err)
{
    const slt_curves_spec *curve = data->spec->curve;
    slt_status status = SLT_OK;
    data->sums = true;
    for (size_t run = 0; run < measures->runs && !status; run++)
        if (slt_curve_asks_for(measures, curve, first, run))
            status = samples_of_trials(data, measures, run, err);
    return status ? status : find_keys(data, err);
}

/* ---- All --------------------------------------------------------------------------- */

static slt_status find_begins(slt_fit_data *data, slt_error *err)
{
    data->begins = slt_world.calloc(data->units + 1, sizeof *data->begins);
    if (!data->begins)
        return no_memory(err);
    for (size_t i = 0; i < data->count; i++)
        data->begins[data->samples[i].unit + 1]++;
    for (size_t unit = 0; unit < data->units; unit++)
        data->begins[unit + 1] += data->begins[unit];
    return SLT_OK;
}

slt_status slt_fit_data_make(const slt_measures *measures, const slt_fit_spec *spec,
                             size_t first, bool blocks, slt_fit_data *data,
                             slt_error *err)
{
    *data = (slt_fit_data){.spec = spec};
    slt_status status = blocks         ? samples_of_blocks(data, measures, first, err)
                        : spec->points ? samples_of_points(data, measures, first, err)
                        : spec->curve  ? samples_of_curve(data, measures, first, err)
                                       : samples_of_axis(data, measures, first, err);
    return status ? status : find_begins(data, err);
}

void slt_fit_data_free(slt_fit_data *data)
{
    free(data->samples);
    free(data->begins);
    *data = (slt_fit_data){0};
}

/* ---- Series ------------------------------------------------------------------------ */

static bool fit_selects(const slt_measures *measures, const slt_fit_spec *spec,
                        size_t run)
{
    const slt_where *where = spec->points  ? &spec->points->where
                             : spec->curve ? &spec->curve->where
                                           : &spec->where;
    return measures->outcomes[run].status == SLT_RUN_DONE &&
           slt_figure_where(measures->manifest, where, run);
}

bool slt_fit_begins_series(const slt_measures *measures, const slt_fit_spec *spec,
                           size_t run)
{
    bool begins = fit_selects(measures, spec, run);
    for (size_t i = 0; i < run && begins; i++)
        begins = !fit_selects(measures, spec, i) || !data_takes(measures, spec, i, run);
    return begins;
}

/* ---- Points ------------------------------------------------------------------------ */

/* Adds a point; an exponent's by its logarithms, or not where it has none. */
static void add_point(const slt_fit_data *data, slt_real x, slt_real y,
                      slt_fit_points *points)
{
    const slt_real zero = slt_real_of(0);
    if (data->spec->kind == SLT_FIT_EXPONENT) {
        if (!slt_real_less(zero, x) || !slt_real_less(zero, y))
            return;
        x = slt_real_log(x);
        y = slt_real_log(y);
    }
    points->x[points->count] = x;
    points->y[points->count++] = y;
}

/* Puts the samples of one key side by side, in their order: key k has those from
 * begins[k] to begins[k + 1].  Room: begins keys + 2, sorted count. */
static void sort_by_key(const slt_fit_data *data, const size_t *order, size_t count,
                        size_t *begins, size_t *sorted)
{
    for (size_t i = 0; i < count; i++)
        begins[data->samples[order[i]].key + 2]++;
    for (size_t k = 0; k < data->keys; k++)
        begins[k + 2] += begins[k + 1];
    for (size_t i = 0; i < count; i++)
        sorted[begins[data->samples[order[i]].key + 1]++] = order[i];
}

/* The mean of the samples of a key, `values` having room for them: of sums the sum of the
 * sums over that of their weights. */
static slt_real mean_of(const slt_fit_data *data, const size_t *samples, size_t count,
                        slt_real *values)
{
    slt_real sum = slt_real_of(0), weight = slt_real_of(0);
    for (size_t i = 0; i < count; i++) {
        values[i] = data->samples[samples[i]].y;
        sum = slt_real_add(sum, values[i]);
        weight = slt_real_add(weight, data->samples[samples[i]].weight);
    }
    return data->sums ? slt_real_div(sum, weight) : slt_real_mean(values, count);
}

/* A point for each key that has a sample: its x, and the mean. */
static slt_status add_means(const slt_fit_data *data, const size_t *order, size_t count,
                            slt_fit_points *points, slt_error *err)
{
    size_t *begins = slt_world.calloc(data->keys + 2, sizeof *begins);
    size_t *sorted = slt_world.calloc(count + 1, sizeof *sorted);
    slt_real *values = slt_world.calloc(count + 1, sizeof *values);
    const bool fine = begins && sorted && values;
    if (fine)
        sort_by_key(data, order, count, begins, sorted);
    for (size_t k = 0; k < data->keys && fine; k++) {
        const size_t *samples = sorted + begins[k];
        const size_t n = begins[k + 1] - begins[k];
        if (n)
            add_point(data, data->samples[samples[0]].x,
                      mean_of(data, samples, n, values), points);
    }
    free(begins);
    free(sorted);
    free(values);
    return fine ? SLT_OK : no_memory(err);
}

/* The samples that count, by number; *count says how many.  NULL without memory. */
static size_t *order_samples(const slt_fit_data *data, const size_t *units, size_t drawn,
                             bool all, size_t *count)
{
    size_t most = 0;
    for (size_t j = 0; j < drawn; j++) {
        const size_t unit = units ? units[j] : j;
        most += data->begins[unit + 1] - data->begins[unit];
    }
    size_t *order = slt_world.calloc(most + 1, sizeof *order);
    *count = 0;
    for (size_t j = 0; j < drawn && order; j++) {
        const size_t unit = units ? units[j] : j;
        for (size_t i = data->begins[unit]; i < data->begins[unit + 1]; i++)
            if (all || data->samples[i].inside)
                order[(*count)++] = i;
    }
    return order;
}

slt_status slt_fit_points_make(const slt_fit_data *data, const size_t *units,
                               size_t drawn, bool all, slt_fit_points *points,
                               slt_error *err)
{
    size_t count;
    size_t *order = order_samples(data, units, units ? drawn : data->units, all, &count);
    *points = (slt_fit_points){
        .x = order ? slt_world.calloc(count + 1, sizeof *points->x) : NULL,
        .y = order ? slt_world.calloc(count + 1, sizeof *points->y) : NULL};
    slt_status status = points->x && points->y ? SLT_OK : no_memory(err);
    if (!status && data->means)
        status = add_means(data, order, count, points, err);
    for (size_t i = 0; i < count && !status && !data->means; i++)
        add_point(data, data->samples[order[i]].x, data->samples[order[i]].y, points);
    free(order);
    if (status)
        slt_fit_points_free(points);
    return status;
}

void slt_fit_points_free(slt_fit_points *points)
{
    free(points->x);
    free(points->y);
    *points = (slt_fit_points){0};
}
