/* The data of a panel: gnuplot's data blocks, and their ranges. */
#include "report/picture/svg_internal.h"

#include <string.h>

#include "num/scalar.h"

/* The upper edge of a bin: the lower edge of the next one, or the end of the
 * histogram. */
static slt_real data_upper_edge(const slt_svg_panel *panel, const slt_svg_series *series,
                                size_t row)
{
    slt_bins bins;
    if (row + 1 < series->end)
        return slt_svg_x(panel, row + 1);
    return slt_histogram_bins(panel->figure->manifest, panel->spec->histogram, &bins,
                              NULL)
               ? slt_svg_x(panel, row)
               : bins.to;
}

static void data_print_x(const slt_svg_panel *panel, size_t row, slt_buffer *out)
{
    if (panel->word_count)
        slt_buffer_printf(out, "%.0f", slt_real_double(slt_svg_x(panel, row)));
    else
        slt_buffer_printf(out, "%s", panel->figure->table.rows[row].x);
}

static void data_print_error(const slt_svg_panel *panel, size_t row, slt_buffer *out)
{
    const slt_table_row *data = &panel->figure->table.rows[row];
    slt_buffer_printf(out, " %.17g",
                      data->has_error ? slt_real_double(data->error) : 0.0);
}

static void data_print_theory(const slt_svg_panel *panel, size_t row, slt_buffer *out)
{
    const slt_theory *theory = slt_figure_theory(panel->figure);
    if (!theory->lines)
        slt_buffer_printf(out, " NaN");
    for (size_t i = 0; i < theory->lines; i++)
        if (slt_real_finite(theory->value[i][row]))
            slt_buffer_printf(out, " %.17g", slt_real_double(theory->value[i][row]));
        else
            slt_buffer_printf(out, " NaN");
}

static void data_print_row(const slt_svg_panel *panel, const slt_svg_series *series,
                           size_t row, slt_buffer *out)
{
    data_print_x(panel, row, out);
    if (panel->kind == SLT_PANEL_HISTOGRAM)
        slt_buffer_printf(out, " %.17g",
                          slt_real_double(data_upper_edge(panel, series, row)));
    if (panel->kind == SLT_PANEL_HEATMAP)
        slt_buffer_printf(out, " %zu", slt_svg_heat_line(panel, row));
    slt_buffer_printf(out, " %.17g",
                      slt_real_double(panel->kind == SLT_PANEL_HEATMAP
                                          ? slt_svg_heat_value(panel, row)
                                          : panel->figure->table.rows[row].value));
    if (panel->kind == SLT_PANEL_ROWS || panel->kind == SLT_PANEL_SLOPES ||
        (panel->kind == SLT_PANEL_CURVES && !panel->spec->curves->has_run))
        data_print_error(panel, row, out);
    if (panel->kind == SLT_PANEL_ROWS || panel->kind == SLT_PANEL_HISTOGRAM)
        data_print_theory(panel, row, out);
    slt_buffer_byte(out, '\n');
}

void slt_svg_print_blocks(const slt_svg_panel *panel, slt_buffer *out)
{
    for (size_t s = 0; s < panel->count; s++) {
        const slt_svg_series *series = &panel->series[s];
        slt_buffer_printf(out, "$%s%zu << EOD\n", panel->block, s);
        for (size_t row = series->from; row < series->end; row++)
            data_print_row(panel, series, row, out);
        slt_buffer_printf(out, "EOD\n");
    }
    for (size_t s = 0; s < panel->reference_count && !panel->word_count; s++) {
        slt_buffer_printf(out, "$%sr%zu << EOD\n", panel->block, s);
        for (size_t row = panel->references[s].from; row < panel->references[s].end;
             row++) {
            data_print_x(panel, row, out);
            slt_buffer_printf(out, " %.17g",
                              slt_real_double(panel->figure->table.rows[row].value));
            data_print_error(panel, row, out);
            slt_buffer_byte(out, '\n');
        }
        slt_buffer_printf(out, "EOD\n");
    }
    slt_real low, high;
    if (slt_svg_chains_band(panel, &low, &high))
        slt_buffer_printf(out, "$%sband << EOD\n0 %.17g %.17g\n1 %.17g %.17g\nEOD\n",
                          panel->block, slt_real_double(low), slt_real_double(high),
                          slt_real_double(low), slt_real_double(high));
    if (panel->kind == SLT_PANEL_HEATMAP) {
        slt_buffer_printf(out, "$%shatch << EOD\n", panel->block);
        slt_svg_heat_missing(panel, out);
        slt_buffer_printf(out, "EOD\n");
    }
}

