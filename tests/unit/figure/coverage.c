/* figure: coverage.c: the runs that a number is about, and those it leaves out. */
#include "study_sample.h"

#include "figure/figure.h"

static slt_error err;

#define COVERAGE_ROWS                                                                    \
    SAMPLE_HEAD("test/coverage")                                                         \
    "sweep:\n  rank: [1, 2]\n  seed: {from: 0, count: 3}\n"                              \
    "run:\n  arithmetic: f32\n  seed: $seed\n"                                           \
    "  data: {kind: linear-teacher, samples: 12, inputs: 4, outputs: 3, rank: "          \
    "$rank}\n" SAMPLE_NET "  train:\n"                                                   \
    "    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 1\n"                               \
    "figure:\n"                                                                          \
    "  rows: {by: rank, value: llc/mean, error: sd}\n"

#define COVERAGE_MANIFEST                                                                \
    COVERAGE_ROWS                                                                        \
    "  measures:\n    m: {result: llc/mean}\n"                                           \
    "  statistics:\n"                                                                    \
    "    - {name: some, of: m, where: {rank: 2}}\n    - m\n"                             \
    "  points:\n    - {name: p, x: rank, y: m, where: {rank: 1}}\n"                      \
    "  fit:\n    - {name: f, constant: {points: p}}\n"                                   \
    "    - {name: g, constant: {y: m, x: rank}}\n"                                       \
    "  bootstrap:\n    - {name: f, fit: f, resamples: 2, seed: 1}\n"                     \
    "  clusters:\n    - {name: c, of: m, gap: 1}\n"                                      \
    "  histograms:\n    - {name: h, of: m, from: 0, to: 9, bins: 1}\n"                   \
    "  summary: llc/mean\n"

/* Runs 0 to 2 have rank 1, runs 3 to 5 rank 2. */
static slt_figure *make(slt_manifest *manifest, const slt_run_status statuses[6])
{
    slt_outcome outcomes[6];
    static slt_result results[6];
    slt_figure *figure = NULL;
    for (size_t run = 0; run < 6; run++) {
        results[run] = (slt_result){.quantity = {.kind = SLT_QUANTITY_LLC_MEAN},
                                    .value = slt_real_of((double)run)};
        outcomes[run] = (slt_outcome){
            .status = statuses[run], .results = &results[run], .result_count = 1};
    }
    if (slt_figure_of_outcomes(manifest, outcomes, &figure, &err))
        tap_bail(err.text);
    return figure;
}

/* What is said of the first row of that series; "" where it leaves nothing out. */
static const char *said(const slt_figure *figure, const char *series)
{
    static slt_buffer text;
    slt_coverage coverage;
    slt_buffer_clear(&text);
    for (size_t i = 0; i < figure->table.count; i++)
        if (!strcmp(figure->table.rows[i].series, series)) {
            if (slt_figure_coverage(figure, i, &coverage))
                slt_coverage_print(&coverage, &text);
            return slt_buffer_text(&text);
        }
    return "no such row";
}

static void test_selections(slt_manifest *manifest)
{
    static const slt_run_status statuses[6] = {SLT_RUN_DIVERGED, SLT_RUN_DONE,
                                               SLT_RUN_OVERFLOW, SLT_RUN_DONE,
                                               SLT_RUN_DONE,     SLT_RUN_DONE};
    slt_figure *figure = make(manifest, statuses);
    static const char one[] = "1 of 3 runs, 1 diverged, 1 overflowed";
    static const char all[] = "4 of 6 runs, 1 diverged, 1 overflowed";
    TAP_EQ_TEXT(said(figure, "llc/mean"), one, "a row: the runs of its group");
    TAP_EQ_TEXT(said(figure, "points.p"), one, "points: those that `where` selects");
    TAP_EQ_TEXT(said(figure, "fit.f.a0"), one, "a fit of points: theirs");
    TAP_EQ_TEXT(said(figure, "bootstrap.f.a0.low"), one, "a bootstrap: its fit's");
    TAP_EQ_TEXT(said(figure, "fit.g.a0"), all, "a fit along an axis");
    TAP_EQ_TEXT(said(figure, "stat.m.mean"), all, "a statistic of a measure");
    TAP_EQ_TEXT(said(figure, "stat.some.mean"), "", "one of runs that went well");
    TAP_EQ_TEXT(said(figure, "cluster.c.count"), all, "clusters");
    TAP_EQ_TEXT(said(figure, "hist.h"), all, "a bin");
    TAP_EQ_TEXT(said(figure, "hist.h.count"), all, "what is said of a histogram");
    TAP_EQ_TEXT(said(figure, "summary.llc/mean.max"), all, "a summary");
    TAP_EQ_TEXT(said(figure, "status.diverged"), "", "a count leaves nothing out");
    slt_buffer text = {0};
    slt_figure_print_ended(figure, &text);
    TAP_EQ_TEXT(slt_buffer_text(&text),
                "run 0 (rank=1 seed=0) diverged, run 2 (rank=1 seed=2) overflowed",
                "which runs");
    slt_buffer_clear(&text);
    slt_figure_print_absent(figure, &text);
    TAP_EQ_TEXT(slt_buffer_text(&text), "", "every row is there");
    slt_buffer_free(&text);
    slt_figure_free(figure);
}

