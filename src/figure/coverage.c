/* Which runs a number of the figure is about, and which of these are not in it, since
 * they ended early. */
#include "figure/figure.h"

#include <string.h>

#include "base/escape.h"
#include "manifest/manifest.h"
#include "run/run_list.h"

/* ---- How runs ended ---------------------------------------------------------------- */

static bool ended_early(const slt_figure *figure, size_t run)
{
    return figure->statuses && figure->statuses[run] != SLT_RUN_DONE;
}

size_t slt_figure_ended_early(const slt_figure *figure)
{
    size_t count = 0;
    for (size_t run = 0; run < slt_manifest_runs(figure->manifest); run++)
        count += ended_early(figure, run);
    return count;
}

/* ---- What a number is about -------------------------------------------------------- */

/* Whether series is PREFIX NAME, alone or with more behind a point. */
static bool is_of(const char *series, const char *prefix, const char *name)
{
    size_t before = strlen(prefix), size = strlen(name);
    return !strncmp(series, prefix, before) && !strncmp(series + before, name, size) &&
           (series[before + size] == '.' || !series[before + size]);
}

static const char *name_of(const slt_value *item)
{
    return item->kind == SLT_VALUE_MAP ? slt_figure_text(item, "name", "") : item->text;
}

/* The item of a list of the figure part whose rows are called so: of several names that
 * fit, the longest. */
static const slt_value *find_item(const slt_figure *figure, const char *key,
                                  const char *prefix, const char *series)
{
    const slt_value *list = slt_value_get(figure->part, key), *found = NULL;
    for (size_t i = 0; list && i < list->count; i++) {
        const slt_value *item = &list->items[i];
        if (is_of(series, prefix, name_of(item)) &&
            (!found || strlen(name_of(item)) > strlen(name_of(found))))
            found = item;
    }
    return found;
}

/* The map that holds a fit's `where`: its own, or that of its points. */
static const slt_value *of_fit(const slt_figure *figure, const char *prefix,
                               const char *series)
{
    slt_fit_spec fit;
    const slt_value *found = NULL;
    size_t longest = 0;
    for (size_t i = 0; slt_fit_at(figure->part, i, &fit); i++)
        if (is_of(series, prefix, fit.name) && (!found || strlen(fit.name) > longest)) {
            const char *points = slt_figure_text(fit.curve, "points", NULL);
            found = points ? find_item(figure, "points", "", points) : fit.curve;
            longest = strlen(fit.name);
        }
    return found;
}

/* Whether a row that is none of figure.rows is about runs; *spec: the map that may have a
 * `where`, NULL for all runs. */
static bool find_spec(const slt_figure *figure, const char *series,
                      const slt_value **spec)
{
    static const struct {
        const char *key, *prefix;
    } lists[] = {{"points", "points."},
                 {"histograms", "hist."},
                 {"statistics", "stat."},
                 {"clusters", "cluster."}};
    *spec = NULL;
    if (!strncmp(series, "summary.", 8))
        return true;
    *spec = of_fit(figure, "fit.", series);
    const slt_value *bootstrap = find_item(figure, "bootstrap", "bootstrap.", series);
    if (bootstrap)
        *spec = of_fit(figure, "", slt_figure_text(bootstrap, "fit", ""));
    for (size_t i = 0; i < sizeof lists / sizeof *lists && !*spec; i++)
        *spec = find_item(figure, lists[i].key, lists[i].prefix, series);
    return *spec != NULL;
}

static void count_run(const slt_figure *figure, size_t run, slt_coverage *coverage)
{
    coverage->runs++;
    coverage->diverged += figure->statuses[run] == SLT_RUN_DIVERGED;
    coverage->overflow += figure->statuses[run] == SLT_RUN_OVERFLOW;
}

static bool leaves_out(const slt_coverage *coverage)
{
    return coverage->diverged + coverage->overflow > 0;
}

