#include "study/figure.h"

#include <stdlib.h>
#include <string.h>

const char *slt_figure_text(const slt_value *map, const char *key, const char *absent)
{
    const slt_value *value = map ? slt_value_get(map, key) : NULL;
    return value && value->text ? value->text : absent;
}

const char *slt_figure_result(const slt_value *rows)
{
    return slt_figure_text(rows, "value", "llc/mean");
}

size_t slt_figure_axis(const slt_manifest *manifest, const char *name)
{
    size_t axis = 0;
    while (axis < slt_manifest_axes(manifest) &&
           strcmp(slt_manifest_axis(manifest, axis), name))
        axis++;
    return axis;
}

/* Texts are compared as numbers where both are. */
static bool same_value(const char *a, const char *b)
{
    slt_real x, y;
    if (slt_real_parse(a, &x) && slt_real_parse(b, &y))
        return x.bits == y.bits;
    return !strcmp(a, b);
}

static bool has_value(const slt_manifest *manifest, size_t run, size_t axis,
                      const slt_value *wanted)
{
    const char *value = slt_manifest_value(manifest, run, axis);
    if (wanted->kind != SLT_VALUE_LIST)
        return wanted->text && same_value(value, wanted->text);
    for (size_t i = 0; i < wanted->count; i++)
        if (wanted->items[i].text && same_value(value, wanted->items[i].text))
            return true;
    return false;
}

bool slt_figure_where(const slt_manifest *manifest, const slt_value *where, size_t run)
{
    for (size_t i = 0; where && i < where->count; i++) {
        size_t axis = slt_figure_axis(manifest, where->keys[i]);
        if (axis == slt_manifest_axes(manifest) ||
            !has_value(manifest, run, axis, &where->items[i]))
            return false;
    }
    return true;
}

/* ---- Series ------------------------------------------------------------------------ */

static size_t series_count(const slt_value *series)
{
    if (!series)
        return 0;
    return series->kind == SLT_VALUE_LIST ? series->count : 1;
}

static const char *series_name(const slt_value *series, size_t i)
{
    const slt_value *item = series->kind == SLT_VALUE_LIST ? &series->items[i] : series;
    return item->text ? item->text : "";
}

static bool same_series(const slt_manifest *manifest, const slt_value *series, size_t a,
                        size_t b)
{
    for (size_t i = 0; i < series_count(series); i++) {
        size_t axis = slt_figure_axis(manifest, series_name(series, i));
        if (axis < slt_manifest_axes(manifest) &&
            strcmp(slt_manifest_value(manifest, a, axis),
                   slt_manifest_value(manifest, b, axis)))
            return false;
    }
    return true;
}

void slt_series_print(const slt_manifest *manifest, const slt_value *series, size_t run,
                      const char *absent, slt_buffer *text)
{
    if (!series_count(series))
        slt_buffer_printf(text, "%s", absent);
    for (size_t i = 0; i < series_count(series); i++) {
        size_t axis = slt_figure_axis(manifest, series_name(series, i));
        if (axis < slt_manifest_axes(manifest))
            slt_buffer_printf(text, "%s%s=%s", i ? " " : "", series_name(series, i),
                              slt_manifest_value(manifest, run, axis));
    }
}

/* ---- Groups ------------------------------------------------------------------------ */

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the figure's points");
}

/* The place of a run's group: found, or to be made at *at. */
static bool find_group(const slt_manifest *manifest, size_t by, const slt_value *series,
                       const slt_points *points, size_t run, size_t *at)
{
    *at = points->count;
    for (size_t i = 0; i < points->count; i++) {
        if (!same_series(manifest, series, points->run[i], run))
            continue;
        *at = i + 1; /* a new x goes behind the last of its series */
        if (!strcmp(slt_manifest_value(manifest, points->run[i], by),
                    slt_manifest_value(manifest, run, by))) {
            *at = i;
            return true;
        }
    }
    return false;
}

static slt_status insert_group(slt_points *points, size_t at, size_t run, slt_error *err)
{
    size_t more = points->count + 1;
    size_t *runs = realloc(points->run, more * sizeof *runs);
    if (runs)
        points->run = runs;
    slt_real **values = realloc(points->values, more * sizeof *values);
    if (values)
        points->values = values;
    size_t *counts = realloc(points->counts, more * sizeof *counts);
    if (counts)
        points->counts = counts;
    if (!runs || !values || !counts)
        return no_memory(err);
    size_t behind = points->count - at;
    memmove(runs + at + 1, runs + at, behind * sizeof *runs);
    memmove(values + at + 1, values + at, behind * sizeof *values);
    memmove(counts + at + 1, counts + at, behind * sizeof *counts);
    runs[at] = run;
    values[at] = NULL;
    counts[at] = 0;
    points->count = more;
    return SLT_OK;
}

static slt_status add_value(slt_points *points, size_t at, slt_real value, slt_error *err)
{
    slt_real *values =
        realloc(points->values[at], (points->counts[at] + 1) * sizeof *values);
    if (!values)
        return no_memory(err);
    points->values[at] = values;
    values[points->counts[at]++] = value;
    return SLT_OK;
}

slt_status slt_points_group(const slt_manifest *manifest, const slt_outcome *outcomes,
                            size_t by, const slt_value *series, const slt_value *where,
                            const char *result, slt_points *points, slt_error *err)
{
    slt_status status = SLT_OK;
    *points = (slt_points){0};
    for (size_t run = 0; run < slt_manifest_runs(manifest) && !status; run++) {
        const slt_real *value = slt_outcome_find(&outcomes[run], result);
        size_t at;
        if (outcomes[run].status != SLT_RUN_DONE || !value ||
            !slt_figure_where(manifest, where, run))
            continue;
        if (!find_group(manifest, by, series, points, run, &at))
            status = insert_group(points, at, run, err);
        if (!status)
            status = add_value(points, at, *value, err);
    }
    if (status)
        slt_points_free(points);
    return status;
}

void slt_points_free(slt_points *points)
{
    for (size_t i = 0; i < points->count; i++)
        free(points->values[i]);
    free(points->run);
    free(points->values);
    free(points->counts);
    *points = (slt_points){0};
}
