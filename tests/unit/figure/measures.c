/* figure: measures.c, values.c, points.c: numbers of each run, by hand. */
#include "outcome_sample.h"

#include "learn/quantity.h"

/* Accuracy by step 0, 10, ...; losses; an estimate at step 20 and at the end. Run 3 never
 * gets there, run 2 diverged. */
static void fill(outcome_sample *s)
{
    static const double accuracy[][4] = {
        {0, 0.5, 1, 1}, {0, 1, 0.9, 1}, {0, 1, 1, 1}, {0, 0.5, 0.75, 0.875}};
    static const double loss[] = {8, 4, 2, 1};
    for (size_t run = 0; run < OUTCOME_RUNS; run++) {
        outcome_curve(s, run, "accuracy", 10, 4, accuracy[run]);
        outcome_curve(s, run, "loss", 10, 4, loss);
        outcome_result(s, run, "llc/mean", 3 + (double)run);
        outcome_result(s, run, "llc/mean@20", 5 + (double)run);
        outcome_result(s, run, "llc/mean@30", 3 + (double)run);
        s->parts[run] = (slt_part){.part = 2, .of = 4, .value = slt_real_of(0.5)};
        s->outcomes[run].part_count = 1;
    }
    s->outcomes[2].status = SLT_RUN_DIVERGED;
}

#define SHOW(measure)                                                                    \
    "  measures:\n    i: {first: accuracy, at_least: 1}\n" measure                       \
    "  points: [{name: p, x: seed, y: m}]\n"

static void gives(const char *figure, const char *csv, const char *name)
{
    outcome_gives(fill, figure, csv, name);
}

static void test_first(void)
{
    gives(
        SHOW("    m: {value: i}\n"), "points.p,0,20,,0\npoints.p,1,10,,1\n",
        "the first checkpoint that reaches it; runs without one, or diverged, have none");
    gives(SHOW("    m: {first: accuracy, at_least: 1, every: 20}\n"),
          "points.p,0,20,,0\n", "only at multiples of every");
    gives(SHOW("    m: {first: loss, below: 4}\n"),
          "points.p,0,20,,0\npoints.p,1,20,,1\npoints.p,1,20,,3\n", "strictly below");
    gives(SHOW("    m: {first: loss, at_least: 8}\n"),
          "points.p,0,0,,0\npoints.p,1,0,,1\npoints.p,1,0,,3\n",
          "at_least takes the number itself");
}

static void test_places(void)
{
    gives(SHOW("    m: {metric: loss, at: i}\n"), "points.p,0,2,,0\npoints.p,1,4,,1\n",
          "a metric at a measure");
    gives(SHOW("    m: {metric: accuracy, at: last}\n"),
          "points.p,0,1,,0\npoints.p,1,1,,1\npoints.p,1,0.875,,3\n", "at the last");
    gives(SHOW("    m: {metric: loss, at: 10}\n"),
          "points.p,0,4,,0\npoints.p,1,4,,1\npoints.p,1,4,,3\n", "at a step");
    gives(SHOW("    m: {metric: loss, at: 15}\n"), "", "where there is no checkpoint");
    gives(SHOW("    m: {result: llc/mean@, at: i}\n"), "points.p,0,5,,0\n",
          "a result at a measure");
    gives(SHOW("    m: {result: llc/mean@, at: last}\n"),
          "points.p,0,3,,0\npoints.p,1,4,,1\npoints.p,1,6,,3\n", "a result at the last");
    gives(SHOW("    half: {value: i + 1 / 2}\n    m: {metric: loss, at: half}\n"), "",
          "no checkpoint stands at half a step");
    gives(SHOW("    m: {result: llc/mean}\n"),
          "points.p,0,3,,0\npoints.p,1,4,,1\npoints.p,1,6,,3\n", "a result");
    gives(SHOW("    m: {result: llc/std}\n"), "", "a result that no run has");
    gives(SHOW("    m: {part: 2, of: 4}\n"),
          "points.p,0,0.5,,0\npoints.p,1,0.5,,1\npoints.p,1,0.5,,3\n", "a part of draws");
}

