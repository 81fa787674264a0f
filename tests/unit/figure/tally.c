/* figure/tally.c, histogram.c, fit_data.c: what a figure makes of tallies of trials. */
#include "study_sample.h"

#include <math.h>

#include "figure/figure.h"
#include "num/draw.h"

#define RUNS 2
#define RESULTS 40

/* Two runs, of a rate each, with trials. */
#define HEAD(bins)                                                                       \
    SAMPLE_HEAD("test/tally")                                                            \
    "sweep:\n  rate: [1, 2]\n  wide: {with: rate, values: [" bins "]}\n"                 \
    "run:\n  arithmetic: f32\n  seed: 1\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train:\n    optimizer: {kind: sgd, lr: $rate}\n    steps: 4\n"                    \
    "    checkpoints: {every: 1}\n    marks: {low: {metric: loss, below: 0.1}}\n"        \
    "  trials:\n    count: 100\n    block: 40\n    tally:\n"                             \
    "      hit: {kind: count, of: mark/low}\n"                                           \
    "      path: {kind: curve, of: loss}\n"                                              \
    "      when: {kind: histogram, of: mark/low, from: 0, to: $wide, bins: 2}\n"         \
    "figure:\n"

typedef struct tallies {
    slt_manifest *manifest;
    slt_outcome outcomes[RUNS];
    slt_result results[RUNS][RESULTS];
    slt_blocks blocks[RUNS];
    uint64_t counts[RUNS][12];
    slt_real sums[RUNS][12];
    slt_figure *figure;
    slt_error err;
} tallies;

static void add(tallies *t, size_t run, const char *name, double value)
{
    t->results[run][t->outcomes[run].result_count++] = result_of(name, value);
}

/* Sums at steps 1, 2, 3, 4 of three blocks, of `scale` step^2 (block + 1) each, over 40,
 * 40 and 20 trials, but for the last place, which 10 of each block have. */
static void fill_path(tallies *t, size_t run, double scale)
{
    for (size_t step = 1; step <= 4; step++) {
        char name[40];
        double sum = 0, trials = 0;
        for (size_t block = 0; block < 3; block++) {
            const size_t at = 4 * block + step - 1;
            const uint64_t count = step == 4 ? 10 : block == 2 ? 20 : 40;
            t->counts[run][at] = count;
            t->sums[run][at] = slt_real_of(scale * (double)(step * step) *
                                           (double)(block + 1) * (double)count);
            sum += slt_real_double(t->sums[run][at]);
            trials += (double)count;
        }
        snprintf(name, sizeof name, "tally/path/trials@%zu", step);
        add(t, run, name, trials);
        snprintf(name, sizeof name, "tally/path/mean@%zu", step);
        add(t, run, name, sum / trials);
        snprintf(name, sizeof name, "tally/path/std@%zu", step);
        add(t, run, name, 0.5);
    }
    snprintf(t->blocks[run].name, sizeof t->blocks[run].name, "path");
    t->blocks[run].count = 3;
    t->blocks[run].cols = 4;
    t->blocks[run].counts = t->counts[run];
    t->blocks[run].sums = t->sums[run];
    t->outcomes[run].blocks = &t->blocks[run];
    t->outcomes[run].block_count = 1;
}

static tallies *tallies_open(const char *manifest)
{
    tallies *t = calloc(1, sizeof *t);
    t->manifest = sample_open(manifest);
    for (size_t run = 0; run < RUNS; run++) {
        t->outcomes[run] =
            (slt_outcome){.status = SLT_RUN_DONE, .results = t->results[run]};
        add(t, run, "trials/done", 100);
        add(t, run, "tally/hit/trials", run ? 0 : 64);
        add(t, run, "tally/hit/share", run ? 0 : 0.64);
        add(t, run, "tally/when/trials", run ? 9 : 64);
        add(t, run, "tally/when/below", 1);
        add(t, run, "tally/when/above", run ? 2 : 3);
        add(t, run, "tally/when/bin@0", run ? 1 : 40);
        add(t, run, "tally/when/bin@1", run ? 5 : 20);
        fill_path(t, run, run ? 1 : 3);
    }
    return t;
}

