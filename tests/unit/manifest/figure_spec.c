/* manifest: figure_spec.c: what a figure part fills, and how its names are found. */
#include "manifest_sample.h"
#include "tap.h"

static slt_error err;

#define FIGURE "figure:\n  rows: {by: rank, value: llc/mean, error: sd}\n"

static const slt_figure_spec *open_figure(const char *figure, slt_manifest **manifest)
{
    if (open_with(FIGURE, figure, manifest, &err))
        tap_bail(err.text);
    return slt_manifest_figure(*manifest);
}

static bool is(slt_real value, double expected)
{
    return value.bits == slt_real_of(expected).bits;
}

static void test_defaults(void)
{
    slt_manifest *m;
    const slt_figure_spec *spec = open_figure(
        "figure:\n"
        "  rows: {by: seed}\n"
        "  fit: {constant: {y: loss, x: rank}}\n"
        "  bootstrap: [{name: b, fit: constant, resamples: 10, seed: 7}]\n"
        "  measures: {f: {first: loss, below: 1}, p: {part: 2, of: 4}}\n"
        "  transitions: [{name: t, metric: loss, window: 3, drop: 0.5, n: 10}]\n"
        "  claims: [{id: c, says: s, value: rows.mean, expect: 2, tolerance: 0.5, "
        "basis: b}]\n",
        &m);
    TAP_OK(spec->row_count == 1 && !*spec->rows->name && spec->rows->by == 1,
           "rows of one map, along an axis by its number");
    TAP_EQ_TEXT(spec->rows->value.text, "llc/mean", "what they show");
    TAP_OK(spec->rows->error == SLT_ROWS_SD && !spec->rows->where.count &&
               !spec->rows->series_count,
           "with standard deviations, of all runs");
    TAP_OK(is(spec->bootstraps->level, 0.95) && spec->bootstraps->seed == 7,
           "the level of a bootstrap");
    TAP_OK(spec->measures[0].every == 1 && spec->measures[0].at == SLT_MEASURE_AT_NONE,
           "every checkpoint");
    TAP_OK(spec->measures[1].llc == 1 && spec->measures[1].part == 2 &&
               spec->measures[1].parts == 4,
           "the first estimate");
    TAP_EQ_TEXT(spec->transitions->llc.text, "llc/mean", "a state's LLC");
    TAP_OK(!spec->transitions->drops_ends && !spec->transitions->from, "all checkpoints");
    TAP_OK(spec->claims->by == SLT_CLAIM_BY_PAPER && !spec->claims->note &&
               is(spec->claims->expect, 2) && is(spec->claims->tolerance, 0.5),
           "a claim of the paper's, its numbers whole or not");
    TAP_OK(spec->columns == 1 && !spec->panel_count && !spec->title, "one column");
    TAP_OK(!slt_manifest_cite(m)->paper && !slt_manifest_cite(m)->figure,
           "nothing is cited");
    slt_manifest_free(m);
    if (open_with(FIGURE, "cite: {paper: P, figure: 6, table: 2b}\n", &m, &err))
        tap_bail(err.text);
    TAP_OK(!slt_manifest_figure(m), "no figure");
    TAP_EQ_TEXT(slt_manifest_cite(m)->paper, "P", "what is cited");
    TAP_EQ_TEXT(slt_manifest_cite(m)->figure, "6", "a number as it is written");
    TAP_EQ_TEXT(slt_manifest_cite(m)->table, "2b", "or a name");
    slt_manifest_free(m);
}

