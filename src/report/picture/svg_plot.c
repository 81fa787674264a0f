/* The elements of a panel's plot command. */
#include "report/picture/svg_internal.h"

#include <stdio.h>
#include <string.h>

#include "num/scalar.h"

/* In the order of series. */
static const char *const colours[] = {SLT_COLOUR_BLUE,  SLT_COLOUR_ORANGE,
                                      SLT_COLOUR_BLACK, SLT_COLOUR_PINK,
                                      SLT_COLOUR_GREEN, SLT_COLOUR_VIOLET};
/* The same hues for letters: contrast of at least 4.5. */
static const char *const inks[] = {"#0e4c92", "#a84a06", "#000000",
                                   "#be185d", "#047857", "#6d28d9"};
/* The longest name of a fit with its series that is drawn. */
#define FIT_NAME_MAX 256
/* A formula with its R² that has more letters is two lines of the key. */
#define KEY_COLUMNS 44
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* gnuplot's filled circle, square, triangle and diamond, and kinds of dashes. */
static const int shapes[] = {7, 5, 9, 13};
static const int dashes[] = {1, 2, 4, 5};

static const char *plot_colour(size_t i)
{
    return colours[i % COUNT(colours)];
}

const char *slt_svg_ink(size_t series)
{
    return inks[series % COUNT(inks)];
}

static void plots_begin(slt_svg_plots *plots)
{
    slt_buffer_printf(&plots->text, "%s", plots->count++ ? ", \\\n  " : "plot ");
}

static void plots_end(slt_svg_plots *plots, const char *title)
{
    slt_buffer_printf(&plots->text, title ? " title " : " notitle");
    if (!title)
        return;
    size_t letters = slt_svg_letters(title, strlen(title));
    slt_svg_quote(&plots->text, title, 0);
    plots->entries++;
    plots->longest = letters > plots->longest ? letters : plots->longest;
}

/* ---- The data ---------------------------------------------------------------------- */

/* Prints how far a row's error reaches: two columns. On a logarithmic axis, one that
 * would reach below 0 ends at the edge. */
static void print_reach(const slt_svg_panel *panel, slt_svg_axis axis, slt_buffer *out)
{
    slt_real low, high;
    if (slt_svg_is_log(panel, axis) && slt_svg_range(panel, axis, &low, &high))
        slt_buffer_printf(out, "($2 > $3 ? $2 - $3 : %.17g):($2 + $3)",
                          slt_real_double(low) / 10);
    else
        slt_buffer_printf(out, "($2 - $3):($2 + $3)");
}

static void print_bars(const slt_svg_panel *panel, slt_buffer *out)
{
    slt_buffer_printf(out, "1:2:");
    if (panel->log_y)
        print_reach(panel, SLT_SVG_Y, out);
    else
        slt_buffer_printf(out, "3");
}

/* Plots a band from the errors of a curve. */
static void plot_band(const slt_svg_panel *panel, size_t s, slt_svg_plots *plots)
{
    const slt_svg_series *series = &panel->series[s];
    if (panel->kind != SLT_PANEL_CURVES || !slt_svg_has_errors(panel, series))
        return;
    plots_begin(plots);
    slt_buffer_printf(&plots->text, "$%s%zu using 1:", panel->block, s);
    print_reach(panel, series->right ? SLT_SVG_RIGHT : SLT_SVG_Y, &plots->text);
    slt_buffer_printf(
        &plots->text,
        " axes x1y%d with filledcurves fs transparent solid 0.2 noborder lc "
        "rgb '%s'",
        series->right ? 2 : 1, plot_colour(s));
    plots_end(plots, NULL);
}

/* Plots the band that ranks of independent draws stay in. */
static void plot_band_of_ranks(const slt_svg_panel *panel, slt_svg_plots *plots)
{
    slt_real low, high;
    if (!slt_svg_chains_band(panel, &low, &high))
        return;
    plots_begin(plots);
    slt_buffer_printf(&plots->text,
                      "$%sband using 1:2:3 with filledcurves fs solid 1 noborder lc rgb "
                      "'#e5e5e5'",
                      panel->block);
    plots_end(plots, NULL);
}

/* Ends a series. If curves use two axes, the key says which curve uses which. */
static void plot_end_series(const slt_svg_panel *panel, const slt_svg_series *series,
                            slt_svg_plots *plots)
{
    slt_buffer title = {0};
    if (!panel->has_right) {
        plots_end(plots, panel->ends ? NULL : series->title);
        return;
    }
    slt_buffer_printf(&title, "%s (%s)", series->title, series->right ? "right" : "left");
    plots_end(plots, slt_buffer_text(&title));
    plots->text.failed |= title.failed;
    slt_buffer_free(&title);
}

