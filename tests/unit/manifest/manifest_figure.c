/* manifest/manifest_figure.c, manifest_measures.c, manifest_lists.c, manifest_fits.c,
 * figure_names.c: what a figure may say. */
#include "study_sample.h"

/* Four runs, an axis of numbers and one of words; FIGURE follows. */
#define HEAD                                                                             \
    SAMPLE_HEAD("test/figure")                                                           \
    "sweep:\n  seed: [0, 1]\n  kind: [sgd, adam]\n"                                      \
    "run:\n  arithmetic: f32\n  seed: $seed\n" SAMPLE_DATA SAMPLE_NET                    \
    "  train: {optimizer: {kind: $kind, lr: 1e-2}, steps: 10}\n"                         \
    "  llc:\n    - {at: last, lr: 1e-4, localization: 1, num_draws: 8}\n"                \
    "    - {at: last, lr: 1e-4, localization: 1, num_draws: 8, store_losses: none}\n"    \
    "    - {at: last, lr: 1e-4, localization: 1, num_draws: 8, store_losses: last}\n"    \
    "figure:\n"

static slt_status open_figure(const char *figure, slt_error *err)
{
    slt_manifest *manifest = NULL;
    char text[4096];
    snprintf(text, sizeof text, HEAD "%s", figure);
    slt_status status = slt_manifest_parse(text, strlen(text), "m.yaml", &manifest, err);
    slt_manifest_free(manifest);
    return status;
}

static void takes(const char *figure)
{
    slt_error err = {0};
    if (!TAP_OK(!open_figure(figure, &err), "takes %.70s", figure))
        tap_note("said %s", err.text);
}

static void refuses(const char *figure, const char *part)
{
    slt_error err = {0};
    slt_status status = open_figure(figure, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, part), "refuses: %s", part))
        tap_note("said '%s'", err.text);
}

#define MEASURES(list) "  measures:\n" list
#define FIRST "    i: {first: accuracy, at_least: 1, every: 2}\n"
#define CHECKPOINTS "  checkpoints: [{name: c, of: {l: llc/mean, loss: loss}}]\n"
#define DROPS "  transitions: [{name: t, metric: loss, window: 2, drop: 0.1, n: 12}]\n"

static void test_measures(void)
{
    takes(MEASURES(FIRST "    a: {metric: loss, at: i}\n    b: {metric: loss, at: last}\n"
                         "    c: {metric: loss, at: 4}\n    d: {result: llc/mean}\n"
                         "    e: {result: llc/mean@, at: i}\n    f: {part: 4, of: 4}\n"
                         "    g: {value: ln(e - d) * seed, above: 0, below: 9}\n"));
    refuses(MEASURES("    i: {}\n"),
            "m.yaml:25:8: figure.measures.i: expected one of "
            "first, metric, result, part, value, mean, max or min");
    refuses(MEASURES("    i: {first: loss, below: 1, metric: loss}\n"),
            "either first or metric");
    refuses(MEASURES("    i: {first: loss}\n"), "expected either at_least or below");
    refuses(MEASURES("    i: {first: loss, below: 1, at_least: 1}\n"),
            "expected either at_least or below");
    refuses(MEASURES("    i: {first: loss, below: 1, at: 3}\n"),
            "at does not go with first");
    refuses(MEASURES("    i: {metric: loss}\n"), "missing key 'at' beside metric");
    refuses(MEASURES("    i: {metric: loss, at: j}\n    j: {result: loss}\n"),
            "m.yaml:25:27: figure.measures.i: expected a step, last or an earlier "
            "measure, found 'j'");
    refuses(MEASURES("    i: {result: llc/mean@}\n"), "expected `at`");
    refuses(MEASURES("    i: {result: llc/mean, at: 4}\n"), "ends in @");
    refuses(MEASURES("    i: {part: 5, of: 4}\n"), "expected a part of the 4 parts");
    refuses(MEASURES("    i: {part: 1, of: 4, llc: 4}\n"),
            "expected an estimate of the run: it has 3");
    takes(MEASURES("    i: {part: 1, of: 4, llc: 2}\n"));
    refuses(MEASURES("    i: {part: 1, of: 2, llc: 2}\n"), "expected 4: that estimate");
    takes(MEASURES("    i: {part: 1, of: 2}\n"));
    takes(MEASURES("    i: {part: 1, of: 2, llc: 3}\n"));
    refuses(MEASURES("    seed: {result: loss}\n"), "a sweep axis has this name");
    refuses(MEASURES("    last: {result: loss}\n"), "the last checkpoint");
    refuses(MEASURES("    1x: {result: loss}\n"), "expected a name");
}