/* ---- How far ----------------------------------------------------------------------- */

typedef struct span {
    bool log, any;
    slt_real low, high;
} span;

static void data_reach(span *to, slt_real value)
{
    if (!slt_real_finite(value) || (to->log && !slt_real_less(slt_real_of(0), value)))
        return;
    if (!to->any || slt_real_less(value, to->low))
        to->low = value;
    if (!to->any || slt_real_less(to->high, value))
        to->high = value;
    to->any = true;
}

static void data_reach_value(const slt_table_row *data, span *to)
{
    data_reach(to, data->value);
    if (data->has_error) {
        data_reach(to, slt_real_add(data->value, data->error));
        data_reach(to, slt_real_sub(data->value, data->error));
    }
}

/* What a panel's references need of an axis. */
static void data_reach_references(const slt_svg_panel *panel, slt_svg_axis axis, span *to)
{
    for (size_t s = 0; s < panel->reference_count && !panel->word_count; s++)
        for (size_t row = panel->references[s].from; row < panel->references[s].end;
             row++)
            if (axis == SLT_SVG_X)
                data_reach(to, slt_svg_x(panel, row));
            else if (axis == SLT_SVG_Y)
                data_reach_value(&panel->figure->table.rows[row], to);
}

static void data_reach_row(const slt_svg_panel *panel, size_t row, span *to)
{
    const slt_theory *theory = slt_figure_theory(panel->figure);
    data_reach_value(&panel->figure->table.rows[row], to);
    if (panel->kind != SLT_PANEL_ROWS && panel->kind != SLT_PANEL_HISTOGRAM)
        return;
    for (size_t i = 0; i < theory->lines; i++)
        data_reach(to, theory->value[i][row]);
}

bool slt_svg_has_errors(const slt_svg_panel *panel, const slt_svg_series *series)
{
    bool any = false;
    for (size_t row = series->from; row < series->end; row++)
        any |= panel->figure->table.rows[row].has_error;
    return any;
}

bool slt_svg_is_log(const slt_svg_panel *panel, slt_svg_axis axis)
{
    return axis == SLT_SVG_X   ? panel->log_x
           : axis == SLT_SVG_Y ? panel->log_y
                               : panel->log_right;
}

bool slt_svg_range(const slt_svg_panel *panel, slt_svg_axis axis, slt_real *low,
                   slt_real *high)
{
    span to = {.log = slt_svg_is_log(panel, axis)};
    const slt_svg_levels levels = slt_svg_levels_of(panel);
    for (size_t s = 0; s < panel->count; s++) {
        const slt_svg_series *series = &panel->series[s];
        for (size_t row = series->from; row < series->end; row++)
            if (axis != SLT_SVG_X && series->right == (axis == SLT_SVG_RIGHT))
                data_reach_row(panel, row, &to);
            else if (axis == SLT_SVG_X)
                data_reach(&to, slt_svg_x(panel, row));
        if (axis == SLT_SVG_X && panel->kind == SLT_PANEL_HISTOGRAM)
            data_reach(&to, data_upper_edge(panel, series, series->end - 1));
    }
    data_reach_references(panel, axis, &to);
    for (size_t i = 0; axis == SLT_SVG_Y && i < levels.count; i++)
        data_reach(&to, levels.items[i].value);
    for (size_t i = 0;
         axis == SLT_SVG_X && panel->spec && i < panel->spec->vertical_count; i++)
        data_reach(&to, panel->spec->verticals[i].value);
    *low = to.low;
    *high = to.high;
    return to.any;
}