static void plot_series(const slt_svg_panel *panel, size_t s, slt_svg_plots *plots)
{
    const slt_svg_series *series = &panel->series[s];
    slt_buffer *out = &plots->text;
    const char *rgb = plot_colour(s);
    plots_begin(plots);
    slt_buffer_printf(out, "$%s%zu using ", panel->block, s);
    switch (panel->kind) {
    case SLT_PANEL_ROWS:
        print_bars(panel, out);
        slt_buffer_printf(out, " with %s pt %d ps 0.6 lc rgb '%s'",
                          panel->count > 1 ? "yerrorlines" : "yerrorbars",
                          shapes[s % COUNT(shapes)], rgb);
        break;
    case SLT_PANEL_SLOPES:
        slt_buffer_printf(out, "1:2:3 with yerrorlines pt %d ps 0.5 lc rgb '%s'",
                          shapes[s % COUNT(shapes)], rgb);
        break;
    case SLT_PANEL_POINTS:
        slt_buffer_printf(out, "1:2 with points pt %d ps 0.5 lc rgb '%s'",
                          shapes[s % COUNT(shapes)], rgb);
        break;
    case SLT_PANEL_HISTOGRAM:
        slt_buffer_printf(out,
                          "(($1 + $2) / 2):3:($2 - $1) with boxes fs solid 1 border lc "
                          "rgb '" SLT_COLOUR_PAPER "' lc rgb '%s'",
                          rgb);
        break;
    case SLT_PANEL_HEATMAP:
        slt_buffer_printf(out, "1:2:(0.5):(0.5):3 with boxxyerror fs solid 1 noborder fc "
                               "palette");
        plots_end(plots, NULL);
        return;
    case SLT_PANEL_TRACE:
    case SLT_PANEL_RANKS:
    case SLT_PANEL_AUTOCORRELATION:
        slt_svg_chains_line(panel, s, out);
        break;
    case SLT_PANEL_CURVES:
        slt_buffer_printf(out, "1:2 axes x1y%d with lines dt %d lw 1.5 lc rgb '%s'",
                          series->right ? 2 : 1, dashes[s % COUNT(dashes)], rgb);
        break;
    }
    plot_end_series(panel, series, plots);
}

/* ---- Theory ------------------------------------------------------------------------ */

/* Whether a theory line has the same value for all series at the same x. */
static bool plot_is_shared(const slt_svg_panel *panel, const slt_real *value)
{
    const slt_table_row *rows = panel->figure->table.rows;
    const slt_svg_series *first = panel->series;
    for (size_t s = 1; s < panel->count; s++)
        for (size_t i = panel->series[s].from; i < panel->series[s].end; i++)
            for (size_t j = first->from; j < first->end; j++)
                if (!strcmp(rows[i].x, rows[j].x) && value[i].bits != value[j].bits)
                    return false;
    return true;
}

static size_t longest_series(const slt_svg_panel *panel)
{
    size_t longest = 0;
    for (size_t s = 1; s < panel->count; s++)
        if (panel->series[s].end - panel->series[s].from >
            panel->series[longest].end - panel->series[longest].from)
            longest = s;
    return longest;
}

static bool has_numbers(const slt_svg_panel *panel, const slt_real *value)
{
    for (size_t s = 0; s < panel->count; s++)
        for (size_t i = panel->series[s].from; i < panel->series[s].end; i++)
            if (slt_real_finite(value[i]))
                return true;
    return false;
}

static void plot_theory_line(const slt_svg_panel *panel, size_t line, size_t series,
                             const char *rgb, const char *title, slt_svg_plots *plots)
{
    const bool bins = panel->kind == SLT_PANEL_HISTOGRAM; /* drawn on filled boxes */
    plots_begin(plots);
    slt_buffer_printf(&plots->text,
                      "$%s%zu using %s:%zu with lines dt %zu lw 1.5 lc rgb '%s'",
                      panel->block, series, bins ? "(($1 + $2) / 2)" : "1", 4 + line,
                      bins ? 1 + line : 2 + line, bins ? plot_colour(1) : rgb);
    plots_end(plots, title);
}

/* Plots one theory line if the series agree; otherwise one for each series in its colour,
 * with one entry in the key. */
static void plot_theory_as(const slt_svg_panel *panel, const slt_theory *theory,
                           size_t line, const char *title, slt_svg_plots *plots)
{
    if (plot_is_shared(panel, theory->value[line])) {
        plot_theory_line(panel, line, longest_series(panel), SLT_COLOUR_GREY, title,
                         plots);
        return;
    }
    for (size_t s = 0; s < panel->count; s++)
        plot_theory_line(panel, line, s, plot_colour(s), NULL, plots);
    plots_begin(plots);
    slt_buffer_printf(&plots->text,
                      "NaN with lines dt %zu lw 1.5 lc rgb '" SLT_COLOUR_GREY "'",
                      2 + line);
    plots_end(plots, title);
}

