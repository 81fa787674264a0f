/* The parts of a picture: panels with the figure's data, and the gnuplot script that
 * draws them. */
#ifndef SLT_REPORT_PICTURE_SVG_INTERNAL_H
#define SLT_REPORT_PICTURE_SVG_INTERNAL_H

#include "figure/figure.h"
#include "report/picture/colours.h"

/* Consecutive rows of the table, [from, end), with the same text in column `series`. */
typedef struct slt_svg_series {
    size_t from, end;
    const char *title; /* in the key; part of the rows' text */
    bool right;        /* uses the right axis */
} slt_svg_series;

typedef struct slt_svg_panel {
    const slt_figure *figure;
    const slt_panel_spec *spec; /* NULL for a picture without panels */
    slt_panel_kind kind;
    const char *name; /* of the rows, points, histogram or curves it shows */
    char block[24];   /* prefix of the names of its data blocks */
    slt_svg_series *series;
    size_t count;
    slt_svg_series *references; /* points of others, drawn over the series */
    size_t reference_count;
    const char **words; /* of the horizontal axis, if it has no numbers */
    size_t word_count;
    const char **lines; /* of the vertical axis of a heat map */
    size_t line_count;
    bool has_right;
    bool ends; /* the names of its series stand at their ends, not in the key */
    bool log_x, log_y, log_right;
    bool flat; /* a logarithmic axis was asked for, but no value is above 0 */
} slt_svg_panel;

/* The number of figure.panels; 0 if there are none. */
size_t slt_svg_panels(const slt_figure *figure);
/* Opens panel `index`; without panels, the one panel of all rows. Borrows the figure. */
slt_status slt_svg_panel_open(const slt_figure *figure, size_t index,
                              slt_svg_panel *panel, slt_error *err);
void slt_svg_panel_free(slt_svg_panel *panel);
/* The texts of a panel: its own, or those that the figure has for what it shows, in the
 * signs of the field where it has some: the LLC with the hatted lambda, the change of the
 * free energy with a capital delta. */
const char *slt_svg_title(const slt_svg_panel *panel);
const char *slt_svg_x_label(const slt_svg_panel *panel);
const char *slt_svg_y_label(const slt_svg_panel *panel);
const char *slt_svg_right_label(const slt_svg_panel *panel);

/* Writes its data as gnuplot's blocks $<block>0, 1, ..., a line for each row. Rows: x
 * value error theory...; histogram: low high count theory...; means over runs: x value
 * error; others: x value.  References $<block>r0, ...: x value error.  The band of ranks
 * $<block>band: x low high. */
void slt_svg_print_blocks(const slt_svg_panel *panel, slt_buffer *out);
/* Heat maps: finds the words of both axes; the place of a row's line on the vertical one;
 * what its cell shows, absent where the theory that is taken from it has no number; how
 * many cells have no row, which are written as lines that hatch them (out may be NULL);
 * the commands of the axes and colours. */
slt_status slt_svg_heat_open(slt_svg_panel *panel, slt_error *err);
size_t slt_svg_heat_line(const slt_svg_panel *panel, size_t row);
slt_real slt_svg_heat_value(const slt_svg_panel *panel, size_t row);
size_t slt_svg_heat_missing(const slt_svg_panel *panel, slt_buffer *out);
void slt_svg_heat_axes(const slt_svg_panel *panel, slt_buffer *out);
/* Whether a panel shows chains.  Of one that does: what its axes are called; of how many
 * draws a point of a trace is the mean; the level that lies behind the lines, NULL for
 * none; the band about that of ranks, two standard deviations of independent draws, false
 * without any; what is plotted of the data block of a chain, and how. */
bool slt_svg_is_chains(const slt_svg_panel *panel);
const char *slt_svg_chains_x(const slt_svg_panel *panel);
const char *slt_svg_chains_y(const slt_svg_panel *panel);
uint64_t slt_svg_chains_part(const slt_svg_panel *panel);
const slt_level_spec *slt_svg_chains_level(const slt_svg_panel *panel);
bool slt_svg_chains_band(const slt_svg_panel *panel, slt_real *low, slt_real *high);
void slt_svg_chains_line(const slt_svg_panel *panel, size_t series, slt_buffer *out);
/* The position of a row on the horizontal axis: its number, or the position of its
 * word. */