/* Parts of estimates, of a run that makes none. */
static void test_no_estimates(void)
{
    slt_manifest *manifest = NULL;
    slt_error err = {0};
    char text[4096];
    snprintf(text, sizeof text, HEAD "%s", MEASURES("    i: {part: 1, of: 4}\n"));
    char *from = strstr(text, "  llc:"), *to = strstr(text, "figure:");
    memmove(from, to, strlen(to) + 1);
    TAP_OK(slt_manifest_parse(text, strlen(text), "m.yaml", &manifest, &err) ==
                   SLT_FORMAT &&
               strstr(err.text, "expected an estimate of the run: it has 0"),
           "%s", err.text);
}

/* Parts of an estimate that stores its losses in some runs only, and in all. */
static void test_swept_losses(void)
{
    static const struct {
        const char *words;
        bool all;
    } rows[] = {{"[last, none]", false}, {"[last, all]", true}};
    for (size_t i = 0; i < 2; i++) {
        slt_manifest *manifest = NULL;
        slt_error err = {0};
        char text[4096];
        const int size =
            snprintf(text, sizeof text,
                     SAMPLE_HEAD("test/figure") "sweep:\n  kept: %s\n"
                                                "run:\n  arithmetic: f32\n  seed: 1\n"
                                                SAMPLE_DATA SAMPLE_NET
                     "  llc: [{at: last, lr: 1e-4, localization: 1, num_draws: 8, "
                     "store_losses: $kept}]\nfigure:\n%s",
                     rows[i].words, MEASURES("    i: {part: 1, of: 2}\n"));
        const slt_status status =
            slt_manifest_parse(text, (size_t)size, "m.yaml", &manifest, &err);
        TAP_OK(rows[i].all ? status == SLT_OK
                           : status == SLT_FORMAT &&
                                 strstr(err.text, "expected 4: that estimate"),
               "losses stored where %s says so: %s", rows[i].words, err.text);
        slt_manifest_free(manifest);
    }
}

static void test_windows(void)
{
    takes(CHECKPOINTS MEASURES(
        "    i: {result: loss}\n") "  points: [{name: p, x: c.step, y: c.l}]\n"
                                   "  fit: [{name: f, exponent: {points: p, from: i + "
                                   "c.loss, to: 9, "
                                   "series: kind, local: 4}}]\n"
                                   "  bootstrap: [{name: b, fit: f, over: runs, "
                                   "resamples: 3, seed: 1}]\n"
                                   "  panels: [{slopes: f}, {points: p, fits: f}]\n");
    refuses(CHECKPOINTS "  points: [{name: p, x: c.step, y: c.l}]\n"
                        "  fit: [{name: f, linear: {points: p, local: 4}}]\n",
            "local");
    refuses(CHECKPOINTS "  points: [{name: p, x: c.step, y: c.l}]\n"
                        "  fit: [{name: f, linear: {points: p, where: {seed: 1}}}]\n",
            "points stand alone: they have x, y and where");
    refuses("  fit: [{name: f, linear: {x: seed, y: loss, from: j}}]\n",
            "figure.fit[0].linear.from: column 1 of 'j': no measure");
    refuses(CHECKPOINTS "  fit: [{name: f, linear: {x: seed, y: loss, to: c.l}}]\n",
            "expected numbers of a run: the points are of no list");
    refuses(DROPS CHECKPOINTS "  points: [{name: p, x: c.step, y: c.l}]\n"
                              "  fit: [{name: f, linear: {points: p, to: t.r}}]\n",
            "items of two lists");
    refuses("  fit: [{name: f, linear: {x: seed, y: loss}}]\n  panels: [{slopes: f}]\n",
            "expected an exponent, which alone has local slopes");
#define TWO                                                                              \
    "  curves: [{name: c, of: [loss, llc/mean], series: kind, x: 2 * step + time}]\n"
    takes(TWO "  fit: [{name: f, exponent: {curve: c, of: loss, to: seed}}]\n");
    refuses(TWO "  fit: [{name: f, exponent: {curve: c}}]\n",
            "c are several: expected `of`");
    refuses(TWO "  fit: [{name: f, exponent: {curve: c, of: step}}]\n",
            "these curves are not of step");
    refuses(TWO "  fit: [{name: f, exponent: {curve: d}}]\n",
            "no figure.curves are named d");
    refuses(TWO "  fit: [{name: f, exponent: {curve: c, of: loss, series: seed}}]\n",
            "curves have x, where and series of their own");
    refuses("  fit: [{name: f, linear: {x: seed, y: loss, of: loss}}]\n",
            "`of` goes with curve");
    refuses("  curves: [{name: c, of: loss, x: steps}]\n",
            "figure.curves[0].x: column 1 of 'steps': no measure or sweep axis");
    refuses(CHECKPOINTS "  curves: [{name: c, of: loss, x: c.step}]\n",
            "no measure or sweep axis has this name");
    takes("  curves: [{name: c, of: loss, at: [1, 2.5]}]\n");
    refuses("  curves: [{name: c, of: loss, at: [1, 2.5, 2.5]}]\n",
            "figure.curves[0].at: expected numbers that ascend");
    refuses("  panels: [{slopes: f}]\n", "nothing of figure.fit has this name");
}

