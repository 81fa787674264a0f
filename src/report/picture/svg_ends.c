/* The names of series at their ends. */
#include "report/picture/svg_internal.h"

#include <string.h>

#define SERIES_MAX 6 /* as many as there are colours */
#define LETTERS_MAX 18
#define ROOM 0.065 /* of the axis, from one name to the next */

static bool is_word(const char *title)
{
    return title && *title && !strchr(title, '\n') &&
           slt_svg_letters(title, strlen(title)) <= LETTERS_MAX;
}

static double last_x(const slt_svg_panel *panel, const slt_svg_series *series)
{
    return slt_real_double(slt_svg_x(panel, series->end - 1));
}

/* Whether the name beside the axes would stand next to the end of the line. */
static bool ends_at_edge(const slt_svg_panel *panel, const slt_svg_series *series)
{
    slt_real low, high;
    if (!slt_svg_range(panel, SLT_SVG_X, &low, &high))
        return false;
    const double from = slt_real_double(low), to = slt_real_double(high);
    return panel->log_x ? last_x(panel, series) * 1.5 >= to
                        : last_x(panel, series) >= to - (to - from) / 20;
}

bool slt_svg_has_ends(const slt_svg_panel *panel)
{
    const bool lines = panel->kind == SLT_PANEL_CURVES || panel->kind == SLT_PANEL_ROWS;
    if (!lines || panel->has_right || panel->word_count || panel->count < 2 ||
        panel->count > SERIES_MAX || slt_svg_levels_of(panel).count)
        return false;
    for (size_t s = 0; s < panel->count; s++) {
        const slt_svg_series *series = &panel->series[s];
        const double value =
            slt_real_double(panel->figure->table.rows[series->end - 1].value);
        if (!is_word(series->title) || !ends_at_edge(panel, series) ||
            (panel->log_y && value <= 0))
            return false;
    }
    return true;
}

size_t slt_svg_end_letters(const slt_svg_panel *panel)
{
    size_t longest = 0;
    for (size_t s = 0; panel->ends && s < panel->count; s++) {
        const char *title = panel->series[s].title;
        const size_t letters = slt_svg_letters(title, strlen(title));
        longest = letters > longest ? letters : longest;
    }
    return longest;
}

typedef struct end_mark {
    size_t series;
    double value, height;
} end_mark;

/* Orders the ends from the lowest up. */
static void sort_ends(const slt_svg_panel *panel, end_mark marks[SERIES_MAX])
{
    for (size_t s = 0; s < panel->count; s++) {
        const slt_real value = panel->figure->table.rows[panel->series[s].end - 1].value;
        const double height = slt_real_double(slt_svg_height(panel, value));
        size_t at = s;
        for (; at > 0 && marks[at - 1].height > height; at--)
            marks[at] = marks[at - 1];
        marks[at] = (end_mark){s, slt_real_double(value), height};
    }
}

/* Names that would overlap move apart, upwards; those that then would stand above the
 * axes take the ones below them down. */
static void move_apart(end_mark marks[SERIES_MAX], size_t count, double at[SERIES_MAX])
{
    for (size_t i = 0; i < count; i++)
        at[i] =
            i && marks[i].height < at[i - 1] + ROOM ? at[i - 1] + ROOM : marks[i].height;
    double most = 1;
    for (size_t i = count; i-- > 0; most = at[i] - ROOM)
        if (at[i] > most)
            at[i] = most;
}

void slt_svg_print_ends(const slt_svg_panel *panel, slt_buffer *out)
{
    end_mark marks[SERIES_MAX];
    double at[SERIES_MAX];
    if (!panel->ends)
        return;
    sort_ends(panel, marks);
    move_apart(marks, panel->count, at);
    for (size_t i = 0; i < panel->count; i++) {
        slt_buffer_printf(out, "set label ");
        slt_svg_quote(out, panel->series[marks[i].series].title, 0);
        slt_buffer_printf(out,
                          " at graph 1.015, first %.17g left offset 0, %.2f "
                          "textcolor rgb '%s' front\n",
                          marks[i].value, (at[i] - marks[i].height) * SLT_SVG_LINES,
                          slt_svg_ink(marks[i].series));
    }
}