bool slt_figure_coverage(const slt_figure *figure, size_t row, slt_coverage *coverage)
{
    const slt_table_row *at = &figure->table.rows[row];
    const slt_value *spec;
    *coverage = (slt_coverage){0};
    if (!slt_figure_ended_early(figure) || !figure->part)
        return false;
    if (slt_table_part_of(at) == SLT_TABLE_ROWS) {
        size_t run = slt_figure_row_run(figure, row, 0, &spec);
        for (; run != SIZE_MAX; run = slt_figure_row_run(figure, row, run + 1, &spec))
            count_run(figure, run, coverage);
        return leaves_out(coverage);
    }
    if (!find_spec(figure, at->series, &spec))
        return false;
    const slt_value *where =
        spec && spec->kind == SLT_VALUE_MAP ? slt_value_get(spec, "where") : NULL;
    for (size_t run = 0; run < slt_manifest_runs(figure->manifest); run++)
        if (slt_figure_where(figure->manifest, where, run))
            count_run(figure, run, coverage);
    return leaves_out(coverage);
}

/* ---- Words ------------------------------------------------------------------------- */

/* ", 2 diverged, 1 overflowed". */
static void print_ends(size_t diverged, size_t overflow, slt_buffer *out)
{
    if (diverged)
        slt_buffer_printf(out, ", %zu diverged", diverged);
    if (overflow)
        slt_buffer_printf(out, ", %zu overflowed", overflow);
}

void slt_coverage_print(const slt_coverage *coverage, slt_buffer *out)
{
    slt_buffer_printf(out, "%zu of %zu runs",
                      coverage->runs - coverage->diverged - coverage->overflow,
                      coverage->runs);
    print_ends(coverage->diverged, coverage->overflow, out);
}

void slt_figure_print_ended(const slt_figure *figure, slt_buffer *out)
{
    size_t runs = slt_manifest_runs(figure->manifest), named = 0;
    size_t early = slt_figure_ended_early(figure);
    for (size_t run = 0; run < runs && named < SLT_RUNS_NAMED; run++) {
        if (!ended_early(figure, run))
            continue;
        slt_buffer_printf(out, "%s", named++ ? ", " : "");
        slt_run_print(run, slt_manifest_label(figure->manifest, run), out);
        slt_buffer_printf(out, figure->statuses[run] == SLT_RUN_DIVERGED ? " diverged"
                                                                         : " overflowed");
    }
    if (early > named)
        slt_buffer_printf(out, ", and %zu more", early - named);
}

/* ---- Rows that are not there ------------------------------------------------------- */

/* Whether the data have the row of figure.rows that a run would be in. */
static bool has_row(const slt_figure *figure, const slt_value *rows, size_t by,
                    size_t run, slt_buffer *series)
{
    slt_buffer_clear(series);
    slt_series_print(figure->manifest, rows, run, series);
    return slt_table_at(&figure->table, slt_buffer_text(series),
                        slt_manifest_value(figure->manifest, run, by)) != NULL;
}

/* Of runs that would share a row the first one speaks for all. */
static bool is_first(const slt_figure *figure, const slt_value *rows, size_t by,
                     size_t run, const char *series)
{
    slt_buffer other = {0};
    bool first = true;
    for (size_t i = 0; i < run && first; i++) {
        if (strcmp(slt_manifest_value(figure->manifest, i, by),
                   slt_manifest_value(figure->manifest, run, by)) ||
            !slt_figure_where(figure->manifest, slt_value_get(rows, "where"), i))
            continue;
        slt_buffer_clear(&other);
        slt_series_print(figure->manifest, rows, i, &other);
        first = strcmp(slt_buffer_text(&other), series) != 0;
    }
    slt_buffer_free(&other);
    return first;
}

void slt_figure_print_absent(const slt_figure *figure, slt_buffer *out)
{
    const slt_value *rows;
    slt_buffer series = {0};
    bool any = false;
    for (size_t i = 0; (rows = slt_figure_rows(figure->part, i)); i++) {
        size_t by = slt_figure_axis(figure->manifest, slt_figure_text(rows, "by", ""));
        if (by == slt_manifest_axes(figure->manifest))
            continue;
        for (size_t run = 0; run < slt_manifest_runs(figure->manifest); run++) {
            if (!ended_early(figure, run) ||
                !slt_figure_where(figure->manifest, slt_value_get(rows, "where"), run) ||
                has_row(figure, rows, by, run, &series) ||
                !is_first(figure, rows, by, run, slt_buffer_text(&series)))
                continue;
            const char *x = slt_manifest_value(figure->manifest, run, by);
            slt_buffer_printf(out, any ? ", " : "");
            slt_escape_line(out, series.data, series.size);
            slt_buffer_printf(out, " at ");
            slt_escape_line(out, x, strlen(x));
            any = true;
        }
    }
    slt_buffer_free(&series);
}