static void tallies_close(tallies *t)
{
    slt_figure_free(t->figure);
    slt_manifest_free(t->manifest);
    free(t);
}

static slt_status tallies_make(tallies *t)
{
    return slt_figure_of_outcomes(t->manifest, t->outcomes, &t->figure, &t->err);
}

static tallies *made(const char *manifest)
{
    tallies *t = tallies_open(manifest);
    if (tallies_make(t))
        tap_bail(t->err.text);
    return t;
}

static double number(const tallies *t, const char *name)
{
    const slt_table_row *row = slt_table_named(&t->figure->table, name);
    return row ? slt_real_double(row->value) : -1e300;
}

static bool near(double a, double b)
{
    return a - b < 1e-12 && b - a < 1e-12;
}

/* Whether a row has this value, error (below 0: none) and n. */
static bool has(const tallies *t, const char *series, const char *x, double value,
                double error, uint64_t n)
{
    const slt_table_row *row = slt_table_at(&t->figure->table, series, x);
    return row && near(slt_real_double(row->value), value) &&
           row->has_error == (error >= 0) &&
           (error < 0 || near(slt_real_double(row->error), error)) && row->n == n;
}

static void test_rows(void)
{
    tallies *t = made(
        HEAD("8, 8") "  rows:\n"
                     "    - {name: s, by: rate, value: tally/hit/share, error: se}\n"
                     "    - {name: d, by: rate, value: tally/hit/share}\n"
                     "    - {name: o, by: rate, value: tally/hit/share, error: none}\n"
                     "    - {name: c, by: rate, value: tally/hit/trials, error: se}\n"
                     "  curves:\n"
                     "    - {name: p, of: tally/path/mean, series: rate, error: se}\n"
                     "    - {name: q, of: tally/path/mean}\n");
    TAP_OK(has(t, "s", "1", 0.64,
               sqrt(0.64 * 0.36 / 100 + 1.0 / (4 * 100 * 100)) / (1 + 0.01), 100),
           "a share has half of Wilson's interval");
    TAP_OK(has(t, "s", "2", 0, sqrt(1.0 / (4 * 100 * 100)) / (1 + 0.01), 100),
           "which is not 0 where no trial does it");
    TAP_OK(has(t, "d", "1", 0.64, 0.48, 100), "its standard deviation");
    TAP_OK(has(t, "o", "1", 0.64, -1, 1), "neither where no error is asked for");
    TAP_OK(has(t, "c", "1", 64, -1, 1), "another number of a tally stands for itself");
    TAP_OK(has(t, "curve.p.tally/path/mean rate=1", "2", 3 * 4 * 1.8, 0.5 / 10, 100),
           "the mean of a curve has the standard error of its trials");
    TAP_OK(has(t, "curve.p.tally/path/mean rate=2", "4", 16 * 2, 0.5 / sqrt(30), 30),
           "of those that have the place");
    TAP_OK(has(t, "curve.q.tally/path/mean", "1", (3 + 1) * 1.8 / 2,
               (3 - 1) * 1.8 / sqrt(2), 2),
           "over several runs it is of the runs");
    tallies_close(t);
}

