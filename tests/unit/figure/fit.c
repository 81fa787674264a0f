/* figure/fit.c, fit_data.c, slope.c: exponents of curves that are powers, windows, fits
 * of series, runs redrawn. */
#include "outcome_sample.h"

#include <math.h>

#include "num/draw.h"
#include "num/scalar.h"

static bool near(double a, double b)
{
    return a - b < 1e-12 && b - a < 1e-12;
}

/* loss = 3 (a + seed) step^2 up to step 8, with another exponent beyond; 0 at step 0. */
static void fill_powers(outcome_sample *s)
{
    for (size_t run = 0; run < OUTCOME_RUNS; run++) {
        double values[13];
        const double scale = 3 * ((double)(run / 2) + 1 + (double)(run % 2));
        for (size_t i = 0; i < 13; i++)
            values[i] = scale * (i <= 8 ? (double)(i * i) : (double)(i * i * i) / 8);
        outcome_curve(s, run, "loss", 1, 13, values);
        outcome_result(s, run, "llc/mean", 4 + 4 * (double)(run / 2));
    }
}

static outcome_sample *open_figure(void (*fill)(outcome_sample *), const char *figure)
{
    outcome_sample *s = calloc(1, sizeof *s);
    outcome_open(s, figure);
    fill(s);
    if (outcome_make(s))
        tap_bail(s->err.text);
    return s;
}

static void close_figure(outcome_sample *s)
{
    outcome_close(s);
    free(s);
}

static uint64_t number_of(const outcome_sample *s, const char *name)
{
    const slt_table_row *row = slt_table_named(&s->figure->table, name);
    return row ? row->n : 0;
}

#define POINTS                                                                           \
    "  measures: {end: {result: llc/mean}, y: {result: llc/mean}}\n"                     \
    "  checkpoints: [{name: c, of: {loss: loss}}]\n"                                     \
    "  points: [{name: p, x: c.step, y: c.loss}]\n"

static void test_windows(void)
{
    outcome_sample *s = open_figure(
        fill_powers,
        POINTS "  fit:\n"
               "    - {name: in, exponent: {points: p, to: 8, series: [a, seed]}}\n"
               "    - {name: beyond, exponent: {points: p, from: 9, series: [a, seed]}}\n"
               "    - {name: own, exponent: {points: p, to: end}}\n"
               "    - {name: item, constant: {points: p, from: c.step + a - 1}}\n"
               "    - {name: none, linear: {points: p, from: 12, series: [a, seed]}}\n");
    TAP_OK(near(outcome_named(s, "fit.in[a=1 seed=0].a1"), 2), "an exponent of 2");
    TAP_OK(near(exp(outcome_named(s, "fit.in[a=2 seed=1].a0")), 9), "its amplitude");
    TAP_OK(near(outcome_named(s, "fit.beyond[a=1 seed=1].a1"), 3), "another window");
    TAP_EQ_U64(number_of(s, "fit.in[a=1 seed=0].a1"), 8, "0 is no point of an exponent");
    TAP_EQ_U64(number_of(s, "fit.own.a1"), 2 * 4 + 2 * 8, "a measure ends a window");
    TAP_EQ_U64(number_of(s, "fit.item.a0"), 2 * 13, "a field of the item begins one");
    TAP_OK(!slt_table_named(&s->figure->table, "fit.none[a=1 seed=0].a0"),
           "a series of fewer points than terms has no rows");
    close_figure(s);
    outcome_refuses(fill_powers, POINTS "  fit: {linear: {points: p, from: 13}}\n",
                    "0 points, expected at least 2");
}

/* The abscissa, value and size of the index-th row of a series. */
static const slt_table_row *row_of(const outcome_sample *s, const char *series,
                                   size_t index)
{
    for (size_t i = 0; i < s->figure->table.data_count; i++)
        if (!strcmp(s->figure->table.rows[i].series, series) && !index--)
            return &s->figure->table.rows[i];
    tap_bail("no such row");
}

static void test_slopes(void)
{
    outcome_sample *s = open_figure(
        fill_powers, POINTS "  fit:\n"
                            "    - {name: f, exponent: {points: p, from: 2, to: 4, "
                            "series: [a, seed], local: 2}}\n");
    const slt_table_row *first = row_of(s, "slope.f[a=1 seed=0]", 0);
    const slt_table_row *last = row_of(s, "slope.f[a=1 seed=0]", 10);
    slt_real x;
    TAP_OK(near(slt_real_double(first->value), 2), "the slope between neighbours");
    TAP_OK(slt_real_parse(first->x, &x) && near(slt_real_double(x), sqrt(2)),
           "at their geometric mean");
    TAP_OK(near(slt_real_double(last->value), 3), "beyond the window too");
    TAP_OK(!first->has_error && first->n == 2, "of two points, without error");
    close_figure(s);
}

