/* The schema of figure.panels and of levels: what is drawn, never what is hashed. */
#include "manifest/schema.h"

#include "manifest/schema_rows.h"

#define WORDING_MAX 255

static const slt_schema fit_name = {.type = SLT_SCHEMA_NAME};
static const slt_schema right_item = {.type = SLT_SCHEMA_TEXT, .most = WORDING_MAX};

static const slt_schema level_fields[] = {
    {.key = "value", .type = SLT_SCHEMA_REAL, .also = "at|y",
     .meaning = "where the line is on the vertical axis"},
    {.key = "label", .type = SLT_SCHEMA_TEXT, .most = 63, .also = "name",
     .meaning = "what stands on it"},
};

const slt_schema slt_schema_level = {.type = SLT_SCHEMA_MAP, FIELDS(level_fields)};

static const slt_schema panel_fields[] = {
    {.key = "rows", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     .meaning = "name of the rows it shows; where figure.rows is one map, its value"},
    {.key = "points", .type = SLT_SCHEMA_NAME, .optional = true, .also = "scatter",
     .meaning = "name of the points it shows"},
    {.key = "histogram", .type = SLT_SCHEMA_NAME, .optional = true, .also = "hist",
     .meaning = "name of the histogram it shows"},
    {.key = "curves", .type = SLT_SCHEMA_NAME, .optional = true, .also = "curve|lines",
     .meaning = "name of the curves it shows"},
    {.key = "fits", .type = SLT_SCHEMA_LIST, ONE(fit_name), .least = 1, .most = 8,
     .lone = true, .optional = true, .also = "fit",
     .meaning = "names of fits drawn into it"},
    {.key = "log", .type = SLT_SCHEMA_SET, WORDS("x", "y", "right"), .optional = true,
     .also = "logscale|scale", .meaning = "axes that are logarithmic"},
    {.key = "right", .type = SLT_SCHEMA_LIST, ONE(right_item), .least = 0, .most = 16,
     .lone = true, .optional = true, .also = "second",
     .meaning = "curves on the axis to the right; absent: the LLC beside others, or the "
                "second of two units"},
    {.key = "levels", .type = SLT_SCHEMA_LIST, ONE(slt_schema_level), .least = 1,
     .most = 16, .optional = true, .also = "hlines",
     .meaning = "horizontal lines in it, instead of those of figure.theory"},
    {.key = "title", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     .meaning = "its title"},
    {.key = "x_label", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     .also = "xlabel", .meaning = "name of its horizontal axis"},
    {.key = "y_label", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     .also = "ylabel", .meaning = "name of its vertical axis"},
    {.key = "right_label", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     .also = "y2label", .meaning = "name of its axis to the right"},
};

const slt_schema slt_schema_panel = {.type = SLT_SCHEMA_MAP, FIELDS(panel_fields)};
