/* report/picture/: the gnuplot script of a picture. */
#include "manifest_sample.h"
#include "tap.h"

#include <math.h>
#include <unistd.h>

#include <sltrace/numerics.h>

#include "report/picture/svg_internal.h"

static slt_error err;

/* A figure of what a manifest says and of a table alone. */
typedef struct picture {
    slt_figure figure;
    slt_theory theory;
    slt_manifest *manifest;
    slt_figure_spec spec;
    slt_buffer script;
} picture;

#define CSV "series,x,value,error,n\n"

static void open_picture(picture *p, const char *part, const char *csv)
{
    *p = (picture){0};
    p->figure.theory = &p->theory;
    slt_buffer text = {0};
    slt_buffer_printf(&text, "figure: %s\n", part);
    if (open_with("figure:\n  rows: {by: rank, value: llc/mean, error: sd}\n",
                  slt_buffer_text(&text), &p->manifest, &err) ||
        slt_table_parse(csv, strlen(csv), "data", &p->figure.table, &err))
        tap_bail(err.text);
    slt_buffer_free(&text);
    p->spec = *slt_manifest_figure(p->manifest);
    p->figure.manifest = p->manifest;
    p->figure.spec = &p->spec;
    slt_figure_find_items(&p->figure);
}

static const char *script_of(picture *p)
{
    slt_buffer_clear(&p->script);
    if (slt_svg_script(&p->figure, &p->script, &err))
        tap_bail(err.text);
    return slt_buffer_text(&p->script);
}

static void close_picture(picture *p)
{
    for (size_t i = 0; i < SLT_THEORY_LINES_MAX; i++)
        free(p->theory.value[i]);
    slt_table_free(&p->figure.table);
    slt_manifest_free(p->manifest);
    slt_buffer_free(&p->script);
}

static void holds(const char *script, const char *text, const char *name)
{
    if (!TAP_OK(strstr(script, text) != NULL, "%s", name))
        tap_note("no '%s' in\n%s", text, script);
}

/* ---- Texts ------------------------------------------------------------------------- */

static void quotes(const char *text, size_t columns, const char *expected)
{
    static int count;
    slt_buffer out = {0};
    slt_svg_quote(&out, text, columns);
    if (!TAP_OK(!strcmp(slt_buffer_text(&out), expected), "text %d, quoted", ++count))
        tap_note("%s", slt_buffer_text(&out));
    slt_buffer_free(&out);
}

static void test_quotes(void)
{
    quotes("plain", 0, "'plain'");
    quotes("it's \"so\" `date` \\n @x $y %d", 0,
           "'it'.\"'\".'s \"so\" `date` \\n @x $y %d'");
    quotes("two\nlines", 0, "'two'.\"\\n\".'lines'");
    quotes("'\n'", 0, "''.\"'\".''.\"\\n\".''.\"'\".''");
    quotes("a\tb\x7f\x01", 0, "'ab'");
    quotes("", 0, "''");
    quotes("one two three", 8, "'one two'.\"\\n\".'three'");
    quotes("overlong two", 4, "'overlong'.\"\\n\".'two'");
    quotes("\xce\x94\xce\xbb \xce\x94\xce\xbb \xce\x94", 5,
           "'\xce\x94\xce\xbb \xce\x94\xce\xbb'.\"\\n\".'\xce\x94'");
    TAP_EQ_U64(slt_svg_lines("one two three", 8), 2, "lines");
    TAP_EQ_U64(slt_svg_lines("", 8), 0, "no line of no text");
}

/* A title that would end the string or begin a command reaches the picture as it is. */
static void test_hostile(void)
{
    picture p;
    slt_buffer svg = {0};
    open_picture(&p,
                 "{points: [{name: a, x: rank, y: seed}], "
                 "panels: [{points: a, title: \"it's\"}]}",
                 CSV "points.a,1,2,,0\npoints.a,2,3,,1\n");
    p.spec.title = "x'\nset output 'y'; system('false')\"`false`";
    script_of(&p);
    slt_status status = slt_gnuplot(&p.script, &svg, &err);
    const char *text = slt_buffer_text(&svg);
    if (status == SLT_UNFIT) {
        tap_skip("a picture", "gnuplot is missing");
    } else {
        TAP_OK(!status && svg.size > 5, "a picture: %s", err.text);
        TAP_OK(strstr(text, "system(&#39;false&#39;)") || strstr(text, "system('false')"),
               "with the title's own letters");
        TAP_OK(strstr(text, "`false`") != NULL, "and no command of it was run");
    }
    slt_buffer_clear(&p.script);
    slt_buffer_printf(&p.script, "plot nonsense(\n");
    status = slt_gnuplot(&p.script, &svg, &err);
    TAP_OK(status == SLT_RESOURCE || status == SLT_UNFIT, "a script that fails: %s",
           err.text);
    slt_buffer_free(&svg);
    close_picture(&p);
}

