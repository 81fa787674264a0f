/* figure: points, fits, claims, report: a figure from given results. */
#include "study_sample.h"

#include <unistd.h>

#include "figure/expr.h"
#include "figure/figure.h"

static slt_error err;

/* Ranks 1 to 5 with two seeds each, claims upon their parabola. */
#define FIGURE_MANIFEST(expect, tolerance)                                               \
    SAMPLE_HEAD("test/figure")                                                           \
    "cite: {paper: \"a paper\", figure: 6}\n"                                            \
    "sweep:\n  rank: [1, 2, 3, 4, 5]\n  seed: {from: 0, count: 2}\n"                     \
    "run:\n  arithmetic: f32\n  seed: $seed\n"                                           \
    "  data: {kind: linear-teacher, samples: 12, inputs: 6, outputs: 6, rank: $rank}\n"  \
    "  model:\n    weights:\n"                                                           \
    "      W1: {shape: [$rank, 6], init: {kind: normal, std: 0.1}}\n"                    \
    "      W2: {shape: [6, $rank], init: {kind: normal, std: 0.1}}\n"                    \
    "    ops:\n"                                                                         \
    "      - {op: linear, in: x, weight: W1, out: h}\n"                                  \
    "      - {op: linear, in: h, weight: W2, out: y}\n"                                  \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 1\n"                     \
    "figure:\n"                                                                          \
    "  rows: {by: rank, value: llc/mean, error: sd}\n"                                   \
    "  fit: {quadratic: {y: llc/mean, x: rank}}\n"                                       \
    "  summary: llc/mean\n"                                                              \
    "  theory: {rrr: {in: 6, hidden: $rank, out: 6, rank: $rank}}\n"                     \
    "  claims:\n"                                                                        \
    "    - {id: a2, says: \"-r^2/2\", value: fit.quadratic.a2, expect: " expect ",\n"    \
    "       tolerance: " tolerance ", basis: test}\n"

/* LLC = -r^2/2 + 6 r + 1 of each run, plus and minus 1/4 by seed. */
static void fill(slt_outcome outcomes[10], slt_result results[10])
{
    for (size_t run = 0; run < 10; run++) {
        double r = (double)(run / 2 + 1);
        results[run] = (slt_result){
            .quantity = {.kind = SLT_QUANTITY_LLC_MEAN},
            .value = slt_real_of(-r * r / 2 + 6 * r + 1 + (run % 2 ? 0.25 : -0.25))};
        outcomes[run] = (slt_outcome){
            .status = SLT_RUN_DONE, .results = &results[run], .result_count = 1};
    }
}

static slt_figure *make(slt_manifest *manifest, const slt_outcome *outcomes)
{
    slt_figure *figure = NULL;
    if (slt_figure_of_outcomes(manifest, outcomes, &figure, &err))
        tap_bail(err.text);
    return figure;
}

static double named(const slt_figure *figure, const char *name)
{
    const slt_table_row *row = slt_table_named(&figure->table, name);
    return row ? slt_real_double(row->value) : -1e300;
}

static bool near(double a, double b)
{
    return a - b < 1e-9 && b - a < 1e-9;
}

static void test_rows_and_fit(void)
{
    slt_manifest *manifest = sample_open(FIGURE_MANIFEST("-0.5", "0.01"));
    slt_outcome outcomes[10];
    slt_result results[10];
    fill(outcomes, results);
    slt_figure *figure = make(manifest, outcomes);
    size_t size;
    const char *csv = slt_figure_csv(figure, &size);
    static const char start[] = "series,x,value,error,n\n"
                                "llc/mean,1,6.5,0.3535533905932738,2\n"
                                "llc/mean,2,11,0.3535533905932738,2\n";
    TAP_OK(size > sizeof start && !memcmp(csv, start, sizeof start - 1), "its rows");
    TAP_OK(near(named(figure, "fit.quadratic.a0"), 1), "a0");
    TAP_OK(near(named(figure, "fit.quadratic.a1"), 6), "a1");
    TAP_OK(near(named(figure, "fit.quadratic.a2"), -0.5), "a2");
    TAP_OK(near(named(figure, "fit.quadratic.r2"), 1), "r2");
    TAP_EQ_U64(figure->table.data_count, 5, "rows of data");
    TAP_OK(near(named(figure, "summary.llc/mean.min"), 6.25) &&
               near(named(figure, "summary.llc/mean.mean"), 13.5) &&
               near(named(figure, "summary.llc/mean.max"), 18.75),
           "the least, mean and greatest result of all runs");
    TAP_OK(named(figure, "status.done") == 10 && named(figure, "status.diverged") == 0,
           "counts by status");
    slt_figure_free(figure);
    slt_manifest_free(manifest);
}

static void test_diverged_runs(void)
{
    slt_manifest *manifest = sample_open(FIGURE_MANIFEST("-0.5", "0.01"));
    slt_outcome outcomes[10];
    slt_result results[10];
    fill(outcomes, results);
    outcomes[3].status = SLT_RUN_DIVERGED;
    slt_figure *figure = make(manifest, outcomes);
    const slt_table_row *row = slt_table_at(&figure->table, NULL, "2");
    TAP_OK(row && row->n == 1 && !row->has_error && slt_real_double(row->value) == 10.75,
           "a diverged run does not count");
    TAP_OK(named(figure, "status.diverged") == 1, "but is told");
    slt_figure_free(figure);
    slt_manifest_free(manifest);
}

/* The verdict of the claim under another printed value or tolerance. */
static bool verdict(const char *text)
{
    slt_manifest *manifest = sample_open(text);
    slt_outcome outcomes[10];
    slt_result results[10];
    fill(outcomes, results);
    slt_figure *figure = make(manifest, outcomes), *again = NULL;
    size_t size;
    const char *csv = slt_figure_csv(figure, &size);
    bool reproduced = slt_claim_holds(slt_figure_claim(figure, 0));
    if (slt_figure_of_csv(manifest, csv, size, &again, &err))
        tap_bail(err.text);
    TAP_OK(slt_figure_claims(again) == 1 &&
               slt_claim_holds(slt_figure_claim(again, 0)) == reproduced &&
               slt_figure_claim(again, 0)->value.bits ==
                   slt_figure_claim(figure, 0)->value.bits,
           "the same claim from the CSV alone");
    slt_figure_free(again);
    slt_figure_free(figure);
    slt_manifest_free(manifest);
    return reproduced;
}

/* A setting as a claim's value; what is no number is refused with its place. */
static void test_settings(void)
{
    slt_manifest *manifest = sample_open(FIGURE_MANIFEST("-0.5", "0.01"));
    const slt_table none = {0};
    slt_real value = slt_real_of(0);
    TAP_OK(!slt_expr_value("setting[run.train.optimizer.lr] * 100", &none, manifest,
                           &value, &err) &&
               slt_real_double(value) == 0.01 * 100,
           "a setting");
    TAP_OK(!slt_expr_value("setting[run.model.weights.W1.shape[1]]", &none, manifest,
                           &value, &err) &&
               slt_real_double(value) == 6,
           "one in a list");
    TAP_OK(!slt_expr_value("setting[run.data.rank]", &none, manifest, &value, &err) &&
               slt_real_double(value) == 1,
           "one from the sweep: that of run 0");
    TAP_OK(!slt_expr_value("setting[run.train.optimizer.momentum]", &none, manifest,
                           &value, &err) &&
               slt_real_double(value) == 0,
           "a default");
    static const char *const refused[] = {"setting[run.data.kind]",
                                          "setting[run.dta.rank]", "setting[run.train]",
                                          "setting[run", "setting[]"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        TAP_OK(slt_expr_value(refused[i], &none, manifest, &value, &err) == SLT_FORMAT,
               "%s: %s", refused[i], err.text);
    slt_manifest_free(manifest);
}

static void test_verdicts(void)
{
    TAP_OK(verdict(FIGURE_MANIFEST("-0.5", "0.01")), "the printed value: reproduced");
    TAP_OK(!verdict(FIGURE_MANIFEST("-0.4", "0.01")),
           "ten tolerances above: not reproduced");
    TAP_OK(!verdict(FIGURE_MANIFEST("-0.6", "0.01")),
           "ten tolerances below: not reproduced");
    TAP_OK(verdict(FIGURE_MANIFEST("-0.505", "0.01")),
           "half a tolerance off: reproduced");
}

static void test_report(void)
{
    slt_manifest *manifest = sample_open(FIGURE_MANIFEST("-0.5", "0.01"));
    slt_outcome outcomes[10];
    slt_result results[10];
    fill(outcomes, results);
    slt_figure *figure = make(manifest, outcomes);
    char *text = NULL;
    const slt_theory *theory = slt_figure_theory(figure);
    TAP_OK(theory->lines == 1 && slt_real_double(theory->value[0][2]) == 13.5,
           "closed form of rank 3: r (2 d - r) / 2");
    TAP_OK(!slt_figure_report(figure, &text, &err), "a report");
    TAP_OK(strstr(text, "claim a2: reproduced") && strstr(text, "-r^2/2"), "the claim");
    TAP_OK(strstr(text, "theory as a parabola: -0.5 x^2 + 6 x"), "the theory's parabola");
    TAP_OK(strstr(text, "a paper, figure 6"), "what it is of");
    free(text);
    slt_figure_free(figure);
    slt_manifest_free(manifest);
}

/* Closed forms of a quadratic network in place of reduced-rank regression's. */
static void test_network(void)
{
    static const char from[] = "{rrr: {in: 6, hidden: $rank, out: 6, rank: $rank}}";
    const char *text = FIGURE_MANIFEST("-0.5", "0.01"), *at = strstr(text, from);
    slt_buffer other = {0};
    slt_buffer_printf(&other,
                      "%.*s{quadratic-network: {p: 5, width: $rank, fraction: 0.6, "
                      "formulas: [printed, generic-rank]}}%s",
                      (int)(at - text), text, at + sizeof from - 1);
    slt_manifest *manifest = sample_open(slt_buffer_text(&other));
    slt_outcome outcomes[10];
    slt_result results[10];
    fill(outcomes, results);
    slt_figure *figure = make(manifest, outcomes);
    const slt_theory *theory = slt_figure_theory(figure);
    TAP_OK(theory->lines == 2 && slt_real_double(theory->value[0][2]) == 21 &&
               slt_real_double(theory->value[1][2]) == 19.5,
           "of 3 neurons, p 5: 1/2 3 (3 p - 1), and half of the rank 3 (3 p - 2)");
    TAP_OK(slt_real_double(theory->value[1][4]) == 32.5, "and of 5");
    char *report = NULL;
    TAP_OK(!slt_figure_report(figure, &report, &err) &&
               strstr(report, "      printed         ours") &&
               strstr(report, "generic-rank         ours") && !strstr(report, "endless"),
           "both in the report");
    free(report);
    TAP_EQ_TEXT(theory->column[1], ">generic-rank (advisory)", "a column's heading");
    slt_figure_free(figure);
    slt_manifest_free(manifest);
    slt_buffer_free(&other);
}

/* The picture, and one line where it cannot be made. */
static void test_picture(void)
{
    slt_manifest *manifest = sample_open(FIGURE_MANIFEST("-0.5", "0.01"));
    slt_outcome outcomes[10];
    slt_result results[10];
    char path[] = "/tmp/slt-figure-XXXXXX.svg", text[64] = "";
    close(mkstemps(path, 4));
    fill(outcomes, results);
    slt_figure *figure = make(manifest, outcomes);
    slt_status status = slt_figure_svg(figure, path, &err);
    FILE *file = fopen(path, "r");
    if (status == SLT_UNFIT && strstr(err.text, "gnuplot"))
        tap_skip("a picture", "gnuplot is missing");
    else
        TAP_OK(!status && fread(text, 1, sizeof text - 1, file) > 5 &&
                   !strncmp(text, "<?xml", 5),
               "a picture");
    fclose(file);
    char *folders = strdup(getenv("PATH"));
    setenv("PATH", "/nonexistent", 1);
    TAP_OK(slt_figure_svg(figure, path, &err) == SLT_UNFIT &&
               strstr(err.text, "gnuplot") && strstr(err.text, "CSV") &&
               !strchr(err.text, '\n'),
           "without gnuplot one line: %s", err.text);
    setenv("PATH", folders, 1);
    free(folders);
    unlink(path);
    slt_figure_free(figure);
    slt_manifest_free(manifest);
}

static void test_too_few(void)
{
    slt_manifest *manifest = sample_open(FIGURE_MANIFEST("-0.5", "0.01"));
    slt_outcome outcomes[10];
    slt_result results[10];
    slt_figure *figure = NULL;
    fill(outcomes, results);
    for (size_t run = 4; run < 10; run++)
        outcomes[run].status = SLT_RUN_DIVERGED;
    TAP_OK(slt_figure_of_outcomes(manifest, outcomes, &figure, &err) == SLT_FORMAT &&
               strstr(err.text, "figure.fit.quadratic: 2 points, expected at least 3"),
           "too few points for a fit: %s", err.text);
    slt_manifest_free(manifest);
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_rows_and_fit();
    test_diverged_runs();
    test_settings();
    test_verdicts();
    test_report();
    test_network();
    test_picture();
    test_too_few();
    return tap_done();
}
