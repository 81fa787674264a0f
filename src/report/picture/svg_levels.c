/* Horizontal lines, each with a text. */
#include "report/picture/svg_internal.h"

#include <string.h>

#define MARGIN_LETTERS_MAX 18

/* The least distance between two texts, or their baselines, as a fraction of the axis. */
#define ROOM 0.07

slt_real slt_svg_height(const slt_svg_panel *panel, slt_real value)
{
    slt_real low, high;
    if (!slt_svg_range(panel, SLT_SVG_Y, &low, &high) ||
        slt_real_double(low) >= slt_real_double(high))
        return slt_real_of(0);
    if (panel->log_y) { /* a positive number's bits are close to its logarithm */
        value = slt_real_of((double)(value.bits >> 32));
        low = slt_real_of((double)(low.bits >> 32));
        high = slt_real_of((double)(high.bits >> 32));
    }
    return slt_real_of((slt_real_double(value) - slt_real_double(low)) /
                       (slt_real_double(high) - slt_real_double(low)));
}

typedef struct mark {
    const slt_level_spec *level;
    double height;
    size_t place; /* within the axes */
} mark;

/* Lists the levels that the axis can show, from the lowest up. */
static size_t levels_sort_marks(const slt_svg_panel *panel,
                                mark marks[SLT_FIGURE_LEVELS_MAX])
{
    const slt_svg_levels levels = slt_svg_levels_of(panel);
    size_t count = 0;
    for (size_t i = 0; i < levels.count; i++) {
        const slt_level_spec *level = &levels.items[i];
        if (panel->log_y && slt_real_double(level->value) <= 0)
            continue;
        double up = slt_real_double(slt_svg_height(panel, level->value));
        size_t at = count++;
        for (; at > 0 && marks[at - 1].height > up; at--)
            marks[at] = marks[at - 1];
        marks[at] = (mark){.level = level, .height = up};
    }
    return count;
}

static void levels_print_label(const mark *one, const char *at, const char *side,
                               double lift, slt_buffer *out)
{
    slt_buffer_printf(out, "set label ");
    slt_svg_quote(out, one->level->label, 0);
    slt_buffer_printf(out,
                      " at graph %s, first %.17g %s offset 0, %.2f textcolor "
                      "rgb '" SLT_COLOUR_GREY "' front\n",
                      at, slt_real_double(one->level->value), side, lift);
}

/* ---- In the margin ----------------------------------------------------------------- */

size_t slt_svg_level_letters(const slt_svg_panel *panel)
{
    const slt_svg_levels levels = slt_svg_levels_of(panel);
    size_t longest = 0;
    for (size_t i = 0; i < levels.count; i++) {
        const char *label = levels.items[i].label;
        size_t letters = slt_svg_letters(label, strlen(label));
        longest = letters > longest ? letters : longest;
    }
    bool fits = panel->spec && !panel->has_right && longest <= MARGIN_LETTERS_MAX;
    return fits ? longest : 0;
}

/* Prints each text beside its line, or higher if the text below needs the room. */
static void print_in_margin(const mark *marks, size_t count, slt_buffer *out)
{
    double free = -1;
    for (size_t i = 0; i < count; i++) {
        double up = marks[i].height > free ? marks[i].height : free;
        levels_print_label(&marks[i], "1.015", "left",
                           (up - marks[i].height) * SLT_SVG_LINES, out);
        free = up + ROOM;
    }
}

/* ---- Within the axes --------------------------------------------------------------- */

static const struct {
    const char *at, *side;
} places[] = {{"0.98", "right"}, {"0.02", "left"}, {"0.5", "center"}};

#define PLACES (sizeof places / sizeof *places)

/* Chooses right, left or middle, whichever has no other text near; PLACES if none has. */
static size_t levels_choose_place(const mark *marks, size_t i)
{
    for (size_t place = 0; place < PLACES; place++) {
        bool free = true;
        for (size_t j = 0; j < i; j++)
            free &= marks[j].place != place || marks[i].height - marks[j].height >= ROOM;
        if (free)
            return place;
    }
    return PLACES;
}

/* Prints the texts within the axes. A text without room is left out: the height of its
 * line still shows the value. */
static void print_inside(mark *marks, size_t count, slt_buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        size_t place = levels_choose_place(marks, i);
        marks[i].place = place;
        if (place < PLACES)
            levels_print_label(&marks[i], places[place].at, places[place].side, 0.5, out);
    }
}

/* Each text stands at the top of its line, on the side where the axis has more room. */
void slt_svg_print_verticals(const slt_svg_panel *panel, slt_buffer *out)
{
    slt_real low, high;
    if (!panel->spec || !panel->spec->vertical_count ||
        !slt_svg_range(panel, SLT_SVG_X, &low, &high))
        return;
    const double middle =
        panel->log_x
            ? __builtin_sqrt(slt_real_double(low)) * __builtin_sqrt(slt_real_double(high))
            : (slt_real_double(low) + slt_real_double(high)) / 2;
    for (size_t i = 0; i < panel->spec->vertical_count; i++) {
        const slt_level_spec *line = &panel->spec->verticals[i];
        const double at = slt_real_double(line->value);
        if (panel->log_x && at <= 0)
            continue;
        slt_buffer_printf(out,
                          "set arrow from first %.17g, graph 0 to first %.17g, graph 1 "
                          "nohead dt 4 lw 1 lc rgb '" SLT_COLOUR_GREY "'\nset label ",
                          at, at);
        slt_svg_quote(out, line->label, 0);
        slt_buffer_printf(out,
                          " at first %.17g, graph %.2f %s offset %d, 0 "
                          "textcolor rgb '" SLT_COLOUR_GREY "' front\n",
                          at, 0.97 - ROOM * (double)(i % 4),
                          at < middle ? "left" : "right", at < middle ? 1 : -1);
    }
}

void slt_svg_print_levels(const slt_svg_panel *panel, slt_buffer *out)
{
    mark marks[SLT_FIGURE_LEVELS_MAX];
    size_t count = levels_sort_marks(panel, marks);
    if (slt_svg_level_letters(panel))
        print_in_margin(marks, count, out);
    else
        print_inside(marks, count, out);
}
