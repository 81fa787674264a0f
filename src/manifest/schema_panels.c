/* The schema of figure.panels, tables and levels, which decide what is shown, not what is
 * hashed. */
#include "manifest/schema.h"

#include "manifest/figure_spec.h"
#include "manifest/schema_rows.h"

#define WORDING_MAX SLT_FIGURE_WORDING_MAX

static const slt_schema fit_name = {.type = SLT_SCHEMA_NAME, TEXT_ITEM};
static const slt_schema right_item = {
    .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, TEXT_ITEM};

static const slt_schema level_fields[] = {
    {.key = "value", .type = SLT_SCHEMA_REAL, .also = "at|y", AT(slt_level_spec, value),
     .meaning = "where the line is on the axis that it crosses"},
    {.key = "label", .type = SLT_SCHEMA_TEXT, .most = SLT_FIGURE_LABEL_MAX,
     .also = "name", OWNED_TEXT(slt_level_spec, label),
     .meaning = "what stands on it"},
};

const slt_schema slt_schema_level = {.type = SLT_SCHEMA_MAP, FIELDS(level_fields)};

#define SHOWS(kind_tag)                                                                  \
    TAG(slt_panel_spec, kind, SLT_PANEL_##kind_tag), .shared = true,                     \
        OWNED_TEXT(slt_panel_spec, name)

static const slt_schema panel_fields[] = {
    {.key = "rows", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     SHOWS(ROWS),
     .meaning = "name of the rows it shows; where figure.rows is one map, its value"},
    {.key = "points", .type = SLT_SCHEMA_NAME, .optional = true, .also = "scatter",
     SHOWS(POINTS),
     .meaning = "name of the points it shows"},
    {.key = "histogram", .type = SLT_SCHEMA_NAME, .optional = true, .also = "hist",
     SHOWS(HISTOGRAM),
     .meaning = "name of the histogram it shows"},
    {.key = "curves", .type = SLT_SCHEMA_NAME, .optional = true, .also = "curve|lines",
     SHOWS(CURVES),
     .meaning = "name of the curves it shows"},
    {.key = "heatmap", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     .also = "heat|map|image", SHOWS(HEATMAP),
     .meaning = "name of rows with one series axis, shown as cells: across `by`, up that "
                "axis, the value by colour; hatched where there is no row"},
    {.key = "less", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     .also = "minus|against", OWNED_TEXT(slt_panel_spec, less),
     .meaning = "of a heat map: a formula of figure.theory; colours are of the values "
                "less those of the formula"},
    {.key = "slopes", .type = SLT_SCHEMA_NAME, .optional = true, .also = "slope",
     SHOWS(SLOPES),
     .meaning = "name of the exponent whose local slopes it shows"},
    {.key = "trace", .type = SLT_SCHEMA_NAME, .optional = true, SHOWS(TRACE),
     .meaning = "name of the chains whose course it shows, draw by draw"},
    {.key = "ranks", .type = SLT_SCHEMA_NAME, .optional = true, .also = "rank",
     SHOWS(RANKS),
     .meaning = "name of the chains whose rank histograms it shows, with a band of two "
                "standard deviations of independent draws"},
    {.key = "autocorrelation", .type = SLT_SCHEMA_NAME, .optional = true,
     .also = "acf|autocorr", SHOWS(AUTOCORRELATION),
     .meaning = "name of the chains whose autocorrelation it shows, by lag"},
    {.key = "fits", .type = SLT_SCHEMA_LIST, ONE(fit_name), .least = 1,
     .most = SLT_FIGURE_PANEL_FITS_MAX, .lone = true, .optional = true, .also = "fit",
     OWNED(slt_panel_spec, fits, fit_count),
     .meaning = "names of fits drawn into it"},
    {.key = "references", .type = SLT_SCHEMA_LIST, ONE(fit_name), .least = 1,
     .most = SLT_FIGURE_PANEL_FITS_MAX, .lone = true, .optional = true,
     .also = "reference", OWNED(slt_panel_spec, references, reference_count),
     .meaning = "names of references drawn into it"},
    {.key = "log", .type = SLT_SCHEMA_SET, WORDS("x", "y", "right"), .optional = true,
     .also = "logscale|scale", AT(slt_panel_spec, log),
     .meaning = "axes that are logarithmic"},
    {.key = "right", .type = SLT_SCHEMA_LIST, ONE(right_item), .least = 0,
     .most = SLT_FIGURE_CURVES_MAX, .lone = true, .optional = true, .also = "second",
     OWNED(slt_panel_spec, right, right_count), FLAG(slt_panel_spec, has_right),
     .meaning = "curves on the axis to the right; absent: the LLC beside others, or the "
                "second of two units"},
    {.key = "levels", .type = SLT_SCHEMA_LIST, ONE(slt_schema_level), .least = 1,
     .most = SLT_FIGURE_LEVELS_MAX, .optional = true, .also = "hlines",
     OWNED(slt_panel_spec, levels, level_count),
     .meaning = "horizontal lines in it, instead of those of figure.theory"},
    {.key = "verticals", .type = SLT_SCHEMA_LIST, ONE(slt_schema_level), .least = 1,
     .most = SLT_FIGURE_LEVELS_MAX, .optional = true, .also = "vlines",
     OWNED(slt_panel_spec, verticals, vertical_count),
     .meaning = "vertical lines in it"},
    {.key = "title", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     OWNED_TEXT(slt_panel_spec, title),
     .meaning = "its title"},
    {.key = "x_label", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     .also = "xlabel", OWNED_TEXT(slt_panel_spec, x_label),
     .meaning = "name of its horizontal axis"},
    {.key = "y_label", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     .also = "ylabel", OWNED_TEXT(slt_panel_spec, y_label),
     .meaning = "name of its vertical axis"},
    {.key = "right_label", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     .also = "y2label", OWNED_TEXT(slt_panel_spec, right_label),
     .meaning = "name of its axis to the right, or of the colours of a heat map"},
};

const slt_schema slt_schema_panel = {.type = SLT_SCHEMA_MAP, FIELDS(panel_fields)};

/* ---- Tables ------------------------------------------------------------------------ */

#define CELL_ROW(member)                                                                 \
    .key = #member, .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX,                        \
    OWNED_TEXT(slt_grid_column, member)

static const slt_schema grid_row = {
    .type = SLT_SCHEMA_SCALAR, .most = SLT_FIGURE_LABEL_MAX, TEXT_ITEM};

static const slt_schema column_fields[] = {
    {.key = "head", .type = SLT_SCHEMA_SCALAR, .most = SLT_FIGURE_LABEL_MAX,
     .also = "label|name", OWNED_TEXT(slt_grid_column, head),
     .meaning = "what stands over it"},
    {CELL_ROW(value), .meaning = "an expression over the figure's data, as of claims, in "
                                 "which $row is the row"},
    {CELL_ROW(low), .optional = true, .meaning = "lower end of an interval, likewise"},
    {CELL_ROW(high), .optional = true, .meaning = "upper end of it, likewise"},
    {CELL_ROW(printed), .optional = true, .also = "paper|reference",
     .meaning = "what others printed, likewise"},
};

static const slt_schema grid_column = {.type = SLT_SCHEMA_MAP, FIELDS(column_fields)};

static const slt_schema grid_fields[] = {
    {.key = "title", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .also = "caption",
     OWNED_TEXT(slt_grid_spec, title),
     .meaning = "its caption"},
    {.key = "head", .type = SLT_SCHEMA_TEXT, .most = SLT_FIGURE_LABEL_MAX,
     .optional = true, OWNED_TEXT(slt_grid_spec, head),
     .meaning = "what stands over the rows"},
    {.key = "rows", .type = SLT_SCHEMA_LIST, ONE(grid_row), .least = 1,
     .most = SLT_FIGURE_GRID_ROWS_MAX, .lone = true,
     OWNED(slt_grid_spec, rows, row_count),
     .meaning = "a text for each row, which expressions call $row"},
    {.key = "columns", .type = SLT_SCHEMA_LIST, ONE(grid_column), .least = 1,
     .most = SLT_FIGURE_GRID_COLUMNS_MAX, OWNED(slt_grid_spec, columns, column_count),
     .meaning = "its columns"},
    {.key = "blank", .type = SLT_SCHEMA_BOOL, PRESET_NO, AT(slt_grid_spec, blank),
     .meaning = "a cell that names what the data do not have stays empty"},
};

const slt_schema slt_schema_grid = {.type = SLT_SCHEMA_MAP, FIELDS(grid_fields),
                                    PLACE(slt_grid_spec, place)};
