/* figure: histogram.c, statistics.c, clusters.c, curves.c, order.c: by hand. */
#include "outcome_sample.h"

#include "figure/order.h"

static const double four[] = {1, 4, 2, 8};

static void fill(outcome_sample *s)
{
    static const double loss[] = {8, 4, 2};
    for (size_t run = 0; run < OUTCOME_RUNS; run++) {
        outcome_result(s, run, "llc/mean", four[run]);
        outcome_result(s, run, "llc/mean@10", 1.5);
        outcome_result(s, run, "llc/mean@20", four[run]);
        outcome_curve(s, run, "loss", 10, 3, loss);
    }
}

/* Run 3 diverged. */
static void fill_three(outcome_sample *s)
{
    fill(s);
    s->outcomes[3].status = SLT_RUN_DIVERGED;
}

#define M "  measures: {m: {result: llc/mean}, none: {value: ln(0 - 1)}}\n"

static void test_histogram(void)
{
    outcome_gives(fill, M "  histograms: [{name: h, of: m, from: 1, to: 8, bins: 7}]\n",
                  "hist.h,1,1,,\nhist.h,2,1,,\nhist.h,3,0,,\nhist.h,4,1,,\nhist.h,5,0,,\n"
                  "hist.h,6,0,,\nhist.h,7,0,,\nhist.h.below,,0,,\nhist.h.above,,1,,\n"
                  "hist.h.count,,4,,\nhist.h.mode,,1.5,,\n",
                  "a bin holds its lower edge, not its upper one");
    outcome_gives(fill, M "  histograms: [{name: h, of: m, from: 1.5, to: 6, bins: 1}]\n",
                  "hist.h,1.5,2,,\nhist.h.below,,1,,\nhist.h.above,,1,,\n"
                  "hist.h.count,,4,,\nhist.h.mode,,3.75,,\n",
                  "what lies below and above is told");
    outcome_gives(fill,
                  M "  histograms: [{name: h, of: none, from: 0, to: 1, bins: 1}]\n",
                  "hist.h,0,0,,\nhist.h.below,,0,,\nhist.h.above,,0,,\n"
                  "hist.h.count,,0,,\n",
                  "without values there is no fullest bin");
}

static void test_statistics(void)
{
    outcome_gives(fill, M "  statistics: [m]\n",
                  "stat.m.count,,4,,4\nstat.m.min,,1,,4\n"
                  "stat.m.mean,,3.75,1.547847968417226,4\nstat.m.max,,8,,4\n"
                  "stat.m.sd,,3.095695936834452,,4\nstat.m.median,,3,,4\n"
                  "stat.m.q05,,1.15,,4\nstat.m.q95,,7.399999999999999,,4\n",
                  "the whole of it");
    outcome_gives(fill,
                  M "  statistics: [{name: s, of: m + 1, where: {a: 1, seed: 0}}]\n",
                  "stat.s.count,,1,,1\nstat.s.min,,2,,1\nstat.s.mean,,2,,1\n"
                  "stat.s.max,,2,,1\nstat.s.median,,2,,1\nstat.s.q05,,2,,1\n"
                  "stat.s.q95,,2,,1\n",
                  "of one value: no deviation");
    outcome_gives(
        fill, M "  statistics: [{name: s, of: m, where: {a: 2}, less: {a: 1}}]\n",
        "stat.s.count,,2,,2\nstat.s.min,,1,,2\nstat.s.mean,,2.5,1.4999999999999998,2\n"
        "stat.s.max,,4,,2\nstat.s.sd,,2.1213203435596424,,2\nstat.s.median,,2.5,,2\n"
        "stat.s.q05,,1.15,,2\nstat.s.q95,,3.8499999999999996,,2\n",
        "less the run of the same seed");
    outcome_gives(fill_three,
                  M "  statistics: [{name: s, of: m, where: {a: 1}, less: {a: 2}}]\n",
                  "stat.s.count,,1,,1\nstat.s.min,,-1,,1\nstat.s.mean,,-1,,1\n"
                  "stat.s.max,,-1,,1\nstat.s.median,,-1,,1\nstat.s.q05,,-1,,1\n"
                  "stat.s.q95,,-1,,1\n",
                  "whose partner diverged does not count");
    outcome_gives(
        fill, M "  statistics: [{name: s, of: m, less: {a: 1, seed: 0}}]\n",
        "stat.s.count,,4,,4\nstat.s.min,,0,,4\n"
        "stat.s.mean,,2.75,1.547847968417226,4\nstat.s.max,,7,,4\n"
        "stat.s.sd,,3.095695936834452,,4\nstat.s.median,,2,,4\n"
        "stat.s.q05,,0.15000000000000002,,4\nstat.s.q95,,6.399999999999999,,4\n",
        "all less one run");
    outcome_gives(fill, M "  statistics: [none]\n", "stat.none.count,,0,,0\n",
                  "of nothing: its count");
    outcome_gives(fill_three, M "  statistics: [{name: s, of: m - seed}]\n",
                  "stat.s.count,,3,,3\nstat.s.min,,1,,3\nstat.s.mean,,2,"
                  "0.5773502691896258,3\nstat.s.max,,3,,3\nstat.s.sd,,1,,3\n"
                  "stat.s.median,,2,,3\nstat.s.q05,,1.1,,3\nstat.s.q95,,2.9,,3\n",
                  "of the runs that ended well");
}

