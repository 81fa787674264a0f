/* figure: curves.c, along.c: curves of one run, and means over runs, by hand. */
#include "outcome_sample.h"

/* Losses at steps 0, 10, ... of runs of unequal length; estimates that no other run has
 * at their steps.  Run 2 diverged. */
static void fill(outcome_sample *s)
{
    static const double loss[][4] = {{8, 4, 2, 1}, {8, 6}, {100, 100, 100}, {8, 2, 4}};
    static const size_t lengths[] = {4, 2, 3, 3};
    for (size_t run = 0; run < OUTCOME_RUNS; run++)
        outcome_curve(s, run, "loss", 10, lengths[run], loss[run]);
    outcome_result(s, 0, "llc/mean@10", 3);
    outcome_result(s, 0, "llc/mean@30", 7);
    outcome_result(s, 1, "llc/mean@10", 5);
    outcome_result(s, 2, "llc/mean@10", 9);
    outcome_result(s, 3, "llc/mean@20", 2);
    outcome_result(s, 3, "llc/mean", 2);
    s->outcomes[2].status = SLT_RUN_DIVERGED;
}

static void gives(const char *figure, const char *csv, const char *name)
{
    outcome_gives(fill, figure, csv, name);
}

static void test_one(void)
{
    gives("  curves: [{name: c, run: 2, of: [loss, llc/mean]}]\n",
          "curve.c.loss,0,100,,\ncurve.c.loss,10,100,,\ncurve.c.loss,20,100,,\n"
          "curve.c.llc/mean,10,9,,\n",
          "of one run, whatever its status");
}

static void test_means(void)
{
    gives("  curves: [{name: c, of: loss}]\n",
          "curve.c.loss,0,8,0,3\ncurve.c.loss,10,4,2,3\n"
          "curve.c.loss,20,3,1.4142135623730951,2\ncurve.c.loss,30,1,,1\n",
          "means over the runs that are done, of those that come so far");
    gives("  curves: [{name: c, of: llc/mean, error: none}]\n",
          "curve.c.llc/mean,10,4,,2\ncurve.c.llc/mean,20,2,,1\n"
          "curve.c.llc/mean,30,7,,1\n",
          "of results at checkpoints, each step's of its own runs");
    gives("  curves: [{name: c, of: loss, where: {a: 1}, error: se}]\n",
          "curve.c.loss,0,8,0,2\ncurve.c.loss,10,5,1,2\ncurve.c.loss,20,2,,1\n"
          "curve.c.loss,30,1,,1\n",
          "of selected runs, with standard errors");
    gives("  curves: [{name: c, of: llc/mean, where: {a: 2, seed: 0}}]\n", "",
          "no row where no run is done");
}

static void test_series(void)
{
    gives("  curves: [{name: c, of: [loss, llc/mean], series: a, error: none}]\n",
          "curve.c.loss a=1,0,8,,2\ncurve.c.loss a=1,10,5,,2\ncurve.c.loss a=1,20,2,,1\n"
          "curve.c.loss a=1,30,1,,1\ncurve.c.loss a=2,0,8,,1\ncurve.c.loss a=2,10,2,,1\n"
          "curve.c.loss a=2,20,4,,1\ncurve.c.llc/mean a=1,10,4,,2\n"
          "curve.c.llc/mean a=1,30,7,,1\ncurve.c.llc/mean a=2,20,2,,1\n",
          "a mean for each value of an axis");
    gives("  curves: [{name: c, of: llc/mean, series: [seed, a], where: {a: 2}}]\n",
          "curve.c.llc/mean seed=1 a=2,20,2,,1\n", "of two axes, of selected runs");
}

