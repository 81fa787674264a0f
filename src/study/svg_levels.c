/* Horizontal lines with a text on each. */
#include "study/svg_parts.h"

static double number(slt_real value)
{
    return slt_real_double(value);
}

const slt_value *slt_svg_levels(const slt_svg_panel *panel)
{
    const slt_value *own = panel->part ? slt_value_get(panel->part, "levels") : NULL;
    const slt_value *theory = slt_value_get(panel->figure->part, "theory");
    if (own || !theory || panel->kind != SLT_SVG_ROWS)
        return own;
    return slt_value_get(theory, "levels");
}

static slt_real level_value(const slt_value *levels, size_t i)
{
    return slt_value_get(&levels->items[i], "value")->real;
}

/* Where on its line a level's text stands: right, left or in the middle, whichever has
 * no other text less than `room` above or below; counted in parts of the axis. */
#define LEVELS_MAX 16
#define PLACES 3
#define ROOM 0.07

static double height(const slt_svg_panel *panel, slt_real value)
{
    slt_real low, high;
    if (!slt_svg_range(panel, SLT_SVG_Y, &low, &high) || number(low) >= number(high))
        return 0;
    if (panel->log_y) { /* as a power of 2 is near enough */
        value = slt_real_of((double)(value.bits >> 32));
        low = slt_real_of((double)(low.bits >> 32));
        high = slt_real_of((double)(high.bits >> 32));
    }
    return (number(value) - number(low)) / (number(high) - number(low));
}

static size_t choose_place(const slt_svg_panel *panel, const slt_value *levels, size_t i,
                           const size_t *places)
{
    for (size_t place = 0; place < PLACES; place++) {
        bool free = true;
        for (size_t j = 0; j < i; j++)
            free &= places[j] != place ||
                    __builtin_fabs(height(panel, level_value(levels, i)) -
                                   height(panel, level_value(levels, j))) >= ROOM;
        if (free)
            return place;
    }
    return PLACES;
}

/* A text for which there is no room joins none: its line still tells by its height. */
void slt_svg_print_levels(const slt_svg_panel *panel, slt_buffer *out)
{
    static const struct {
        const char *at, *side;
    } where[PLACES] = {{"0.98", "right"}, {"0.02", "left"}, {"0.5", "center"}};
    const slt_value *levels = slt_svg_levels(panel);
    size_t places[LEVELS_MAX] = {0};
    for (size_t i = 0; levels && i < levels->count && i < LEVELS_MAX; i++) {
        places[i] = choose_place(panel, levels, i, places);
        if (places[i] == PLACES)
            continue;
        slt_buffer_printf(out, "set label ");
        slt_svg_quote(out, slt_figure_text(&levels->items[i], "label", ""), 0);
        slt_buffer_printf(out,
                          " at graph %s, first %.17g %s offset 0, 0.5 font ',13' "
                          "textcolor rgb '" SLT_SVG_GREY "' front\n",
                          where[places[i]].at, number(level_value(levels, i)),
                          where[places[i]].side);
    }
}
