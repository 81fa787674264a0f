/* The axes of a panel: titles, ranges and numbers along them. */
#include "report/picture/svg_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

static void print_text(slt_buffer *out, const char *setting, const char *text,
                       size_t columns, const char *options)
{
    if (!*text)
        return;
    slt_buffer_printf(out, "set %s ", setting);
    slt_svg_quote(out, text, columns);
    slt_buffer_printf(out, "%s\n", options);
}

void slt_svg_print_words(const slt_svg_panel *panel, const char *options, size_t every,
                         slt_buffer *out)
{
    slt_buffer_printf(out, "set xtics %s(", options);
    for (size_t i = 0; i < panel->word_count; i += every) {
        slt_buffer_printf(out, "%s", i ? ", " : "");
        slt_escape_gnuplot_format(out, panel->words[i], strlen(panel->words[i]));
        slt_buffer_printf(out, " %zu", i);
    }
    slt_buffer_printf(out, ")\n");
}

/* Writes the numbers from low to high among some in each power of ten, and returns how
 * many. They are read from decimal text, which gives the nearest double. */
static size_t put_log_tics(const int *steps, double low, double high, slt_buffer *out)
{
    size_t count = 0;
    for (int power = -30; power <= 30; power++)
        for (size_t i = 0; steps[i]; i++) {
            char text[32];
            snprintf(text, sizeof text, "%de%d", steps[i], power);
            double tic = strtod(text, NULL);
            if (tic >= low && tic <= high)
                slt_buffer_printf(out, "%s%s", count++ ? ", " : "", text);
        }
    return count;
}

/* Marks several round numbers in each power of ten, and more of them if the axis is
 * short; at most as many as it has room for, as far as two are left. */
static void print_log_tics(const char *axis, double low, double high, size_t room,
                           slt_buffer *out)
{
    static const int fine[] = {10, 15, 20, 30, 40, 60, 80, 0}, coarse[] = {10, 20, 50, 0},
                     tens[] = {10, 0};
    static const int *const all[] = {fine, coarse, tens};
    slt_buffer tics = {0};
    for (size_t i = high / low < 8 ? 0 : 1; i < sizeof all / sizeof *all; i++) {
        slt_buffer some = {0};
        const size_t count = put_log_tics(all[i], low, high, &some);
        if (count < 2 && tics.size) {
            slt_buffer_free(&some);
            break;
        }
        slt_buffer_free(&tics);
        tics = some;
        if (count <= room)
            break;
    }
    slt_buffer_printf(out, "set %stics (%s)\n", axis, slt_buffer_text(&tics));
    out->failed |= tics.failed;
    slt_buffer_free(&tics);
}

/* Sets the range of a logarithmic axis, because gnuplot's offsets are meant for linear
 * axes. */
static void print_log_axis(const slt_svg_panel *panel, slt_svg_axis axis, size_t columns,
                           slt_buffer *out)
{
    static const char *const names[] = {"x", "y", "y2"};
    slt_real low, high;
    if (!slt_svg_is_log(panel, axis) || !slt_svg_range(panel, axis, &low, &high))
        return;
    /* Leave a sixteenth of the axis free on each side, or a little around a single
     * value. */
    double from = slt_real_double(low), to = slt_real_double(high), room = to / from;
    for (int i = 0; i < 4; i++)
        room = __builtin_sqrt(room);
    room = room > 1.05 ? room : 1.05;
    slt_buffer_printf(out, "set logscale %s\nset %srange [%.17g:%.17g]\n", names[axis],
                      names[axis], from / room, to * room);
    if (to / from < 150)
        print_log_tics(names[axis], from / room, to * room,
                       axis == SLT_SVG_X ? columns / 6 : 10, out);
}

/* Sets the range of the right axis, because gnuplot's offsets apply to the left one. */
static void print_right_range(const slt_svg_panel *panel, slt_buffer *out)
{
    slt_real low, high;
    if (!slt_svg_range(panel, SLT_SVG_RIGHT, &low, &high))
        return;
    double from = slt_real_double(low), to = slt_real_double(high),
           room = (to - from) / 20;
    if (room > 0)
        slt_buffer_printf(out, "set y2range [%.17g:%.17g]\n", from - room, to + room);
}

/* Whether a row cannot be shown on the panel's axes. An empty bin has nothing to show on
 * any axis. */
static bool axes_is_hidden(const slt_svg_panel *panel, const slt_svg_series *series,
                           size_t row)
{
    bool log = series->right ? panel->log_right : panel->log_y;
    bool positive = slt_real_double(panel->figure->table.rows[row].value) > 0;
    bool left = panel->log_x && slt_real_double(slt_svg_x(panel, row)) <= 0;
    return panel->kind == SLT_PANEL_HISTOGRAM ? positive && left
                                              : (log && !positive) || left;
}

size_t slt_svg_hidden(const slt_svg_panel *panel)
{
    const slt_svg_levels levels = slt_svg_levels_of(panel);
    size_t hidden = 0;
    for (size_t s = 0; s < panel->count; s++)
        for (size_t row = panel->series[s].from; row < panel->series[s].end; row++)
            hidden += axes_is_hidden(panel, &panel->series[s], row);
    for (size_t i = 0; panel->log_x && panel->spec && i < panel->spec->vertical_count;
         i++)
        hidden += slt_real_double(panel->spec->verticals[i].value) <= 0;
    for (size_t i = 0; panel->log_y && i < levels.count; i++)
        hidden += slt_real_double(levels.items[i].value) <= 0;
    return hidden;
}

