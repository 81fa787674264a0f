/* The figure part of a manifest, and its runs in groups. */
#include "figure/figure.h"

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

const slt_value *slt_figure_rows(const slt_value *part, size_t index)
{
    const slt_value *rows = part ? slt_value_get(part, "rows") : NULL;
    if (rows && rows->kind == SLT_VALUE_LIST)
        return index < rows->count ? &rows->items[index] : NULL;
    return index ? NULL : rows;
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

void slt_series_print(const slt_manifest *manifest, const slt_value *rows, size_t run,
                      slt_buffer *text)
{
    const slt_value *series = slt_value_get(rows, "series");
    const char *name = slt_figure_text(rows, "name", NULL);
    if (name || !series_count(series))
        slt_buffer_printf(text, "%s", name ? name : slt_figure_result(rows));
    for (size_t i = 0; i < series_count(series); i++) {
        size_t axis = slt_figure_axis(manifest, series_name(series, i));
        if (axis < slt_manifest_axes(manifest))
            slt_buffer_printf(text, "%s%s=%s", i || name ? " " : "",
                              series_name(series, i),
                              slt_manifest_value(manifest, run, axis));
    }
}

/* ---- Groups ------------------------------------------------------------------------ */

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the figure's groups of runs");
}

/* The place of a run's group: found, or to be made at *at. */
static bool find_group(const slt_manifest *manifest, size_t by, const slt_value *series,
                       const slt_groups *groups, size_t run, size_t *at)
{
    *at = groups->count;
    for (size_t i = 0; i < groups->count; i++) {
        if (!same_series(manifest, series, groups->run[i], run))
            continue;
        *at = i + 1; /* a new x goes behind the last of its series */
        if (!strcmp(slt_manifest_value(manifest, groups->run[i], by),
                    slt_manifest_value(manifest, run, by))) {
            *at = i;
            return true;
        }
    }
    return false;
}

static slt_status insert_group(slt_groups *groups, size_t at, size_t run, slt_error *err)
{
    size_t more = groups->count + 1;
    size_t *runs = realloc(groups->run, more * sizeof *runs);
    if (runs)
        groups->run = runs;
    slt_real **values = realloc(groups->values, more * sizeof *values);
    if (values)
        groups->values = values;
    size_t *counts = realloc(groups->counts, more * sizeof *counts);
    if (counts)
        groups->counts = counts;
    if (!runs || !values || !counts)
        return no_memory(err);
    size_t behind = groups->count - at;
    memmove(runs + at + 1, runs + at, behind * sizeof *runs);
    memmove(values + at + 1, values + at, behind * sizeof *values);
    memmove(counts + at + 1, counts + at, behind * sizeof *counts);
    runs[at] = run;
    values[at] = NULL;
    counts[at] = 0;
    groups->count = more;
    return SLT_OK;
}

static slt_status add_value(slt_groups *groups, size_t at, slt_real value, slt_error *err)
{
    slt_real *values =
        realloc(groups->values[at], (groups->counts[at] + 1) * sizeof *values);
    if (!values)
        return no_memory(err);
    groups->values[at] = values;
    values[groups->counts[at]++] = value;
    return SLT_OK;
}

slt_status slt_groups_make(const slt_measures *measures, size_t by,
                           const slt_value *series, const slt_value *where,
                           const char *name, slt_groups *groups, slt_error *err)
{
    const slt_manifest *manifest = measures->manifest;
    slt_status status = SLT_OK;
    *groups = (slt_groups){0};
    for (size_t run = 0; run < measures->runs && !status; run++) {
        const slt_real *value = slt_measures_find(measures, run, name);
        size_t at;
        if (!value || !slt_figure_where(manifest, where, run))
            continue;
        if (!find_group(manifest, by, series, groups, run, &at))
            status = insert_group(groups, at, run, err);
        if (!status)
            status = add_value(groups, at, *value, err);
    }
    if (status)
        slt_groups_free(groups);
    return status;
}

void slt_groups_free(slt_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++)
        free(groups->values[i]);
    free(groups->run);
    free(groups->values);
    free(groups->counts);
    *groups = (slt_groups){0};
}