/* The means at steps 1 .. 8 are 3 (a + 1/2) step^2, those beyond have another power. */
static void test_curves(void)
{
    outcome_sample *s = open_figure(
        fill_powers,
        "  curves: [{name: c, of: loss, series: a}, {name: d, of: loss, x: step / 2}]\n"
        "  fit: [{name: f, exponent: {curve: c, to: 8}}, {name: g, exponent: {curve: "
        "d}}]\n"
        "  bootstrap: [{name: b, fit: f, over: runs, resamples: 50, level: 0.99, seed: "
        "2}]\n");
    TAP_OK(near(outcome_named(s, "fit.f[a=2].a1"), 2) &&
               near(exp(outcome_named(s, "fit.f[a=2].a0")), 7.5),
           "an exponent of the means over runs");
    TAP_EQ_U64(number_of(s, "fit.f[a=2].a1"), 8, "a point for each step");
    TAP_EQ_U64(number_of(s, "fit.g.a1"), 12, "of a curve without series");
    const slt_table_row *row = row_of(s, "slope.g", 0);
    slt_real x;
    TAP_OK(slt_real_parse(row->x, &x) && near(slt_real_double(x), sqrt(0.5 * 1.5)),
           "slopes are along its abscissa");
    TAP_OK(near(outcome_named(s, "bootstrap.b[a=2].a1.low"), 2) &&
               near(outcome_named(s, "bootstrap.b[a=2].a1.high"), 2),
           "all runs have one exponent");
    TAP_OK(near(exp(outcome_named(s, "bootstrap.b[a=2].a0.low")), 6) &&
               near(exp(outcome_named(s, "bootstrap.b[a=2].a0.high")), 9),
           "and amplitudes from the least to the greatest");
    close_figure(s);
}

/* Two runs at each a: y is 4 and 6 at 1, 32 and 64 at 2. */
static void fill_pairs(outcome_sample *s)
{
    static const double y[OUTCOME_RUNS] = {4, 6, 32, 64};
    for (size_t run = 0; run < OUTCOME_RUNS; run++)
        outcome_result(s, run, "llc/mean", y[run]);
}

/* The exponents of the resamples that have runs at both a, by a resampling written
 * out. */
static size_t resampled(double found[60])
{
    static const double y[OUTCOME_RUNS] = {4, 6, 32, 64};
    size_t count = 0;
    for (uint32_t r = 0; r < 60; r++) {
        slt_stream stream = slt_stream_of(5, SLT_DRAW_BOOTSTRAP, 0, 0, r, 0);
        double sum[2] = {0, 0}, number[2] = {0, 0};
        for (size_t j = 0; j < OUTCOME_RUNS; j++) {
            const size_t run = (size_t)slt_draw_bounded(stream, j, OUTCOME_RUNS);
            sum[run / 2] += y[run];
            number[run / 2]++;
        }
        if (number[0] > 0 && number[1] > 0)
            found[count++] = log(sum[1] / number[1] / (sum[0] / number[0])) / log(2);
    }
    return count;
}

static void test_runs_redrawn(void)
{
    outcome_sample *s = open_figure(
        fill_pairs,
        "  fit: [{name: f, exponent: {y: llc/mean, x: a}}]\n"
        "  bootstrap:\n"
        "    - {name: b, fit: f, over: runs, resamples: 60, level: 0, seed: 5}\n"
        "    - {name: w, fit: f, over: runs, resamples: 60, level: 0.9, seed: 5}\n"
        "    - {name: p, fit: f, resamples: 60, level: 0.9, seed: 5}\n");
    double found[60];
    const size_t count = resampled(found);
    size_t below = 0, above = 0;
    const double median = outcome_named(s, "bootstrap.b.a1.low");
    for (size_t i = 0; i < count; i++) {
        below += found[i] < median - 1e-12;
        above += found[i] > median + 1e-12;
    }
    TAP_OK(near(outcome_named(s, "fit.f.a1"), log(48.0 / 5) / log(2)),
           "the exponent of the means");
    TAP_EQ_U64(number_of(s, "bootstrap.b.a1.low"), count,
               "a resample without a run at one of two places is passed over");
    TAP_OK(count < 60 && below <= count / 2 && above <= count / 2,
           "the median of the exponents of the means of redrawn runs");
    TAP_OK(outcome_named(s, "bootstrap.w.a1.low") < median &&
               outcome_named(s, "bootstrap.w.a1.high") > median,
           "an interval about it");
    TAP_OK(near(outcome_named(s, "bootstrap.p.a1.low"),
                outcome_named(s, "bootstrap.p.a1.high")),
           "two points that are redrawn have one slope");
    close_figure(s);
}

int main(void)
{
    slt_error err;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_windows();
    test_slopes();
    test_curves();
    test_runs_redrawn();
    return tap_done();
}