/* How many values are in no bin. */
static double axes_outside(const slt_svg_panel *panel, const char *side,
                           slt_buffer *label)
{
    slt_buffer name = {0};
    slt_buffer_printf(&name, "hist.%s.%s", panel->name, side);
    const slt_table_row *row =
        slt_table_named(&panel->figure->table, slt_buffer_text(&name));
    label->failed |= name.failed;
    slt_buffer_free(&name);
    return row && panel->kind == SLT_PANEL_HISTOGRAM ? slt_real_double(row->value) : 0;
}

/* The label of the horizontal axis, and what the picture cannot show. */
void slt_svg_compose_x_label(const slt_svg_panel *panel, slt_buffer *label)
{
    double below = axes_outside(panel, "below", label);
    double above = axes_outside(panel, "above", label);
    size_t hidden = slt_svg_hidden(panel);
    const uint64_t part = slt_svg_chains_part(panel);
    slt_buffer_printf(label, "%s", slt_svg_x_label(panel));
    if (part > 1)
        slt_buffer_printf(label, "\nmeans of %" PRIu64 " draws each", part);
    if (below > 0)
        slt_buffer_printf(label, "\n%.0f more lie below", below);
    if (above > 0)
        slt_buffer_printf(label, "%s%.0f %sabove", below > 0 ? ", " : "\n", above,
                          below > 0 ? "" : "more lie ");
    if (hidden)
        slt_buffer_printf(label, "\n%zu not above 0: not on a logarithmic axis", hidden);
    if (panel->flat)
        slt_buffer_printf(label, "\nnothing above 0: not a logarithmic axis");
    slt_buffer_text(label);
}

/* Marks numbers on the horizontal axis: at most as many as fit into `columns` letters. */
static void print_x_tics(const slt_svg_panel *panel, size_t columns, slt_buffer *out)
{
    static const int steps[] = {1, 2, 5};
    slt_real low, high;
    if (panel->word_count || panel->log_x ||
        !slt_svg_range(panel, SLT_SVG_X, &low, &high) ||
        slt_real_double(low) >= slt_real_double(high))
        return;
    double reach = slt_real_double(high) - slt_real_double(low),
           largest = __builtin_fabs(slt_real_double(high));
    size_t letters = 4;
    for (double ten = 1e4; ten <= largest && letters < 7; ten *= 10)
        letters++;
    size_t most = columns / (letters + 2);
    double least = reach / (double)(most ? most : 1);
    for (int i = 0; i < 3 * 600; i++) {
        char text[32];
        snprintf(text, sizeof text, "%de%d", steps[i % 3], i / 3 - 300);
        double step = strtod(text, NULL);
        if (step >= least)
            slt_buffer_printf(out, "set xtics %s\n", text);
        if (step >= least)
            return;
    }
}

static bool axes_has_counts(const slt_svg_panel *panel)
{
    slt_real low, high;
    return slt_svg_range(panel, SLT_SVG_Y, &low, &high) && slt_real_double(high) > 0;
}

void slt_svg_print_axes(const slt_svg_panel *panel, const char *x_label, size_t columns,
                        slt_buffer *out)
{
    size_t lines = slt_svg_lines(slt_svg_y_label(panel), SLT_SVG_Y_LABEL_COLUMNS);
    print_text(out, "title", slt_svg_title(panel), SLT_SVG_TITLE_COLUMNS, "");
    print_text(out, "xlabel", x_label, SLT_SVG_X_LABEL_COLUMNS, " offset 0, 0.5");
    print_text(out, "ylabel", slt_svg_y_label(panel), SLT_SVG_Y_LABEL_COLUMNS,
               lines > 1 ? " offset -2, 0" : "");
    slt_buffer_printf(out, "set tics out nomirror\nset minussign\n");
    if (panel->has_right) {
        print_text(out, "y2label", slt_svg_right_label(panel), SLT_SVG_Y_LABEL_COLUMNS,
                   "");
        slt_buffer_printf(out, "set y2tics\n");
    }
    slt_buffer_printf(out,
                      "set autoscale noextend\nset grid lc rgb '" SLT_COLOUR_GRID "'\n"
                      "set bars small\nset format '%%g'\n"
                      "set offsets %s\n",
                      panel->kind == SLT_PANEL_HISTOGRAM || panel->kind == SLT_PANEL_RANKS
                          ? "graph 0.02, graph 0.02, graph 0.05, 0"
                          : "graph 0.03, graph 0.03, graph 0.05, graph 0.05");
    if (panel->kind == SLT_PANEL_HISTOGRAM)
        slt_buffer_printf(out, "set yrange [0:%s]\n", axes_has_counts(panel) ? "*" : "1");
    if (panel->kind == SLT_PANEL_RANKS)
        slt_buffer_printf(out, "set xrange [0:1]\nset yrange [0:*]\n");
    if (panel->has_right && !panel->log_right)
        print_right_range(panel, out);
    for (int axis = SLT_SVG_X; axis <= SLT_SVG_RIGHT; axis++)
        print_log_axis(panel, (slt_svg_axis)axis, columns, out);
    print_x_tics(panel, columns, out);
    if (panel->kind == SLT_PANEL_HEATMAP && panel->count)
        slt_svg_heat_axes(panel, out);
}
