/* A figure's claims, theory and chains as text. All of it is advisory: the hashed numbers
 * are in the CSV. */
#include "base/fpenv.h"
#include "figure/figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "manifest/manifest.h"
#include "num/linalg.h"

/* Escapes a text from a file for a line; valid until the next call with the same
 * buffer. */
static const char *figure_text_escaped(slt_buffer *room, const char *text)
{
    slt_buffer_clear(room);
    slt_escape_line(room, text, strlen(text));
    return slt_buffer_text(room);
}

/* Prints a text that may have several lines; further lines are aligned below the
 * first. */
static void print_lines(slt_buffer *out, const char *text)
{
    while (*text) {
        size_t size = strcspn(text, "\n");
        slt_escape_line(out, text, size);
        text += size + strspn(text + size, "\n");
        slt_buffer_printf(out, *text ? "\n           " : "");
    }
}

static void print_title(const slt_figure *figure, slt_buffer *out)
{
    const slt_cite_spec *cite = slt_manifest_cite(figure->manifest);
    slt_buffer room = {0};
    slt_buffer_printf(out, "%s", slt_manifest_name(figure->manifest));
    if (cite->paper)
        slt_buffer_printf(out, ": %s", figure_text_escaped(&room, cite->paper));
    if (cite->figure)
        slt_buffer_printf(out, ", figure %s", figure_text_escaped(&room, cite->figure));
    out->failed |= room.failed;
    slt_buffer_free(&room);
    slt_buffer_printf(out, "\nruns:");
    static const char *const statuses[] = {"status.done", "status.diverged",
                                           "status.overflow"};
    for (size_t i = 0; i < 3; i++) {
        const slt_table_row *row = slt_table_named(&figure->table, statuses[i]);
        if (row && (i == 0 || slt_real_double(row->value) > 0))
            slt_buffer_printf(out, " %.0f %s", slt_real_double(row->value),
                              statuses[i] + 7);
    }
    slt_buffer_printf(out, "\n");
}

/* ---- Runs that ended early --------------------------------------------------------- */

/* After a number: says from how many of its runs it is, if some ended early. */
static void print_coverage(const slt_figure *figure, size_t row, slt_buffer *out)
{
    slt_coverage coverage;
    if (!slt_figure_coverage(figure, row, &coverage))
        return;
    slt_buffer_printf(out, "  from ");
    slt_coverage_print(&coverage, out);
}

/* Prints which runs ended early, and which rows lack them. */
static void print_ended(const slt_figure *figure, slt_buffer *out)
{
    slt_buffer absent = {0};
    size_t early = slt_figure_ended_early(figure);
    if (!early)
        return;
    slt_buffer_printf(out, "\nruns that ended early, in none of these numbers: ");
    slt_figure_print_ended(figure, out);
    slt_buffer_printf(out, "\n");
    for (size_t i = 0; i < figure->table.row_count; i++) {
        slt_coverage coverage;
        const slt_table_row *row = &figure->table.rows[i];
        if (!slt_figure_coverage(figure, i, &coverage))
            continue;
        slt_buffer_printf(out, "  ");
        slt_escape_line(out, row->series, strlen(row->series));
        slt_buffer_printf(out, " at ");
        slt_escape_line(out, row->x, strlen(row->x));
        slt_buffer_printf(out, ": ");
        slt_coverage_print(&coverage, out);
        slt_buffer_printf(out, "\n");
    }
    slt_figure_print_absent(figure, &absent);
    if (absent.size)
        slt_buffer_printf(out, "  without a row, all their runs ended early: %s\n",
                          slt_buffer_text(&absent));
    slt_buffer_free(&absent);
}

/* ---- Claims ------------------------------------------------------------------------ */

static void print_count(const slt_figure *figure, slt_buffer *out)
{
    char *counted = slt_claims_counted(figure->claims, figure->claim_count);
    out->failed |= !counted;
    if (figure->claim_count)
        slt_buffer_printf(out, "claims: %s\n", counted ? counted : "");
    free(counted);
}

/* The row that a claim's expression names, if the expression is one name with a standard
 * error. */
static const slt_table_row *named_with_error(const slt_figure *figure, size_t i)
{
    const slt_table_row *row =
        slt_table_named(&figure->table, figure->spec->claims[i].value);
    return row && row->has_error ? row : NULL;
}

/* The answer to a question: "yes" or "no", and how far the value is beyond the bound. */
void slt_claim_answer(const slt_claim *claim, slt_buffer *out)
{
    double beyond =
        __builtin_fabs(slt_real_double(claim->value) - slt_real_double(claim->expect));
    slt_buffer_printf(out, slt_claim_holds(claim) ? "yes" : "no");
    if (beyond > 0)
        slt_buffer_printf(out, ", %.3g beyond the bound", beyond);
}

