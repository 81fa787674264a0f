/* figure: items.c: rows of figure data that were read back, and what they are of. */
#include "manifest_sample.h"
#include "tap.h"

#include "figure/figure.h"

static slt_error err;

#define FIGURE "figure:\n  rows: {by: rank, value: llc/mean, error: sd}\n"

static slt_figure figure;
static slt_manifest *manifest;

static void open_figure(const char *part, const char *rows)
{
    slt_buffer csv = {0};
    slt_buffer_printf(&csv, "series,x,value,error,n\n%s", rows);
    const char *text = slt_buffer_text(&csv);
    if (open_with(FIGURE, part, &manifest, &err) ||
        slt_table_parse(text, csv.size, "data", &figure.table, &err))
        tap_bail(err.text);
    slt_buffer_free(&csv);
    figure.spec = slt_manifest_figure(manifest);
    slt_figure_find_items(&figure);
}

static void close_figure(void)
{
    slt_table_free(&figure.table);
    slt_manifest_free(manifest);
}

static void is_of(size_t row, slt_table_part part, size_t item)
{
    const slt_table_origin *origin = &figure.table.rows[row].origin;
    if (!TAP_OK(origin->part == part && origin->item == item, "%s",
                figure.table.rows[row].series))
        tap_note("part %d, item %zu", (int)origin->part, origin->item);
}

static void test_lists(void)
{
    open_figure(
        "figure:\n"
        "  rows: [{name: a, by: rank}, {name: ab, by: rank, series: seed}]\n"
        "  transitions: [{name: t, metric: loss, window: 1, drop: 0.1, n: 2}]\n"
        "  statistics: [{name: t, of: rank}, t.r]\n"
        "  points: [{name: q, x: rank, y: rank}, {name: p, x: rank, y: rank, series: "
        "seed}]\n"
        "  histograms: [{name: h, of: rank, from: 0, to: 9, bins: 3}]\n"
        "  clusters: [{name: k, of: rank, gap: 1}]\n"
        "  curves: [{name: d, of: loss, series: seed}, {name: c, run: 0, of: [loss, "
        "llc/mean]}]\n"
        "  chains: [{name: w, run: 1}, {name: w_t, run: 0}]\n"
        "  fit: {quadratic: {points: p}, linear: {points: p}}\n"
        "  bootstrap: [{name: b, fit: linear, resamples: 9, seed: 1}]\n",
        "a,1,1,,1\nab seed=5,1,1,,1\npoints.p seed=5,1,1,,1\nhist.h,0,1,,\n"
        "curve.c.loss,0,1,,\ncurve.c.llc/mean,0,1,,\ncurve.cc.loss,0,1,,\n"
        "curve.c,0,1,,\nchain.w.ranks.0,0,1,1,1\nchain.w_t.trace.1,0,1,,1\n"
        "chain.w,0,1,,1\nchain.w.rank.0,0,1,,1\nfit.linear.a0,,1,,1\nbootstrap.b.a0.low,,"
        "1,,1\nstat.t.count,,1,,1\n"
        "stat.t.r.count,,1,,1\ncluster.k.1.n,,1,,\nhist.h.below,,1,,\n"
        "summary.loss.min,,1,,1\nstatus.done,,8,,\nother,,1,,\n");
    is_of(0, SLT_TABLE_ROWS, 0);
    is_of(1, SLT_TABLE_ROWS, 1);
    is_of(2, SLT_TABLE_POINTS, 1);
    is_of(3, SLT_TABLE_HISTOGRAM, 0);
    is_of(4, SLT_TABLE_CURVE, 1);
    is_of(5, SLT_TABLE_CURVE, 1);
    is_of(6, SLT_TABLE_CURVE, SIZE_MAX);
    is_of(7, SLT_TABLE_CURVE, 1);
    is_of(8, SLT_TABLE_CHAINS, 0);
    is_of(9, SLT_TABLE_CHAINS, 1);
    is_of(10, SLT_TABLE_CHAINS, 0);
    is_of(11, SLT_TABLE_CHAINS, 0);
    is_of(12, SLT_TABLE_FIT, 1);
    is_of(13, SLT_TABLE_BOOTSTRAP, 0);
    is_of(14, SLT_TABLE_STATISTIC, 0);
    is_of(15, SLT_TABLE_STATISTIC, 1);
    is_of(16, SLT_TABLE_CLUSTER, 0);
    is_of(17, SLT_TABLE_BINS, 0);
    is_of(18, SLT_TABLE_SUMMARY, SIZE_MAX);
    is_of(19, SLT_TABLE_STATUS, SIZE_MAX);
    is_of(20, SLT_TABLE_UNKNOWN, SIZE_MAX);
    TAP_OK(figure.table.rows[4].origin.metric == 0 &&
               figure.table.rows[5].origin.metric == 1,
           "metrics of a curve");
    TAP_OK(figure.table.rows[7].origin.metric == SIZE_MAX, "none of its name alone");
    TAP_OK(figure.table.rows[8].origin.metric == SLT_CHAINS_RANKS &&
               figure.table.rows[9].origin.metric == SLT_CHAINS_TRACE,
           "what is shown of chains");
    TAP_OK(figure.table.rows[10].origin.metric == SIZE_MAX &&
               figure.table.rows[11].origin.metric == SIZE_MAX,
           "nothing of another word");
    close_figure();
}

static void test_rows(void)
{
    open_figure(FIGURE, "llc/mean,1,1,,1\n");
    is_of(0, SLT_TABLE_ROWS, 0);
    close_figure();
    open_figure("figure: {title: t}\n", "llc/mean,1,1,,1\ncurve.c.loss,1,1,,\n");
    is_of(0, SLT_TABLE_ROWS, SIZE_MAX);
    is_of(1, SLT_TABLE_CURVE, SIZE_MAX);
    close_figure();
}

int main(void)
{
    test_lists();
    test_rows();
    return tap_done();
}
