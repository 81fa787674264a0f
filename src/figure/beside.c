/* Computes the theory that figure.theory asks for, at every data row. */
#include "figure/figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/theory.h>

#include "base/world.h"

/* False if the axis has no whole number in this run. */
static bool read_size(const slt_figure *figure, const slt_size_spec *spec, size_t run,
                      int64_t *size)
{
    char *end;
    *size = (int64_t)spec->number;
    if (!spec->is_axis)
        return true;
    const char *text = slt_manifest_value(figure->manifest, run, spec->axis);
    *size = strtoll(text, &end, 10);
    return *text && !*end;
}

/* A network of so many layers, hidden wide between. */
static slt_status deep_lambda(int64_t in, int64_t hidden, int64_t out, int64_t depth,
                              int64_t rank, slt_lambda *lambda)
{
    enum { DEEPEST = 64 };
    int64_t widths[DEEPEST + 1];
    if (depth < 1 || depth > DEEPEST)
        return SLT_USAGE;
    for (int64_t i = 1; i < depth; i++)
        widths[i] = hidden;
    widths[0] = in;
    widths[depth] = out;
    return slt_theory_dln(widths, (size_t)depth + 1, rank, lambda, NULL);
}

static slt_real closed_form(const slt_figure *figure, const slt_theory_spec *rrr,
                            size_t run)
{
    int64_t in, hidden, out, rank, depth;
    slt_lambda lambda;
    if (!read_size(figure, &rrr->in, run, &in) ||
        !read_size(figure, &rrr->hidden, run, &hidden) ||
        !read_size(figure, &rrr->out, run, &out) ||
        !read_size(figure, &rrr->rank, run, &rank) ||
        !read_size(figure, &rrr->depth, run, &depth) ||
        (depth == 2 ? slt_theory_rrr(in, hidden, out, rank, &lambda, NULL)
                    : deep_lambda(in, hidden, out, depth, rank, &lambda)))
        return slt_real_absent();
    return slt_real_of((double)lambda.lambda.numerator /
                       (double)lambda.lambda.denominator);
}

void slt_theory_note_row(slt_theory *theory, const slt_table_row *row,
                         const slt_error *error)
{
    if (error->status == SLT_RESOURCE && !theory->trouble.status)
        theory->trouble = *error;
    if (!theory->note.size)
        slt_buffer_printf(&theory->note, "no prediction at %s, x = %s: %s", row->series,
                          row->x, error->text);
}

_Static_assert(SLT_FIGURE_FORMULAS_MAX <= SLT_THEORY_LINES_MAX, "a line for each");

/* ---- A quadratic network ----------------------------------------------------------- */

static bool read_network(const slt_figure *figure, size_t run, slt_quadratic_net *net)
{
    const slt_theory_spec *spec = &figure->spec->theory;
    int64_t p, width;
    if (!read_size(figure, &spec->p, run, &p) ||
        !read_size(figure, &spec->width, run, &width) || p > SLT_QUADRATIC_P_MAX)
        return false;
    *net = slt_quadratic_full(p, width);
    if (spec->has_samples)
        return read_size(figure, &spec->samples, run, &net->samples);
    slt_real fraction = spec->fraction.number;
    if (spec->fraction.is_axis &&
        !slt_real_parse(slt_manifest_value(figure->manifest, run, spec->fraction.axis),
                        &fraction))
        return false;
    if (spec->has_fraction)
        net->samples = slt_quadratic_samples(p, slt_real_double(fraction));
    return true;
}

/* The formula's lambda: half of a rank. */
static double lambda_of(const slt_formula *formula)
{
    return strcmp(formula->quantity, "rank") ? formula->real : formula->real / 2;
}

static void set_network(const slt_figure *figure, slt_theory *theory, size_t row,
                        size_t run)
{
    const slt_theory_spec *spec = &figure->spec->theory;
    slt_formula formulas[SLT_QUADRATIC_FORMULAS_MAX];
    slt_quadratic_net net;
    slt_error error = {.status = SLT_FORMAT,
                       .text = "its sizes are no whole numbers, or the fraction none"};
    size_t count = 0;
    if (!read_network(figure, run, &net) ||
        slt_theory_quadratic_net(&net, formulas, &count, &error))
        slt_theory_note_row(theory, &figure->table.rows[row], &error);
    for (size_t i = 0; i < count; i++)
        for (size_t line = 0; line < spec->formula_count; line++)
            if (!strcmp(formulas[i].name, spec->formulas[line]))
                theory->value[line][row] = slt_real_of(lambda_of(&formulas[i]));
}

/* ---- What SGLD must give ----------------------------------------------------------- */

/* Theory predicts the mean of an estimate.  Returns whether the rows show one, directly
 * or through a measure, and which it is. */
static bool find_estimate(const slt_figure *figure, const slt_rows_spec *rows,
                          slt_quantity *quantity)
{
    const slt_figure_value *shown = &rows->value;
    if (shown->is_measure &&
        figure->spec->measures[shown->measure].form == SLT_MEASURE_RESULT)
        shown = &figure->spec->measures[shown->measure].of;
    *quantity = shown->quantity;
    return shown->is_quantity && shown->quantity.kind == SLT_QUANTITY_LLC_MEAN;
}

