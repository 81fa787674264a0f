/* Compares figure data that were read with the golden beside them, as far as the golden's
 * lines of runs decide the data without a rerun. */
#include "figure/figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/world.h"
#include "manifest/manifest.h"
#include "num/scalar.h"

/* ---- How runs ended ---------------------------------------------------------------- */

static slt_status check_counts(const slt_figure *figure, slt_error *err)
{
    static const slt_run_status statuses[] = {SLT_RUN_DONE, SLT_RUN_DIVERGED,
                                              SLT_RUN_OVERFLOW};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        char name[32], found[SLT_REAL_TEXT_MAX] = "not there";
        uint64_t count = 0;
        for (size_t run = 0; run < slt_manifest_runs(figure->manifest); run++)
            count += figure->statuses[run] == statuses[i];
        snprintf(name, sizeof name, "status.%s", slt_run_status_name(statuses[i]));
        const slt_table_row *row = slt_table_named(&figure->table, name);
        if (row && row->value.bits == slt_real_from_u64(count).bits)
            continue;
        if (row)
            slt_real_text(row->value, found);
        return slt_fail(err, SLT_DIFFERS, "figure data: %s is %s, but in the golden %llu",
                        name, found, (unsigned long long)count);
    }
    return SLT_OK;
}

/* ---- Rows -------------------------------------------------------------------------- */

/* Whether all figure.rows show results that are columns of the golden; measures, which
 * are made from traces, are not. */
static bool can_make_rows(const slt_figure *figure, const slt_golden *golden)
{
    for (size_t i = 0; i < figure->spec->row_count; i++) {
        const slt_figure_value *shown = &figure->spec->rows[i].value;
        bool is_column = false;
        for (size_t j = 0; j < golden->result_count && shown->is_quantity; j++)
            is_column |= slt_quantity_equal(&golden->results[j], &shown->quantity);
        if (!is_column)
            return false;
    }
    return true;
}

/* What the golden says of each run. */
static void set_outcomes(const slt_golden *golden, slt_outcome *outcomes,
                         slt_result *results)
{
    for (size_t run = 0; run < golden->run_count; run++) {
        slt_outcome *outcome = &outcomes[run];
        outcome->status = golden->runs[run].status;
        outcome->results = &results[run * golden->result_count];
        for (size_t i = 0; i < golden->result_count; i++) {
            outcome->results[outcome->result_count] =
                (slt_result){golden->results[i], golden->runs[run].results[i]};
            outcome->result_count += golden->runs[run].has_result[i];
        }
    }
}

/* Whether rows show a tally's share or mean, whose error and n are of trials, which the
 * golden does not count. */
static bool is_of_trials(const slt_figure_spec *spec, const slt_table_row *row)
{
    const slt_figure_value *value = &spec->rows[row->origin.item].value;
    return value->is_quantity && (value->quantity.kind == SLT_QUANTITY_TALLY_SHARE ||
                                  value->quantity.kind == SLT_QUANTITY_TALLY_MEAN);
}

/* made: the one that was made again. */
static bool same_row(const slt_figure_spec *spec, const slt_table_row *a,
                     const slt_table_row *made)
{
    if (strcmp(a->series, made->series) || strcmp(a->x, made->x) ||
        a->value.bits != made->value.bits)
        return false;
    if (is_of_trials(spec, made))
        return true;
    return a->has_error == made->has_error &&
           (!a->has_error || a->error.bits == made->error.bits) &&
           a->has_n == made->has_n && (!a->has_n || a->n == made->n);
}

static slt_status compare_rows(const slt_figure_spec *spec, const slt_table *found,
                               const slt_table *made, slt_error *err)
{
    slt_buffer name = {0};
    size_t at = 0;
    while (at < found->row_count && at < made->row_count &&
           same_row(spec, &found->rows[at], &made->rows[at]))
        at++;
    if (at == found->row_count && at == made->row_count)
        return SLT_OK;
    const slt_table *which = at < found->row_count ? found : made;
    slt_escape_line(&name, which->rows[at].series, strlen(which->rows[at].series));
    slt_status status = slt_fail(err, SLT_DIFFERS,
                                 "figure data: row %zu, %s at %s, is not what the "
                                 "golden's runs give",
                                 at + 1, slt_buffer_text(&name), which->rows[at].x);
    slt_buffer_free(&name);
    return status;
}

static slt_status check_rows(const slt_figure *figure, const slt_golden *golden,
                             slt_error *err)
{
    const size_t runs = golden->run_count, columns = golden->result_count;
    slt_outcome *outcomes = slt_world.calloc(runs + 1, sizeof *outcomes);
    slt_result *results = slt_world.calloc(runs * columns + 1, sizeof *results);
    slt_figure made = {.manifest = figure->manifest, .spec = figure->spec};
    const slt_measures measures = {.manifest = figure->manifest,
                                   .spec = figure->spec,
                                   .outcomes = outcomes,
                                   .runs = runs};
    slt_status status = outcomes && results
                            ? SLT_OK
                            : slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", runs);
    if (!status) {
        set_outcomes(golden, outcomes, results);
        status = slt_figure_make_rows(&made, &measures, err);
    }
    if (!status)
        status = compare_rows(figure->spec, &figure->table, &made.table, err);
    slt_table_free(&made.table);
    free(made.first_run);
    free(outcomes);
    free(results);
    return status;
}

/* ---- All --------------------------------------------------------------------------- */

slt_status slt_figure_take_golden(slt_figure *figure, const slt_golden *golden,
                                  slt_error *err)
{
    size_t runs = slt_manifest_runs(figure->manifest);
    if (golden->run_count != runs)
        return slt_fail(err, SLT_DIFFERS, "%s: %zu runs, but %s has %zu", golden->path,
                        golden->run_count, slt_manifest_path(figure->manifest), runs);
    figure->statuses = slt_world.calloc(runs + 1, sizeof *figure->statuses);
    if (!figure->statuses)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", runs);
    for (size_t run = 0; run < runs; run++)
        figure->statuses[run] = golden->runs[run].status;
    slt_status status = figure->spec ? check_counts(figure, err) : SLT_OK;
    if (!status && figure->spec && can_make_rows(figure, golden))
        status = check_rows(figure, golden, err);
    return status;
}