/* Rows may have the name of a formula that stands beside them. */
static void plot_theory(const slt_svg_panel *panel, slt_svg_plots *plots)
{
    const slt_theory *theory = slt_figure_theory(panel->figure);
    const bool formulas = panel->figure->spec->theory.formula_count > 0;
    for (size_t line = 0; line < theory->lines && panel->count; line++) {
        slt_buffer title = {0};
        slt_buffer_printf(&title, "%s%s", formulas ? "formula " : "", theory->name[line]);
        if (has_numbers(panel, theory->value[line]))
            plot_theory_as(panel, theory, line, slt_buffer_text(&title), plots);
        plots->text.failed |= title.failed;
        slt_buffer_free(&title);
    }
}

/* ---- Fits -------------------------------------------------------------------------- */

static const slt_table_row *fit_row(const slt_svg_panel *panel, const char *fit,
                                    const char *what)
{
    char name[FIT_NAME_MAX + 16];
    snprintf(name, sizeof name, "fit.%s.%s", fit, what);
    return slt_table_named(&panel->figure->table, name);
}

/* "-26.8 x - 133" */
static void print_powers(const slt_table_row *const terms[SLT_FIT_TERMS_MAX],
                         slt_buffer *out)
{
    static const char *const powers[SLT_FIT_TERMS_MAX] = {"", " x", " x²"};
    bool first = true;
    for (size_t j = SLT_FIT_TERMS_MAX; j-- > 0;) {
        if (!terms[j])
            continue;
        double term = slt_real_double(terms[j]->value);
        const char *sign = first ? (term < 0 ? "−" : "") : term < 0 ? " − " : " + ";
        slt_buffer_printf(out, "%s%.4g%s", sign, __builtin_fabs(term), powers[j]);
        first = false;
    }
}

/* "fit NAME: -26.8 x - 133"; of an exponent "fit NAME: exponent 1.5" */
static void print_formula(const slt_fit_spec *spec, const char *fit,
                          const slt_table_row *const terms[SLT_FIT_TERMS_MAX],
                          slt_buffer *out)
{
    slt_buffer_printf(out, "fit %s: ", fit);
    if (spec->kind == SLT_FIT_EXPONENT)
        slt_buffer_printf(out, "exponent %.4g", slt_real_double(terms[1]->value));
    else
        print_powers(terms, out);
}

/* Ends a fit's line by its formula, and R² behind it or, of a long one, below. */
static void plot_end_fit(const slt_svg_panel *panel, const char *fit, slt_buffer *title,
                         slt_svg_plots *plots)
{
    char share[32] = "";
    const slt_table_row *r2 = fit_row(panel, fit, "r2");
    if (r2)
        snprintf(share, sizeof share, "R² = %.4g", slt_real_double(r2->value));
    const bool below =
        r2 && slt_svg_letters((const char *)title->data, title->size) + strlen(share) >
                  KEY_COLUMNS;
    if (r2 && !below)
        slt_buffer_printf(title, ", %s", share);
    plots_end(plots, slt_buffer_text(title));
    if (!below)
        return;
    plots_begin(plots);
    slt_buffer_printf(&plots->text, "NaN with lines lc rgb '" SLT_COLOUR_PAPER "'");
    plots_end(plots, share);
}

/* gnuplot's function of x. */
static void print_function(const slt_fit_spec *spec,
                           const slt_table_row *const terms[SLT_FIT_TERMS_MAX],
                           slt_buffer *out)
{
    if (spec->kind == SLT_FIT_EXPONENT) {
        slt_buffer_printf(out, "x > 0 ? exp(%.17g) * x**(%.17g) : NaN",
                          slt_real_double(terms[0]->value),
                          slt_real_double(terms[1]->value));
        return;
    }
    slt_buffer_printf(out, "0");
    for (size_t j = 0; j < SLT_FIT_TERMS_MAX; j++)
        if (terms[j])
            slt_buffer_printf(out, " + %.17g * x**%zu", slt_real_double(terms[j]->value),
                              j);
}

static void plot_fit(const slt_svg_panel *panel, const slt_fit_spec *spec,
                     const char *fit, size_t place, slt_svg_plots *plots)
{
    static const char *const names[SLT_FIT_TERMS_MAX] = {"a0", "a1", "a2"};
    const slt_table_row *terms[SLT_FIT_TERMS_MAX];
    slt_buffer title = {0};
    bool any = false;
    for (size_t j = 0; j < SLT_FIT_TERMS_MAX; j++) {
        terms[j] = fit_row(panel, fit, names[j]);
        any |= terms[j] != NULL;
    }
    if (!any)
        return;
    plots_begin(plots);
    print_function(spec, terms, &plots->text);
    slt_buffer_printf(&plots->text, " with lines lw 1.5 lc rgb '%s'",
                      plot_colour(panel->count + place));
    print_formula(spec, fit, terms, &title);
    plot_end_fit(panel, fit, &title, plots);
    plots->text.failed |= title.failed;
    slt_buffer_free(&title);
}