static void test_absent(void)
{
    slt_manifest *manifest = sample_open(COVERAGE_ROWS);
    static const slt_run_status statuses[6] = {SLT_RUN_DONE,     SLT_RUN_DONE,
                                               SLT_RUN_DONE,     SLT_RUN_DIVERGED,
                                               SLT_RUN_DIVERGED, SLT_RUN_DIVERGED};
    slt_buffer text = {0};
    slt_figure *figure = make(manifest, statuses);
    slt_figure_print_absent(figure, &text);
    TAP_EQ_TEXT(slt_buffer_text(&text), "llc/mean at 2", "a row that has no run left");
    slt_figure_free(figure);
    static const slt_run_status others[6] = {SLT_RUN_DIVERGED, SLT_RUN_OVERFLOW,
                                             SLT_RUN_DIVERGED, SLT_RUN_DONE,
                                             SLT_RUN_DONE,     SLT_RUN_DONE};
    slt_buffer_clear(&text);
    figure = make(manifest, others);
    slt_figure_print_absent(figure, &text);
    TAP_EQ_TEXT(slt_buffer_text(&text), "llc/mean at 1", "the first row, told once");
    slt_figure_free(figure);
    static const slt_run_status none[6] = {SLT_RUN_DIVERGED, SLT_RUN_DIVERGED,
                                           SLT_RUN_DIVERGED, SLT_RUN_OVERFLOW,
                                           SLT_RUN_OVERFLOW, SLT_RUN_OVERFLOW};
    slt_buffer_clear(&text);
    figure = make(manifest, none);
    slt_figure_print_absent(figure, &text);
    TAP_EQ_TEXT(slt_buffer_text(&text), "llc/mean at 1, llc/mean at 2", "every row");
    slt_buffer_free(&text);
    slt_figure_free(figure);
    slt_manifest_free(manifest);
}

/* Of data alone the golden says how runs ended, and must not contradict them. */
static void test_golden(slt_manifest *manifest)
{
    static const slt_run_status statuses[6] = {SLT_RUN_DONE, SLT_RUN_DIVERGED};
    slt_golden golden = {.path = (char[]){"x.golden"}, .run_count = 6};
    slt_golden_run runs[6] = {[1] = {.status = SLT_RUN_DIVERGED}};
    slt_figure *made = make(manifest, statuses), *figure = NULL;
    size_t size;
    const char *csv = slt_figure_csv(made, &size);
    golden.runs = runs;
    if (slt_figure_of_csv(manifest, csv, size, &figure, &err))
        tap_bail(err.text);
    TAP_OK(slt_figure_ended_early(figure) == 0, "not known from data");
    TAP_OK(slt_figure_take_golden(figure, &golden, &err) == SLT_OK &&
               slt_figure_ended_early(figure) == 1,
           "known from the golden");
    slt_figure_free(figure);
    runs[2].status = SLT_RUN_OVERFLOW;
    if (slt_figure_of_csv(manifest, csv, size, &figure, &err))
        tap_bail(err.text);
    TAP_OK(slt_figure_take_golden(figure, &golden, &err) == SLT_DIFFERS &&
               strstr(err.text, "status.done is 5, but in the golden 4"),
           "%s", err.text);
    slt_figure_free(figure);
    slt_figure_free(made);
}

int main(void)
{
    slt_manifest *manifest = sample_open(COVERAGE_MANIFEST);
    test_selections(manifest);
    test_absent();
    test_golden(manifest);
    slt_manifest_free(manifest);
    return tap_done();
}
