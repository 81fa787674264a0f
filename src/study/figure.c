#include "study/figure.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num/scalar.h"
#include "record/manifest.h"
#include "study/store.h"

/* ---- Rows -------------------------------------------------------------------------- */

/* The error shown: sd or se of the runs in a group, from two runs on. */
static void set_error(slt_table_row *row, const char *kind, const slt_real *values)
{
    if (row->n < 2 || (strcmp(kind, "sd") && strcmp(kind, "se")))
        return;
    row->has_error = true;
    row->error = slt_real_sd(values, (size_t)row->n);
    if (!strcmp(kind, "se"))
        row->error = slt_real_div(row->error, slt_real_sqrt(slt_real_from_u64(row->n)));
}

static slt_status add_group(slt_figure *figure, const slt_value *rows, size_t by,
                            const slt_points *points, size_t i, slt_error *err)
{
    slt_buffer series = {0};
    size_t run = points->run[i];
    slt_series_print(figure->manifest, slt_value_get(rows, "series"), run,
                     slt_figure_result(rows), &series);
    const char *text = slt_buffer_text(&series);
    slt_table_row row = {
        .series = (char *)(uintptr_t)text,
        .x = (char *)(uintptr_t)slt_manifest_value(figure->manifest, run, by),
        .value = slt_real_mean(points->values[i], points->counts[i]),
        .has_n = true,
        .n = points->counts[i]};
    set_error(&row, slt_figure_text(rows, "error", "sd"), points->values[i]);
    slt_status status = series.failed
                            ? slt_fail(err, SLT_RESOURCE, "no memory for the figure")
                            : slt_table_add(&figure->table, &row, err);
    slt_buffer_free(&series);
    return status;
}

static slt_status add_groups(slt_figure *figure, const slt_value *rows, size_t by,
                             const slt_points *points, slt_error *err)
{
    slt_status status = SLT_OK;
    figure->first_run = calloc(points->count + 1, sizeof *figure->first_run);
    if (!figure->first_run)
        return slt_fail(err, SLT_RESOURCE, "no memory for the figure's rows");
    for (size_t i = 0; i < points->count && !status; i++) {
        figure->first_run[i] = points->run[i];
        status = add_group(figure, rows, by, points, i, err);
    }
    return status;
}

static slt_status make_rows(slt_figure *figure, const slt_outcome *outcomes,
                            slt_error *err)
{
    const slt_value *rows = slt_value_get(figure->part, "rows");
    slt_points points;
    if (!rows)
        return SLT_OK;
    size_t by = slt_figure_axis(figure->manifest, slt_figure_text(rows, "by", ""));
    if (by == slt_manifest_axes(figure->manifest))
        return slt_fail(err, SLT_FORMAT, "%s:%d: figure.rows.by: no sweep axis '%s'",
                        slt_manifest_path(figure->manifest), rows->line,
                        slt_figure_text(rows, "by", ""));
    slt_status status = slt_points_group(
        figure->manifest, outcomes, by, slt_value_get(rows, "series"),
        slt_value_get(rows, "where"), slt_figure_result(rows), &points, err);
    if (!status)
        status = add_groups(figure, rows, by, &points, err);
    slt_points_free(&points);
    return status;
}

/* ---- Summaries --------------------------------------------------------------------- */

/* Values of a result over the finished runs that have it; the number of them. */
static size_t collect(const slt_figure *figure, const slt_outcome *outcomes,
                      const char *result, slt_real *values)
{
    size_t count = 0;
    for (size_t run = 0; run < slt_manifest_runs(figure->manifest); run++) {
        const slt_real *value = slt_outcome_find(&outcomes[run], result);
        if (outcomes[run].status == SLT_RUN_DONE && value)
            values[count++] = *value;
    }
    return count;
}

/* summary.RESULT.min, .mean and .max. */
static slt_status add_summary(slt_figure *figure, const char *result,
                              const slt_real *values, size_t count, slt_error *err)
{
    static const char *const kinds[] = {"min", "mean", "max"};
    slt_real of_kind[] = {values[0], slt_real_mean(values, count), values[0]};
    slt_status status = SLT_OK;
    for (size_t i = 1; i < count; i++) {
        of_kind[0] = slt_real_less(values[i], of_kind[0]) ? values[i] : of_kind[0];
        of_kind[2] = slt_real_less(of_kind[2], values[i]) ? values[i] : of_kind[2];
    }
    for (size_t i = 0; i < 3 && !status; i++) {
        slt_buffer name = {0};
        slt_buffer_printf(&name, "summary.%s.%s", result, kinds[i]);
        slt_table_row row = {.series = (char *)(uintptr_t)slt_buffer_text(&name),
                             .x = "",
                             .value = of_kind[i],
                             .has_n = true,
                             .n = count};
        status = name.failed ? slt_fail(err, SLT_RESOURCE, "no memory for the figure")
                             : slt_table_add(&figure->table, &row, err);
        slt_buffer_free(&name);
    }
    return status;
}

