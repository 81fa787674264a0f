/* figure: transitions.c: falls of a curve, by hand. */
#include "outcome_sample.h"

/* Run 0 falls from 8 to 4 at step 30 and from 4 to 0 at step 60; estimates at some
 * checkpoints.  Run 1 is flat, run 2 rises, run 3 falls once, over two checkpoints. */
static void fill(outcome_sample *s)
{
    static const double curves[][9] = {{8, 8, 8, 4, 4, 4, 0, 0, 0},
                                       {1, 1, 1, 1, 1, 1, 1, 1, 1},
                                       {0, 0, 0, 0, 0, 5, 5, 5, 5},
                                       {8, 8, 8, 8, 6, 0, 0, 0, 0}};
    for (size_t run = 0; run < OUTCOME_RUNS; run++)
        outcome_curve(s, run, "loss", 10, 9, curves[run]);
    outcome_result(s, 0, "llc/mean@10", 1);
    outcome_result(s, 0, "llc/mean@20", 2);
    outcome_result(s, 0, "llc/mean@30", 3);
    outcome_result(s, 0, "llc/mean@50", 5);
    outcome_result(s, 0, "llc/mean@80", 9);
    outcome_result(s, 0, "llc/mean", 9);
    outcome_result(s, 3, "llc/mean@80", 9);
}

#define FALLS(window, drop, more)                                                        \
    "  transitions:\n"                                                                   \
    "    - {name: t, metric: loss, window: " window ", drop: " drop ", n: 2" more "}\n"
#define POINTS(y) "  points: [{name: p, x: t.step, y: " y "}]\n"

static void gives(const char *figure, const char *csv, const char *name)
{
    outcome_gives(fill, figure, csv, name);
}

static void test_steps(void)
{
    gives(FALLS("1", "0.1", "") POINTS("t.r"),
          "points.p,30,30,,0\npoints.p,60,30,,0\npoints.p,50,50,,3\n",
          "window 1: where the curve itself falls; two neighbours are one region");
    gives(FALLS("2", "0.1", "") POINTS("t.r"), "points.p,30,30,,0\npoints.p,50,50,,3\n",
          "window 2: means of 2, 4, 2, 2, 4, 2 in run 0 are one region, the lower of "
          "equals");
    gives(FALLS("2", "0.3", "") POINTS("t.r"),
          "points.p,30,30,,0\npoints.p,60,30,,0\npoints.p,50,50,,3\n",
          "two where the drop parts them");
    gives(FALLS("4", "0.1", "") POINTS("t.r"), "points.p,40,40,,0\npoints.p,50,50,,3\n",
          "window 4: two places are left to fall at");
    gives(FALLS("4", "0.1", ", ends: drop") POINTS("t.r"), "",
          "none of them where ends are dropped");
    gives(FALLS("2", "0.3", ", ends: drop") POINTS("t.r"),
          "points.p,30,30,,0\npoints.p,60,30,,0\npoints.p,50,50,,3\n",
          "those between the ends stay");
    gives(FALLS("3", "0.1", ", ends: drop, from: 10") POINTS("t.r"),
          "points.p,50,40,,3\n", "the end alone is dropped");
    gives(FALLS("5", "0.1", "") POINTS("t.r"), "",
          "more than half of the checkpoints in a window: nothing");
    gives(FALLS("1", "0.6", "") POINTS("t.r"), "points.p,50,50,,3\n",
          "only falls of at least `drop` of the whole");
    gives(FALLS("1", "0.5", "") POINTS("t.r"),
          "points.p,30,30,,0\npoints.p,60,30,,0\npoints.p,50,50,,3\n",
          "a fall of exactly that counts");
    gives(FALLS("1", "0.1", ", from: 30") POINTS("t.r"),
          "points.p,60,30,,0\npoints.p,50,20,,3\n",
          "checkpoints before from do not count");
}

static void test_states(void)
{
    gives(FALLS("1", "0.1", "") POINTS("t.loss"),
          "points.p,30,4,,0\npoints.p,60,0,,0\npoints.p,50,0,,3\n",
          "the metric's mean in the new state");
    gives(FALLS("1", "0.1", "") POINTS("t.dloss"),
          "points.p,30,-4,,0\npoints.p,60,-4,,0\npoints.p,50,-7.6,,3\n",
          "minus that in the old one, which holds the slow fall of run 3");
    gives(FALLS("1", "0.1", "") POINTS("t.dlambda"),
          "points.p,30,2.5,,0\npoints.p,60,5,,0\n",
          "means of the estimates in each state; none without both");
    gives(FALLS("1", "0.1", ", llc: llc/mean") POINTS("t.df - ln(2) * t.dlambda"),
          "points.p,30,-8,,0\npoints.p,60,-8,,0\n", "n L + ln(n) lambda");
    gives(FALLS("1", "0.1", ", llc: llc2/mean") POINTS("t.df"), "",
          "another estimate, which no run has");
}

/* Run 3, window 2: D = 0, 1, 5, 7, 3, 0 at k = 2 .. 7. */
static void test_smooth(void)
{
    gives(FALLS("2", "0.5", "") "  statistics: [t.step]\n"
                                "  points: [{name: p, x: a + t.step, y: t.loss * 0 + "
                                "seed, where: {seed: 1}}]\n",
          "points.p,52,1,,3\nstat.t.step.count,,3,,3\nstat.t.step.min,,30,,3\n"
          "stat.t.step.mean,,46.666666666666664,8.819171036881968,3\n"
          "stat.t.step.max,,60,,3\nstat.t.step.sd,,15.275252316519467,,3\n"
          "stat.t.step.median,,50,,3\nstat.t.step.q05,,32,,3\nstat.t.step.q95,,59,,3\n",
          "fields beside measures and axes; statistics of a field");
}

/* A metric that no run has, in any of the lists. */
static void test_names(void)
{
    outcome_refuses(
        fill,
        FALLS("1", "0.1", "") "    - {name: u, metric: lost, window: 1, drop: "
                              "0.1, n: 2}\n" POINTS("t.r"),
        "metric: no checkpoint of any run has a metric 'lost'");
}

int main(void)
{
    slt_error err;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_steps();
    test_states();
    test_smooth();
    test_names();
    return tap_done();
}