static void test_abscissas(void)
{
#define LAST "  measures: {end: {result: llc/mean@10}}\n"
    gives(LAST "  curves: [{name: c, of: loss, x: end * 10 - step, error: none}]\n",
          "curve.c.loss,0,1,,1\ncurve.c.loss,10,2,,1\ncurve.c.loss,20,4,,1\n"
          "curve.c.loss,30,8,,1\ncurve.c.loss,40,6,,1\ncurve.c.loss,50,8,,1\n",
          "aligned at a measure of each run, ascending; without it not at all");
    gives(LAST "  curves: [{name: c, of: loss, x: abs(step - 10), error: none}]\n",
          "curve.c.loss,0,4,,3\ncurve.c.loss,10,6,,5\ncurve.c.loss,20,1,,1\n",
          "two places of a run may have one x");
    gives("  curves: [{name: c, run: 0, of: loss, x: 1 / step}]\n",
          "curve.c.loss,0.03333333333333333,1,,\ncurve.c.loss,0.05,2,,\n"
          "curve.c.loss,0.1,4,,\n",
          "of one run; a place without an x is left out");
    gives(LAST
          "  curves: [{name: c, of: loss, x: end * 10 - step, at: [-1, 0, 5, 25, 46], "
          "error: none}]\n",
          "curve.c.loss,0,1,,1\ncurve.c.loss,5,1.5,,1\ncurve.c.loss,25,6,,1\n"
          "curve.c.loss,46,7.2,,1\n",
          "read off straight lines, not beyond the ends of a run");
    gives("  curves: [{name: c, run: 1, of: loss, at: [2.5, 10, 11]}]\n",
          "curve.c.loss,2.5,7.5,,\ncurve.c.loss,10,6,,\n", "of one run");
    outcome_refuses(fill, "  curves: [{name: c, of: loss, x: ln(0 * step)}]\n",
                    "has a metric 'loss' or results 'loss@STEP', where x has a value");
}

/* Checkpoints at times, the last at the end of them. */
static void test_times(void)
{
    slt_manifest *manifest = sample_open(
        SAMPLE_HEAD("test/times") "run:\n  arithmetic: f64\n  seed: 1\n" SAMPLE_DATA
                                  "  model:\n    weights:\n"
                                  "      W: {shape: [3, 4], init: {kind: zero}}\n"
                                  "    ops: [{op: linear, in: x, weight: W, out: y}]\n"
                                  "    loss: {op: mse, in: y}\n"
                                  "  train:\n    optimizer: {kind: flow}\n"
                                  "    times: [0, 0.5, 2, inf]\n"
                                  "figure:\n"
                                  "  curves: [{name: c, of: loss, x: 3 - time}]\n"
                                  "  checkpoints: [{name: k, of: {l: loss}}]\n"
                                  "  points: [{name: p, x: k.time, y: k.l + k.step}]\n");
    static const double values[] = {8, 4, 2, 1};
    slt_curve_point points[4];
    for (size_t i = 0; i < 4; i++)
        points[i] = (slt_curve_point){i, slt_real_of(values[i])};
    slt_curve curve = {
        .quantity = {.kind = SLT_QUANTITY_LOSS}, .points = points, .count = 4};
    const slt_outcome outcome = {
        .status = SLT_RUN_DONE, .curves = &curve, .curve_count = 1};
    slt_figure *figure = NULL;
    slt_error err;
    size_t size;
    if (slt_figure_of_outcomes(manifest, &outcome, &figure, &err))
        tap_bail(err.text);
    TAP_EQ_TEXT(slt_figure_csv(figure, &size),
                "series,x,value,error,n\n"
                "points.p,0,8,,0\npoints.p,0.5,5,,0\npoints.p,2,4,,0\n"
                "curve.c.loss,1,2,,1\ncurve.c.loss,2.5,4,,1\ncurve.c.loss,3,8,,1\n"
                "status.done,,1,,\nstatus.diverged,,0,,\nstatus.overflow,,0,,\n",
                "along times, without the end of all of them");
    slt_figure_free(figure);
    slt_manifest_free(manifest);
    outcome_gives(fill, "  curves: [{name: c, run: 0, of: loss, x: time}]\n",
                  "curve.c.loss,0,8,,\ncurve.c.loss,10,4,,\ncurve.c.loss,20,2,,\n"
                  "curve.c.loss,30,1,,\n",
                  "a step is its own time");
}

static void test_refusals(void)
{
    outcome_refuses(fill, "  curves: [{name: c, of: accuracy}]\n",
                    "sample.yaml:21:26: figure.curves: no run that is done has a "
                    "metric 'accuracy' or results 'accuracy@STEP'");
}

int main(void)
{
    slt_error err;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_one();
    test_means();
    test_series();
    test_abscissas();
    test_times();
    test_refusals();
    return tap_done();
}
