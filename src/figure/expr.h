/* Names of a figure's data, for the expressions of claims (manifest/expression.h).
 *
 *   name = NAMED [".error"]       a row without x, such as fit.linear.a1 or stat.i.mean
 *        | "row[" [SERIES ","] X "]." ("value" | "error" | "n")
 *        | "setting[" PATH "]"         run 0's setting, a path as pins have it
 *        | "rows." ("mean" | "min" | "max" | "first" | "last" | "count")
 *
 * rows.*, and row[X] without SERIES, look at the rows of figure.rows alone. */
#ifndef SLT_FIGURE_EXPR_H
#define SLT_FIGURE_EXPR_H

#include "figure/table.h"
#include "manifest/manifest.h"

/* SLT_FORMAT, with the column in text, for a syntax error, an unknown name, or a value
 * that is not finite.  The manifest may be NULL: then there are no settings. */
slt_status slt_expr_value(const char *text, const slt_table *table,
                          const slt_manifest *manifest, slt_real *value, slt_error *err);

#endif