/* ---- Panels ------------------------------------------------------------------------ */

#define ROWS                                                                             \
    "llc s=1,1,2,0.5,3\nllc s=1,10,3,,1\n"                                               \
    "llc s=0.5,1,1,3,3\nother,1,7,,1\n"                                                  \
    "points.a,0.5,-2,,0\npoints.a,0.25,-3,,4\n"                                          \
    "hist.h,-1,4,,\nhist.h,0,0,,\nhist.h,1,5,,\n"                                        \
    "curve.c.loss,0,4,,\ncurve.c.loss,100,0,,\n"                                         \
    "curve.c.llc/mean,100,12,,\n"                                                        \
    "curve.cc.loss,0,9,,\n"                                                              \
    "fit.f.a0,,-133,,2\nfit.f.a1,,-26.75,,2\nfit.f.r2,,0.062,,2\n"                       \
    "hist.h.below,,3,,\nhist.h.above,,0,,\n"

#define LISTS                                                                            \
    "measures: {r: {result: loss}, DF: {value: r}, dl: {value: r}}, "                    \
    "rows: [{name: llc, by: rank, series: [seed]}, "                                     \
    "{name: other, by: rank, value: loss}], "                                            \
    "points: [{name: a, x: ln(r), y: DF}], "                                             \
    "histograms: [{name: h, of: dl, from: -1, to: 2, bins: 3}], "                        \
    "curves: [{name: c, run: 0, of: [loss, llc/mean]}, {name: none, run: 0, of: "        \
    "loss}], "                                                                           \
    "fit: [{name: f, linear: {y: loss, x: rank}}], "

static void test_panels(void)
{
    picture p;
    open_picture(&p,
                 "{" LISTS "panels: [{rows: llc, log: [x, y]}, {rows: other}, "
                 "{points: a, fits: [f], x_label: the x}, {histogram: h}, "
                 "{curves: c}, {curves: none}]}",
                 CSV ROWS);
    const char *script = script_of(&p);
    holds(script, "$p1s0 << EOD\n1 2 0.5 NaN\n10 3 0 NaN\nEOD\n", "rows as a block");
    holds(script, "$p1s1 << EOD\n1 1 3 NaN\nEOD\n", "a block a series");
    holds(script, "title 's=1'", "named by what tells them apart");
    holds(script, "set logscale x\nset xrange [", "a logarithmic axis");
    holds(script, "$2 > $3 ? $2 - $3 : 0.1", "no error bar to below 0 on it");
    holds(script, "$p2s0 << EOD\n1 7 0 NaN\nEOD\n", "rows of another name");
    holds(script, "$p3s0 << EOD\n0.5 -2\n0.25 -3\nEOD\n", "points");
    holds(script, "set xlabel 'the x'", "a label of the panel");
    holds(script, "set ylabel 'DF'", "a label of what it shows");
    holds(script, "0 + -133 * x**0 + -26.75 * x**1 with lines", "a fitted line");
    holds(script, "title 'fit f: −26.75 x − 133, R² = 0.062'", "and its formula");
    holds(script, "$p4s0 << EOD\n-1 0 4 NaN\n0 1 0 NaN\n1 2 5 NaN\nEOD\n",
          "bins with their edges");
    holds(script, "set xlabel 'dl'.\"\\n\".'3 more lie below'", "what is in no bin");
    holds(script, "$p5s0 << EOD\n0 4\n100 0\nEOD\n", "a curve");
    holds(script, "axes x1y2 with lines", "the LLC on the axis to the right");
    holds(script, "title 'loss (left)'", "as the key says");
    holds(script, "set y2label 'LLC \xce\xbb\xcc\x82'", "and the axis, by its sign");
    const char *second = strstr(script, "set ylabel 'loss'");
    const char *key = second ? strstr(second, "unset key") : NULL;
    TAP_OK(key && key < strstr(second, "$p2s0"), "a lone series needs no key");
    holds(script, "set label 'no data'", "a panel without data says so");
    TAP_OK(!strstr(script, " 9\n"), "a name that only begins alike is another");
    TAP_OK(!strstr(script, "$p6s0"), "no block of nothing");
    close_picture(&p);
}