#define REFERENCE                                                                        \
    "  references: [{name: r, csv: p.csv, sha256: "                                      \
    "00000000000000000000000000000000000000000000000000000000000000ff, source: s, "

static void test_references(void)
{
    takes(REFERENCE "where: {a: 3, b: x}, x: a + 1, y: ln(b), n: 20}]\n"
                    "  comparisons: [{name: c, of: hist.h, reference: r, chi2: counts}]\n"
                    "  rows: {by: seed, value: loss}\n"
                    "  panels: [{rows: loss, references: r}]\n");
    refuses(REFERENCE "x: a +, y: b}]\n", "figure.references[0].x: column 4 of 'a +'");
    refuses(REFERENCE "y: b}]\n", "missing key 'x'");
    refuses("  references: [{name: r, csv: p.csv, sha256: 0, source: s, x: a, y: b}]\n",
            "sha256");
    refuses("  comparisons: [{name: c, of: hist.h, reference: r}]\n",
            "no figure.references are named r");
    refuses("  rows: {by: seed, value: loss}\n  panels: [{rows: loss, references: r}]\n",
            "no reference is called r");
}

static void test_expressions(void)
{
    refuses(MEASURES("    i: {value: j}\n    j: {result: loss}\n"),
            "m.yaml:25:16: figure.measures.i: column 1 of 'j': no measure");
    refuses(MEASURES("    i: {value: 2}\n"),
            "figure.measures.i.value: expected text of 1 to 255 bytes");
    refuses("  title: 2\n", "figure.title: expected text of 1 to 255 bytes");
    refuses(MEASURES("    i: {value: 2 * kind}\n"), "column 5 of '2 * kind'");
    refuses(MEASURES("    i: {value: sin(seed)}\n"),
            "expected abs, min, max, above, at_least, ln");
    refuses(MEASURES("    i: {value: ln(seed}\n"), "expected ')'");
    refuses(DROPS MEASURES("    i: {value: t.r}\n"), "a measure is one number of a run");
    takes(DROPS MEASURES("    i: {mean: t.r}\n    j: {max: t.r, give: t.df, if: i}\n"));
    refuses(DROPS MEASURES("    i: {mean: seed}\n"),
            "expected a field of transitions or checkpoints: mean is");
    refuses(DROPS MEASURES("    i: {mean: t.r, give: t.df}\n"),
            "give does not go with mean");
    refuses(DROPS MEASURES("    i: {max: t.r, give: t.colour}\n"), "expected step, r");
    refuses(DROPS MEASURES("    i: {max: t.r, if: t.r}\n"), "a condition is of a run");
    refuses(DROPS MEASURES("    i: {max: t.r, if: i}\n"), "column 1 of 'i'");
    refuses(MEASURES("    i: {value: above(seed)}\n"), "expected ','");
    refuses(MEASURES("    i: {value: \"at_least(seed, 1, 2)\"}\n"), "expected ')'");
    takes(CHECKPOINTS "  points: [{name: p, x: c.step, y: c.l}]\n");
    refuses(CHECKPOINTS "  points: [{name: p, x: c.step, y: c.r}]\n",
            "column 3 of 'c.r': expected step, time, or a field of these checkpoints");
    refuses(DROPS CHECKPOINTS "  points: [{name: p, x: c.step, y: t.r}]\n",
            "items of two lists");
    refuses("  checkpoints: [{name: c, of: {step: loss}}]\n", "`step` is where");
    refuses("  checkpoints: [{name: c, of: {time: loss}}]\n", "`time` is where");
    refuses("  checkpoints: [{name: c, of: {}}]\n", "figure.checkpoints[0].of");
    refuses("  checkpoints: [{name: c, of: {a b: loss}}]\n", "figure.checkpoints[0].of");
    refuses("  checkpoints: [{name: c, of: {a: loss}}, {name: c, of: {a: loss}}]\n",
            "two checkpoints have the name c");
    refuses(DROPS "  checkpoints: [{name: t, of: {a: loss}}]\n",
            "transitions have the name t too");
    takes(DROPS "  points: [{name: p, x: ln(t.r), y: t.df * seed, where: {seed: 1}}]\n");
    refuses(DROPS "  points: [{name: p, x: t.r, y: t.colour}]\n",
            "m.yaml:25:33: figure.points[0].y: column 3 of 't.colour': expected step, r");
    refuses(DROPS "  points: [{name: p, x: t.r, y: u.r}]\n", "column 1 of 'u.r'");
    refuses("  transitions:\n    - {name: t, metric: loss, window: 2, drop: 0.1, n: 12}\n"
            "    - {name: u, metric: loss, window: 1, drop: 0.1, n: 12}\n"
            "  points: [{name: p, x: t.r, y: u.r}]\n",
            "items of two lists do not go together");
    refuses(DROPS "  points: [{name: p, x: t.r, y: t.df, where: {seed: 7}}]\n",
            "the axis seed never has this value");
}

