/* The whole script: frames around the panels, their axes and keys. */
#include "study/svg_parts.h"

#include <stdlib.h>
#include <string.h>

#include "record/manifest.h"

/* Of a panel, in pixels; the letters are large enough for a phone's width. */
#define WIDTH 640
#define PLOT_HEIGHT 280
#define LINE_HEIGHT 24
#define LETTER_WIDTH 10.0
#define KEY_SAMPLE_WIDTH 70.0
#define PLOT_COLUMNS 46
#define HEAD_COLUMNS 64
#define TITLE_COLUMNS 56
#define X_LABEL_COLUMNS 62
#define Y_LABEL_COLUMNS 34
#define KEY_COLUMNS_MAX 4

/* More series than this are told beside a picture without panels, joined by lines. */
#define SERIES_BELOW 4

static double number(slt_real value)
{
    return slt_real_double(value);
}

static void print_text(slt_buffer *out, const char *setting, const char *text,
                       size_t columns, const char *options)
{
    if (!*text)
        return;
    slt_buffer_printf(out, "set %s ", setting);
    slt_svg_quote(out, text, columns);
    slt_buffer_printf(out, "%s\n", options);
}

static void print_words(const slt_svg_panel *panel, const char *options, slt_buffer *out)
{
    slt_buffer_printf(out, "set xtics %s(", options);
    for (size_t i = 0; i < panel->word_count; i++) {
        slt_buffer_printf(out, "%s", i ? ", " : "");
        slt_svg_quote(out, panel->words[i], 0);
        slt_buffer_printf(out, " %zu", i);
    }
    slt_buffer_printf(out, ")\n");
}

/* ---- Without panels ---------------------------------------------------------------- */

static void print_setting(slt_buffer *out, const char *setting, const char *text)
{
    slt_buffer_printf(out, "set %s ", setting);
    slt_svg_quote(out, text, 0);
    slt_buffer_byte(out, '\n');
}

static void print_alone(const slt_svg_panel *panel, slt_svg_plots *plots, slt_buffer *out)
{
    slt_buffer_printf(out, "set terminal svg size 800,560 font 'sans-serif,13' "
                           "background '#ffffff' noenhanced\n");
    print_setting(out, "title", slt_svg_title(panel));
    print_setting(out, "xlabel", slt_svg_x_label(panel));
    print_setting(out, "ylabel", slt_svg_y_label(panel));
    slt_buffer_printf(out,
                      "set key outside %s noenhanced\nset autoscale noextend\n"
                      "set grid lc rgb '#dddddd'\nset bars small\n"
                      "set offsets graph 0.03, graph 0.03, graph 0.03, graph 0.03\n",
                      panel->count > SERIES_BELOW ? "right center vertical"
                                                  : "top center horizontal");
    slt_svg_print_blocks(panel, out);
    if (panel->word_count)
        print_words(panel, "", out);
    slt_svg_print_levels(panel, out);
    slt_svg_plot(panel, plots);
    slt_buffer_append(out, plots->text.data, plots->text.size);
    slt_buffer_printf(out, "\n");
}

/* ---- Axes of a panel --------------------------------------------------------------- */

/* Round numbers of every power of ten where the axis spans few, read from their decimal
 * text, which gives the nearest double. */
static void print_log_tics(const char *axis, double low, double high, slt_buffer *out)
{
    static const int coarse[] = {10, 20, 50}, fine[] = {10, 15, 20, 30, 40, 60, 80};
    bool few = high / low < 8;
    const int *steps = few ? fine : coarse;
    size_t step_count = few ? sizeof fine / sizeof *fine : sizeof coarse / sizeof *coarse;
    bool any = false;
    slt_buffer_printf(out, "set %stics (", axis);
    for (int power = -30; power <= 30; power++)
        for (size_t i = 0; i < step_count; i++) {
            slt_buffer text = {0};
            slt_buffer_printf(&text, "%de%d", steps[i], power);
            double tic = strtod(slt_buffer_text(&text), NULL);
            if (tic >= low && tic <= high) {
                slt_buffer_printf(out, "%s%s", any ? ", " : "", slt_buffer_text(&text));
                any = true;
            }
            slt_buffer_free(&text);
        }
    slt_buffer_printf(out, ")\n");
}

