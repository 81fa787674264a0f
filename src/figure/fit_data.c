#include "figure/fit_data.h"

#include <stdlib.h>
#include <string.h>

#include "figure/curve_data.h"
#include "figure/figure.h"
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

/* Adds a sample; one of another run than the one before begins a unit. */
static slt_status add_sample(slt_fit_data *data, const slt_measures *measures, size_t run,
                             size_t item, size_t key, slt_real x, slt_real y,
                             slt_error *err)
{
    if (data->count == data->room) {
        const size_t room = data->room ? 2 * data->room : 64;
        slt_fit_sample *more = realloc(data->samples, room * sizeof *more);
        if (!more)
            return no_memory(err);
        data->samples = more;
        data->room = room;
    }
    const slt_fit_sample *before = data->count ? &data->samples[data->count - 1] : NULL;
    slt_fit_sample sample = {
        .run = run, .unit = data->units, .key = key, .x = x, .y = y, .inside = true};
    if (before && before->run == run)
        sample.unit = before->unit;
    slt_status status =
        window_end(measures, data->spec->from, false, run, item, x, &sample.inside, err);
    if (!status)
        status =
            window_end(measures, data->spec->to, true, run, item, x, &sample.inside, err);
    if (status)
        return status;
    data->samples[data->count++] = sample;
    data->units = sample.unit + 1;
    return SLT_OK;
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
            status = add_sample(data, measures, values.run[i], values.item[i],
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
        status = add_sample(data, measures, run, SIZE_MAX,
                            key_of_axis(data, measures->manifest, spec->axis, run), x, *y,
                            err);
    }
    return status;
}

/* Those of a curve: of equal x they make one point. */
static slt_status samples_of_curve(slt_fit_data *data, const slt_measures *measures,
                                   size_t first, slt_error *err)
{
    const slt_fit_spec *spec = data->spec;
    slt_curve_data curve;
    slt_status status =
        slt_curve_data_make(measures, spec->curve, spec->of, first, &curve, err);
    size_t *key = calloc(curve.count + 1, sizeof *key);
    if (!status && !key)
        status = no_memory(err);
    data->means = true;
    for (size_t from = 0, end; from < curve.count && !status; from = end) {
        end = slt_curve_group_end(&curve, from);
        for (size_t i = from; i < end; i++)
            key[curve.order[i]] = data->keys;
        data->keys++;
    }
    for (size_t i = 0; i < curve.count && !status; i++) {
        const slt_curve_sample *sample = &curve.samples[i];
        status = add_sample(data, measures, sample->run, SIZE_MAX, key[i], sample->x,
                            sample->value, err);
    }
    free(key);
    slt_curve_data_free(&curve);
    return status;
}

static slt_status find_begins(slt_fit_data *data, slt_error *err)
{
    data->begins = calloc(data->units + 1, sizeof *data->begins);
    if (!data->begins)
        return no_memory(err);
    for (size_t i = data->count; i-- > 0;)
        data->begins[data->samples[i].unit] = i;
    data->begins[data->units] = data->count;
    return SLT_OK;
}

slt_status slt_fit_data_make(const slt_measures *measures, const slt_fit_spec *spec,
                             size_t first, slt_fit_data *data, slt_error *err)
{
    *data = (slt_fit_data){.spec = spec};
    slt_status status = spec->points  ? samples_of_points(data, measures, first, err)
                        : spec->curve ? samples_of_curve(data, measures, first, err)
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
 * begins[k] to begins[k + 1].  Room: begins keys + 2, values count. */
static void sort_by_key(const slt_fit_data *data, const size_t *order, size_t count,
                        size_t *begins, slt_real *values)
{
    for (size_t i = 0; i < count; i++)
        begins[data->samples[order[i]].key + 2]++;
    for (size_t k = 0; k < data->keys; k++)
        begins[k + 2] += begins[k + 1];
    for (size_t i = 0; i < count; i++)
        values[begins[data->samples[order[i]].key + 1]++] = data->samples[order[i]].y;
}

/* A point for each key that has a sample: its x, and the mean. */
static slt_status add_means(const slt_fit_data *data, const size_t *order, size_t count,
                            slt_fit_points *points, slt_error *err)
{
    size_t *begins = calloc(data->keys + 2, sizeof *begins);
    slt_real *values = calloc(count + 1, sizeof *values);
    slt_real *x = calloc(data->keys + 1, sizeof *x);
    const bool fine = begins && values && x;
    if (fine)
        sort_by_key(data, order, count, begins, values);
    for (size_t i = 0; i < count && fine; i++)
        x[data->samples[order[i]].key] = data->samples[order[i]].x;
    for (size_t k = 0; k < data->keys && fine; k++)
        if (begins[k + 1] > begins[k])
            add_point(data, x[k],
                      slt_real_mean(values + begins[k], begins[k + 1] - begins[k]),
                      points);
    free(begins);
    free(values);
    free(x);
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
    size_t *order = calloc(most + 1, sizeof *order);
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
    *points = (slt_fit_points){.x = order ? calloc(count + 1, sizeof *points->x) : NULL,
                               .y = order ? calloc(count + 1, sizeof *points->y) : NULL};
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