static void test_lists(void)
{
    takes(MEASURES(FIRST) DROPS
          "  histograms: [{name: h, of: i, from: 0, to: 10, bins: 5}]\n"
          "  curves: [{name: c, run: 3, of: [loss, llc/mean]}, {name: d, run: 0, of: "
          "loss}]\n"
          "  statistics: [i, t.r, {name: s, of: i * 2}]\n"
          "  clusters: [{name: k, of: t.step, gap: 5}]\n");
    refuses(MEASURES(FIRST) "  histograms: [{name: h, of: i, from: 1, to: 1, bins: 5}]\n",
            "figure.histograms[0]: expected a number above from");
    refuses(MEASURES(FIRST) "  histograms: [{name: h, of: i, from: 2, to: 1, bins: 5}]\n",
            "figure.histograms[0]: expected a number above from");
    refuses(
        MEASURES(
            FIRST) "  histograms: [{name: h, of: i, from: -1e308, to: 1e308, bins: 5}]\n",
        "figure.histograms[0]: expected");
    refuses(MEASURES(FIRST) "  histograms: [{name: h, of: i, from: 0, to: 1, bins: 0}]\n",
            "bins: expected a whole number from 1");
    refuses("  curves: [{name: c, run: 4, of: loss}]\n", "expected one of the 4 runs");
    takes("  curves: [{name: c, of: loss, error: se, where: {seed: 1}, series: kind}]\n");
    refuses("  curves: [{name: c, run: 1, of: loss, series: kind}]\n",
            "where, error and series are of means");
    takes("  rows: [{name: a, by: seed, series: kind}]\n  panels: [{heatmap: a}]\n");
    refuses("  rows: [{name: a, by: seed, series: kind}]\n"
            "  panels: [{heatmap: a, log: [x]}]\n",
            "log does not go with heatmap");
    takes("  rows: [{name: a, by: seed, series: kind}]\n"
          "  theory: {grokking: {model: exp1d, formulas: [P], samples: 4, gap: 1}}\n"
          "  panels: [{heatmap: a, less: P}]\n");
    takes("  rows: [{name: a, by: seed, series: kind}]\n"
          "  theory: {grokking: {model: exp1d, formulas: [P, F], samples: 4, gap: 1}}\n"
          "  panels: [{heatmap: a, less: P}]\n");
    refuses("  rows: [{name: a, by: seed, series: kind}]\n"
            "  theory: {grokking: {model: exp1d, formulas: [P], samples: 4, gap: 1}}\n"
            "  panels: [{heatmap: a, less: P-printed}]\n",
            "no formula of figure.theory is called P-printed");
    refuses("  rows: [{name: a, by: seed, series: kind}]\n"
            "  theory: {grokking: {model: exp1d, formulas: [P], samples: 4, gap: 1}}\n"
            "  panels: [{rows: a, less: P}]\n",
            "less goes with heatmap alone");
    refuses("  rows: [{name: a, by: seed, series: kind}]\n"
            "  panels: [{heatmap: a, right: loss}]\n",
            "right does not go with heatmap");
    refuses("  curves: [{name: c, of: loss, where: {seed: 7}}]\n",
            "the axis seed never has this value");
    refuses("  curves: [{name: c, run: 1, of: loss, where: {seed: 1}}]\n",
            "where, error and series are of means");
    refuses("  curves: [{name: c, run: 1, of: loss, error: sd}]\n",
            "where, error and series are of means");
    refuses(MEASURES(FIRST) "  statistics: [i * 2]\n", "expected one name");
    refuses(MEASURES(FIRST) "  statistics: [i, i]\n", "two statistics have the name i");
    refuses(MEASURES(FIRST) "  statistics: [j]\n",
            "m.yaml:26:16: figure.statistics[0]: column 1 of 'j'");
    takes(MEASURES(FIRST) "  statistics: [{name: s, of: i, less: {seed: 1}}]\n");
    refuses(MEASURES(FIRST) "  statistics: [{name: s, of: i, less: {seed: 7}}]\n",
            "less: the axis seed never has this value");
    refuses(MEASURES(FIRST) DROPS "  statistics: [{name: s, of: t.r, less: {seed: 1}}]\n",
            "less is of runs, and items of a list are no runs");
    refuses(MEASURES(FIRST) "  clusters: [{name: k, of: i, gap: -1}]\n", ">= 0");
    refuses("  transitions: [{name: t, metric: loss, window: 0, drop: 0.1, n: 12}]\n",
            "window: expected a whole number from 1");
    refuses("  transitions: [{name: t, metric: loss, window: 1, drop: 1, n: 12}]\n",
            "drop: expected a number from 0 to below 1");
}

