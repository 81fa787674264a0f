#include "figure/figure.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fpenv.h"
#include "base/world.h"
#include "manifest/manifest.h"
#include "num/scalar.h"
#include "run/store.h"
#include "run/traces.h"

/* ---- Rows of every kind ------------------------------------------------------------ */

/* Adds a row for each way of ending: how many of all runs ended so. */
static slt_status add_statuses(slt_figure *figure, const slt_measures *measures,
                               slt_error *err)
{
    static const slt_run_status statuses[] = {SLT_RUN_DONE, SLT_RUN_DIVERGED,
                                              SLT_RUN_OVERFLOW};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < 3 && !status; i++) {
        uint64_t count = 0;
        for (size_t run = 0; run < measures->runs; run++)
            count += measures->outcomes[run].status == statuses[i];
        status = slt_figure_add(figure, (slt_table_origin){.part = SLT_TABLE_STATUS}, "",
                                slt_real_from_u64(count), NULL, NULL, err, "status.%s",
                                slt_run_status_name(statuses[i]));
    }
    return status;
}

static slt_status histogram_bins(slt_figure *figure, const slt_measures *measures,
                                 slt_error *err)
{
    return slt_histogram_rows(figure, measures, false, err);
}

static slt_status histogram_numbers(slt_figure *figure, const slt_measures *measures,
                                    slt_error *err)
{
    return slt_histogram_rows(figure, measures, true, err);
}

static slt_status ratios(slt_figure *figure, const slt_measures *measures, slt_error *err)
{
    (void)measures;
    return slt_comparison_rows(figure, false, err);
}

static slt_status comparison_numbers(slt_figure *figure, const slt_measures *measures,
                                     slt_error *err)
{
    (void)measures;
    return slt_comparison_rows(figure, true, err);
}

/* In the order of the CSV: data first. */
static slt_status (*const makers[])(slt_figure *, const slt_measures *, slt_error *) = {
    slt_figure_make_rows,  slt_point_rows,     histogram_bins,     slt_curve_rows,
    slt_figure_add_chains, slt_slope_rows,     slt_reference_rows, ratios,
    slt_fit_rows,          slt_bootstrap_rows, slt_statistic_rows, slt_cluster_rows,
    histogram_numbers,     comparison_numbers, slt_summary_rows,   add_statuses};

/* ---- Making ------------------------------------------------------------------------ */

static slt_status figure_create(slt_manifest *manifest, slt_figure **figure,
                                slt_error *err)
{
    *figure = slt_world.calloc(1, sizeof **figure);
    if (!*figure)
        return slt_fail(err, SLT_RESOURCE, "no memory for a figure");
    (*figure)->theory = slt_world.calloc(1, sizeof *(*figure)->theory);
    if (!(*figure)->theory) {
        free(*figure);
        *figure = NULL;
        return slt_fail(err, SLT_RESOURCE, "no memory for a figure");
    }
    (*figure)->manifest = manifest;
    (*figure)->spec = slt_manifest_figure(manifest);
    slt_status status = slt_manifest_spell(manifest, err);
    if (status) {
        slt_figure_free(*figure);
        *figure = NULL;
    }
    return status;
}

/* Makes the claims, the tables and the CSV of a filled table; on failure frees the
 * figure. */
