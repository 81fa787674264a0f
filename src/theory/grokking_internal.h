/* The formulas of slt_grokking_group_at, by model. */
#ifndef SLT_THEORY_GROKKING_INTERNAL_H
#define SLT_THEORY_GROKKING_INTERNAL_H

#include <sltrace/theory.h>

/* The groups of each model; one without a model ends them. */
extern const slt_grokking_group slt_grokking_exp1d[], slt_grokking_ball[];

#define SLT_GROKKING_BIT(parameter) (1u << SLT_GROKKING_##parameter)
#define SLT_GROKKING_ROWS(rows) .formulas = (rows), .count = sizeof(rows) / sizeof *(rows)

/* ln |Gamma(x)|. */
double slt_grokking_log_gamma(double x);

#endif