static void print_ours(const slt_claim *claim, const slt_table_row *row, slt_buffer *out)
{
    double off = slt_real_double(claim->value) - slt_real_double(claim->expect);
    slt_buffer_printf(out, "%.6g", slt_real_double(claim->value));
    if (row)
        slt_buffer_printf(out, ", standard error %.2g", slt_real_double(row->error));
    slt_buffer_printf(out, "; off by %.3g", off);
    if (slt_real_double(claim->tolerance) > 0)
        slt_buffer_printf(out, ", %.2f tolerances",
                          __builtin_fabs(off) / slt_real_double(claim->tolerance));
}

static void print_claim(const slt_figure *figure, size_t i, slt_buffer *out)
{
    static const char *const words[SLT_CLAIM_KINDS] = {"claim", "setting", "check",
                                                       "claim"};
    const slt_claim *claim = &figure->claims[i];
    char *expected = slt_claim_expected(claim);
    out->failed |= !expected;
    slt_buffer_printf(out, "\n%s %s: %s\n", words[claim->kind], claim->id,
                      slt_claim_verdict(claim));
    slt_buffer_printf(out, "  %s  ",
                      claim->kind == SLT_CLAIM_CHECK ? "checked" : "printed");
    print_lines(out, claim->says);
    slt_buffer_printf(out, "\n  expect   %s (", expected ? expected : "");
    print_lines(out, claim->basis);
    slt_buffer_printf(out, ")\n  ours     ");
    if (claim->question)
        slt_claim_answer(claim, out);
    else
        print_ours(claim, named_with_error(figure, i), out);
    slt_buffer_printf(out, "\n");
    free(expected);
    if (*claim->note) {
        slt_buffer_printf(out, "  note     ");
        print_lines(out, claim->note);
        slt_buffer_byte(out, '\n');
    }
}

/* ---- Fits -------------------------------------------------------------------------- */

static void print_fits(const slt_figure *figure, slt_buffer *out)
{
    bool any = false;
    for (size_t i = figure->table.data_count; i < figure->table.count; i++) {
        const slt_table_row *row = &figure->table.rows[i];
        if (row->origin.part != SLT_TABLE_FIT)
            continue;
        if (!any)
            slt_buffer_printf(out, "\nfits\n");
        any = true;
        slt_buffer_printf(out, "  %-20s %12.6g",
                          row->series + strlen(slt_table_prefix(SLT_TABLE_FIT)),
                          slt_real_double(row->value));
        if (row->has_error)
            slt_buffer_printf(out, "  standard error %.3g", slt_real_double(row->error));
        print_coverage(figure, i, out);
        slt_buffer_printf(out, "\n");
    }
}

/* ---- Other numbers ----------------------------------------------------------------- */

/* Whether a row's number is shown here; numbers of fits, summaries and statuses are
 * not. */
static bool is_counted(const slt_table_row *row)
{
    const slt_table_part part = row->origin.part;
    return part == SLT_TABLE_BOOTSTRAP || part == SLT_TABLE_STATISTIC ||
           part == SLT_TABLE_CLUSTER || part == SLT_TABLE_BINS ||
           part == SLT_TABLE_COMPARISON;
}

static void print_numbers(const slt_figure *figure, slt_buffer *out)
{
    bool any = false;
    for (size_t i = figure->table.data_count; i < figure->table.count; i++) {
        const slt_table_row *row = &figure->table.rows[i];
        if (!is_counted(row))
            continue;
        if (!any)
            slt_buffer_printf(out, "\nnumbers\n");
        any = true;
        slt_buffer_printf(out, "  %-32s %12.6g", row->series,
                          slt_real_double(row->value));
        print_coverage(figure, i, out);
        slt_buffer_printf(out, "\n");
    }
}

/* ---- Tables ------------------------------------------------------------------------ */

static void print_cell(const slt_grid_cell *cell, slt_buffer *out)
{
    if (slt_real_finite(cell->value))
        slt_buffer_printf(out, "%.4g", slt_real_double(cell->value));
    else
        slt_buffer_printf(out, "-");
    if (slt_real_finite(cell->low) && slt_real_finite(cell->high))
        slt_buffer_printf(out, " [%.4g, %.4g]", slt_real_double(cell->low),
                          slt_real_double(cell->high));
    if (slt_real_finite(cell->printed))
        slt_buffer_printf(out, " printed %.4g", slt_real_double(cell->printed));
}