static slt_status add_summaries(slt_figure *figure, const slt_outcome *outcomes,
                                slt_error *err)
{
    const slt_value *list = slt_value_get(figure->part, "summary");
    slt_real *values = calloc(slt_manifest_runs(figure->manifest) + 1, sizeof *values);
    slt_status status = SLT_OK;
    if (!values)
        return slt_fail(err, SLT_RESOURCE, "no memory for the figure's summaries");
    size_t items = !list ? 0 : list->kind == SLT_VALUE_LIST ? list->count : 1;
    for (size_t i = 0; i < items && !status; i++) {
        const char *result =
            list->kind == SLT_VALUE_LIST ? list->items[i].text : list->text;
        size_t count = collect(figure, outcomes, result, values);
        if (count)
            status = add_summary(figure, result, values, count, err);
        else
            status = slt_fail(err, SLT_FORMAT,
                              "%s:%d: figure.summary: no finished run has a result '%s'",
                              slt_manifest_path(figure->manifest), list->line, result);
    }
    free(values);
    return status;
}

/* How many runs ended in which way, of all. */
static slt_status add_statuses(slt_figure *figure, const slt_outcome *outcomes,
                               slt_error *err)
{
    static const slt_run_status statuses[] = {SLT_RUN_DONE, SLT_RUN_DIVERGED,
                                              SLT_RUN_OVERFLOW};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < 3 && !status; i++) {
        char name[32];
        uint64_t count = 0;
        for (size_t run = 0; run < slt_manifest_runs(figure->manifest); run++)
            count += outcomes[run].status == statuses[i];
        snprintf(name, sizeof name, "status.%s", slt_run_status_name(statuses[i]));
        slt_table_row row = {.series = name, .x = "", .value = slt_real_from_u64(count)};
        status = slt_table_add(&figure->table, &row, err);
    }
    return status;
}

/* ---- Making ------------------------------------------------------------------------ */

static slt_status create(slt_manifest *manifest, slt_figure **figure, slt_error *err)
{
    *figure = calloc(1, sizeof **figure);
    if (!*figure)
        return slt_fail(err, SLT_RESOURCE, "no memory for a figure");
    (*figure)->theory = calloc(1, sizeof *(*figure)->theory);
    if (!(*figure)->theory) {
        free(*figure);
        *figure = NULL;
        return slt_fail(err, SLT_RESOURCE, "no memory for a figure");
    }
    (*figure)->manifest = manifest;
    (*figure)->part = slt_manifest_figure(manifest);
    return SLT_OK;
}

/* The claims and the CSV of a filled table; frees the figure where that fails. */
static slt_status complete(slt_figure **figure, slt_status status, slt_error *err)
{
    if (!status && (*figure)->part)
        status = slt_claims_make(*figure, err);
    if (!status) {
        slt_table_print(&(*figure)->table, &(*figure)->csv);
        slt_buffer_text(&(*figure)->csv);
        if ((*figure)->csv.failed)
            status = slt_fail(err, SLT_RESOURCE, "no memory for the figure's data");
    }
    if (status) {
        slt_figure_free(*figure);
        *figure = NULL;
    }
    return status;
}

slt_status slt_figure_of_outcomes(slt_manifest *manifest, const slt_outcome *outcomes,
                                  slt_figure **figure, slt_error *err)
{
    slt_status status = create(manifest, figure, err);
    if (status)
        return status;
    if ((*figure)->part) {
        status = make_rows(*figure, outcomes, err);
        if (!status)
            status = slt_fit_rows(*figure, outcomes, err);
        if (!status)
            status = add_summaries(*figure, outcomes, err);
        if (!status)
            status = add_statuses(*figure, outcomes, err);
    }
    return complete(figure, status, err);
}

/* The first run of a data row, by its x and series; SIZE_MAX where no run has them. */
static size_t find_run(const slt_figure *figure, const slt_value *rows, size_t by,
                       const slt_table_row *row)
{
    for (size_t run = 0; run < slt_manifest_runs(figure->manifest); run++) {
        slt_buffer series = {0};
        if (strcmp(slt_manifest_value(figure->manifest, run, by), row->x) ||
            !slt_figure_where(figure->manifest, slt_value_get(rows, "where"), run))
            continue;
        slt_series_print(figure->manifest, slt_value_get(rows, "series"), run,
                         slt_figure_result(rows), &series);
        bool found = !strcmp(slt_buffer_text(&series), row->series);
        slt_buffer_free(&series);
        if (found)
            return run;
    }
    return SIZE_MAX;
}

