/* figure.rows: groups of runs along an axis, each with its mean and error. */
#include "figure/figure.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "num/scalar.h"

bool slt_figure_error(slt_rows_error kind, const slt_real *values, size_t count,
                      slt_real *error)
{
    if (count < 2 || kind == SLT_ROWS_NO_ERROR)
        return false;
    *error = slt_real_sd(values, count);
    if (kind == SLT_ROWS_SE)
        *error = slt_real_div(*error, slt_real_sqrt(slt_real_from_u64(count)));
    return true;
}

static slt_status add_group(slt_figure *figure, const slt_measures *measures,
                            const slt_rows_spec *rows, const slt_groups *groups, size_t i,
                            slt_error *err)
{
    slt_buffer series = {0};
    slt_real error;
    size_t run = groups->run[i];
    uint64_t n = groups->counts[i];
    bool has_error =
        slt_figure_error(rows->error, groups->values[i], groups->counts[i], &error);
    if (n == 1 && rows->value.is_quantity) {
        const slt_alone alone = slt_figure_alone(&measures->outcomes[run],
                                                 &rows->value.quantity, rows->error);
        has_error = alone.has_error;
        error = alone.error;
        n = alone.n;
    }
    const slt_table_origin origin = {.part = SLT_TABLE_ROWS,
                                     .item = (size_t)(rows - figure->spec->rows)};
    slt_figure_print_series(figure->manifest, rows, run, &series);
    const char *text = slt_buffer_text(&series);
    slt_status status =
        series.failed
            ? slt_fail(err, SLT_RESOURCE, "no memory for the figure")
            : slt_figure_add(figure, origin,
                             slt_manifest_value(figure->manifest, run, rows->by),
                             slt_real_mean(groups->values[i], groups->counts[i]),
                             has_error ? &error : NULL, &n, err, "%s", text);
    slt_buffer_free(&series);
    return status;
}

static slt_status add_groups(slt_figure *figure, const slt_measures *measures,
                             const slt_rows_spec *rows, const slt_groups *groups,
                             slt_error *err)
{
    slt_status status = SLT_OK;
    size_t before = figure->table.row_count;
    size_t *first_run = slt_world.realloc(
        figure->first_run, (before + groups->count + 1) * sizeof *figure->first_run);
    if (!first_run)
        return slt_fail(err, SLT_RESOURCE, "no memory for the figure's rows");
    figure->first_run = first_run;
    for (size_t i = 0; i < groups->count && !status; i++) {
        first_run[before + i] = groups->run[i];
        status = add_group(figure, measures, rows, groups, i, err);
    }
    return status;
}

static slt_status make_rows(slt_figure *figure, const slt_measures *measures,
                            const slt_rows_spec *rows, slt_error *err)
{
    slt_groups groups;
    slt_status status = slt_groups_make(measures, rows, &groups, err);
    if (!status)
        status = add_groups(figure, measures, rows, &groups, err);
    slt_groups_free(&groups);
    return status;
}

slt_status slt_figure_make_rows(slt_figure *figure, const slt_measures *measures,
                                slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < figure->spec->row_count && !status; i++)
        status = make_rows(figure, measures, &figure->spec->rows[i], err);
    return status;
}

/* ---- Rows that were read back ------------------------------------------------------ */

/* Whether a row of the table is the one that `rows` makes from a run. */
static bool row_comes_from(const slt_figure *figure, const slt_rows_spec *rows,
                           size_t run, const slt_table_row *row)
{
    return !strcmp(slt_manifest_value(figure->manifest, run, rows->by), row->x) &&
           slt_figure_where(figure->manifest, &rows->where, run) &&
           slt_figure_series_is(figure->manifest, rows, run, row->series);
}

size_t slt_figure_row_run(const slt_figure *figure, size_t row, size_t from,
                          const slt_rows_spec **of)
{
    for (size_t i = 0; figure->spec && i < figure->spec->row_count; i++) {
        *of = &figure->spec->rows[i];
        for (size_t run = from; run < slt_manifest_runs(figure->manifest); run++)
            if (row_comes_from(figure, *of, run, &figure->table.rows[row]))
                return run;
    }
    return SIZE_MAX;
}

slt_status slt_figure_find_runs(slt_figure *figure, slt_error *err)
{
    size_t count = figure->table.row_count;
    if (!count)
        return SLT_OK;
    figure->first_run = slt_world.calloc(count, sizeof *figure->first_run);
    if (!figure->first_run)
        return slt_fail(err, SLT_RESOURCE, "no memory for the figure's rows");
    for (size_t i = 0; i < count; i++) {
        const slt_table_row *row = &figure->table.rows[i];
        const slt_rows_spec *rows;
        figure->first_run[i] = slt_figure_row_run(figure, i, 0, &rows);
        if (figure->first_run[i] == SIZE_MAX)
            return slt_fail(err, SLT_FORMAT,
                            "figure data: the manifest has no run of row %s at %s",
                            row->series, row->x);
    }
    return SLT_OK;
}