/* A line a row and column: cells may be as long as they are many. */
static void print_grid(const slt_grid *grid, slt_buffer *out)
{
    const slt_grid_spec *spec = grid->spec;
    slt_buffer row = {0}, column = {0};
    slt_buffer_printf(out, "\ntable: ");
    print_lines(out, spec->title);
    slt_buffer_byte(out, '\n');
    for (size_t i = 0; i < spec->row_count; i++)
        for (size_t j = 0; j < spec->column_count; j++) {
            slt_buffer_printf(out, "  %-16s %-16s ",
                              figure_text_escaped(&row, spec->rows[i]),
                              figure_text_escaped(&column, spec->columns[j].head));
            print_cell(&grid->cells[i * spec->column_count + j], out);
            slt_buffer_byte(out, '\n');
        }
    out->failed |= row.failed | column.failed;
    slt_buffer_free(&row);
    slt_buffer_free(&column);
}

/* ---- References -------------------------------------------------------------------- */

static void print_references(const slt_figure *figure, slt_buffer *out)
{
    const slt_figure_spec *spec = figure->spec;
    slt_buffer room = {0};
    for (size_t i = 0; spec && i < spec->reference_count; i++)
        slt_buffer_printf(out, "%s  %-20s %s\n", i ? "" : "\nreferences\n",
                          spec->references[i].name,
                          figure_text_escaped(&room, spec->references[i].source));
    out->failed |= room.failed;
    slt_buffer_free(&room);
}

/* ---- Theory ------------------------------------------------------------------------ */

/* A least squares fit of the closed form on 1, x, x^2, in the form in which the paper
 * prints its theory. */
static void print_theory_fit(const slt_figure *figure, const slt_real *theory,
                             slt_buffer *out)
{
    size_t n = figure->table.row_count;
    slt_tensor a = {0}, b = {0};
    slt_real x[3];
    slt_least_squares fit = {.x = x};
    bool fine = n >= 3 && !slt_tensor_create(&a, SLT_F64, n, 3, NULL) &&
                !slt_tensor_create(&b, SLT_F64, n, 1, NULL);
    for (size_t i = 0; i < n && fine; i++) {
        slt_real at;
        fine = slt_real_parse(figure->table.rows[i].x, &at) && slt_real_finite(theory[i]);
        double power = 1;
        for (size_t j = 0; j < 3 && fine; j++, power *= slt_real_double(at))
            slt_tensor_set(&a, 3 * i + j, slt_real_of(power));
        if (fine)
            slt_tensor_set(&b, i, theory[i]);
    }
    if (fine && !slt_num_least_squares(&a, &b, &fit, NULL)) {
        if (__builtin_fabs(slt_real_double(x[0])) <
            1e-9 * __builtin_fabs(slt_real_double(x[1])))
            x[0] = slt_real_of(0); /* rounding */
        slt_buffer_printf(out, "  theory as a parabola: %.6g x^2 + %.6g x + %.6g\n",
                          slt_real_double(x[2]), slt_real_double(x[1]),
                          slt_real_double(x[0]));
    }
    slt_tensor_free(&a);
    slt_tensor_free(&b);
}

/* Prints a line a row: the closed form, our number, and their ratio. */
static void print_closed_form(const slt_figure *figure, const char *name,
                              const slt_real *theory, slt_buffer *out)
{
    slt_buffer series = {0}, x = {0};
    slt_buffer_printf(out, "  %-24s %10s %12s %12s %8s\n", "series", "x", name, "ours",
                      "ratio");
    for (size_t i = 0; i < figure->table.data_count; i++) {
        const slt_table_row *row = &figure->table.rows[i];
        if (!slt_real_finite(theory[i]))
            continue;
        slt_buffer_printf(out, "  %-24s %10s %12.6g %12.6g %8.4f\n",
                          figure_text_escaped(&series, row->series),
                          figure_text_escaped(&x, row->x), slt_real_double(theory[i]),
                          slt_real_double(row->value),
                          slt_real_double(row->value) / slt_real_double(theory[i]));
    }
    out->failed |= series.failed | x.failed;
    slt_buffer_free(&series);
    slt_buffer_free(&x);
    if (!figure->spec->theory.grokking)
        print_theory_fit(figure, theory, out);
}

/* Of two closed forms: at how many rows which lies nearer.  One is nearer where the
 * distances differ by more than the row's error. */
static void print_nearer(const slt_figure *figure, const slt_theory *theory,
                         slt_buffer *out)
{
    size_t nearer[2] = {0}, open = 0;
    for (size_t i = 0; i < figure->table.data_count; i++) {
        const slt_table_row *row = &figure->table.rows[i];
        double away[2];
        for (size_t line = 0; line < 2; line++)
            away[line] = __builtin_fabs(slt_real_double(row->value) -
                                        slt_real_double(theory->value[line][i]));
        const double gain = away[1] - away[0];
        if (__builtin_isnan(gain) || !row->has_error)
            continue;
        if (__builtin_fabs(gain) > slt_real_double(row->error))
            nearer[gain < 0]++;
        else
            open++;
    }
    if (nearer[0] + nearer[1] + open)
        slt_buffer_printf(
            out,
            "  nearer to ours: %s at %zu rows, %s at %zu; at %zu they differ "
            "by less than the error\n",
            theory->name[0], nearer[0], theory->name[1], nearer[1], open);
}