static slt_status predict_run(const slt_figure *figure, size_t run,
                              const slt_quantity *quantity, slt_planted *planted,
                              slt_error *err)
{
    if (figure->spec->theory.planted_quadratic)
        return slt_planted_predict(figure->manifest, run, quantity->estimate, planted,
                                   err);
    return slt_at_point_predict(figure->manifest, run,
                                figure->traces ? figure->traces[run] : NULL, quantity,
                                planted, err);
}

/* The mean of the predictions for a row's runs: each run has its own data. */
static void predict_row(const slt_figure *figure, slt_theory *theory, size_t row,
                        const slt_quantity *quantity)
{
    const slt_theory_spec *spec = &figure->spec->theory;
    const uint64_t most = spec->quadratic_at_point ? spec->at_point_runs : UINT64_MAX;
    const slt_rows_spec *rows;
    double chain = 0, stationary = 0;
    uint64_t count = 0;
    size_t run = slt_figure_row_run(figure, row, 0, &rows);
    for (; run != SIZE_MAX && count < most;
         run = slt_figure_row_run(figure, row, run + 1, &rows)) {
        slt_planted one;
        slt_error error;
        if (predict_run(figure, run, quantity, &one, &error)) {
            slt_theory_note_row(theory, &figure->table.rows[row], &error);
            return;
        }
        chain += slt_real_double(one.chain);
        stationary += slt_real_double(one.stationary);
        count++;
    }
    theory->value[0][row] = slt_real_of(chain / (double)count);
    theory->value[1][row] = slt_real_of(stationary / (double)count);
}

static void theory_set_row(const slt_figure *figure, slt_theory *theory, size_t row)
{
    const slt_theory_spec *spec = &figure->spec->theory;
    const slt_rows_spec *rows;
    slt_quantity quantity;
    size_t run = slt_figure_row_run(figure, row, 0, &rows);
    if (run == SIZE_MAX || !find_estimate(figure, rows, &quantity))
        return;
    if (spec->rrr)
        theory->value[0][row] = closed_form(figure, spec, run);
    else if (spec->quadratic_network)
        set_network(figure, theory, row, run);
    else
        predict_row(figure, theory, row, &quantity);
}

static void name_lines(const slt_theory_spec *spec, slt_theory *theory)
{
    if (spec->rrr) {
        theory->lines = 1;
        theory->title = "linear network, closed form";
        theory->name[0] = "closed form";
        theory->column[0] = ">Closed form (advisory)";
    } else if (spec->quadratic_network || spec->grokking) {
        theory->lines = spec->formula_count;
        theory->title = spec->grokking
                            ? "grokking, closed forms"
                            : "quadratic network on modular addition, closed forms";
        for (size_t i = 0; i < theory->lines; i++) {
            theory->name[i] = spec->formulas[i];
            snprintf(theory->heading[i], sizeof theory->heading[i], ">%s (advisory)",
                     spec->formulas[i]);
            theory->column[i] = theory->heading[i];
        }
    } else if (spec->planted_quadratic || spec->quadratic_at_point) {
        theory->lines = 2;
        theory->predictions = true;
        theory->title = spec->planted_quadratic
                            ? "SGLD around the minimum of a quadratic, from the data of "
                              "each row's runs"
                            : "SGLD if the loss were quadratic around w*, from the "
                              "Hessian's spectrum in each row's runs";
        theory->name[0] = "prediction, these chains";
        theory->name[1] = "prediction, endless chains";
        theory->column[0] = ">These chains must give (advisory)";
        theory->column[1] = ">Endless chains must give (advisory)";
    }
}

static void drop_lines(slt_theory *theory)
{
    for (size_t i = 0; i < SLT_THEORY_LINES_MAX; i++) {
        free(theory->value[i]);
        theory->value[i] = NULL;
    }
    theory->lines = 0;
}

static bool has_numbers(const slt_theory *theory, size_t rows)
{
    for (size_t line = 0; line < theory->lines; line++)
        for (size_t i = 0; i < rows; i++)
            if (slt_real_finite(theory->value[line][i]))
                return true;
    return false;
}

static void make_theory(const slt_figure *figure, slt_theory *theory)
{
    size_t rows = figure->table.data_count;
    if (figure->spec && rows)
        name_lines(&figure->spec->theory, theory);
    for (size_t i = 0; i < theory->lines; i++) {
        theory->value[i] = slt_world.calloc(rows, sizeof *theory->value[i]);
        if (!theory->value[i]) {
            slt_fail(&theory->trouble, SLT_RESOURCE, "no memory for theory");
            drop_lines(theory);
            return;
        }
        for (size_t row = 0; row < rows; row++)
            theory->value[i][row] = slt_real_absent();
    }
    if (theory->lines && figure->spec->theory.grokking)
        slt_theory_set_grokking(figure, theory);
    else
        for (size_t row = 0; row < figure->table.row_count && theory->lines; row++)
            theory_set_row(figure, theory, row);
    if (theory->lines && !has_numbers(theory, rows))
        drop_lines(theory);
}

const slt_theory *slt_figure_theory(const slt_figure *figure)
{
    slt_theory *theory = figure->theory;
    if (!theory->made)
        make_theory(figure, theory);
    theory->made = true;
    return theory;
}

slt_status slt_figure_theory_status(const slt_figure *figure, slt_error *err)
{
    return slt_error_copy(err, &slt_figure_theory(figure)->trouble);
}

void slt_theory_free(slt_theory *theory)
{
    if (!theory)
        return;
    drop_lines(theory);
    slt_buffer_free(&theory->note);
    free(theory);
}
