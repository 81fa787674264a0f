/* Heat maps: cells of rows by the axis along the figure and the axis of their series. */
#include "report/picture/svg_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/world.h"
#include "num/scalar.h"

#define WORDS_MAX 256

/* Hatched: no row is there, because its runs ended early or the sweep has none. */
#define STROKES 4

static size_t heat_place(const char *const *words, size_t count, const char *word)
{
    size_t place = 0;
    while (place < count && strcmp(words[place], word))
        place++;
    return place;
}

/* The values of an axis among the runs that the rows select, whether they have a row or
 * not, in the order of the runs. */
static slt_status heat_words(const slt_svg_panel *panel, size_t axis, const char ***words,
                             size_t *count, slt_error *err)
{
    const slt_manifest *manifest = panel->figure->manifest;
    *count = 0;
    *words = slt_world.calloc(WORDS_MAX, sizeof **words);
    if (!*words)
        return slt_fail(err, SLT_RESOURCE, "no memory for the picture");
    for (size_t run = 0; run < slt_manifest_runs(manifest); run++) {
        const char *word = slt_manifest_value(manifest, run, axis);
        if (!slt_figure_where(manifest, &panel->spec->rows->where, run) ||
            heat_place(*words, *count, word) < *count)
            continue;
        if (*count == WORDS_MAX)
            return slt_fail(err, SLT_RESOURCE,
                            "no picture: more than %d words along an axis", WORDS_MAX);
        (*words)[(*count)++] = word;
    }
    return SLT_OK;
}

slt_status slt_svg_heat_open(slt_svg_panel *panel, slt_error *err)
{
    const slt_rows_spec *rows = panel->spec->rows;
    slt_status status =
        heat_words(panel, rows->by, &panel->words, &panel->word_count, err);
    return status
               ? status
               : heat_words(panel, *rows->series, &panel->lines, &panel->line_count, err);
}

size_t slt_svg_heat_line(const slt_svg_panel *panel, size_t row)
{
    const slt_rows_spec *rows;
    const size_t run = slt_figure_row_run(panel->figure, row, 0, &rows);
    const char *word = run == SIZE_MAX ? ""
                                       : slt_manifest_value(panel->figure->manifest, run,
                                                            *panel->spec->rows->series);
    return heat_place(panel->lines, panel->line_count, word);
}

/* The line of theory that is taken from values; its count of lines if none is, or if it
 * could not be made. */
static size_t heat_theory_line(const slt_svg_panel *panel, const slt_theory *theory)
{
    size_t line = 0;
    while (line < theory->lines && strcmp(theory->name[line], panel->spec->less))
        line++;
    return line;
}

slt_real slt_svg_heat_value(const slt_svg_panel *panel, size_t row)
{
    const slt_real value = panel->figure->table.rows[row].value;
    if (!panel->spec->less)
        return value;
    const slt_theory *theory = slt_figure_theory(panel->figure);
    const size_t line = heat_theory_line(panel, theory);
    return line < theory->lines ? slt_real_sub(value, theory->value[line][row])
                                : slt_real_absent();
}

static bool heat_has_cell(const slt_svg_panel *panel, size_t x, size_t y)
{
    for (size_t s = 0; s < panel->count; s++) {
        const slt_svg_series *series = &panel->series[s];
        if (slt_svg_heat_line(panel, series->from) != y)
            continue;
        for (size_t row = series->from; row < series->end; row++)
            if (!strcmp(panel->figure->table.rows[row].x, panel->words[x]))
                return true;
    }
    return false;
}

/* Diagonals of a cell, from lower left to upper right. */
static void heat_print_hatch(size_t x, size_t y, slt_buffer *out)
{
    for (int i = 1 - STROKES; i < STROKES; i++) {
        const double shift = (double)i / STROKES, cut = shift > 0 ? shift : 0;
        const double rest = shift < 0 ? -shift : 0;
        slt_buffer_printf(out, "%.4g %.4g\n%.4g %.4g\n\n", (double)x - 0.5 + cut,
                          (double)y - 0.5 + rest, (double)x + 0.5 - rest,
                          (double)y + 0.5 - cut);
    }
}

size_t slt_svg_heat_missing(const slt_svg_panel *panel, slt_buffer *out)
{
    size_t missing = 0;
    for (size_t x = 0; x < panel->word_count; x++)
        for (size_t y = 0; y < panel->line_count; y++)
            if (!heat_has_cell(panel, x, y)) {
                missing++;
                if (out)
                    heat_print_hatch(x, y, out);
            }
    return missing;
}

/* Differences have a colour on each side of 0, of the same reach. */
static void heat_print_colours(const slt_svg_panel *panel, slt_buffer *out)
{
    double most = 0;
    if (!panel->spec->less) {
        slt_buffer_printf(out, SLT_PALETTE);
        return;
    }
    for (size_t s = 0; s < panel->count; s++)
        for (size_t row = panel->series[s].from; row < panel->series[s].end; row++)
            most = fmax(most, fabs(slt_real_double(slt_svg_heat_value(panel, row))));
    slt_buffer_printf(out, SLT_PALETTE_OF_DIFFERENCES);
    if (most > 0)
        slt_buffer_printf(out, "set cbrange [%.17g:%.17g]\n", -most, most);
}

void slt_svg_heat_axes(const slt_svg_panel *panel, slt_buffer *out)
{
    slt_buffer_printf(out, "set xrange [-0.5:%zu.5]\nset yrange [-0.5:%zu.5]\n",
                      panel->word_count - 1, panel->line_count - 1);
    slt_buffer_printf(out, "set offsets 0, 0, 0, 0\nunset grid\nset ytics (");
    for (size_t i = 0; i < panel->line_count; i++) {
        slt_buffer_printf(out, "%s", i ? ", " : "");
        slt_escape_gnuplot_format(out, panel->lines[i], strlen(panel->lines[i]));
        slt_buffer_printf(out, " %zu", i);
    }
    slt_buffer_printf(out, ")\n");
    heat_print_colours(panel, out);
    slt_buffer label = {0};
    slt_buffer_printf(&label, "%s", slt_svg_right_label(panel));
    if (panel->spec->less && !panel->spec->right_label)
        slt_buffer_printf(&label, " less %s", panel->spec->less);
    slt_buffer_printf(out, "set cblabel ");
    slt_svg_quote(out, slt_buffer_text(&label), SLT_SVG_Y_LABEL_COLUMNS);
    slt_buffer_byte(out, '\n');
    out->failed |= label.failed;
    slt_buffer_free(&label);
}
