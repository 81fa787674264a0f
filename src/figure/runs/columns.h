/* What the writer and the reader of a table of runs share. */
#ifndef SLT_FIGURE_RUNS_COLUMNS_H
#define SLT_FIGURE_RUNS_COLUMNS_H

/* The columns after run, axes, status, step and results; empty in the row of a run
 * without an estimate. */
#define SLT_RUNS_ESTIMATE_COLUMNS                                                        \
    "estimate", "at_step", "chains", "ended_early", "constant", "draws", "losses",       \
        "baseline", "mean", "sd", "rhat", "ess_bulk", "ess_tail", "mcse", "mcse_chains", \
        "drift", "negative_share", "settled"
#define SLT_RUNS_ESTIMATE_CELLS 18
/* The columns after these if an estimate has a Stein ratio. */
#define SLT_RUNS_STEIN_COLUMNS                                                           \
    "stein", "stein_error", "stein_drift", "stein_pull", "stein_step"
#define SLT_RUNS_STEIN_CELLS 5

/* The words for slt_baseline and slt_settled, by value. */
static const char *const slt_runs_baselines[] = {"exact", "first_draws", "unknown"};
static const char *const slt_runs_settled[] = {"no", "yes", "unknown"};
/* Instead of a word of slt_settled if a chain diverged or overflowed. */
#define SLT_RUNS_ENDED "ended"

#endif
