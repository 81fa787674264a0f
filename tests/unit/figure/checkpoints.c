/* figure: checkpoints.c: items of checkpoints, and measures over items, by hand. */
#include "outcome_sample.h"

/* Accuracies at steps 0, 10, ..., of runs of unequal length; estimates at 10, 30 and 35,
 * the last where no checkpoint is.  Run 2 diverged. */
static void fill(outcome_sample *s)
{
    static const double train[] = {0.5, 1, 1, 1}, val[] = {0.5, 0.25, 0.5, 1};
    static const size_t lengths[] = {4, 3, 4, 2};
    for (size_t run = 0; run < OUTCOME_RUNS; run++) {
        outcome_curve(s, run, "accuracy", 10, lengths[run], train);
        outcome_curve(s, run, "val/accuracy", 10, lengths[run], val);
        outcome_result(s, run, "llc/mean@10", 3 + (double)run);
        outcome_result(s, run, "llc/mean@30", 7 - (double)run);
        outcome_result(s, run, "llc/mean@35", 7);
        outcome_result(s, run, "llc/mean", 7);
    }
    s->outcomes[2].status = SLT_RUN_DIVERGED;
}

#define LIST(more)                                                                       \
    "  checkpoints: [{name: c, of: {t: accuracy, v: val/accuracy, l: llc/mean}" more     \
    "}]\n"
#define POINTS(x, y) "  points: [{name: p, x: \"" x "\", y: \"" y "\"}]\n"
#define SHOW(measure)                                                                    \
    LIST("") "  measures:\n" measure "  points: [{name: p, x: seed, y: m}]\n"

static void gives(const char *figure, const char *csv, const char *name)
{
    outcome_gives(fill, figure, csv, name);
}

static void test_items(void)
{
    gives(LIST("") POINTS("c.step", "c.t - c.v"),
          "points.p,0,0,,0\npoints.p,10,0.75,,0\npoints.p,20,0.5,,0\npoints.p,30,0,,0\n"
          "points.p,0,0,,1\npoints.p,10,0.75,,1\npoints.p,20,0.5,,1\n"
          "points.p,0,0,,3\npoints.p,10,0.75,,3\n",
          "an item a checkpoint, of runs of any length; none of a run that diverged");
    gives(LIST("") POINTS("c.step", "c.l"),
          "points.p,10,3,,0\npoints.p,30,7,,0\npoints.p,35,7,,0\n"
          "points.p,10,4,,1\npoints.p,30,6,,1\npoints.p,35,7,,1\n"
          "points.p,10,6,,3\npoints.p,30,4,,3\npoints.p,35,7,,3\n",
          "results at checkpoints, beyond the last checkpoint too");
    gives(LIST(", from: 11, every: 10") POINTS("c.step", "c.l + seed"),
          "points.p,30,7,,0\npoints.p,30,7,,1\npoints.p,30,5,,3\n", "from and every");
    gives(LIST(", from: 10") POINTS("c.step * 0", "1"),
          "points.p,0,1,,0\npoints.p,0,1,,0\npoints.p,0,1,,0\npoints.p,0,1,,0\n"
          "points.p,0,1,,1\npoints.p,0,1,,1\npoints.p,0,1,,1\npoints.p,0,1,,1\n"
          "points.p,0,1,,3\npoints.p,0,1,,3\npoints.p,0,1,,3\n",
          "steps at which a field has a value");
    gives(LIST("") "  points: [{name: p, x: c.v, y: c.l, where: {a: 1}}]\n"
                   "  fit: [{name: f, linear: {points: p}}]\n",
          "points.p,0.25,3,,0\npoints.p,1,7,,0\npoints.p,0.25,4,,1\n"
          "fit.f.a0,,2.333333333333335,0.7071067811865476,3\n"
          "fit.f.a1,,4.666666666666667,1.1547005383792517,3\n"
          "fit.f.r2,,0.9423076923076923,,3\nfit.f.rss,,0.5,,3\n",
          "points where both fields are, and a fit through them");
}

static void test_means(void)
{
    gives(SHOW("    m: {mean: abs(c.v - c.t)}\n"),
          "points.p,0,0.3125,,0\npoints.p,1,0.4166666666666667,,1\npoints.p,1,0.375,,3\n",
          "a mean over the checkpoints of each run");
    gives(SHOW("    e: {metric: val/accuracy, at: last}\n"
               "    m: {mean: c.t - c.v, if: \"above(e, 0.5)\"}\n"),
          "points.p,0,0.3125,,0\n", "only where a condition holds");
    gives(SHOW("    e: {metric: val/accuracy, at: last}\n    g: {mean: c.t - c.v}\n"
               "    m: {value: \"at_least(e, 0.5) * g\"}\n"),
          "points.p,0,0.3125,,0\npoints.p,1,0.4166666666666667,,1\npoints.p,1,0,,3\n",
          "or 0 where it does not");
    gives(SHOW("    m: {mean: c.l * a}\n"),
          "points.p,0,5.666666666666667,,0\npoints.p,1,5.666666666666667,,1\n"
          "points.p,1,11.333333333333334,,3\n",
          "items without a value do not count");
    gives(SHOW("    m: {mean: ln(c.l - 10)}\n"), "", "no value in any item: absent");
    gives(SHOW("    n: {result: llc/std}\n    m: {value: \"1\", if: n}\n"), "",
          "a condition that is absent");
    gives(SHOW("    m: {value: \"1\", if: seed}\n"), "points.p,1,1,,1\npoints.p,1,1,,3\n",
          "a condition that is 0");
}

static void test_extremes(void)
{
    gives(SHOW("    m: {max: c.l}\n"),
          "points.p,0,7,,0\npoints.p,1,7,,1\npoints.p,1,7,,3\n", "the greatest");
    gives(SHOW("    m: {max: c.l, give: c.step}\n"),
          "points.p,0,30,,0\npoints.p,1,35,,1\npoints.p,1,35,,3\n",
          "where it is: the first of equals");
    gives(SHOW("    m: {min: c.l, give: c.step}\n"),
          "points.p,0,10,,0\npoints.p,1,10,,1\npoints.p,1,30,,3\n", "the least");
    gives(SHOW("    m: {min: c.v, give: c.step}\n"),
          "points.p,0,10,,0\npoints.p,1,10,,1\npoints.p,1,10,,3\n", "of metrics too");
    gives(SHOW("    m: {max: c.step, give: c.v}\n"), "",
          "what is absent there is absent");
    gives("  transitions: [{name: f, metric: val/accuracy, window: 1, drop: 0.1, n: 2}]\n"
          "  measures: {m: {mean: f.r}}\n  points: [{name: p, x: seed, y: m}]\n",
          "points.p,1,10,,3\n", "over items of transitions as well");
}

static void test_refusals(void)
{
    outcome_refuses(fill, "  checkpoints: [{name: c, of: {t: acuracy}}]\n",
                    "sample.yaml:21:35: figure.checkpoints: t: no run has a metric "
                    "'acuracy' or results 'acuracy@STEP'");
    outcome_refuses(fill, "  checkpoints: [{name: c, of: {t: llc/std}}]\n",
                    "'llc/std' or results 'llc/std@STEP'");
}

int main(void)
{
    slt_error err;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_items();
    test_means();
    test_extremes();
    test_refusals();
    return tap_done();
}
