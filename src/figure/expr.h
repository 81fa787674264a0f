/* What the names in the expressions of claims (manifest/expression.h) stand for: numbers
 * of the figure's data.
 *
 *   name = NAMED [".error"]       a row without x, such as fit.linear.a1 or stat.i.mean
 *        | "row[" [SERIES ","] X "]." ("value" | "error" | "n")
 *        | "setting[" PATH "]"         a setting of run 0, its path as pins write it
 *        | "rows." ("mean" | "min" | "max" | "first" | "last" | "count")
 *
 * rows.*, and row[X] without SERIES, are about the rows of figure.rows only. */
#ifndef SLT_FIGURE_EXPR_H
#define SLT_FIGURE_EXPR_H

#include "figure/table.h"
#include "manifest/manifest.h"

/* Computes the value.  SLT_FORMAT, with the column in text, for a syntax error, an
 * unknown name or a non-finite value.  If the manifest is NULL, no setting is known. */
slt_status slt_expr_value(const char *text, const slt_table *table,
                          const slt_manifest *manifest, slt_real *value, slt_error *err);

#endif