static void test_histograms(void)
{
    tallies *t = made(HEAD("8, 8") "  histograms: [{name: h, tally: when}]\n");
    TAP_OK(
        near(slt_real_double(slt_table_at(&t->figure->table, "hist.h", "0")->value),
             41) &&
            near(slt_real_double(slt_table_at(&t->figure->table, "hist.h", "4")->value),
                 25),
        "the bins of a tally, added up over runs");
    TAP_OK(near(number(t, "hist.h.below"), 2) && near(number(t, "hist.h.above"), 5) &&
               near(number(t, "hist.h.count"), 73) && near(number(t, "hist.h.mode"), 2),
           "what lies outside, and how many");
    tallies_close(t);
    t = made(HEAD("8, 6") "  histograms: [{name: h, tally: when, where: {rate: 2}}]\n");
    TAP_OK(slt_table_at(&t->figure->table, "hist.h", "3") != NULL, "of one run");
    tallies_close(t);
    t = tallies_open(HEAD("8, 6") "  histograms: [{name: h, tally: when}]\n");
    TAP_OK(tallies_make(t) == SLT_FORMAT &&
               strstr(t->err.text, "figure.histograms.h: tally when has other bins in "
                                   "run 1"),
           "refuses bins that differ");
    tallies_close(t);
    t = tallies_open(HEAD("8, 8") "  histograms: [{name: h, tally: path}]\n");
    TAP_OK(tallies_make(t) == SLT_FORMAT &&
               strstr(t->err.text, "no tally path of the run's trials is a histogram"),
           "refuses another tally");
    tallies_close(t);
}

#define CURVE                                                                            \
    "  curves: [{name: p, of: tally/path/mean, where: {rate: 1}, x: step * 2}]\n"

/* The amplitudes of redrawn blocks by hand: the mean of (block + 1) over their trials. */
static void test_blocks(void)
{
    tallies *t =
        made(HEAD("8, 8") CURVE "  fit: [{name: f, exponent: {curve: p, to: 6}}]\n"
                                "  bootstrap: [{name: b, fit: f, over: blocks, "
                                "resamples: 1, level: 0, seed: 9}]\n");
    const slt_stream stream = slt_stream_of(9, SLT_DRAW_BOOTSTRAP, 0, 0, 0, 0);
    static const double trials[] = {40, 40, 20};
    double sum = 0, all = 0;
    for (size_t j = 0; j < 3; j++) {
        const size_t block = (size_t)slt_draw_bounded(stream, j, 3);
        sum += trials[block] * (double)(block + 1);
        all += trials[block];
    }
    TAP_OK(near(number(t, "fit.f.a1"), 2), "an exponent of a mean over trials");
    TAP_OK(near(exp(number(t, "fit.f.a0")), 3 * 1.8 / 4), "its amplitude");
    TAP_OK(near(number(t, "bootstrap.b.a1.low"), 2), "the same of any blocks");
    TAP_OK(near(exp(number(t, "bootstrap.b.a0.low")), 3 * sum / all / 4),
           "a mean of redrawn blocks is by the trials of each");
    tallies_close(t);
}

static void refuses(const char *manifest, const char *part)
{
    slt_manifest *m = NULL;
    slt_error err = {0};
    if (!TAP_OK(slt_manifest_parse(manifest, strlen(manifest), "m.yaml", &m, &err) ==
                        SLT_FORMAT &&
                    strstr(err.text, part),
                "refuses: %s", part))
        tap_note("said '%s'", err.text);
    slt_manifest_free(m);
}

static void test_refusals(void)
{
    refuses(HEAD("8, 8") "  histograms: [{name: h, tally: when, bins: 3}]\n",
            "bins does not go with tally");
    refuses(HEAD("8, 8") "  histograms: [{name: h, of: rate, from: 0, bins: 3}]\n",
            "missing key 'to', or `tally` instead");
    refuses(HEAD("8, 8") "  measures: {m: {result: tally/hit/share}}\n"
                         "  points: [{name: p, x: rate, y: m}]\n"
                         "  fit: [{name: f, linear: {points: p}}]\n"
                         "  bootstrap: [{name: b, fit: f, over: blocks, resamples: 1, "
                         "seed: 9}]\n",
            "blocks are of a fit through a curve of tally/NAME/mean");
}

int main(void)
{
    slt_error err;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_rows();
    test_histograms();
    test_blocks();
    test_refusals();
    return tap_done();
}
