/* The parts of a picture: panels over the figure's data, and the gnuplot script that
 * draws them. */
#ifndef SLT_REPORT_PICTURE_SVG_INTERNAL_H
#define SLT_REPORT_PICTURE_SVG_INTERNAL_H

#include "figure/figure.h"

/* Neighbouring rows of the table, [from, end), with one text in column `series`. */
typedef struct slt_svg_series {
    size_t from, end;
    const char *title; /* in the key; a part of the rows' text */
    bool right;        /* on the axis to the right */
} slt_svg_series;

typedef struct slt_svg_panel {
    const slt_figure *figure;
    const slt_panel_spec *spec; /* NULL: the picture without panels */
    slt_panel_kind kind;
    const char *name; /* of the rows, points, histogram or curves it shows */
    char block[24];   /* what its data blocks' names begin with */
    slt_svg_series *series;
    size_t count;
    const char **words; /* of the horizontal axis, where it has no numbers */
    size_t word_count;
    bool has_right;
    bool log_x, log_y, log_right;
    bool flat; /* a logarithmic axis was asked for that has nothing above 0 to show */
} slt_svg_panel;

/* Number of figure.panels; 0 without. */
size_t slt_svg_panels(const slt_figure *figure);
/* Panel `index`, or without panels the one of all rows.  Borrows the figure. */
slt_status slt_svg_panel_open(const slt_figure *figure, size_t index,
                              slt_svg_panel *panel, slt_error *err);
void slt_svg_panel_free(slt_svg_panel *panel);
/* Its texts: the panel's own, or what the figure says of what it shows. */
const char *slt_svg_title(const slt_svg_panel *panel);
const char *slt_svg_x_label(const slt_svg_panel *panel);
const char *slt_svg_y_label(const slt_svg_panel *panel);
const char *slt_svg_right_label(const slt_svg_panel *panel);

/* Its data as gnuplot's blocks $<block>0, 1, ...: a line a row.  Rows: x value error
 * theory...; histogram: low high count; else x value. */
void slt_svg_print_blocks(const slt_svg_panel *panel, slt_buffer *out);
/* The place of a row on the horizontal axis: its number, or its word's place. */
slt_real slt_svg_x(const slt_svg_panel *panel, size_t row);

/* Least and greatest of what is drawn along an axis; of positive numbers alone where the
 * axis is logarithmic.  False where there is nothing. */
typedef enum slt_svg_axis { SLT_SVG_X, SLT_SVG_Y, SLT_SVG_RIGHT } slt_svg_axis;
bool slt_svg_range(const slt_svg_panel *panel, slt_svg_axis axis, slt_real *low,
                   slt_real *high);
bool slt_svg_is_log(const slt_svg_panel *panel, slt_svg_axis axis);

/* The elements of a plot command, and how much room their key wants. */
typedef struct slt_svg_plots {
    slt_buffer text;
    size_t count;
    size_t entries, longest; /* of the key: lines, letters of the longest */
} slt_svg_plots;
void slt_svg_plot(const slt_svg_panel *panel, slt_svg_plots *plots);
/* "set label" commands for the texts on horizontal lines. */
void slt_svg_print_levels(const slt_svg_panel *panel, slt_buffer *out);
/* Letters of the margin to the right that these texts need; 0 where they stand within the
 * axes. */
size_t slt_svg_level_letters(const slt_svg_panel *panel);
/* The horizontal lines of a panel. */
typedef struct slt_svg_levels {
    const slt_level_spec *items;
    size_t count;
} slt_svg_levels;
slt_svg_levels slt_svg_levels_of(const slt_svg_panel *panel);

/* Of what stands beside the data: seven parts of contrast on white. */
#define SLT_SVG_GREY "#595959"

/* A gnuplot string expression that stands for the text, whatever is in it.  columns: a
 * line is broken at a blank where it would be longer; 0: never. */
void slt_svg_quote(slt_buffer *out, const char *text, size_t columns);
/* Lines that it then has. */
size_t slt_svg_lines(const char *text, size_t columns);
/* Letters of UTF-8 text. */
size_t slt_svg_letters(const char *text, size_t bytes);

/* Letters of a line of a title and of the labels of a panel. */
#define SLT_SVG_TITLE_COLUMNS 46
#define SLT_SVG_X_LABEL_COLUMNS 50
#define SLT_SVG_Y_LABEL_COLUMNS 30

/* The words of the horizontal axis as its marks. */
void slt_svg_print_words(const slt_svg_panel *panel, const char *options,
                         slt_buffer *out);
/* The horizontal axis' label, and what the picture cannot show. */
/* Points, bins and levels that its logarithmic axes cannot show. */
size_t slt_svg_hidden(const slt_svg_panel *panel);
void slt_svg_compose_x_label(const slt_svg_panel *panel, slt_buffer *label);
/* Title, labels, ranges and numbers of a panel's axes, `columns` letters wide. */
void slt_svg_print_axes(const slt_svg_panel *panel, const char *x_label, size_t columns,
                        slt_buffer *out);

/* The whole script, which writes the picture to stdout. */
slt_status slt_svg_script(const slt_figure *figure, slt_buffer *out, slt_error *err);
/* Runs it and appends what it drew, as XML: SLT_UNFIT with one line where gnuplot is
 * missing, SLT_RESOURCE where it fails. */
slt_status slt_gnuplot(const slt_buffer *script, slt_buffer *svg, slt_error *err);

#endif
