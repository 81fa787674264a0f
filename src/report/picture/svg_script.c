/* The whole script: layout of the panels, their axes and keys. */
#include "report/picture/svg_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "manifest/manifest.h"

/* The size of a panel in pixels; letters are readable at the width of a phone. */
#define WIDTH 560
#define WIDTH_COLUMNS 56
#define PLOT_HEIGHT 260
#define LINE_HEIGHT 24
#define LETTER_WIDTH 10.0
#define KEY_SAMPLE_WIDTH 100.0
#define HEAD_COLUMNS 54
#define KEY_COLUMNS_MAX 4

/* ---- The grid ---------------------------------------------------------------------- */

typedef struct frame {
    slt_svg_panel panel;
    slt_svg_plots plots;
    slt_buffer x_label;
    bool slant;          /* words along the axis are slanted, ... */
    size_t every;        /* ... and every so many of them is shown */
    size_t left, right;  /* margins in letters, ... */
    size_t bottom;       /* ... and in lines */
    size_t plot_columns; /* letters between the margins */
    size_t key_columns, height;
} frame;

/* Letters of the longest word, and of all. */
static size_t count_letters(const char **words, size_t count, size_t *all)
{
    size_t longest = 0;
    *all = 0;
    for (size_t i = 0; i < count; i++) {
        size_t word = slt_svg_letters(words[i], strlen(words[i]));
        *all += word;
        longest = word > longest ? word : longest;
    }
    return longest;
}

/* How many lines the words below the axis need. Words that do not fit side by side are
 * slanted, and reach further down. */
static size_t word_lines(frame *one)
{
    const slt_svg_panel *panel = &one->panel;
    size_t letters, longest = count_letters(panel->words, panel->word_count, &letters);
    letters += 2 * panel->word_count;
    one->slant = letters > one->plot_columns;
    /* The cells of a heat map are in order: a word says what its neighbours are. */
    one->every = panel->kind == SLT_PANEL_HEATMAP
                     ? 1 + 2 * panel->word_count / (one->plot_columns + 1)
                     : 1;
    return one->slant ? longest / 4 : 0;
}

/* Measures the margins. Those at the sides are the same in most panels, so that their
 * axes line up. */
static void measure_frame(frame *one)
{
    const slt_svg_panel *panel = &one->panel;
    size_t left = slt_svg_lines(slt_svg_y_label(panel), SLT_SVG_Y_LABEL_COLUMNS);
    size_t all, longest = count_letters(panel->lines, panel->line_count, &all);
    one->left = (longest > 5 ? longest + 3 : 8) + 3 * (left ? left : 1);
    size_t letters = slt_svg_level_letters(panel), ends = slt_svg_end_letters(panel);
    letters = ends > letters ? ends : letters;
    one->right = letters ? 2 + letters : 3;
    if (panel->has_right || panel->kind == SLT_PANEL_HEATMAP)
        one->right +=
            6 + 3 * slt_svg_lines(slt_svg_right_label(panel), SLT_SVG_Y_LABEL_COLUMNS);
    size_t used = one->left + one->right;
    one->plot_columns = used < WIDTH_COLUMNS - 8 ? WIDTH_COLUMNS - used : 8;
    size_t columns =
        (size_t)(LETTER_WIDTH * (double)one->plot_columns /
                 ((double)one->plots.longest * LETTER_WIDTH + KEY_SAMPLE_WIDTH));
    columns = columns < 1 ? 1 : columns > KEY_COLUMNS_MAX ? KEY_COLUMNS_MAX : columns;
    one->key_columns = columns;
    one->bottom = 2 + (one->plots.entries + columns - 1) / columns + word_lines(one) +
                  slt_svg_lines(slt_buffer_text(&one->x_label), SLT_SVG_X_LABEL_COLUMNS);
    one->height =
        PLOT_HEIGHT + LINE_HEIGHT * (one->bottom + 1) +
        LINE_HEIGHT * slt_svg_lines(slt_svg_title(panel), SLT_SVG_TITLE_COLUMNS);
}

static slt_status open_frame(const slt_figure *figure, size_t index, frame *one,
                             slt_error *err)
{
    slt_status status = slt_svg_panel_open(figure, index, &one->panel, err);
    if (status)
        return status;
    slt_svg_plot(&one->panel, &one->plots);
    if (one->panel.count == 1 && one->plots.count == 1)
        one->plots.entries = 0; /* the axis says it already */
    slt_svg_compose_x_label(&one->panel, &one->x_label);
    measure_frame(one);
    return SLT_OK;
}

