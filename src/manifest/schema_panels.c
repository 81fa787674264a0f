/* The schema of figure.panels and of levels, which decide what is drawn, not what is
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
    {.key = "slopes", .type = SLT_SCHEMA_NAME, .optional = true, .also = "slope",
     SHOWS(SLOPES),
     .meaning = "name of the exponent whose local slopes it shows"},
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