/* Which runs the rows of a read table come from; theory needs to know. */
static slt_status find_runs(slt_figure *figure, slt_error *err)
{
    const slt_value *rows = figure->part ? slt_value_get(figure->part, "rows") : NULL;
    size_t count = figure->table.data_count;
    size_t by =
        rows ? slt_figure_axis(figure->manifest, slt_figure_text(rows, "by", "")) : 0;
    if (!rows || by == slt_manifest_axes(figure->manifest))
        return SLT_OK;
    figure->first_run = calloc(count + 1, sizeof *figure->first_run);
    if (!figure->first_run)
        return slt_fail(err, SLT_RESOURCE, "no memory for the figure's rows");
    for (size_t i = 0; i < count; i++) {
        const slt_table_row *row = &figure->table.rows[i];
        figure->first_run[i] = find_run(figure, rows, by, row);
        if (figure->first_run[i] == SIZE_MAX)
            return slt_fail(err, SLT_FORMAT,
                            "figure data: the manifest has no run of row %s, %s = %s",
                            row->series, slt_manifest_axis(figure->manifest, by),
                            row->x);
    }
    return SLT_OK;
}

slt_status slt_figure_of_csv(slt_manifest *manifest, const char *csv, size_t size,
                             slt_figure **figure, slt_error *err)
{
    slt_status status = create(manifest, figure, err);
    if (status)
        return status;
    status = slt_table_parse(csv, size, "figure data", &(*figure)->table, err);
    if (!status)
        status = find_runs(*figure, err);
    return complete(figure, status, err);
}

/* ---- From traces ------------------------------------------------------------------- */

static slt_status check_trace(slt_manifest *manifest, size_t run, const char *path,
                              const slt_trace *trace, slt_error *err)
{
    char field[256], ours[256], theirs[256];
    size_t size;
    int line;
    const uint8_t *canonical = slt_trace_run(trace, &size);
    if (!slt_manifest_difference(manifest, run, canonical, size, field, sizeof field,
                                 ours, sizeof ours, theirs, sizeof theirs, &line))
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT,
                    "%s: another experiment: %s is %s there, expected %s (%s:%d)", path,
                    field, theirs, ours, slt_manifest_path(manifest), line);
}

static slt_status read_run(slt_manifest *manifest, const char *from, size_t run,
                           slt_outcome *outcome, slt_chain_summary *chains,
                           slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_trace *trace = NULL;
    slt_status status = slt_store_trace_path(from, run, path, err);
    if (!status && !slt_file_exists(path))
        return slt_fail(err, SLT_FILE,
                        "%s: run %zu (%s) is not there; sltrace run makes it", path, run,
                        slt_manifest_label(manifest, run));
    if (!status)
        status = slt_trace_open(path, &trace, err);
    if (status)
        return status;
    status = check_trace(manifest, run, path, trace, err);
    if (!status)
        status = slt_outcome_of_trace(trace, outcome, err);
    if (!status)
        status = slt_chain_summary_add(chains, run, trace, err);
    slt_trace_free(trace);
    return status;
}

slt_status slt_figure_make(slt_manifest *manifest, const char *from, slt_figure **figure,
                           slt_error *err)
{
    size_t runs = slt_manifest_runs(manifest);
    slt_outcome *outcomes = calloc(runs + 1, sizeof *outcomes);
    slt_chain_summary chains = {0};
    char folder[SLT_FILE_PATH_MAX];
    *figure = NULL;
    if (!outcomes)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", runs);
    slt_status status = from ? slt_path_print(folder, err, "%s", from)
                             : slt_store_default(manifest, folder, err);
    for (size_t run = 0; run < runs && !status; run++)
        status = read_run(manifest, folder, run, &outcomes[run], &chains, err);
    if (!status)
        status = slt_figure_of_outcomes(manifest, outcomes, figure, err);
    if (!status) {
        (*figure)->has_chains = true;
        (*figure)->chains = chains;
    } else {
        slt_buffer_free(&chains.words);
    }
    for (size_t run = 0; run < runs; run++)
        slt_outcome_free(&outcomes[run]);
    free(outcomes);
    return status;
}

void slt_figure_free(slt_figure *figure)
{
    if (!figure)
        return;
    slt_table_free(&figure->table);
    slt_buffer_free(&figure->csv);
    slt_buffer_free(&figure->chains.words);
    slt_theory_free(figure->theory);
    free(figure->first_run);
    free(figure->claims);
    free(figure);
}

const char *slt_figure_csv(const slt_figure *figure, size_t *size)
{
    *size = figure->csv.size;
    return (const char *)figure->csv.data;
}