static void print_frame(frame *one, slt_buffer *out)
{
    slt_svg_print_axes(&one->panel, slt_buffer_text(&one->x_label), one->plot_columns,
                       out);
    if (one->panel.word_count)
        slt_svg_print_words(&one->panel, one->slant ? "rotate by 35 right " : "",
                            one->every, out);
    slt_buffer_printf(out, "set lmargin %zu\nset rmargin %zu\nset bmargin %zu.5\n",
                      one->left, one->right, one->bottom);
    if (one->plots.entries)
        slt_buffer_printf(out,
                          "set key bmargin center %s Left reverse samplen 2 maxcols %zu "
                          "noenhanced\n",
                          one->key_columns > 1 ? "horizontal" : "vertical",
                          one->key_columns);
    else
        slt_buffer_printf(out, "unset key\n");
    slt_svg_print_blocks(&one->panel, out);
    slt_svg_print_levels(&one->panel, out);
    slt_svg_print_ends(&one->panel, out);
    slt_svg_print_verticals(&one->panel, out);
    if (!one->panel.count)
        slt_buffer_printf(out, "set xrange [0:1]\nset yrange [0:1]\nunset xtics\n"
                               "unset ytics\n"
                               "set label 'no data' at graph 0.5, 0.5 center\n");
    slt_buffer_append(out, one->plots.text.data, one->plots.text.size);
    slt_buffer_byte(out, '\n');
}

typedef struct grid {
    frame *frames;
    size_t count, columns;
    size_t head, width, height; /* pixels; head: of the title above all */
} grid;

static size_t row_height(const grid *all, size_t row)
{
    size_t height = 0;
    for (size_t i = row * all->columns; i < (row + 1) * all->columns && i < all->count;
         i++)
        if (all->frames[i].height > height)
            height = all->frames[i].height;
    return height;
}

/* The title above all panels; a picture without panels has it above its one. */
static const char *head_of(const slt_figure *figure)
{
    const bool has = figure->spec->title && slt_svg_panels(figure);
    return has ? figure->spec->title : "";
}

static void lay_out(const slt_figure *figure, grid *all)
{
    const char *title = head_of(figure);
    all->columns = figure->spec->columns;
    if (all->columns > all->count)
        all->columns = all->count;
    size_t lines = slt_svg_lines(title, HEAD_COLUMNS * all->columns);
    all->head = lines ? LINE_HEIGHT * lines + LINE_HEIGHT / 2 : 0;
    all->width = WIDTH * all->columns;
    all->height = all->head;
    for (size_t row = 0; row * all->columns < all->count; row++)
        all->height += row_height(all, row);
}

static void print_grid(const slt_figure *figure, const grid *all, slt_buffer *out)
{
    const char *title = head_of(figure);
    double height = (double)all->height;
    size_t top = all->head;
    slt_buffer_printf(out,
                      "set terminal svg size %zu,%zu font 'sans-serif,16' background "
                      "'" SLT_COLOUR_PAPER
                      "' noenhanced\nset encoding utf8\nset multiplot\n",
                      all->width, all->height);
    for (size_t i = 0; i < all->count; i++) {
        size_t column = i % all->columns, tall = row_height(all, i / all->columns);
        slt_buffer_printf(out, "reset\nset origin %.6f, %.6f\nset size %.6f, %.6f\n",
                          (double)column / (double)all->columns,
                          1 - (double)(top + tall) / height, 1 / (double)all->columns,
                          (double)tall / height);
        if (i == 0 && all->head) {
            slt_buffer_printf(out, "set label ");
            slt_svg_quote(out, title, HEAD_COLUMNS * all->columns);
            slt_buffer_printf(out, " at screen 0.5, screen %.6f center font ',17'\n",
                              1 - LINE_HEIGHT / height);
        }
        print_frame(&all->frames[i], out);
        top += column + 1 == all->columns ? tall : 0;
    }
    slt_buffer_printf(out, "unset multiplot\n");
}

slt_status slt_svg_script(const slt_figure *figure, slt_buffer *out, slt_error *err)
{
    const size_t panels = slt_svg_panels(figure);
    grid all = {.count = panels ? panels : 1};
    slt_status status = SLT_OK;
    all.frames = slt_world.calloc(all.count, sizeof *all.frames);
    if (!all.frames)
        return slt_fail(err, SLT_RESOURCE, "no memory for the picture");
    for (size_t i = 0; i < all.count && !status; i++)
        status = open_frame(figure, i, &all.frames[i], err);
    if (!status) {
        lay_out(figure, &all);
        print_grid(figure, &all, out);
    }
    for (size_t i = 0; i < all.count; i++) {
        out->failed |= all.frames[i].plots.text.failed | all.frames[i].x_label.failed;
        slt_svg_panel_free(&all.frames[i].panel);
        slt_buffer_free(&all.frames[i].plots.text);
        slt_buffer_free(&all.frames[i].x_label);
    }
    free(all.frames);
    if (!status && out->failed)
        status = slt_fail(err, SLT_RESOURCE, "no memory for the picture");
    return status;
}
