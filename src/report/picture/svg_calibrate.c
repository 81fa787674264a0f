/* The heat maps of a calibration: a map for each number, with the rates along it and
 * nbeta upwards; a block of maps for each localization. */
#include "report/picture/svg_calibrate.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "report/picture/colours.h"

/* Pixels. */
#define CELL_WIDTH 62
#define CELL_HEIGHT 28
#define MAP_LEFT 104
#define MAP_TOP 34
#define MAP_BOTTOM 44
#define TOP 60
#define LEGEND 62
#define MAPS_ACROSS 2

typedef enum calibrate_number {
    NUMBER_LLC,
    NUMBER_RHAT,
    NUMBER_STEIN,
    NUMBER_NEGATIVE,
    NUMBER_ACCEPTANCE,
    NUMBERS
} calibrate_number;

static const char *const titles[NUMBERS] = {[NUMBER_LLC] = "LLC",
                                            [NUMBER_RHAT] = "R-hat",
                                            [NUMBER_STEIN] = "Stein ratio",
                                            [NUMBER_NEGATIVE] = "share of negative draws",
                                            [NUMBER_ACCEPTANCE] = "acceptance"};

typedef struct calibrate_map {
    const slt_calibration *found;
    const slt_calibrate_grid *grid;
    calibrate_number number;
    size_t localization;
    double left, top;
    double least, most;
    slt_buffer *out;
} calibrate_map;

/* ---- Numbers ----------------------------------------------------------------------- */

static slt_real map_value(const slt_calibrate_cell *cell, calibrate_number number)
{
    if (cell->status != SLT_RUN_DONE)
        return slt_real_absent();
    switch (number) {
    case NUMBER_LLC:
        return cell->mean;
    case NUMBER_RHAT:
        return cell->found.rhat;
    case NUMBER_STEIN:
        return cell->found.stein.asked ? cell->found.stein.ratio : slt_real_absent();
    case NUMBER_NEGATIVE:
        return cell->found.negative_share;
    case NUMBER_ACCEPTANCE:
    case NUMBERS:
        break;
    }
    return cell->has_acceptance ? cell->acceptance : slt_real_absent();
}

static bool map_has(const slt_calibrate_grid *grid, calibrate_number number)
{
    for (size_t i = 0; i < grid->count; i++)
        if (slt_real_finite(map_value(&grid->cells[i], number)))
            return true;
    return number != NUMBER_ACCEPTANCE;
}

/* The range of the cells that have settled, of all where none has: the colours of others
 * end there.  It is that of all blocks, so that a colour means one value. */
static void map_range(calibrate_map *map)
{
    const slt_calibrate_grid *grid = map->grid;
    bool settled = false;
    for (size_t i = 0; i < grid->count; i++)
        settled = settled || grid->cells[i].settled;
    map->least = INFINITY;
    map->most = -INFINITY;
    for (size_t i = 0; i < grid->count; i++) {
        const slt_real value = map_value(&grid->cells[i], map->number);
        if (!slt_real_finite(value) || (settled && !grid->cells[i].settled))
            continue;
        map->least = fmin(map->least, slt_real_double(value));
        map->most = fmax(map->most, slt_real_double(value));
    }
}

/* ---- Cells ------------------------------------------------------------------------- */

/* From light to dark, in two straight parts. */
static void map_colour(double share, char text[8])
{
    static const char *const stops[] = {SLT_COLOUR_LIGHT, SLT_COLOUR_MIDDLE,
                                        SLT_COLOUR_DARK};
    const size_t part = share < .5 ? 0 : 1;
    const double within = 2 * share - (double)part;
    const long from = strtol(stops[part] + 1, NULL, 16);
    const long to = strtol(stops[part + 1] + 1, NULL, 16);
    long colour = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        const long low = from >> shift & 255, high = to >> shift & 255;
        colour |= lround((double)low + within * (double)(high - low)) << shift;
    }
    snprintf(text, 8, "#%06lx", (unsigned long)colour & 0xffffff);
}

static void map_text(slt_buffer *out, double x, double y, const char *more,
                     const char *text)
{
    slt_buffer_printf(out, "<text x=\"%g\" y=\"%g\"%s>", x, y, more);
    slt_escape_html(out, text, strlen(text));
    slt_buffer_printf(out, "</text>\n");
}

static void map_box(slt_buffer *out, double x, double y, double inset, const char *style)
{
    slt_buffer_printf(out, "<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" %s/>\n",
                      x + inset, y + inset, CELL_WIDTH - 2 * inset,
                      CELL_HEIGHT - 2 * inset, style);
}

