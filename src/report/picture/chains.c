/* The picture of an estimate's chains: their course, ranks and autocorrelation, below one
 * another. */
#include <inttypes.h>
#include <stdlib.h>

#include <sltrace/page.h>

#include "figure/runs/runs.h"
#include "learn/diagnostics_curves.h"
#include "report/picture/svg_internal.h"
#include "verify/diagnosis.h"

static void put_values(slt_buffer *out, char block, size_t line, const slt_real *value,
                       size_t count, double from, double step)
{
    slt_buffer_printf(out, "$%c%zu << EOD\n", block, line);
    for (size_t i = 0; i < count; i++)
        slt_buffer_printf(out, "%.10g %.10g\n", from + (double)i * step,
                          slt_real_double(value[i]));
    slt_buffer_printf(out, "EOD\n");
}

static void put_labels(slt_buffer *out, const char *x, const char *y)
{
    slt_buffer_printf(out, "set xlabel '%s'\nset ylabel '%s'\n", x, y);
}

/* A line a chain, from blue to orange in the order of their numbers. */
static void plot_chains(const slt_chain_curves *c, char block, const char *style,
                        slt_buffer *out)
{
    for (size_t i = 0; i < c->chains; i++)
        slt_buffer_printf(out, "%s$%c%zu with %s lw 1 lc palette frac %.6f notitle",
                          i ? ", " : "plot ", block, i, style,
                          c->chains > 1 ? (double)i / (double)(c->chains - 1) : 0);
}

static void place_plot(slt_buffer *out, int from_top)
{
    slt_buffer_printf(out, "set origin 0, %.6f\nset size 1, %.6f\n",
                      .95 - .95 * (from_top + 1) / 3., .95 / 3);
}

static void draw_course(const slt_chain_curves *c, slt_buffer *out)
{
    char label[48] = "draw";
    if (c->part > 1)
        snprintf(label, sizeof label, "draw (means of %" PRIu64 ")", c->part);
    place_plot(out, 0);
    for (size_t i = 0; i < c->chains; i++)
        put_values(out, 'c', i, c->course + i * c->points, c->points,
                   ((double)c->part - 1) / 2, (double)c->part);
    put_labels(out, label, "nbeta (loss - loss at w*)");
    slt_buffer_printf(out, "set autoscale\n");
    plot_chains(c, 'c', "lines", out);
    slt_buffer_printf(out,
                      ", 0 with lines dt 4 lw 1 lc rgb '" SLT_SVG_GREY "' notitle\n");
}

static void draw_ranks(const slt_chain_curves *c, slt_buffer *out)
{
    place_plot(out, 1);
    for (size_t i = 0; i < c->chains; i++)
        put_values(out, 'r', i, c->ranks + i * c->bins, c->bins, .5 / (double)c->bins,
                   1 / (double)c->bins);
    put_labels(out, "rank of a draw among those of all chains, as a share",
               "draws, 1 if all chains are alike");
    slt_buffer_printf(out, "set xrange [0:1]\nset yrange [0:*]\n");
    plot_chains(c, 'r', "histeps", out);
    slt_buffer_printf(out,
                      ", 1 with lines dt 4 lw 1 lc rgb '" SLT_SVG_GREY "' notitle\n");
}

static void draw_rho(const slt_chain_curves *c, slt_buffer *out)
{
    place_plot(out, 2);
    slt_buffer_printf(out, "set autoscale\nset yrange [*<0:1]\n");
    put_labels(out, "lag in draws", "autocorrelation");
    if (c->lags < 2) {
        slt_buffer_printf(out, "set xrange [0:1]\nset label 'not known' at graph 0.5, "
                               "0.5 center\nplot 0 notitle\n");
        return;
    }
    put_values(out, 'a', 0, c->rho, c->lags, 0, 1);
    slt_buffer_printf(out,
                      "set xrange [0:%zu]\nplot $a0 with impulses lw 2 lc rgb '#1f6fb4' "
                      "notitle, 0 with lines lw 1 lc rgb '" SLT_SVG_GREY "' notitle\n",
                      c->lags);
}