#define POINTS "  points: [{name: p, x: seed, y: seed}]\n"

static void test_fits(void)
{
    takes(POINTS "  fit: [{name: f, linear: {points: p}}]\n"
                 "  bootstrap: [{name: b, fit: f, resamples: 10, seed: 1}]\n");
    takes("  fit: {linear: {y: loss, x: seed}}\n"
          "  bootstrap: [{name: b, fit: linear, resamples: 10, level: 0.9, seed: 1}]\n");
    refuses(POINTS "  fit: [{name: f, linear: {points: q}}]\n",
            "figure.fit[0].linear: no figure.points are named q");
    refuses(POINTS "  fit: [{name: f, linear: {points: p, x: seed}}]\n",
            "points stand alone");
    refuses("  fit: {linear: {y: loss}}\n", "missing key 'x'");
    refuses("  fit: {linear: {x: loss}}\n", "missing key 'y'");
#define BLOCKS "  bootstrap: [{name: b, fit: f, over: blocks, resamples: 9, seed: 1}]\n"
#define BLOCKS_OF(curve)                                                                 \
    "  curves: [{name: c, " curve "}]\n"                                                 \
    "  fit: [{name: f, linear: {curve: c}}]\n" BLOCKS
    refuses(POINTS "  fit: [{name: f, linear: {points: p}}]\n" BLOCKS, "blocks are of a");
    refuses(BLOCKS_OF("of: loss"), "blocks are of a fit through a curve of tally/NAME");
    refuses(BLOCKS_OF("of: tally/t/mean, at: [1, 2]"), "blocks are of a fit through a");
    refuses(BLOCKS_OF("of: nothing"), "blocks are of a fit through a curve of tally");
    takes(BLOCKS_OF("of: tally/t/mean"));
    refuses(CHECKPOINTS "  points: [{name: p, x: z, y: c.l}]\n"
                        "  fit: [{name: f, linear: {points: p, from: 1}}]\n",
            "figure.points[0].x: ");
    refuses(CHECKPOINTS "  points: [{name: p, x: c.l, y: z}]\n"
                        "  fit: [{name: f, linear: {points: p, from: 1}}]\n",
            "figure.points[0].y: ");
    refuses(POINTS "  bootstrap: [{name: b, fit: f, resamples: 10, seed: 1}]\n",
            "figure.bootstrap[0]: no fit is named f");
    refuses(POINTS "  fit: [{name: f, linear: {points: p}}]\n"
                   "  bootstrap: [{name: a, fit: f, resamples: 10, seed: 1},\n"
                   "              {name: b, fit: g, resamples: 10, seed: 1}]\n",
            "figure.bootstrap[1]: no fit is named g");
    refuses(POINTS "  fit: [{name: f, linear: {points: p}}]\n"
                   "  bootstrap: [{name: a, fit: f, resamples: 10, seed: 1},\n"
                   "              {name: a, fit: f, resamples: 10, seed: 1}]\n",
            "have the name a");
    takes("  rows: [{name: a, by: seed}, {name: b, by: seed, value: loss}]\n");
    takes(MEASURES(
        "    i: {metric: loss, at: last}\n") "  rows: [{name: a, by: seed, value: i}, "
                                             "{name: b, by: seed, value: loss}]\n"
                                             "  fit: {linear: {y: i, x: seed}}\n");
    takes("  fit: {linear: {y: llc/mean@4, x: seed}}\n");
    refuses("  rows: [{name: a, by: seed}, {name: a, by: seed}]\n",
            "two rows have the name a");
    refuses("  rows: [{by: seed}]\n", "missing key 'name'");
    refuses("  rows: {by: seed, value: 'llc mean'}\n",
            "figure.rows.value: expected the name of a measure or result");
    refuses("  rows: [{name: a, by: seed, value: \"l\\xe9\"}]\n",
            "figure.rows[0].value: expected the name of a measure or result");
    refuses("  fit: {linear: {y: 'a b', x: seed}}\n",
            "figure.fit.linear.y: expected the name of a measure or result");
    refuses("  summary: [loss, 'a b']\n",
            "figure.summary: expected the name of a measure or result");
}

/* Rows and fits of 16 results, and of one more. */
static void test_columns(void)
{
    char figure[2048];
    size_t size = (size_t)snprintf(figure, sizeof figure, "  rows:\n");
    for (int i = 0; i < 15; i++)
        size +=
            (size_t)snprintf(figure + size, sizeof figure - size,
                             "    - {name: r%d, by: seed, value: llc-chain/%d}\n", i, i);
    snprintf(figure + size, sizeof figure - size,
             "  fit: [{name: f, linear: {y: loss, x: seed}}, {name: g, constant: {y: "
             "llc-chain/7, x: seed}}]\n");
    takes(figure);
    snprintf(figure + size, sizeof figure - size,
             "  fit: [{name: f, linear: {y: loss, x: seed}},\n"
             "    {name: g, constant: {y: accuracy, x: seed}}]\n");
    refuses(figure, "m.yaml:41:5: figure.fit: accuracy is one result too many: rows and "
                    "fits may show 16");
}

int main(void)
{
    test_columns();
    test_measures();
    test_expressions();
    test_no_estimates();
    test_swept_losses();
    test_windows();
    test_references();
    test_lists();
    test_fits();
    return tap_done();
}