/* Plots a fit, or each of its series, which the rows of its first number name. */
static void plot_fit_each(const slt_svg_panel *panel, const slt_fit_spec *spec,
                          size_t place, slt_svg_plots *plots)
{
    const slt_table *table = &panel->figure->table;
    const size_t item = (size_t)(spec - panel->figure->spec->fits), front = 4, back = 3;
    if (!spec->series_count) {
        plot_fit(panel, spec, spec->name, place, plots);
        return;
    }
    for (size_t i = table->data_count; i < table->count; i++) {
        const slt_table_row *row = &table->rows[i];
        const size_t size = strlen(row->series);
        char fit[FIT_NAME_MAX];
        if (row->origin.part != SLT_TABLE_FIT || row->origin.item != item ||
            strcmp(row->series + size - back, ".a0") || size - front - back >= sizeof fit)
            continue;
        snprintf(fit, sizeof fit, "%.*s", (int)(size - front - back),
                 row->series + front);
        plot_fit(panel, spec, fit, place++, plots);
    }
}

/* Plots the fits that the panel names; without panels, all fits. */
static void plot_fits(const slt_svg_panel *panel, slt_svg_plots *plots)
{
    const slt_figure_spec *all = panel->figure->spec;
    if (panel->word_count || !panel->count)
        return;
    for (size_t i = 0; !panel->spec && i < all->fit_count; i++)
        plot_fit_each(panel, &all->fits[i], i, plots);
    for (size_t i = 0; panel->spec && i < panel->spec->fit_count; i++)
        plot_fit_each(panel, slt_figure_spec_fit(all, panel->spec->fits[i]), i, plots);
}

/* ---- References -------------------------------------------------------------------- */

/* Plots what others published, by open marks in black. */
static void plot_references(const slt_svg_panel *panel, slt_svg_plots *plots)
{
    static const int open_shapes[] = {6, 4, 8, 12};
    for (size_t s = 0; s < panel->reference_count && !panel->word_count; s++) {
        const slt_svg_series *series = &panel->references[s];
        const bool bars = slt_svg_has_errors(panel, series);
        plots_begin(plots);
        slt_buffer_printf(
            &plots->text,
            "$%sr%zu using %s with %s pt %d ps 0.6 lc rgb '" SLT_COLOUR_BLACK "'",
            panel->block, s, bars ? "1:2:3" : "1:2", bars ? "yerrorbars" : "points",
            open_shapes[s % COUNT(open_shapes)]);
        plots_end(plots, series->title);
    }
}

/* ---- All --------------------------------------------------------------------------- */

static void plot_levels(const slt_svg_panel *panel, slt_svg_plots *plots)
{
    const slt_svg_levels levels = slt_svg_levels_of(panel);
    for (size_t i = 0; i < levels.count; i++) {
        double value = slt_real_double(levels.items[i].value);
        if (panel->log_y && value <= 0)
            continue;
        plots_begin(plots);
        slt_buffer_printf(&plots->text,
                          "%.17g with lines dt 4 lw 1 lc rgb '" SLT_COLOUR_GREY "'",
                          value);
        plots_end(plots, NULL);
    }
}

static void plot_hatch(const slt_svg_panel *panel, slt_svg_plots *plots)
{
    if (!slt_svg_heat_missing(panel, NULL))
        return;
    plots_begin(plots);
    slt_buffer_printf(&plots->text,
                      "$%shatch with lines lw 1 lc rgb '" SLT_COLOUR_GREY "'",
                      panel->block);
    plots_end(plots, "no run that is done");
}

void slt_svg_plot(const slt_svg_panel *panel, slt_svg_plots *plots)
{
    plot_band_of_ranks(panel, plots);
    for (size_t s = 0; s < panel->count; s++)
        plot_band(panel, s, plots);
    for (size_t s = 0; s < panel->count; s++)
        plot_series(panel, s, plots);
    if (panel->kind == SLT_PANEL_HEATMAP)
        plot_hatch(panel, plots);
    if (panel->kind == SLT_PANEL_ROWS || panel->kind == SLT_PANEL_HISTOGRAM)
        plot_theory(panel, plots);
    plot_fits(panel, plots);
    plot_references(panel, plots);
    plot_levels(panel, plots);
    if (!plots->count)
        slt_buffer_printf(&plots->text, "plot NaN notitle");
}