/* A logarithmic axis has its range said: gnuplot's offsets are made for plain ones. */
static void print_log_axis(const slt_svg_panel *panel, slt_svg_axis axis, slt_buffer *out)
{
    static const char *const names[] = {"x", "y", "y2"};
    slt_real low, high;
    if (!slt_svg_is_log(panel, axis) || !slt_svg_range(panel, axis, &low, &high))
        return;
    /* A sixteenth of the axis on each side, or a little around a lone value. */
    double from = number(low), to = number(high), room = to / from;
    for (int i = 0; i < 4; i++)
        room = __builtin_sqrt(room);
    room = room > 1.05 ? room : 1.05;
    slt_buffer_printf(out, "set logscale %s\nset %srange [%.17g:%.17g]\n", names[axis],
                      names[axis], from / room, to * room);
    if (to / from < 150)
        print_log_tics(names[axis], from / room, to * room, out);
}

/* Offsets are for the axis to the left. */
static void print_right_range(const slt_svg_panel *panel, slt_buffer *out)
{
    slt_real low, high;
    if (!slt_svg_range(panel, SLT_SVG_RIGHT, &low, &high))
        return;
    double from = number(low), to = number(high), room = (to - from) / 20;
    if (room > 0)
        slt_buffer_printf(out, "set y2range [%.17g:%.17g]\n", from - room, to + room);
}

/* Values that a logarithmic axis cannot show. */
static size_t count_hidden(const slt_svg_panel *panel)
{
    size_t hidden = 0;
    for (size_t s = 0; s < panel->count; s++) {
        const slt_svg_series *series = &panel->series[s];
        bool log = series->right ? panel->log_right : panel->log_y;
        if (panel->kind == SLT_SVG_HISTOGRAM)
            continue;
        for (size_t row = series->from; row < series->end; row++)
            hidden += (log && number(panel->figure->table.rows[row].value) <= 0) ||
                      (panel->log_x && number(slt_svg_x(panel, row)) <= 0);
    }
    return hidden;
}

/* What is counted in no bin. */
static double outside(const slt_svg_panel *panel, const char *side)
{
    slt_buffer name = {0};
    slt_buffer_printf(&name, "hist.%s.%s", panel->name, side);
    const slt_table_row *row =
        slt_table_named(&panel->figure->table, slt_buffer_text(&name));
    slt_buffer_free(&name);
    return row && panel->kind == SLT_SVG_HISTOGRAM ? number(row->value) : 0;
}

/* The horizontal axis' label, and what the picture cannot show. */
static void compose_x_label(const slt_svg_panel *panel, slt_buffer *label)
{
    double below = outside(panel, "below"), above = outside(panel, "above");
    size_t hidden = count_hidden(panel);
    slt_buffer_printf(label, "%s", slt_svg_x_label(panel));
    if (below > 0)
        slt_buffer_printf(label, "\n%.0f more lie below", below);
    if (above > 0)
        slt_buffer_printf(label, "%s%.0f %sabove", below > 0 ? ", " : "\n", above,
                          below > 0 ? "" : "more lie ");
    if (hidden)
        slt_buffer_printf(label, "\n%zu not above 0: not on a logarithmic axis", hidden);
    slt_buffer_text(label);
}

static bool has_counts(const slt_svg_panel *panel)
{
    slt_real low, high;
    return slt_svg_range(panel, SLT_SVG_Y, &low, &high) && number(high) > 0;
}

static void print_axes(const slt_svg_panel *panel, const char *x_label, bool slant,
                       slt_buffer *out)
{
    print_text(out, "title", slt_svg_title(panel), TITLE_COLUMNS, "");
    print_text(out, "xlabel", x_label, X_LABEL_COLUMNS, " offset 0, 0.5");
    print_text(out, "ylabel", slt_svg_y_label(panel), Y_LABEL_COLUMNS, "");
    slt_buffer_printf(out, "set tics out nomirror\n");
    if (panel->has_right) {
        print_text(out, "y2label", slt_svg_right_label(panel), Y_LABEL_COLUMNS, "");
        slt_buffer_printf(out, "set y2tics\n");
    }
    if (panel->word_count)
        print_words(panel, slant ? "rotate by 35 right " : "", out);
    slt_buffer_printf(out,
                      "set autoscale noextend\nset grid lc rgb '#dddddd'\n"
                      "set bars small\nset format '%%g'\n"
                      "set offsets %s\n",
                      panel->kind == SLT_SVG_HISTOGRAM
                          ? "graph 0.02, graph 0.02, graph 0.05, 0"
                          : "graph 0.03, graph 0.03, graph 0.05, graph 0.05");
    if (panel->kind == SLT_SVG_HISTOGRAM)
        slt_buffer_printf(out, "set yrange [0:%s]\n", has_counts(panel) ? "*" : "1");
    if (panel->has_right && !panel->log_right)
        print_right_range(panel, out);
    for (int axis = SLT_SVG_X; axis <= SLT_SVG_RIGHT; axis++)
        print_log_axis(panel, (slt_svg_axis)axis, out);
}

