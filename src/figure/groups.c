/* Which runs a figure selects, and how it groups them. */
#include "figure/figure.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"

bool slt_figure_where(const slt_manifest *manifest, const slt_where *where, size_t run)
{
    for (size_t i = 0; i < where->count; i++)
        if (strcmp(slt_manifest_value(manifest, run, where->items[i].axis),
                   where->items[i].value))
            return false;
    return true;
}

/* ---- Series ------------------------------------------------------------------------ */

bool slt_figure_same_series(const slt_manifest *manifest, const size_t *axes,
                            size_t count, size_t a, size_t b)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(slt_manifest_value(manifest, a, axes[i]),
                   slt_manifest_value(manifest, b, axes[i])))
            return false;
    return true;
}

slt_status slt_figure_name_series(const slt_manifest *manifest, const size_t *axes,
                                  size_t count, size_t run, slt_buffer *text,
                                  slt_error *err)
{
    slt_buffer_clear(text);
    for (size_t i = 0; i < count; i++)
        slt_buffer_printf(text, " %s=%s", slt_manifest_axis(manifest, axes[i]),
                          slt_manifest_value(manifest, run, axes[i]));
    slt_buffer_text(text);
    return text->failed ? slt_fail(err, SLT_RESOURCE, "no memory for a series' name")
                        : SLT_OK;
}

void slt_figure_print_series(const slt_manifest *manifest, const slt_rows_spec *rows,
                             size_t run, slt_buffer *text)
{
    if (*rows->name || !rows->series_count)
        slt_buffer_printf(text, "%s", *rows->name ? rows->name : rows->value.text);
    for (size_t i = 0; i < rows->series_count; i++)
        slt_buffer_printf(text, "%s%s=%s", i || *rows->name ? " " : "",
                          slt_manifest_axis(manifest, rows->series[i]),
                          slt_manifest_value(manifest, run, rows->series[i]));
}

/* Whether a text begins with a piece, which is then skipped. */
static bool skip_piece(const char **text, const char *piece)
{
    const size_t size = strlen(piece);
    if (strncmp(*text, piece, size))
        return false;
    *text += size;
    return true;
}

bool slt_figure_series_is(const slt_manifest *manifest, const slt_rows_spec *rows,
                          size_t run, const char *series)
{
    bool same = true;
    if (*rows->name || !rows->series_count)
        same = skip_piece(&series, *rows->name ? rows->name : rows->value.text);
    for (size_t i = 0; i < rows->series_count && same; i++)
        same = skip_piece(&series, i || *rows->name ? " " : "") &&
               skip_piece(&series, slt_manifest_axis(manifest, rows->series[i])) &&
               skip_piece(&series, "=") &&
               skip_piece(&series, slt_manifest_value(manifest, run, rows->series[i]));
    return same && !*series;
}

bool slt_figure_series_is_of(const slt_rows_spec *rows, const char *series)
{
    const size_t size = strlen(rows->name);
    return !size ||
           (!strncmp(series, rows->name, size) && (!series[size] || series[size] == ' '));
}

const char *slt_figure_series_title(const slt_rows_spec *rows, const char *series)
{
    const size_t size = strlen(rows->name);
    return size && series[size] ? series + size + 1 : series;
}

/* ---- Groups ------------------------------------------------------------------------ */

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the figure's groups of runs");
}

/* Finds the group of a run: *at is its index or, if there is none yet, where to insert
 * it. */
static bool find_group(const slt_manifest *manifest, const slt_rows_spec *rows,
                       const slt_groups *groups, size_t run, size_t *at)
{
    *at = groups->count;
    for (size_t i = 0; i < groups->count; i++) {
        if (!slt_figure_same_series(manifest, rows->series, rows->series_count,
                                    groups->run[i], run))
            continue;
        *at = i + 1; /* a new x goes after the last of its series */
        if (!strcmp(slt_manifest_value(manifest, groups->run[i], rows->by),
                    slt_manifest_value(manifest, run, rows->by))) {
            *at = i;
            return true;
        }
    }
    return false;
}

static slt_status insert_group(slt_groups *groups, size_t at, size_t run, slt_error *err)
{
    size_t more = groups->count + 1;
    size_t *runs = slt_world.realloc(groups->run, more * sizeof *runs);
    if (runs)
        groups->run = runs;
    slt_real **values = slt_world.realloc(groups->values, more * sizeof *values);
    if (values)
        groups->values = values;
    size_t *counts = slt_world.realloc(groups->counts, more * sizeof *counts);
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
        slt_world.realloc(groups->values[at], (groups->counts[at] + 1) * sizeof *values);
    if (!values)
        return no_memory(err);
    groups->values[at] = values;
    values[groups->counts[at]++] = value;
    return SLT_OK;
}

slt_status slt_groups_make(const slt_measures *measures, const slt_rows_spec *rows,
                           slt_groups *groups, slt_error *err)
{
    const slt_manifest *manifest = measures->manifest;
    slt_status status = SLT_OK;
    *groups = (slt_groups){0};
    for (size_t run = 0; run < measures->runs && !status; run++) {
        const slt_real *value = slt_measures_find(measures, run, &rows->value);
        size_t at;
        if (!value || !slt_figure_where(manifest, &rows->where, run))
            continue;
        if (!find_group(manifest, rows, groups, run, &at))
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