static void test_clusters(void)
{
    outcome_gives(fill, M "  clusters: [{name: k, of: m, gap: 2}]\n",
                  "cluster.k.count,,2,,\n"
                  "cluster.k.1.n,,3,,\ncluster.k.1.min,,1,,\n"
                  "cluster.k.1.mean,,2.3333333333333335,,\ncluster.k.1.max,,4,,\n"
                  "cluster.k.2.n,,1,,\ncluster.k.2.min,,8,,\n"
                  "cluster.k.2.mean,,8,,\ncluster.k.2.max,,8,,\n",
                  "neighbours exactly `gap` apart stay together");
    outcome_gives(fill, M "  clusters: [{name: k, of: none, gap: 1}]\n",
                  "cluster.k.count,,0,,\n", "none of nothing");
}

static void test_curves(void)
{
    outcome_gives(fill, "  curves: [{name: c, run: 1, of: [loss, llc/mean]}]\n",
                  "curve.c.loss,0,8,,\ncurve.c.loss,10,4,,\ncurve.c.loss,20,2,,\n"
                  "curve.c.llc/mean,10,1.5,,\ncurve.c.llc/mean,20,4,,\n",
                  "metrics and results at checkpoints, by step");
}

static void test_order(void)
{
    slt_real values[100], zeros[2] = {slt_real_of(0), slt_real_of(-0.0)};
    slt_error err;
    bool sorted = true;
    for (size_t i = 0; i < 100; i++)
        values[i] = slt_real_of((double)(i * 37 % 100));
    TAP_OK(!slt_order_sort(values, 100, &err), "a hundred values");
    for (size_t i = 0; i < 100; i++)
        sorted &= slt_real_double(values[i]) == (double)i;
    TAP_OK(sorted, "in order");
    slt_order_sort(zeros, 2, &err);
    TAP_OK(!zeros[0].bits && zeros[1].bits, "0 and -0 are equal and stay as they were");
    TAP_OK(slt_real_double(slt_order_quantile(values, 100, slt_real_of(0.25))) == 24.75,
           "a quantile between two values");
    TAP_OK(slt_real_double(slt_order_quantile(values, 100, slt_real_of(1))) == 99,
           "the last");
}

/* Rows of other kinds are none of figure.rows. */
static void test_kinds(void)
{
    static const char claims[] =
        "  rows: {by: a, error: none}\n" M
        "  points: [{name: p, x: a, y: m}]\n  statistics: [m]\n"
        "  claims:\n"
        "    - {id: a, says: s, value: rows.count, expect: 2, tolerance: 0, basis: b}\n"
        "    - {id: b, says: s, value: \"row[1].value\", expect: 2.5, tolerance: 0, "
        "basis: b, note: because}\n"
        "    - {id: c, says: s, value: \"row[points.p,1].n\", expect: 0, tolerance: 0, "
        "basis: b}\n"
        "    - {id: d, says: s, value: exp(stat.m.count - 2) + stat.m.mean.error * 0, "
        "expect: 1, tolerance: 0, basis: b}\n";
    static const double expected[] = {2, 2.5, -1, 1};
    outcome_sample *s = calloc(1, sizeof *s);
    outcome_open(s, claims);
    fill(s);
    s->outcomes[1].status = SLT_RUN_DIVERGED;
    s->outcomes[3].status = SLT_RUN_DIVERGED;
    s->results[0][0].value = slt_real_of(2.5);
    TAP_OK(!outcome_make(s), "claims over rows of every kind");
    for (size_t i = 0; i < 4 && s->figure; i++)
        TAP_OK(i == 2 ||
                   slt_real_double(slt_figure_claim(s->figure, i)->value) == expected[i],
               "claim %zu", i);
    TAP_EQ_TEXT(slt_figure_claim(s->figure, 1)->note, "because", "its note");
    TAP_EQ_U64(s->figure->table.row_count, 2, "rows of figure.rows");
    size_t size;
    const char *csv = slt_figure_csv(s->figure, &size);
    slt_figure *again = NULL;
    TAP_OK(!slt_figure_of_csv(s->manifest, csv, size, &again, &s->err) &&
               slt_figure_claims(again) == 4 && again->first_run[1] == 2,
           "and from the CSV alone");
    slt_figure_free(again);
    outcome_close(s);
    free(s);
}

int main(void)
{
    slt_error err;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_histogram();
    test_statistics();
    test_clusters();
    test_curves();
    test_order();
    test_kinds();
    return tap_done();
}