/* Prints what theory predicts for these chains and for endless ones, and our number. */
static void print_prediction(const slt_figure *figure, const slt_theory *theory,
                             slt_buffer *out)
{
    slt_buffer series = {0}, x = {0};
    slt_buffer_printf(out, "  %-24s %10s %12s %12s %12s %8s\n", "series", "x", "endless",
                      "these chains", "ours", "ratio");
    for (size_t i = 0; i < figure->table.data_count; i++) {
        const slt_table_row *row = &figure->table.rows[i];
        if (!slt_real_finite(theory->value[0][i]))
            continue;
        char endless[32] = "no limit";
        if (slt_real_finite(theory->value[1][i]))
            snprintf(endless, sizeof endless, "%.6g",
                     slt_real_double(theory->value[1][i]));
        slt_buffer_printf(
            out, "  %-24s %10s %12s %12.6g %12.6g %8.4f\n",
            figure_text_escaped(&series, row->series), figure_text_escaped(&x, row->x),
            endless, slt_real_double(theory->value[0][i]), slt_real_double(row->value),
            slt_real_double(row->value) / slt_real_double(theory->value[0][i]));
    }
    out->failed |= series.failed | x.failed;
    slt_buffer_free(&series);
    slt_buffer_free(&x);
}

static void print_levels(const slt_figure *figure, slt_buffer *out)
{
    const slt_theory_spec *theory = figure->spec ? &figure->spec->theory : NULL;
    slt_buffer room = {0};
    for (size_t i = 0; theory && i < theory->level_count; i++)
        slt_buffer_printf(out, "%s  %-24s %12.6g\n", i ? "" : "\nlevels\n",
                          figure_text_escaped(&room, theory->levels[i].label),
                          slt_real_double(theory->levels[i].value));
    out->failed |= room.failed;
    slt_buffer_free(&room);
}

static void print_theory(const slt_figure *figure, slt_buffer *out)
{
    const slt_theory *theory = slt_figure_theory(figure);
    if (theory->lines)
        slt_buffer_printf(out, "\ntheory: %s\n", theory->title);
    if (theory->lines && theory->predictions)
        print_prediction(figure, theory, out);
    for (size_t i = 0; !theory->predictions && i < theory->lines; i++)
        print_closed_form(figure, theory->lines > 1 ? theory->name[i] : "theory",
                          theory->value[i], out);
    if (!theory->predictions && theory->lines == 2)
        print_nearer(figure, theory, out);
    if (theory->note.size) {
        slt_buffer_printf(out, "\ntheory: ");
        slt_buffer_append(out, theory->note.data, theory->note.size);
        slt_buffer_printf(out, "\n");
    }
    print_levels(figure, out);
}

/* ---- Chains ------------------------------------------------------------------------ */

static void print_chains(const slt_figure *figure, slt_buffer *out)
{
    const slt_chain_summary chains = slt_chain_summary_of(&figure->runs);
    if (!figure->has_runs)
        slt_buffer_printf(out, "\nchains: whether they settled is told by the golden's "
                               "table of runs, or by traces: --from DIR\n");
    if (!figure->runs.estimate_count)
        return;
    slt_buffer_printf(out, "\nchains: ");
    slt_chain_summary_print(&chains, &figure->runs, "  ", out);
}

/* ---- The picture ------------------------------------------------------------------- */

static slt_status print_hidden(const slt_figure *figure, slt_buffer *out, slt_error *err)
{
    size_t hidden;
    char *text = NULL;
    slt_status status = slt_figure_hidden(figure, &hidden, &text, err);
    if (!status && *text) {
        slt_buffer_printf(out, "\npicture  ");
        print_lines(out, text);
        slt_buffer_byte(out, '\n');
    }
    free(text);
    return status;
}

slt_status slt_figure_report(const slt_figure *figure, char **text, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer out = {0};
    slt_status status = slt_figure_theory_status(figure, err);
    if (status)
        return status;
    print_title(figure, &out);
    print_count(figure, &out);
    print_ended(figure, &out);
    for (size_t i = 0; i < figure->claim_count; i++)
        print_claim(figure, i, &out);
    print_fits(figure, &out);
    print_numbers(figure, &out);
    for (size_t i = 0; i < figure->grid_count; i++)
        print_grid(&figure->grids[i], &out);
    print_references(figure, &out);
    print_theory(figure, &out);
    print_chains(figure, &out);
    status = print_hidden(figure, &out, err);
    if (!status && !(*text = slt_buffer_take(&out)))
        status = slt_fail(err, SLT_RESOURCE, "no memory for the report");
    slt_buffer_free(&out);
    return status;
}