/* How far it is judged: settled, on the plateau, chosen. */
static void map_mark(const calibrate_map *map, const slt_calibrate_cell *cell, double x,
                     double y)
{
    if (cell == map->found->chosen)
        map_box(map->out, x, y, 4, "class=\"chosen\"");
    if (cell->plateau)
        map_box(map->out, x, y, 2, "class=\"plateau\"");
    else if (cell->settled)
        map_box(map->out, x, y, 2, "class=\"settled\"");
}

static void map_cell(const calibrate_map *map, const slt_calibrate_cell *cell)
{
    const slt_calibrate_points *nbeta = &map->grid->axis[SLT_CALIBRATE_NBETA];
    const double x =
        map->left + MAP_LEFT + CELL_WIDTH * (double)cell->place[SLT_CALIBRATE_LR];
    const double y =
        map->top + MAP_TOP +
        CELL_HEIGHT * (double)(nbeta->count - 1 - cell->place[SLT_CALIBRATE_NBETA]);
    const slt_real value = map_value(cell, map->number);
    char colour[8], style[64], text[32] = "-";
    double share = 0;
    if (cell->status != SLT_RUN_DONE) {
        map_box(map->out, x, y, 0, "class=\"ended\" fill=\"url(#ended)\"");
        return;
    }
    if (slt_real_finite(value)) {
        const double span = map->most - map->least;
        share = span > 0 ? (slt_real_double(value) - map->least) / span : 0;
        share = fmin(fmax(share, 0), 1);
        snprintf(text, sizeof text, fabs(slt_real_double(value)) < .001 ? "%.2g" : "%.4g",
                 slt_real_double(value));
    }
    map_colour(share, colour);
    snprintf(style, sizeof style, "class=\"cell\" fill=\"%s\"", colour);
    map_box(map->out, x, y, 0, style);
    map_mark(map, cell, x, y);
    map_text(map->out, x + CELL_WIDTH / 2., y + CELL_HEIGHT / 2. + 4,
             share > .45 ? " class=\"number\" fill=\"#ffffff\"" : " class=\"number\"",
             text);
}

/* ---- Maps -------------------------------------------------------------------------- */

static void map_axes(const calibrate_map *map)
{
    const slt_calibrate_points *lr = &map->grid->axis[SLT_CALIBRATE_LR];
    const slt_calibrate_points *nbeta = &map->grid->axis[SLT_CALIBRATE_NBETA];
    const slt_calibrate_points *localization =
        &map->grid->axis[SLT_CALIBRATE_LOCALIZATION];
    const double bottom = map->top + MAP_TOP + CELL_HEIGHT * (double)nbeta->count;
    slt_buffer title = {0};
    slt_buffer_printf(&title, "%s", titles[map->number]);
    if (localization->count > 1)
        slt_buffer_printf(&title, ", localization %s",
                          localization->text[map->localization]);
    map_text(map->out, map->left + MAP_LEFT, map->top + MAP_TOP - 10, " class=\"title\"",
             slt_buffer_text(&title));
    map->out->failed |= title.failed;
    slt_buffer_free(&title);
    for (size_t i = 0; i < lr->count; i++)
        map_text(map->out, map->left + MAP_LEFT + CELL_WIDTH * ((double)i + .5),
                 bottom + 16, " class=\"tick\"", lr->text[i]);
    for (size_t i = 0; i < nbeta->count; i++)
        map_text(map->out, map->left + MAP_LEFT - 6,
                 bottom - CELL_HEIGHT * ((double)i + .5) + 4, " class=\"row\"",
                 nbeta->text[i]);
    map_text(map->out, map->left + MAP_LEFT + CELL_WIDTH * (double)lr->count / 2,
             bottom + 34, " class=\"tick\"", "lr");
    map_text(map->out, map->left + MAP_LEFT - 6, map->top + MAP_TOP - 10,
             " class=\"row\"", "nbeta");
}

static void map_draw(calibrate_map *map)
{
    map_range(map);
    map_axes(map);
    for (size_t i = 0; i < map->grid->count; i++)
        if (map->grid->cells[i].place[SLT_CALIBRATE_LOCALIZATION] == map->localization)
            map_cell(map, &map->grid->cells[i]);
}

/* ---- The picture ------------------------------------------------------------------- */