static void test_lone_bin(void)
{
    picture p;
    open_picture(&p,
                 "{histograms: [{name: h, of: rank, from: 0, to: 2.5, bins: 1}], "
                 "panels: [{histogram: h}]}",
                 CSV "hist.h,0,5,,\n");
    holds(script_of(&p), "$p1s0 << EOD\n0 2.5 5 NaN\nEOD\n", "a lone bin has its width");
    close_picture(&p);
}

static void test_bands(void)
{
    picture p;
    open_picture(
        &p,
        "{curves: [{name: m, of: [loss, llc/mean]}, {name: o, run: 0, of: loss}], "
        "panels: [{curves: m, log: [x, y]}, {curves: o}]}",
        CSV "curve.m.loss,10,4,3,2\ncurve.m.loss,20,2,,1\n"
            "curve.m.llc/mean,20,6,1,2\ncurve.o.loss,10,5,,\n");
    const char *script = script_of(&p);
    holds(script, "$p1s0 << EOD\n10 4 3\n20 2 0\nEOD\n", "means and their errors");
    holds(script,
          "plot $p1s0 using 1:($2 > $3 ? $2 - $3 : 0.10000000000000001):($2 + $3) axes "
          "x1y1 with filledcurves fs transparent solid 0.2 noborder lc rgb '#0e4c92' "
          "notitle",
          "a band, which a logarithmic axis cuts");
    holds(script, "$p1s1 using 1:($2 - $3):($2 + $3) axes x1y2 with filledcurves",
          "a band on the axis to the right");
    holds(script, "set xrange [9.", "the horizontal axis is logarithmic");
    holds(script, "plot $p2s0 using 1:2 axes x1y1 with lines", "one run has no band");
    holds(script, "$p2s0 << EOD\n10 5\nEOD\n", "nor errors");
    close_picture(&p);
}

static void test_curve_series(void)
{
    picture p;
    open_picture(&p,
                 "{curves: [{name: m, of: [loss, llc/mean], series: seed}], "
                 "panels: [{curves: m, right: loss}]}",
                 CSV "curve.m.loss seed=5,10,4,,1\ncurve.m.loss seed=6,10,2,,1\n"
                     "curve.m.llc/mean seed=5,10,6,,1\n");
    const char *script = script_of(&p);
    holds(script,
          "$p1s1 using 1:2 axes x1y2 with lines dt 2 lw 1.5 lc rgb '#d97706' title "
          "'loss seed=6 (right)'",
          "a series of a metric on the right");
    holds(script, "'llc/mean seed=5 (left)'", "of another on the left");
    close_picture(&p);
}

static void test_chains(void)
{
    picture p;
    open_picture(&p,
                 "{chains: [{name: c, run: 0}, {name: d, run: 0, of: loss}], "
                 "panels: [{trace: c}, {ranks: c}, {autocorrelation: c}, {trace: d}]}",
                 CSV "chain.c.trace.0,0,4,,2\nchain.c.trace.0,2,5,,1\n"
                     "chain.c.trace.1,0,3,,2\nchain.c.trace.1,2,2,,1\n"
                     "chain.c.trace.2,0,3,,2\nchain.c.trace.2,2,2,,1\n"
                     "chain.c.ranks.0,0,1.5,0.25,3\nchain.c.ranks.0,0.5,0.5,0.25,1\n"
                     "chain.c.autocorrelation.0,0,1,,3\n"
                     "chain.d.trace.0,0,1,,1\n");
    const char *script = script_of(&p);
    holds(script, "$p1s1 << EOD\n0 3\n2 2\nEOD\n", "a block a chain");
    holds(script,
          "plot $p1s0 using 1:2 with lines lw 1 lc rgb '#0b4f8a' notitle, \\\n  "
          "$p1s1 using 1:2 with lines lw 1 lc rgb '#8fa9bf' notitle, \\\n  "
          "$p1s2 using 1:2 with lines lw 1 lc rgb '#c75b12' notitle, \\\n  0 with lines",
          "a line a chain, from blue to orange, above 0");
    holds(script, "set xlabel 'draw'.\"\\n\".'means of 2 draws each'",
          "of parts of draws");
    holds(script, "set ylabel 'nbeta (loss - loss at w*)'", "of the LLC");
    holds(script, "$p2sband << EOD\n0 0.5 1.5\n1 0.5 1.5\nEOD\n", "the band of ranks");
    holds(script,
          "plot $p2sband using 1:2:3 with filledcurves fs solid 1 noborder lc rgb "
          "'#e5e5e5' notitle, \\\n  $p2s0 using ($1 + 0.25):2 with histeps lw 1 lc rgb "
          "'#0b4f8a' notitle, \\\n  1 with lines",
          "ranks in the middle of their bins, about 1");
    holds(script, "set xrange [0:1]\nset yrange [0:*]\n", "over all ranks");
    holds(script, "plot $p3s0 using 1:2 with lines", "an autocorrelation");
    holds(script, "set ylabel 'loss'", "a trace of the loss");
    holds(script, "plot $p4s0 using 1:2 with lines lw 1 lc rgb '#0b4f8a' notitle\n",
          "which is not about 0");
    TAP_OK(!strstr(script, "$p3sband") && !strstr(script, "$p1s3"), "and nothing else");
    close_picture(&p);
}

