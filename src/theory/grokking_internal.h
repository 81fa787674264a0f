/* The formulas of slt_grokking_group_at, by model. */
#ifndef SLT_THEORY_GROKKING_INTERNAL_H
#define SLT_THEORY_GROKKING_INTERNAL_H

#include <sltrace/theory.h>

#include "num/draw.h"

/* The groups of each model; one without a model ends them. */
extern const slt_grokking_group slt_grokking_exp1d[], slt_grokking_ball[];

#define SLT_GROKKING_BIT(parameter) (1u << SLT_GROKKING_##parameter)
#define SLT_GROKKING_ROWS(rows) .formulas = (rows), .count = sizeof(rows) / sizeof *(rows)

/* ln |Gamma(x)|. */
double slt_grokking_log_gamma(double x);
/* ---- Data sets of the ball that are drawn (slt_grokking_group.trials) -------------- */

#define SLT_GROKKING_TRIALS_DIMS 256

/* SLT_USAGE where the ball has no trials of these parameters. */
slt_status slt_grokking_check_trials(const slt_grokking *at, uint64_t trials,
                                     slt_error *err);
/* What the samples of a trial are drawn from, or its w(0). */
slt_stream slt_grokking_stream(uint64_t seed, uint64_t trial, bool start);
/* A sample's y x: a point of the unit ball about eps e_1, z of `dims` numbers and room
 * for one more, by Box-Muller and a radius; words: room for dims + 2. */
void slt_grokking_draw(slt_stream stream, size_t sample, size_t dims, double eps,
                       uint32_t *words, double *z);
/* The share of data sets that end in the cone. */
slt_status slt_grokking_trials(const slt_grokking *at, uint64_t trials, uint64_t seed,
                               double *mean, double *error, slt_error *err);
/* The median grokking time of data sets that grok. */
slt_status slt_grokking_times(const slt_grokking *at, uint64_t trials, uint64_t seed,
                              double *median, double *error, slt_error *err);

/* The ball's exact probability for N = 1 and l1 = 0; NaN otherwise. */
slt_status slt_grokking_pair(const slt_grokking *at, double *value, slt_error *err);

#endif