/* ---- The grid ---------------------------------------------------------------------- */

typedef struct frame {
    slt_svg_panel panel;
    slt_svg_plots plots;
    slt_buffer x_label;
    bool slant;         /* words along the axis stand aslant */
    size_t left, right; /* margins in letters, ... */
    size_t bottom;      /* ... and in lines */
    size_t key_columns, height;
} frame;

/* Words that do not fit side by side stand aslant, and reach down. */
static size_t word_lines(frame *one)
{
    const slt_svg_panel *panel = &one->panel;
    size_t letters = 0, longest = 0;
    for (size_t i = 0; i < panel->word_count; i++) {
        size_t word = slt_svg_letters(panel->words[i], strlen(panel->words[i]));
        letters += word + 2;
        longest = word > longest ? word : longest;
    }
    one->slant = letters > PLOT_COLUMNS;
    return one->slant ? longest / 5 : 0;
}

/* The margins at the sides are the same in most panels, so that their axes stand one
 * below the other. */
static void measure(frame *one)
{
    const slt_svg_panel *panel = &one->panel;
    size_t left = slt_svg_lines(slt_svg_y_label(panel), Y_LABEL_COLUMNS);
    one->left = 8 + 3 * (left ? left : 1);
    size_t letters = slt_svg_level_letters(panel);
    one->right = letters ? 2 + letters * 7 / 8 : 3; /* in smaller letters */
    if (panel->has_right)
        one->right += 6 + 3 * slt_svg_lines(slt_svg_right_label(panel), Y_LABEL_COLUMNS);
    double room = WIDTH - LETTER_WIDTH * (double)(one->left + one->right);
    size_t columns =
        (size_t)(room / ((double)one->plots.longest * LETTER_WIDTH + KEY_SAMPLE_WIDTH));
    columns = columns < 1 ? 1 : columns > KEY_COLUMNS_MAX ? KEY_COLUMNS_MAX : columns;
    one->key_columns = columns;
    one->bottom = 2 + (one->plots.entries + columns - 1) / columns + word_lines(one) +
                  slt_svg_lines(slt_buffer_text(&one->x_label), X_LABEL_COLUMNS);
    one->height = PLOT_HEIGHT + LINE_HEIGHT * (one->bottom + 1) +
                  LINE_HEIGHT * slt_svg_lines(slt_svg_title(panel), TITLE_COLUMNS);
}

static slt_status open_frame(const slt_figure *figure, size_t index, frame *one,
                             slt_error *err)
{
    slt_status status = slt_svg_panel_open(figure, index, &one->panel, err);
    if (status)
        return status;
    slt_svg_plot(&one->panel, &one->plots);
    if (one->panel.count == 1 && one->plots.count == 1)
        one->plots.entries = 0; /* what there is to say is on the axis */
    compose_x_label(&one->panel, &one->x_label);
    measure(one);
    return SLT_OK;
}

static void print_frame(frame *one, slt_buffer *out)
{
    print_axes(&one->panel, slt_buffer_text(&one->x_label), one->slant, out);
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

static void lay_out(const slt_figure *figure, grid *all)
{
    const slt_value *columns = slt_value_get(figure->part, "columns");
    const char *title = slt_figure_text(figure->part, "title", "");
    all->columns = columns ? (size_t)columns->magnitude : 1;
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
    const char *title = slt_figure_text(figure->part, "title", "");
    double height = (double)all->height;
    size_t top = all->head;
    slt_buffer_printf(out,
                      "set terminal svg size %zu,%zu font 'sans-serif,16' background "
                      "'#ffffff' noenhanced\nset encoding utf8\nset multiplot\n",
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

static slt_status print_panels(const slt_figure *figure, slt_buffer *out, slt_error *err)
{
    grid all = {.count = slt_svg_panels(figure)};
    slt_status status = SLT_OK;
    all.frames = calloc(all.count, sizeof *all.frames);
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
    return status;
}

slt_status slt_svg_script(const slt_figure *figure, slt_buffer *out, slt_error *err)
{
    slt_svg_panel panel;
    slt_svg_plots plots = {0};
    slt_status status;
    if (slt_svg_panels(figure)) {
        status = print_panels(figure, out, err);
    } else {
        status = slt_svg_panel_open(figure, 0, &panel, err);
        if (!status)
            print_alone(&panel, &plots, out);
        out->failed |= plots.text.failed;
        slt_svg_panel_free(&panel);
        slt_buffer_free(&plots.text);
    }
    if (!status && out->failed)
        status = slt_fail(err, SLT_RESOURCE, "no memory for the picture");
    return status;
}
