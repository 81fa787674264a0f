/* Closed forms of grokking beside a figure's rows and over its histograms.  Advisory. */
#include "figure/figure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/theory.h>

/* The parameters in a run, by the values of its axes. */
static slt_status grokking_at_run(const slt_figure *figure, size_t run, slt_grokking *at,
                                  slt_error *err)
{
    const slt_theory_spec *spec = &figure->spec->theory;
    for (size_t i = 0; i < SLT_GROKKING_PARAMETERS; i++) {
        slt_real number = spec->grokking_at[i].number;
        at->value[i] = i == SLT_GROKKING_L1 || i == SLT_GROKKING_L2 ? 0 : NAN;
        if (!spec->grokking_given[i])
            continue;
        if (spec->grokking_at[i].is_axis &&
            !slt_real_parse(
                slt_manifest_value(figure->manifest, run, spec->grokking_at[i].axis),
                &number))
            return slt_fail(err, SLT_FORMAT, "its %s is no number",
                            slt_grokking_symbol((slt_grokking_parameter)i));
        at->value[i] = slt_real_double(number) / (i == SLT_GROKKING_N ? 2 : 1);
    }
    return slt_grokking_check(at, err);
}

static const slt_grokking_formula *formula_of_line(const slt_theory_spec *spec,
                                                   size_t line, bool *chance)
{
    const slt_grokking_group *group;
    const slt_grokking_formula *formula =
        slt_grokking_formula_of(spec->model, spec->formulas[line], &group);
    *chance = group->chance && !strcmp(group->chance, formula->name);
    return formula;
}

/* ---- Rows -------------------------------------------------------------------------- */

static bool stands_beside(const slt_theory_spec *spec, const slt_rows_spec *rows)
{
    for (size_t i = 0; i < spec->beside_count; i++)
        if (!strcmp(spec->beside[i], rows->name))
            return true;
    return !spec->beside_count;
}

static void set_row(const slt_figure *figure, slt_theory *theory, size_t row)
{
    const slt_rows_spec *rows;
    const size_t run = slt_figure_row_run(figure, row, 0, &rows);
    slt_grokking at;
    slt_error error;
    slt_status status = SLT_OK;
    if (run == SIZE_MAX || !stands_beside(&figure->spec->theory, rows))
        return;
    status = grokking_at_run(figure, run, &at, &error);
    for (size_t line = 0; line < theory->lines && !status; line++) {
        bool chance;
        double value = NAN;
        const slt_grokking_formula *formula =
            formula_of_line(&figure->spec->theory, line, &chance);
        if (!chance)
            status = formula->evaluate(&at, &value, &error);
        if (!status)
            theory->value[line][row] = slt_real_of(value);
    }
    if (status)
        slt_theory_note_row(theory, &figure->table.rows[row], &error);
}

/* ---- Bins -------------------------------------------------------------------------- */

/* The bins of one histogram are the rows [from, end). */
typedef struct bins {
    const slt_histogram_spec *spec;
    size_t from, end;
} bins;

static bins bins_from(const slt_figure *figure, size_t from)
{
    const slt_table_row *rows = figure->table.rows;
    const size_t item = rows[from].origin.item;
    size_t end = from;
    while (end < figure->table.data_count &&
           rows[end].origin.part == SLT_TABLE_HISTOGRAM && rows[end].origin.item == item)
        end++;
    return (bins){&figure->spec->histograms[item], from, end};
}

/* What was counted: in the bins, below and above them. */
static double counted(const slt_figure *figure, const bins *of)
{
    static const char *const beside[] = {"below", "above"};
    double sum = 0;
    for (size_t row = of->from; row < of->end; row++)
        sum += slt_real_double(figure->table.rows[row].value);
    for (size_t i = 0; i < 2; i++) {
        char name[SLT_NAME_MAX + 16];
        snprintf(name, sizeof name, "hist.%s.%s", of->spec->name, beside[i]);
        const slt_table_row *row = slt_table_named(&figure->table, name);
        sum += row ? slt_real_double(row->value) : 0;
    }
    return sum;
}

/* The parameters that all of a histogram's runs share. */
static slt_status shared_parameters(const slt_figure *figure, const bins *of,
                                    slt_grokking *at, slt_error *err)
{
    size_t found = 0;
    slt_status status = SLT_OK;
    for (size_t run = 0; run < slt_manifest_runs(figure->manifest) && !status; run++) {
        slt_grokking one;
        if (!slt_figure_where(figure->manifest, &of->spec->where, run))
            continue;
        status = grokking_at_run(figure, run, &one, err);
        for (size_t i = 0; i < SLT_GROKKING_PARAMETERS && found && !status; i++)
            if (at->value[i] != one.value[i] && !isnan(one.value[i]))
                status = slt_fail(err, SLT_FORMAT, "its runs have several %s",
                                  slt_grokking_symbol((slt_grokking_parameter)i));
        *at = found++ ? *at : one;
    }
    return !status && !found ? slt_fail(err, SLT_FORMAT, "it is of no run") : status;
}

static double bin_edge(const slt_figure *figure, const bins *of, size_t row)
{
    slt_bins all;
    slt_real edge = {0};
    if (row < of->end)
        slt_real_parse(figure->table.rows[row].x, &edge);
    else if (!slt_histogram_bins(figure->manifest, of->spec, &all, NULL))
        edge = all.to;
    return slt_real_double(edge);
}

static slt_status set_bins(const slt_figure *figure, const bins *of, slt_real *values,
                           const slt_grokking_formula *formula, slt_grokking *at,
                           slt_error *err)
{
    const double count = counted(figure, of);
    double below = 0, up_to = 0;
    slt_status status = SLT_OK;
    for (size_t row = of->from; row <= of->end && !status; row++) {
        at->value[SLT_GROKKING_T] = fmax(bin_edge(figure, of, row), 0);
        status = formula->evaluate(at, &up_to, err);
        if (!status && row > of->from)
            values[row - 1] = slt_real_of(count * (up_to - below));
        below = up_to;
    }
    return status;
}

static void set_histogram(const slt_figure *figure, slt_theory *theory, const bins *of)
{
    for (size_t line = 0; line < theory->lines; line++) {
        bool chance;
        slt_grokking at;
        slt_error error;
        slt_status status = SLT_OK;
        const slt_grokking_formula *formula =
            formula_of_line(&figure->spec->theory, line, &chance);
        if (chance)
            status = shared_parameters(figure, of, &at, &error);
        if (chance && !status)
            status = set_bins(figure, of, theory->value[line], formula, &at, &error);
        if (status)
            slt_theory_note_row(theory, &figure->table.rows[of->from], &error);
    }
}

void slt_theory_set_grokking(const slt_figure *figure, slt_theory *theory)
{
    for (size_t row = 0; row < figure->table.row_count; row++)
        set_row(figure, theory, row);
    for (size_t row = figure->table.row_count; row < figure->table.data_count; row++) {
        if (figure->table.rows[row].origin.part != SLT_TABLE_HISTOGRAM)
            continue;
        const bins of = bins_from(figure, row);
        set_histogram(figure, theory, &of);
        row = of.end - 1;
    }
}
