/* Closed forms of grokking: at the rows of a figure, and in the bins of its histograms.
 */
#include "study_sample.h"

#include <math.h>

#include <sltrace/theory.h>

#include "figure/figure.h"

enum { RUNS = 12 };

static slt_error err;

/* Four gaps with three seeds each; what is shown stands for a grokking time. */
static const char before[] = SAMPLE_HEAD(
    "test/grokking") "sweep:\n  gap: [0.1, 0.2, 0.4, 0.8]\n  seed: {from: 0, count: 3}\n"
                     "run:\n  arithmetic: f32\n  seed: $seed\n"
                     "  data: {kind: linear-teacher, samples: 12, inputs: 6, outputs: 6, "
                     "rank: 1,\n"
                     "         noise_std: $gap}\n"
                     "  model:\n    weights:\n"
                     "      W: {shape: [6, 6], init: {kind: normal, std: 0.1}}\n"
                     "    ops:\n"
                     "      - {op: linear, in: x, weight: W, out: y}\n"
                     "    loss: {op: mse, in: y}\n"
                     "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 1\n"
                     "figure:\n"
                     "  measures: {m: {result: llc/mean}}\n"
                     "  rows:\n"
                     "    - {name: p, by: gap, value: llc/mean}\n"
                     "    - {name: other, by: gap, value: llc/mean, where: {seed: 1}}\n"
                     "  histograms:\n"
                     "    - {name: one, of: m, from: 0, to: 2, bins: 4, where: "
                     "{gap: 0.4}}\n"
                     "    - {name: all, of: m, from: 0, to: 2, bins: 4}\n"
                     "  theory: {grokking: ";

static slt_figure *make(const char *theory, slt_manifest **manifest)
{
    static slt_outcome outcomes[RUNS];
    static slt_result results[RUNS];
    slt_buffer text = {0};
    slt_figure *figure = NULL;
    for (size_t run = 0; run < RUNS; run++) {
        results[run] = (slt_result){.quantity = {.kind = SLT_QUANTITY_LLC_MEAN},
                                    .value = slt_real_of((double)(run % 3) + .25)};
        outcomes[run] = (slt_outcome){
            .status = SLT_RUN_DONE, .results = &results[run], .result_count = 1};
    }
    slt_buffer_printf(&text, "%s%s}\n", before, theory);
    *manifest = sample_open(slt_buffer_text(&text));
    if (slt_figure_of_outcomes(*manifest, outcomes, &figure, &err))
        tap_bail(err.text);
    slt_buffer_free(&text);
    return figure;
}

static double chance(double eps, double t)
{
    const slt_grokking_group *group;
    const slt_grokking_formula *formula = slt_grokking_formula_of("exp1d", "F", &group);
    slt_grokking at = slt_grokking_presets(group);
    double value = NAN;
    at.value[SLT_GROKKING_N] = 2;
    at.value[SLT_GROKKING_EPS] = eps;
    at.value[SLT_GROKKING_L2] = .5;
    at.value[SLT_GROKKING_T] = t;
    if (formula->evaluate(&at, &value, &err))
        tap_note("%s", err.text);
    return value;
}

static double line_at(const slt_theory *theory, size_t line, size_t row)
{
    return slt_real_double(theory->value[line][row]);
}

/* Rows 0 to 3 are of `p`, 4 to 7 of `other`, 8 to 11 bins of `one`, 12 to 15 of `all`. */
static void test_lines(void)
{
    slt_manifest *manifest;
    slt_figure *figure = make("{model: exp1d, formulas: [P, F], samples: 4, gap: $gap, "
                              "l2: 0.5, rows: p}",
                              &manifest);
    const slt_theory *theory = slt_figure_theory(figure);
    char *report = NULL;
    bool rows = theory->lines == 2, none = true;
    for (size_t i = 0; i < 4 && rows; i++) {
        const double e = 1.5 * .1 * (double)(1 << i);
        rows = fabs(line_at(theory, 0, i) - (1 - (1 + 2 * e) * exp(-4 * e))) < 1e-14;
        none = none && isnan(line_at(theory, 1, i)) && isnan(line_at(theory, 0, 4 + i));
    }
    TAP_OK(rows && none,
           "P beside the rows of that name, by the gap of each, with 4 samples as N = 2");
    double most = 0;
    for (size_t k = 0; k < 4 && rows; k++) {
        const double end = (double)(k + 1) / 2;
        const double expected = 3 * (chance(.4, end) - (k ? chance(.4, end - .5) : 0));
        most = fmax(most, fabs(line_at(theory, 1, 8 + k) - expected));
        none =
            none && isnan(line_at(theory, 0, 4 + k)) && isnan(line_at(theory, 1, 12 + k));
    }
    TAP_OK(most < 1e-6 && none,
           "in the bins of one gap: three data sets, one above the bins");
    TAP_OK(strstr(slt_buffer_text((slt_buffer *)&theory->note),
                  "no prediction at hist.all, x = 0: its runs have several eps"),
           "a histogram of several gaps has no line: %.*s", (int)theory->note.size,
           (const char *)theory->note.data);
    TAP_EQ_TEXT(theory->column[1], ">F (advisory)", "a column's heading");
    TAP_OK(!slt_figure_report(figure, &report, &err) &&
               strstr(report, "theory: grokking, closed forms") &&
               !strstr(report, "parabola"),
           "a report");
    free(report);
    slt_figure_free(figure);
    slt_manifest_free(manifest);
}

/* The formulas give .947 and .775; the rows of `other` have no error. */
static void test_nearer(void)
{
    slt_manifest *manifest;
    char *report = NULL;
    slt_figure *figure = make("{model: ball, formulas: [P, P-printed], samples: 20, "
                              "inputs: 10, gap: 1.1, l2: 0.1}",
                              &manifest);
    for (size_t i = 0; i < figure->table.row_count; i++) {
        static const double values[] = {.94, .78, .86, .95};
        figure->table.rows[i].value = slt_real_of(values[i % 4]);
        figure->table.rows[i].error = slt_real_of(.01);
    }
    TAP_OK(!slt_figure_report(figure, &report, &err) &&
               strstr(report, "nearer to ours: P at 2 rows, P-printed at 1; at 1 they "
                              "differ by less than the error"),
           "which formula is nearer, by rows with an error");
    free(report);
    slt_figure_free(figure);
    slt_manifest_free(manifest);
}

static void test_range(void)
{
    slt_manifest *manifest;
    slt_figure *figure =
        make("{model: exp1d, formulas: P, samples: 5, gap: $gap}", &manifest);
    const slt_theory *theory = slt_figure_theory(figure);
    TAP_OK(!theory->lines &&
               strstr(slt_buffer_text((slt_buffer *)&theory->note),
                      "N must be a whole number from 1 to 1e+06; it is 2.5"),
           "an odd number of samples: no line, and why");
    slt_figure_free(figure);
    slt_manifest_free(manifest);
}

int main(void)
{
    test_range();
    if (isnan(chance(1, 1)))
        tap_skip("what takes GSL", "none is installed");
    else
        test_lines();
    if (!isnan(chance(1, 1)))
        test_nearer();
    return tap_done();
}