slt_real slt_svg_x(const slt_svg_panel *panel, size_t row);

/* The least and the greatest value drawn along an axis; of positive values only if the
 * axis is logarithmic. False if there are none. */
typedef enum slt_svg_axis { SLT_SVG_X, SLT_SVG_Y, SLT_SVG_RIGHT } slt_svg_axis;
bool slt_svg_range(const slt_svg_panel *panel, slt_svg_axis axis, slt_real *low,
                   slt_real *high);
/* Whether a row of the series has an error. */
bool slt_svg_has_errors(const slt_svg_panel *panel, const slt_svg_series *series);
bool slt_svg_is_log(const slt_svg_panel *panel, slt_svg_axis axis);

/* The elements of a plot command, and how much room their key needs. */
typedef struct slt_svg_plots {
    slt_buffer text;
    size_t count;
    size_t entries, longest; /* of the key: number of lines, and letters in the longest */
} slt_svg_plots;
void slt_svg_plot(const slt_svg_panel *panel, slt_svg_plots *plots);
/* Writes the vertical lines of a panel, and "set label" commands for the texts on
 * horizontal ones. */
void slt_svg_print_verticals(const slt_svg_panel *panel, slt_buffer *out);
void slt_svg_print_levels(const slt_svg_panel *panel, slt_buffer *out);
/* How many letters of the right margin these texts need; 0 if they are placed within the
 * axes. */
size_t slt_svg_level_letters(const slt_svg_panel *panel);
/* The height of a value on the left axis, from 0 to 1, and how many lines of text fit
 * along an axis. */
slt_real slt_svg_height(const slt_svg_panel *panel, slt_real value);
#define SLT_SVG_LINES 12
/* The names of series at their last points, to the right of the axes: whether a panel has
 * them, how many letters of the right margin they need (0: none), and the commands. */
bool slt_svg_has_ends(const slt_svg_panel *panel);
size_t slt_svg_end_letters(const slt_svg_panel *panel);
void slt_svg_print_ends(const slt_svg_panel *panel, slt_buffer *out);
/* The colour of a series' name, dark enough to be read. */
const char *slt_svg_ink(size_t series);
/* The horizontal lines of a panel. */
typedef struct slt_svg_levels {
    const slt_level_spec *items;
    size_t count;
} slt_svg_levels;
slt_svg_levels slt_svg_levels_of(const slt_svg_panel *panel);

/* Writes a gnuplot string expression for any text. columns: a longer line is broken at a
 * blank; 0: never. */
void slt_svg_quote(slt_buffer *out, const char *text, size_t columns);
/* How many lines the text then has. */
size_t slt_svg_lines(const char *text, size_t columns);
/* How many letters a UTF-8 text has. */
size_t slt_svg_letters(const char *text, size_t bytes);

/* The most letters in a line of a title, and of the labels of a panel. */
#define SLT_SVG_TITLE_COLUMNS 46
#define SLT_SVG_X_LABEL_COLUMNS 50
#define SLT_SVG_Y_LABEL_COLUMNS 30

/* Writes the words of the horizontal axis, the first and every so many after it, as its
 * marks. */
void slt_svg_print_words(const slt_svg_panel *panel, const char *options, size_t every,
                         slt_buffer *out);
/* Writes the label of the horizontal axis, and what the picture cannot show. */
/* How many points, bins and levels its logarithmic axes cannot show. */
size_t slt_svg_hidden(const slt_svg_panel *panel);
void slt_svg_compose_x_label(const slt_svg_panel *panel, slt_buffer *label);
/* Writes title, labels, ranges and numbers of a panel's axes, which are `columns` letters
 * wide. */
void slt_svg_print_axes(const slt_svg_panel *panel, const char *x_label, size_t columns,
                        slt_buffer *out);

/* Writes the whole script, which makes gnuplot write the picture to stdout. */
slt_status slt_svg_script(const slt_figure *figure, slt_buffer *out, slt_error *err);
/* Runs the script and appends what it drew, as XML. SLT_UNFIT, with a message of one
 * line, if gnuplot is missing; SLT_RESOURCE if it fails. */
slt_status slt_gnuplot(const slt_buffer *script, slt_buffer *svg, slt_error *err);

#endif