static void test_heatmap(void)
{
    picture p;
    open_picture(&p,
                 "{rows: {by: rank, series: seed, value: loss}, panels: [{heatmap: loss, "
                 "right_label: L}]}",
                 CSV "seed=5,1,4,,1\nseed=5,3,2,,1\nseed=6,3,3,,1\n");
    const char *script = script_of(&p);
    holds(script, "$p1s0 << EOD\n0 0 4\n1 0 2\nEOD\n", "cells of a row");
    holds(script, "$p1s1 << EOD\n1 1 3\nEOD\n", "cells of another");
    holds(script, "plot $p1s0 using 1:2:(0.5):(0.5):3 with boxxyerror", "by colour");
    holds(script, "$p1shatch with lines", "cells without a row are hatched");
    holds(script, "\n-0.5 0.5\n0.5 1.5\n", "a diagonal of one of them");
    TAP_OK(!strstr(script, "\n0.5 0.5\n1.5 1.5\n"), "none in a cell with a row");
    holds(script, "set ytics ('5' 0, '6' 1, '7' 2, '8' 3)", "the series axis upwards");
    holds(script, "set xrange [-0.5:1.5]", "all values of the sweep across");
    holds(script, "set cblabel 'L'", "what the colours are");
    holds(script, "set ylabel 'seed'", "what the vertical axis is");
    close_picture(&p);
}

static void test_verticals(void)
{
    picture p;
    open_picture(
        &p,
        "{points: [{name: a, x: rank, y: seed, series: seed}], panels: [{points: a, "
        "log: [x], verticals: [{value: 100, label: it}, {value: -1, label: no}]}]}",
        CSV "points.a seed=5,1,5,,0\npoints.a seed=6,10,6,,1\n");
    const char *script = script_of(&p);
    holds(script, "set arrow from first 100, graph 0 to first 100, graph 1 nohead",
          "a vertical line, within the range of its axis");
    holds(script, "set label 'it' at first 100, graph 0.97 right", "with its text");
    TAP_OK(!strstr(script, "first -1,"), "none where a logarithmic axis cannot show it");
    holds(script, "'1 not above 0: not on a logarithmic axis'", "which is told");
    holds(script, "with points pt 5 ps 0.5 lc rgb '#d97706' title 'seed=6'",
          "points of another series, with its name");
    close_picture(&p);
}

static void test_right(void)
{
    picture p;
    open_picture(&p,
                 "{" LISTS "panels: [{curves: c, right: loss, log: [y], "
                 "right_label: L}]}",
                 CSV ROWS);
    const char *script = script_of(&p);
    holds(script, "$p1s0 using 1:2 axes x1y2", "right as the panel has it");
    holds(script, "$p1s1 using 1:2 axes x1y1", "the rest left");
    holds(script, "set y2label 'L'", "with its label");
    close_picture(&p);
    open_picture(&p, "{" LISTS "panels: [{curves: c, log: [y]}]}", CSV ROWS);
    holds(script_of(&p), "'1 not above 0: not on a logarithmic axis'",
          "what a logarithmic axis cannot show is told");
    close_picture(&p);
    open_picture(&p, "{" LISTS "panels: [{points: a, log: [y]}]}",
                 CSV "points.a,1,-2,,0\npoints.a,2,0,,1\n");
    holds(script_of(&p), "'nothing above 0: not a logarithmic axis'",
          "an axis with nothing to show is a plain one");
    TAP_OK(!strstr(script_of(&p), "logscale"), "not a logarithmic one");
    close_picture(&p);
}

