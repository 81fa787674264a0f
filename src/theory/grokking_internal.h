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
/* The ball's end points of data sets that are drawn (slt_grokking_group.trials). */
slt_status slt_grokking_trials(const slt_grokking *at, uint64_t trials, uint64_t seed,
                               double *mean, double *error, slt_error *err);
/* The ball's exact probability for N = 1 and l1 = 0; NaN otherwise. */
slt_status slt_grokking_pair(const slt_grokking *at, double *value, slt_error *err);

#endif