static void test_values(void)
{
    gives(SHOW("    m: {value: \"sqrt(i * i) - max(a, seed) * 2\"}\n"),
          "points.p,0,18,,0\npoints.p,1,8,,1\n", "an expression of measures and axes");
    gives(SHOW("    m: {value: i, above: 10}\n"), "points.p,0,20,,0\n",
          "strictly above a bound");
    gives(SHOW("    m: {value: i, below: 20}\n"), "points.p,1,10,,1\n",
          "strictly below a bound");
    gives(SHOW("    m: {value: ln(20 - i)}\n"), "points.p,1,2.302585092994046,,1\n",
          "ln, and nothing where it is not finite");
    gives(SHOW("    m: {value: exp(i - 10)}\n"),
          "points.p,0,22026.465794806718,,0\npoints.p,1,1,,1\n", "exp");
    gives(SHOW("    m: {value: 1 / (seed - 1)}\n"), "points.p,0,-1,,0\n",
          "division by zero is no value");
}

static void test_points(void)
{
    gives("  measures: {m: {result: llc/mean}}\n"
          "  points:\n    - {name: p, x: m / 10, y: a, where: {a: 1}}\n"
          "    - {name: q, x: -m, y: m, where: {seed: 1}}\n",
          "points.p,0.3,1,,0\npoints.p,0.4,1,,1\npoints.q,-4,4,,1\npoints.q,-6,6,,3\n",
          "points of selected runs, with the run's number");
}

static void test_series(void)
{
    gives("  points: [{name: p, x: seed, y: a, series: seed}]\n"
          "  fit: [{name: f, constant: {points: p}}]\n",
          "points.p seed=0,0,1,,0\npoints.p seed=1,1,1,,1\npoints.p seed=1,1,2,,3\n"
          "fit.f.a0,,1.3333333333333333,0.33333333333333337,3\n"
          "fit.f.r2,,0,,3\nfit.f.rss,,0.6666666666666666,,3\n",
          "points by series, and a fit through all");
    gives("  points: [{name: p, x: a, y: seed, series: [seed, a], where: {a: 1}}]\n",
          "points.p seed=0 a=1,1,0,,0\npoints.p seed=1 a=1,1,1,,1\n", "of two axes");
}

static void test_rows(void)
{
    gives("  measures: {m: {value: a * 10 + seed}}\n"
          "  rows: {by: a, value: m, error: none}\n",
          "m,1,10.5,,2\nm,2,21,,1\n", "rows of a measure");
    gives("  measures: {m: {value: a * 10 + seed}}\n"
          "  rows:\n    - {name: one, by: a, value: m, error: none}\n"
          "    - {name: two, by: seed, value: llc/mean, series: a, error: none}\n",
          "one,1,10.5,,2\none,2,21,,1\ntwo a=1,0,3,,1\ntwo a=1,1,4,,1\ntwo a=2,1,6,,1\n",
          "a list of rows: their name before the series");
    gives("  measures: {m: {value: a * 10 + seed}}\n  summary: m\n",
          "summary.m.min,,10,,3\nsummary.m.mean,,14,,3\nsummary.m.max,,21,,3\n",
          "a measure summed up");
}

static void test_refusals(void)
{
    outcome_refuses(fill, "  measures: {m: {first: acuracy, at_least: 1}}\n",
                    "sample.yaml:21:25: first: no checkpoint of any run has a metric "
                    "'acuracy'");
    outcome_refuses(fill, "  curves: [{name: c, run: 0, of: acuracy}]\n",
                    "sample.yaml:21:34: figure.curves: run 0 has neither a metric "
                    "'acuracy' nor results 'acuracy@STEP'");
}

/* What is asked of traces: each metric once. */
static void test_needs(void)
{
    outcome_sample *s = calloc(1, sizeof *s);
    slt_outcome_needs needs;
    if (!s)
        tap_bail("no memory");
    outcome_open(s, "  measures:\n    i: {first: accuracy, at_least: 1}\n"
                    "    j: {metric: loss, at: i}\n    k: {metric: accuracy, at: last}\n"
                    "  curves: [{name: c, run: 1, of: [loss, accuracy]}]\n"
                    "  points: [{name: p, x: j, y: k}]\n");
    slt_outcome_needs_of(slt_manifest_figure(s->manifest), &needs);
    slt_quantity accuracy = quantity_of("accuracy");
    slt_quantity loss = quantity_of("loss");
    TAP_OK(needs.metric_count == 2 && slt_quantity_equal(&needs.metrics[0], &accuracy) &&
               slt_quantity_equal(&needs.metrics[1], &loss),
           "two metrics of four uses");
    outcome_close(s);
    free(s);
}

int main(void)
{
    slt_error err;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_first();
    test_places();
    test_values();
    test_points();
    test_series();
    test_rows();
    test_refusals();
    test_needs();
    return tap_done();
}