/* As many numbers along the axis as fit: fewer where they have more letters, or an axis
 * to the right takes room. */
static void test_tics(void)
{
    picture p;
    open_picture(&p, "{curves: [{name: c, run: 0, of: loss}], panels: [{curves: c}]}",
                 CSV "curve.c.loss,0,1,,\ncurve.c.loss,25000,2,,\n");
    holds(script_of(&p), "set xtics 5e3\n", "0, 5000, ...");
    close_picture(&p);
    open_picture(&p,
                 "{curves: [{name: c, run: 0, of: [loss, llc/mean]}], "
                 "panels: [{curves: c}]}",
                 CSV "curve.c.loss,0,1,,\ncurve.c.llc/mean,25000,2,,\n");
    holds(script_of(&p), "set xtics 1e4\n", "0, 10000, ...");
    close_picture(&p);
    open_picture(&p, "{curves: [{name: c, run: 0, of: loss}], panels: [{curves: c}]}",
                 CSV "curve.c.loss,0.5,1,,\ncurve.c.loss,0.75,2,,\n");
    holds(script_of(&p), "set xtics 5e-2\n", "0.5, 0.55, ...");
    close_picture(&p);
}

static void test_words(void)
{
    picture p;
    open_picture(&p, "{rows: [{name: r, by: rank}], panels: [{rows: r}]}",
                 CSV "r s=1,adam,1,,1\nr s=1,it's,2,,1\nr s=2,it's,3,,1\n");
    const char *script = script_of(&p);
    holds(script, "set xtics ('adam' 0, 'it'.\"'\".'s' 1)", "words along the axis");
    holds(script, "$p1s1 << EOD\n1 3 0 NaN\nEOD\n",
          "a word has its place in every series");
    close_picture(&p);
}

#define LEVELS                                                                           \
    "levels: [{value: -2.9, label: E}, {value: -2.53, label: D}, "                       \
    "{value: -2.52, label: C}, {value: -2.51, label: B}, {value: -2.5, label: A}"

/* Texts in the margin are lifted off each other. */
static void test_levels(void)
{
    picture p;
    open_picture(&p, "{" LISTS "panels: [{points: a, " LEVELS "]}]}", CSV ROWS);
    const char *script = script_of(&p);
    holds(script, "'E' at graph 1.015, first -2.8999999999999999 left offset 0, 0.00",
          "a text beside its line");
    holds(script, "'D' at graph 1.015, first -2.5299999999999998 left offset 0, 0.00",
          "another");
    holds(script, "'C' at graph 1.015, first -2.52 left offset 0, 0.72",
          "the next is lifted above it");
    holds(script, "'A' at graph 1.015, first -2.5 left offset 0, 2.16", "and so on");
    holds(script, "-2.5299999999999998 with lines", "each has its line");
    close_picture(&p);
}

/* With long texts they stand within the axes, apart, or not at all. */
static void test_levels_inside(void)
{
    picture p;
    open_picture(&p,
                 "{" LISTS "panels: [{points: a, " LEVELS
                 ", {value: -2, label: a level with a long text}]}]}",
                 CSV ROWS);
    const char *script = script_of(&p);
    holds(script, "label 'D' at graph 0.98, first -2.5299999999999998 right", "right");
    holds(script, "label 'C' at graph 0.02, first -2.52 left", "left");
    holds(script, "label 'B' at graph 0.5, first -2.5099999999999998 center", "middle");
    TAP_OK(!strstr(script, "label 'A'"), "not at all");
    holds(script, "-2.5 with lines", "but with its line");
    close_picture(&p);
    open_picture(&p,
                 "{" LISTS "panels: [{rows: other, log: [y], "
                 "levels: [{value: 0, label: Z}, {value: 8, label: Y}]}]}",
                 CSV ROWS);
    script = script_of(&p);
    TAP_OK(!strstr(script, "'Z'") && strstr(script, "'Y' at graph 1.015, first 8 left"),
           "no level that a logarithmic axis lacks");
    close_picture(&p);
}

/* ---- Theory ------------------------------------------------------------------------ */