static void test_measures(void)
{
    slt_manifest *m;
    const slt_figure_spec *spec =
        open_figure("figure:\n"
                    "  measures:\n"
                    "    f: {first: loss, at_least: -0.5, every: 20}\n"
                    "    s: {metric: loss, at: 50}\n"
                    "    l: {metric: loss, at: last}\n"
                    "    r: {result: llc/mean@, at: f}\n"
                    "    v: {value: f / 2, above: 1, below: 9}\n",
                    &m);
    const slt_measure_spec *f = spec->measures;
    TAP_OK(f[0].form == SLT_MEASURE_FIRST && f[0].has_at_least && !f[0].has_below &&
               is(f[0].at_least, -0.5) && f[0].every == 20,
           "first, with its bound");
    TAP_OK(f[1].form == SLT_MEASURE_METRIC && f[1].at == SLT_MEASURE_AT_STEP &&
               f[1].step == 50,
           "a metric at a step");
    TAP_OK(f[2].at == SLT_MEASURE_AT_LAST, "at the last");
    TAP_OK(f[3].form == SLT_MEASURE_RESULT && f[3].at == SLT_MEASURE_AT_MEASURE &&
               f[3].measure == 0,
           "a result where a measure is, by its number");
    TAP_OK(f[4].form == SLT_MEASURE_VALUE && f[4].has_above && f[4].has_below,
           "an expression within bounds");
    TAP_EQ_TEXT(f[4].of.text, "f / 2", "as it is written");
    TAP_OK(f[4].of.place.line > 0 && f[4].of.place.line == f[3].of.place.line + 1 &&
               f[4].of.place.column == 16,
           "and where");
    const slt_quantity *mean = &f[3].of.quantity;
    TAP_OK(f[0].of.is_quantity && f[0].of.quantity.kind == SLT_QUANTITY_LOSS &&
               f[3].of.is_quantity && mean->kind == SLT_QUANTITY_LLC_MEAN &&
               !mean->at_step && !f[4].of.is_quantity,
           "metrics and results, an expression is neither");
    slt_manifest_free(m);
}

static void test_values(void)
{
    slt_manifest *m;
    const slt_figure_spec *spec = open_figure(
        "figure:\n"
        "  rows: [{name: a, by: rank, value: loss}, {name: b, by: rank, value: "
        "llc2/std}, {name: c, by: rank, value: else}]\n"
        "  measures: {loss: {result: loss}}\n"
        "  transitions: [{name: t, metric: val/loss, window: 3, drop: 0.5, n: "
        "10}]\n"
        "  curves: [{name: c, run: 1, of: loss}]\n",
        &m);
    const slt_rows_spec *rows = spec->rows;
    TAP_OK(rows[0].value.is_measure && !rows[0].value.is_quantity &&
               rows[0].value.measure == 0,
           "a measure hides the result of its name");
    TAP_OK(rows[1].value.is_quantity && !rows[1].value.is_measure &&
               rows[1].value.quantity.kind == SLT_QUANTITY_LLC_STD &&
               rows[1].value.quantity.estimate == 1,
           "a result");
    TAP_OK(!rows[2].value.is_quantity && !rows[2].value.is_measure, "neither");
    TAP_OK(spec->transitions->metric.quantity.kind == SLT_QUANTITY_VAL_LOSS &&
               spec->transitions->llc.quantity.kind == SLT_QUANTITY_LLC_MEAN,
           "of transitions");
    TAP_OK(spec->curves->of->is_quantity && !spec->curves->of->is_measure,
           "checkpoints show no measures");
    slt_manifest_free(m);
}