static slt_status figure_complete(slt_figure **figure, slt_status status, slt_error *err)
{
    if (!status && (*figure)->spec)
        status = slt_claims_make(*figure, err);
    if (!status && (*figure)->spec)
        status = slt_grids_make(*figure, err);
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

static slt_status figure_fill(slt_figure *figure, const slt_outcome *outcomes,
                              slt_error *err)
{
    slt_measures measures;
    slt_status status =
        slt_measures_make(figure->manifest, figure->spec, outcomes, &measures, err);
    if (status)
        return status;
    for (size_t i = 0; i < sizeof makers / sizeof *makers && !status; i++)
        status = makers[i](figure, &measures, err);
    slt_measures_free(&measures);
    return status;
}

static slt_status figure_set_statuses(slt_figure *figure, const slt_outcome *outcomes,
                                      slt_error *err)
{
    size_t runs = slt_manifest_runs(figure->manifest);
    figure->statuses = slt_world.calloc(runs + 1, sizeof *figure->statuses);
    if (!figure->statuses)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", runs);
    for (size_t run = 0; run < runs; run++)
        figure->statuses[run] = outcomes[run].status;
    return SLT_OK;
}

slt_status slt_figure_of_outcomes(slt_manifest *manifest, const slt_outcome *outcomes,
                                  slt_figure **figure, slt_error *err)
{
    slt_status status = figure_create(manifest, figure, err);
    if (status)
        return status;
    status = figure_set_statuses(*figure, outcomes, err);
    if (!status && (*figure)->spec)
        status = figure_fill(*figure, outcomes, err);
    return figure_complete(figure, status, err);
}

slt_status slt_figure_of_csv(slt_manifest *manifest, const char *csv, size_t size,
                             slt_figure **figure, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status status = figure_create(manifest, figure, err);
    if (status)
        return status;
    status = slt_table_parse(csv, size, "figure data", &(*figure)->table, err);
    if (!status)
        slt_figure_find_items(*figure);
    if (!status)
        status = slt_figure_find_runs(*figure, err);
    return figure_complete(figure, status, err);
}

/* ---- From traces ------------------------------------------------------------------- */

/* Notes where the traces are, for theory that looks at them later. */
static slt_status keep_paths(slt_figure *figure, const slt_traces *traces, slt_error *err)
{
    const size_t runs = slt_manifest_runs(figure->manifest);
    if (!figure->spec || !figure->spec->theory.quadratic_at_point)
        return SLT_OK;
    figure->traces = slt_world.calloc(runs, sizeof *figure->traces);
    bool fine = figure->traces;
    for (size_t run = 0; run < runs && fine; run++) {
        const slt_digest experiment = slt_manifest_experiment(figure->manifest, run);
        figure->traces[run] = slt_world.strdup(slt_traces_find(traces, experiment));
        fine = figure->traces[run];
    }
    return fine ? SLT_OK
                : slt_fail(err, SLT_RESOURCE, "no memory for the paths of %zu traces",
                           runs);
}

static slt_status read_run_outcome(slt_manifest *manifest, const slt_traces *traces,
                                   size_t run, const slt_outcome_needs *needs,
                                   slt_outcome *outcome, slt_runs *table, slt_error *err)
{
    slt_trace *trace = NULL;
    slt_digest experiment = slt_manifest_experiment(manifest, run);
    const char *path = slt_traces_find(traces, experiment);
    slt_status status = slt_traces_load(traces, experiment, &trace, err);
    if (!status)
        status = slt_traces_require_ours(trace, path, err);
    if (!status)
        status = slt_outcome_of_trace(trace, needs, run, outcome, err);
    if (!status)
        status = slt_runs_add(table, run, slt_manifest_label(manifest, run), trace, err);
    slt_trace_free(trace);
    return status;
}

slt_status slt_figure_make(slt_manifest *manifest, const slt_traces *traces,
                           slt_figure **figure, slt_error *err)
{
    SLT_FPENV_ENTERED;
    size_t runs = slt_manifest_runs(manifest);
    slt_outcome *outcomes = slt_world.calloc(runs + 1, sizeof *outcomes);
    slt_outcome_needs needs;
    slt_runs table = {0};
    *figure = NULL;
    if (!outcomes)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", runs);
    slt_status status = slt_traces_complete(traces, manifest, err);
    slt_outcome_needs_of(slt_manifest_figure(manifest), &needs);
    for (size_t run = 0; run < runs && !status; run++)
        status =
            read_run_outcome(manifest, traces, run, &needs, &outcomes[run], &table, err);
    if (!status)
        status = slt_figure_of_outcomes(manifest, outcomes, figure, err);
    if (!status)
        status = keep_paths(*figure, traces, err);
    if (status && *figure) {
        slt_figure_free(*figure);
        *figure = NULL;
    }
    if (!status) {
        (*figure)->has_runs = true;
        (*figure)->runs = table;
    } else {
        slt_runs_free(&table);
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
    slt_runs_free(&figure->runs);
    slt_theory_free(figure->theory);
    for (size_t run = 0; figure->traces && run < slt_manifest_runs(figure->manifest);
         run++)
        free(figure->traces[run]);
    free(figure->traces);
    free(figure->first_run);
    free(figure->statuses);
    free(figure->claims);
    slt_grids_free(figure);
    free(figure);
}

const slt_run_status *slt_figure_statuses(const slt_figure *figure, size_t *runs)
{
    *runs = slt_manifest_runs(figure->manifest);
    return figure->statuses;
}

const char *slt_figure_csv(const slt_figure *figure, size_t *size)
{
    *size = figure->csv.size;
    return (const char *)figure->csv.data;
}