static void set_theory(picture *p, const double *first, const double *second)
{
    size_t rows = p->figure.table.data_count;
    p->theory.made = true;
    p->theory.lines = second ? 2 : 1;
    p->theory.name[0] = "these";
    p->theory.name[1] = "endless";
    for (size_t i = 0; i < p->theory.lines; i++) {
        p->theory.value[i] = calloc(rows, sizeof *p->theory.value[i]);
        for (size_t row = 0; row < rows; row++)
            p->theory.value[i][row] = slt_real_of((i ? second : first)[row]);
    }
}

/* By how much values are above a formula. */
static void test_heatmap_less(void)
{
    static const double theory[] = {3.5, 2.25, NAN};
    picture p;
    open_picture(
        &p,
        "{rows: {by: rank, series: seed, value: loss}, theory: {grokking: {model: "
        "exp1d, formulas: [P], samples: 4, gap: 1}}, panels: [{heatmap: loss, "
        "less: P}]}",
        CSV "seed=5,1,4,,1\nseed=5,3,2,,1\nseed=6,3,3,,1\n");
    set_theory(&p, theory, NULL);
    p.theory.name[0] = "P";
    const char *script = script_of(&p);
    holds(script, "$p1s0 << EOD\n0 0 0.5\n1 0 -0.25\nEOD\n", "values less theory");
    holds(script, "$p1s1 << EOD\n1 1 nan\nEOD\n", "none where theory has none");
    holds(script, "set cbrange [-0.5:0.5]", "colours are about 0");
    holds(script, "set cblabel 'loss less P'", "what the colours are");
    p.theory.lines = 0;
    script = script_of(&p);
    holds(script, "$p1s0 << EOD\n0 0 nan\n1 0 nan\nEOD\n", "no theory, no cells");
    p.theory.lines = 1;
    close_picture(&p);
}

#define TWO CSV "a=1,1,2,,1\na=1,3,4,,1\na=2,1,2,,1\na=2,3,5,,1\n"

static void test_theory(void)
{
    static const double shared[] = {1, 2, 1, 2}, apart[] = {1, 2, 3, 4};
    picture p;
    open_picture(&p, "{rows: {by: rank}, panels: [{rows: llc/mean}]}", TWO);
    set_theory(&p, apart, shared);
    const char *script = script_of(&p);
    holds(script, "$p1s1 << EOD\n1 2 0 3 1\n3 5 0 4 2\nEOD\n", "theory in the blocks");
    holds(script, "$p1s0 using 1:4 with lines dt 2 lw 1.5 lc rgb '#0e4c92' notitle",
          "a line of the first series in its colour");
    holds(script, "$p1s1 using 1:4 with lines dt 2 lw 1.5 lc rgb '#d97706' notitle",
          "and of the second");
    holds(script, "NaN with lines dt 2 lw 1.5 lc rgb '#595959' title 'these'",
          "told once in the key");
    holds(script,
          "$p1s0 using 1:5 with lines dt 3 lw 1.5 lc rgb '#595959' title "
          "'endless'",
          "one line where the series agree");
    TAP_OK(!strstr(script, "$p1s1 using 1:5"), "and no more");
    close_picture(&p);
}

static void test_alone(void)
{
    picture p;
    open_picture(&p, "{title: T, rows: {by: rank}, fit: {linear: {y: loss, x: rank}}}",
                 CSV "a,1,2,,1\na,3,4,,1\npoints.x,1,2,,1\n"
                     "fit.linear.a0,,1,,2\nfit.linear.a1,,1,,2\n");
    const char *script = script_of(&p);
    holds(script, "plot $s0 using 1:2:3 with yerrorbars", "without panels the rows");
    holds(script, "title 'fit linear: 1 x + 1'", "and all fits, with their formulas");
    holds(script, "svg size 560,", "in the size of a panel");
    holds(script, "set title 'T'", "with the title once");
    TAP_OK(!strstr(script, "set label 'T'") && !strstr(script, "$s1"),
           "and nothing else");
    close_picture(&p);
}

/* ---- Names at the ends ------------------------------------------------------------- */

#define ENDS                                                                             \
    CSV "s=1,1,2,,1\ns=1,3,4,,1\ns=2,1,1,,1\ns=2,3,3.9,,1\ns=3,1,1,,1\ns=3,3,0,,1\n"