static void picture_begin(double width, double height, const slt_calibration *found,
                          const slt_calibrate_grid *grid, slt_buffer *out)
{
    static const char *const styles =
        "text{font:12px sans-serif;fill:#1a1a1a}.title{font-weight:bold;font-size:13px}"
        ".number,.tick{text-anchor:middle}.row{text-anchor:end}"
        ".number[fill]{fill:" SLT_COLOUR_PAPER "}"
        ".cell,.ended{stroke:" SLT_COLOUR_PAPER "}"
        ".settled,.plateau,.chosen{fill:none}"
        ".settled{stroke:" SLT_COLOUR_GREY ";stroke-dasharray:3 2}"
        ".plateau{stroke:" SLT_COLOUR_ORANGE ";stroke-width:3}"
        ".chosen{stroke:" SLT_COLOUR_PINK ";stroke-width:3}";
    slt_buffer title = {0};
    slt_buffer_printf(&title, "%s, run %zu%s%s%s: LLC by %s at step %" PRIu64,
                      found->name, found->run, *found->label ? " (" : "", found->label,
                      *found->label ? ")" : "", grid->sampler, found->step);
    slt_buffer_printf(out,
                      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" "
                      "height=\"%g\" viewBox=\"0 0 %g %g\">\n<title>",
                      width, height, width, height);
    const char *text = slt_buffer_text(&title);
    slt_escape_html(out, text, strlen(text));
    slt_buffer_printf(
        out,
        "</title>\n<style>%s</style>\n<defs><pattern id=\"ended\" "
        "width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" "
        "patternTransform=\"rotate(45)\"><rect width=\"7\" height=\"7\" "
        "fill=\"#f2f2f2\"/><line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"7\" "
        "stroke=\"" SLT_COLOUR_GREY "\" stroke-width=\"2\"/></pattern></defs>\n"
        "<rect width=\"100%%\" height=\"100%%\" fill=\"" SLT_COLOUR_PAPER "\"/>\n",
        styles);
    map_text(out, 16, 28, " class=\"title\"", text);
    out->failed |= title.failed;
    slt_buffer_free(&title);
}

static void picture_legend(double top, slt_buffer *out)
{
    static const struct {
        const char *style, *words;
    } marks[] = {{"class=\"ended\" fill=\"url(#ended)\"", "diverged or overflowed"},
                 {"class=\"settled\"", "settled"},
                 {"class=\"plateau\"", "on the plateau"},
                 {"class=\"chosen\"", "recommended"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const double x = 16 + 220 * (double)(i % 2);
        const double y = top + 26 * (double)(i / 2);
        slt_buffer_printf(out,
                          "<rect x=\"%g\" y=\"%g\" width=\"28\" height=\"16\" %s/>\n", x,
                          y, marks[i].style);
        map_text(out, x + 36, y + 13, "", marks[i].words);
    }
}

static void picture_draw(const slt_calibration *found, const slt_calibrate_grid *grid,
                         slt_buffer *out)
{
    const double map_width =
        MAP_LEFT + CELL_WIDTH * (double)grid->axis[SLT_CALIBRATE_LR].count + 16;
    const double map_height =
        MAP_TOP + CELL_HEIGHT * (double)grid->axis[SLT_CALIBRATE_NBETA].count +
        MAP_BOTTOM;
    calibrate_number shown[NUMBERS];
    size_t count = 0;
    for (size_t n = 0; n < NUMBERS; n++)
        if (map_has(grid, (calibrate_number)n))
            shown[count++] = (calibrate_number)n;
    const size_t blocks = grid->axis[SLT_CALIBRATE_LOCALIZATION].count;
    const size_t lines = (count + MAPS_ACROSS - 1) / MAPS_ACROSS;
    const double end = TOP + map_height * (double)(lines * blocks);
    picture_begin(fmax(MAPS_ACROSS * map_width, 480), end + LEGEND, found, grid, out);
    for (size_t b = 0; b < blocks; b++)
        for (size_t i = 0; i < count; i++) {
            calibrate_map map = {
                .found = found,
                .grid = grid,
                .number = shown[i],
                .localization = b,
                .left = map_width * (double)(i % MAPS_ACROSS),
                .top = TOP + map_height * (double)(b * lines + i / MAPS_ACROSS) - 20,
                .out = out};
            map_draw(&map);
        }
    picture_legend(end, out);
    slt_buffer_printf(out, "</svg>\n");
}

slt_status slt_svg_calibrate(const slt_calibration *found, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t g = 0; g < found->grid_count && !status; g++) {
        const slt_calibrate_grid *grid = &found->grids[g];
        slt_buffer svg = {0};
        picture_draw(found, grid, &svg);
        status = svg.failed ? slt_fail(err, SLT_RESOURCE, "%s: no memory", grid->picture)
                            : slt_io_replace_by(grid->picture, SLT_FILE_DRAFT, svg.data,
                                                svg.size, err);
        slt_buffer_free(&svg);
    }
    return status;
}