static void test_lists(void)
{
    slt_manifest *m;
    const slt_figure_spec *spec = open_figure(
        "figure:\n"
        "  rows: [{name: a, by: rank, series: seed, error: none}, {name: b, by: seed, "
        "value: loss, error: se, where: {rank: 3.0}, series: [rank, seed]}]\n"
        "  points: [{name: p, x: rank, y: seed}]\n"
        "  fit: {quadratic: {points: p}, constant: {y: loss, x: rank, where: {seed: 6}}, "
        "linear: {y: loss, x: else}}\n"
        "  curves: [{name: c, run: 1, of: loss}, {name: d, run: 2, of: [loss, "
        "llc/mean]}]\n"
        "  statistics: [rank, {name: n, of: 2 * rank}]\n"
        "  summary: loss\n"
        "  bootstrap: [{name: b, fit: constant, resamples: 10, level: 0.5, seed: 0}]\n",
        &m);
    const slt_rows_spec *b = &spec->rows[1];
    TAP_OK(spec->row_count == 2 && spec->rows->error == SLT_ROWS_NO_ERROR &&
               spec->rows->series_count == 1 && spec->rows->series[0] == 1,
           "a list of rows, one axis without brackets");
    TAP_OK(b->error == SLT_ROWS_SE && b->series_count == 2 && b->series[0] == 0 &&
               b->series[1] == 1,
           "several axes");
    TAP_OK(b->where.count == 1 && b->where.items->axis == 0, "a condition on an axis");
    TAP_EQ_TEXT(b->where.items->value, "3", "its value as runs have it");
    const slt_fit_spec *fits = spec->fits;
    TAP_OK(spec->fit_count == 3 && fits[0].kind == SLT_FIT_QUADRATIC &&
               fits[1].kind == SLT_FIT_CONSTANT && fits[2].kind == SLT_FIT_LINEAR,
           "fits in the order in which they are written");
    TAP_EQ_TEXT(fits[1].name, "constant", "called by their kind");
    TAP_OK(fits[0].points == spec->points && !fits[1].points, "of points, or of an axis");
    TAP_OK(fits[1].axis == 0 && fits[2].axis == SIZE_MAX && fits[1].where.count == 1,
           "which may not be there");
    TAP_OK(spec->bootstraps->fit == &fits[1] && is(spec->bootstraps->level, 0.5),
           "a bootstrap of one of them");
    TAP_OK(spec->curve_count == 2 && spec->curves[0].of_count == 1 &&
               spec->curves[1].of_count == 2 && spec->curves[1].run == 2,
           "curves");
    TAP_EQ_TEXT(spec->statistics[0].name, "rank", "a statistic of one name");
    TAP_EQ_TEXT(spec->statistics[1].of, "2 * rank", "and of an expression");
    TAP_OK(spec->summary_count == 1 && spec->summary_place.line > 0, "summaries");
    slt_manifest_free(m);
    spec = open_figure("figure:\n"
                       "  fit:\n"
                       "    - {name: one, linear: {y: loss, x: rank}}\n"
                       "    - {constant: {y: loss, x: seed}, name: two}\n",
                       &m);
    TAP_OK(spec->fit_count == 2 && spec->fits[0].kind == SLT_FIT_LINEAR &&
               spec->fits[1].kind == SLT_FIT_CONSTANT && spec->fits[1].axis == 1,
           "fits with names");
    TAP_EQ_TEXT(spec->fits[1].name, "two", "as they are written");
    TAP_OK(spec->fits[1].place.line == spec->fits[0].place.line + 1 &&
               spec->fits[1].place.column == 7,
           "and where");
    slt_manifest_free(m);
}

static void test_pictures(void)
{
    slt_manifest *m;
    const slt_figure_spec *spec = open_figure(
        "figure:\n"
        "  rows: {by: rank}\n"
        "  histograms: [{name: h, of: rank, from: -1, to: 2.5, bins: 7}]\n"
        "  points: [{name: p, x: rank, y: seed}]\n"
        "  curves: [{name: c, run: 1, of: loss}]\n"
        "  fit: [{name: f, linear: {y: loss, x: rank}}]\n"
        "  theory: {rrr: {in: 6, hidden: $rank, out: 5, rank: $seed}, levels: [{value: "
        "2, label: two}]}\n"
        "  columns: 3\n"
        "  panels: [{rows: llc/mean, log: [right, x]}, {points: p, fits: f, title: T}, "
        "{histogram: h, levels: [{value: 1, label: one}]}, {curves: c, right: []}]\n",
        &m);
    const slt_theory_spec *theory = &spec->theory;
    TAP_OK(theory->rrr && !theory->planted_quadratic && theory->level_count == 1,
           "a closed form and a level");
    TAP_OK(!theory->in.is_axis && theory->in.number == 6 && theory->rank.is_axis &&
               theory->rank.axis == 1 && theory->hidden.axis == 0,
           "sizes are numbers or axes");
    const slt_panel_spec *panels = spec->panels;
    TAP_OK(spec->panel_count == 4 && panels[0].kind == SLT_PANEL_ROWS &&
               panels[0].rows == spec->rows,
           "the one map of rows by what it shows");
    TAP_OK(panels[0].log[SLT_PANEL_X] && !panels[0].log[SLT_PANEL_Y] &&
               panels[0].log[SLT_PANEL_RIGHT],
           "logarithmic axes");
    TAP_OK(panels[1].points == spec->points && panels[1].fit_count == 1 &&
               !strcmp(panels[1].fits[0], "f"),
           "points and a fit");
    TAP_OK(panels[2].histogram == spec->histograms && panels[2].level_count == 1 &&
               spec->histograms->bins == 7 && is(spec->histograms->to, 2.5),
           "a histogram and a level");
    TAP_OK(panels[3].kind == SLT_PANEL_CURVES && panels[3].has_right &&
               !panels[3].right_count && !panels[0].has_right,
           "no curve to the right, which is not to say nothing");
    TAP_OK(spec->columns == 3, "columns");
    slt_manifest_free(m);
}

int main(void)
{
    test_defaults();
    test_measures();
    test_values();
    test_lists();
    test_pictures();
    return tap_done();
}