static void test_ends(void)
{
    picture p;
    open_picture(&p, "{rows: {by: rank, series: seed}}", ENDS);
    const char *script = script_of(&p);
    holds(script,
          "set label 's=3' at graph 1.015, first 0 left offset 0, 0.00 "
          "textcolor rgb '#000000' front\n",
          "a series has its name at its end");
    holds(script, "set label 's=2' at graph 1.015, first 3.89", "and another");
    holds(script, "left offset 0, -0.48 textcolor rgb '#a84a06'",
          "in its colour, moved from the next name");
    holds(script, "set label 's=1' at graph 1.015, first 4 left offset 0, 0.00",
          "which has the highest place");
    TAP_OK(!strstr(script, " title 's=1'"), "and none in the key");
    holds(script, "set rmargin 5", "in a margin of its own");
    close_picture(&p);
    open_picture(&p, "{rows: {by: rank, series: seed}}",
                 CSV "s=1,1,2,,1\ns=1,3,4,,1\ns=2,1,1,,1\ns=2,2,3.9,,1\n");
    script = script_of(&p);
    TAP_OK(!strstr(script, "set label 's=1'") && strstr(script, " title 's=1'"),
           "in the key, where a series ends before the edge");
    close_picture(&p);
    open_picture(&p,
                 "{rows: {by: rank, series: seed}, panels: [{rows: llc/mean, levels: "
                 "[{value: 1, label: L}]}]}",
                 ENDS);
    script = script_of(&p);
    TAP_OK(!strstr(script, "set label 's=1'") && strstr(script, " title 's=1'"),
           "or where levels have the margin");
    close_picture(&p);
    open_picture(&p, "{rows: {by: rank, series: seed}}",
                 CSV "s=1,1,2,,1\ns=2,1,4,,1\ns=3,1,1,,1\ns=4,1,2,,1\ns=5,1,2,,1\n"
                     "s=6,1,2,,1\ns=7,1,2,,1\n");
    script = script_of(&p);
    holds(script, "$s6 using 1:2:3 with yerrorlines pt 9 ps 0.6 lc rgb '#0e4c92' title",
          "of more than six, in the key; the seventh has the first's colour");
    close_picture(&p);
}

/* ---- Rates and signs --------------------------------------------------------------- */

static void test_rates(void)
{
    picture p;
    open_picture(&p, "{rows: {by: rank}}", CSV "a,0.001,2,,1\na,0.01,4,,1\na,0.1,4,,1\n");
    const char *script = script_of(&p);
    holds(script, "set logscale x\n", "rates that grow by factors, on their axis");
    close_picture(&p);
    open_picture(&p, "{rows: {by: rank}}", CSV "a,0,2,,1\na,1,4,,1\na,100,4,,1\n");
    TAP_OK(!strstr(script_of(&p), "logscale"), "none where one is not above 0");
    close_picture(&p);
    open_picture(&p, "{rows: {by: rank}}",
                 CSV "a,1,2,,1\na,6,4,,1\na,40,2,,1\na,100,4,,1\n");
    TAP_OK(!strstr(script_of(&p), "logscale"), "none for numbers spread out");
    close_picture(&p);
}

static void test_signs(void)
{
    picture p;
    open_picture(&p,
                 "{measures: {df: {result: loss}}, "
                 "transitions: [{name: t, metric: loss, window: 1, drop: 0.1, n: 10}], "
                 "points: [{name: a, x: ln(t.r), y: t.dlambda}, {name: b, x: df, y: "
                 "df}], panels: [{points: a}, {points: b, y_label: mine}]}",
                 CSV "points.a,1,2,,0\npoints.b,1,2,,0\n");
    const char *script = script_of(&p);
    holds(script, "set xlabel 'ln(t.r)'", "an expression as it is");
    holds(script, "set ylabel '\xce\x94\xce\xbb\xcc\x82'", "a change of the LLC");
    holds(script, "set xlabel '\xce\x94\x46'", "of the free energy");
    holds(script, "set ylabel 'mine'", "an author's own name as it is");
    holds(script, "set minussign\n", "true minus signs");
    close_picture(&p);
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_quotes();
    test_hostile();
    test_panels();
    test_lone_bin();
    test_bands();
    test_curve_series();
    test_chains();
    test_heatmap();
    test_heatmap_less();
    test_verticals();
    test_right();
    test_tics();
    test_words();
    test_levels();
    test_levels_inside();
    test_theory();
    test_alone();
    test_ends();
    test_rates();
    test_signs();
    return tap_done();
}