static void print_script(const slt_chain_curves *c, const char *title, slt_buffer *script)
{
    slt_buffer_printf(script,
                      "set terminal svg size 760,1080 font 'sans-serif,14' background "
                      "'#ffffff' noenhanced\nset encoding utf8\n"
                      "set palette defined (0 '#0b4f8a', 0.5 '#8fa9bf', 1 '#c75b12')\n"
                      "unset colorbox\nunset key\nset grid lc rgb '#dddddd'\n"
                      "set lmargin 12\nset rmargin 3\nset multiplot\nset label ");
    slt_svg_quote(script, title, 70);
    slt_buffer_printf(script, " at screen 0.5, screen 0.975 center font ',16'\n");
    draw_course(c, script);
    slt_buffer_printf(script, "unset label\n");
    draw_ranks(c, script);
    draw_rho(c, script);
    slt_buffer_printf(script, "unset multiplot\n");
}

/* ---- Of an estimate ---------------------------------------------------------------- */

slt_status slt_diagnosis_name(const slt_diagnosed_estimate *told,
                              char name[SLT_DIAGNOSIS_NAME_MAX], slt_error *err)
{
    slt_buffer text = {0};
    slt_runs_name_llc(told->estimate->llc, &text);
    slt_buffer_printf(&text, ".%" PRIu64, told->estimate->at_step);
    snprintf(name, SLT_DIAGNOSIS_NAME_MAX, "%s", slt_buffer_text(&text));
    const slt_status status =
        text.failed ? slt_fail(err, SLT_RESOURCE, "no memory for a name") : SLT_OK;
    slt_buffer_free(&text);
    return status;
}

static void print_title(const slt_estimate *e, slt_buffer *title)
{
    const slt_runs_estimate named = {.llc = e->llc, .at_step = e->at_step};
    char ess[SLT_ESS_TEXT_MAX];
    slt_runs_name_estimate(&named, title);
    slt_buffer_printf(title, ": %.5g, R-hat %.4f, ESS %s", slt_real_double(e->mean),
                      slt_real_double(e->found.rhat),
                      slt_ess_text(e->found.ess_bulk, ess));
}

static slt_status draw_estimate(const slt_diagnosed_estimate *told, slt_buffer *svg,
                                slt_error *err)
{
    const slt_diagnosed of = slt_estimate_diagnosed(told->estimate, told->spec);
    const slt_real **losses;
    slt_chain_curves curves = {0};
    slt_buffer title = {0}, script = {0};
    slt_status status = slt_estimate_losses(told->estimate, &losses, err);
    if (!status)
        status = slt_chain_curves_find(&of, losses, &curves, err);
    if (!status) {
        print_title(told->estimate, &title);
        print_script(&curves, slt_buffer_text(&title), &script);
        status = title.failed || script.failed
                     ? slt_fail(err, SLT_RESOURCE, "no memory for a picture")
                     : slt_gnuplot(&script, svg, err);
    }
    free(losses);
    slt_chain_curves_free(&curves);
    slt_buffer_free(&title);
    slt_buffer_free(&script);
    return status;
}

slt_status slt_diagnosis_draw(const slt_diagnosed_estimate *told, char **svg,
                              size_t *size, slt_error *err)
{
    slt_buffer drawn = {0};
    *svg = NULL;
    if (!told->estimate->whole)
        return slt_fail(err, SLT_UNFIT, "no picture: a chain ended early");
    if (!slt_estimate_has_losses(told->estimate))
        return slt_fail(err, SLT_UNFIT,
                        "no picture: the losses of chains were not stored");
    slt_status status = draw_estimate(told, &drawn, err);
    *size = drawn.size;
    *svg = status ? NULL : slt_buffer_take(&drawn);
    if (!status && !*svg)
        status = slt_fail(err, SLT_RESOURCE, "no memory for a picture");
    slt_buffer_free(&drawn);
    return status;
}
