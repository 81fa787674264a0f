/* Which runs a number of the figure is about, and which of them it leaves out because
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

static const slt_where *where_of_fit(const slt_fit_spec *fit)
{
    return fit->points ? &fit->points->where : &fit->where;
}

/* What selects the runs of a row that is not one of figure.rows; NULL if the row is not
 * about runs. */
static const slt_where *find_where(const slt_figure_spec *spec,
                                   const slt_table_origin *origin)
{
    static const slt_where all = {0};
    const size_t i = origin->item;
    if (origin->part == SLT_TABLE_SUMMARY)
        return &all;
    if (i == SIZE_MAX)
        return NULL;
    switch (origin->part) {
    case SLT_TABLE_POINTS:
        return &spec->points[i].where;
    case SLT_TABLE_CURVE:
        return spec->curves[i].has_run ? NULL : &spec->curves[i].where;
    case SLT_TABLE_HISTOGRAM:
    case SLT_TABLE_BINS:
        return &spec->histograms[i].where;
    case SLT_TABLE_FIT:
        return where_of_fit(&spec->fits[i]);
    case SLT_TABLE_BOOTSTRAP:
        return where_of_fit(spec->bootstraps[i].fit);
    case SLT_TABLE_STATISTIC:
        return &spec->statistics[i].where;
    case SLT_TABLE_CLUSTER:
        return &spec->clusters[i].where;
    default:
        return NULL;
    }
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
    *coverage = (slt_coverage){0};
    if (!slt_figure_ended_early(figure) || !figure->spec)
        return false;
    if (at->origin.part == SLT_TABLE_ROWS) {
        const slt_rows_spec *rows;
        size_t run = slt_figure_row_run(figure, row, 0, &rows);
        for (; run != SIZE_MAX; run = slt_figure_row_run(figure, row, run + 1, &rows))
            count_run(figure, run, coverage);
        return leaves_out(coverage);
    }
    const slt_where *where = find_where(figure->spec, &at->origin);
    if (!where)
        return false;
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

/* Whether the data contain the row of figure.rows that the run would be part of. */
static bool data_has_row_of(const slt_figure *figure, const slt_rows_spec *rows,
                            size_t run, slt_buffer *series)
{
    slt_buffer_clear(series);
    slt_figure_print_series(figure->manifest, rows, run, series);
    return slt_table_at(&figure->table, slt_buffer_text(series),
                        slt_manifest_value(figure->manifest, run, rows->by)) != NULL;
}

/* Whether the run is the first of those that would share its row, to name each row
 * once. */
static bool is_first_of_row(const slt_figure *figure, const slt_rows_spec *rows,
                            size_t run, const char *series)
{
    bool first = true;
    for (size_t i = 0; i < run && first; i++) {
        if (strcmp(slt_manifest_value(figure->manifest, i, rows->by),
                   slt_manifest_value(figure->manifest, run, rows->by)) ||
            !slt_figure_where(figure->manifest, &rows->where, i))
            continue;
        first = !slt_figure_series_is(figure->manifest, rows, i, series);
    }
    return first;
}

void slt_figure_print_absent(const slt_figure *figure, slt_buffer *out)
{
    slt_buffer series = {0};
    bool any = false;
    for (size_t i = 0; figure->spec && i < figure->spec->row_count; i++) {
        const slt_rows_spec *rows = &figure->spec->rows[i];
        for (size_t run = 0; run < slt_manifest_runs(figure->manifest); run++) {
            if (!ended_early(figure, run) ||
                !slt_figure_where(figure->manifest, &rows->where, run) ||
                data_has_row_of(figure, rows, run, &series) ||
                !is_first_of_row(figure, rows, run, slt_buffer_text(&series)))
                continue;
            const char *x = slt_manifest_value(figure->manifest, run, rows->by);
            slt_buffer_printf(out, any ? ", " : "");
            slt_escape_line(out, series.data, series.size);
            slt_buffer_printf(out, " at ");
            slt_escape_line(out, x, strlen(x));
            any = true;
        }
    }
    slt_buffer_free(&series);
}
