/* Expressions of claims over figure data.
 *
 *   sum     = product {("+" | "-") product}
 *   product = sign {("*" | "/") sign}
 *   sign    = ["-"] term
 *   term    = number | name | call | "(" sum ")"
 *   call    = "abs" "(" sum ")" | ("min" | "max") "(" sum {"," sum} ")"
 *   name    = "fit." KIND "." ("a0" | "a1" | "a2" | "r2" | "rss") [".error"]
 *           | "row[" [SERIES ","] X "]." ("value" | "error" | "n")
 *           | "rows." ("mean" | "min" | "max" | "first" | "last" | "count")
 *           | "summary." RESULT "." ("min" | "mean" | "max")
 *           | "status." ("done" | "diverged" | "overflow")
 *
 * Every operation is one of num/scalar.h, left to right, so a value is canonical. */
#ifndef SLT_STUDY_EXPR_H
#define SLT_STUDY_EXPR_H

#include "study/table.h"

/* SLT_FORMAT, with the column in text, for a syntax error, an unknown name, or a value
 * that is not finite. */
slt_status slt_expr_value(const char *text, const slt_table *table, slt_real *value,
                          slt_error *err);

#endif
