/* Runs and their estimates as a table: how each run ended, and what of each estimate is
 * known of its error and of whether its chains have settled.  From traces, or from what
 * `record` wrote beside a golden.  Advisory: no hash covers it. */
#ifndef SLT_FIGURE_RUNS_RUNS_H
#define SLT_FIGURE_RUNS_RUNS_H

#include <sltrace/golden.h>

#include "base/buffer.h"
#include "figure/estimates.h"

/* An estimate at one checkpoint. */
typedef struct slt_runs_estimate {
    size_t run;   /* place of its run */
    uint32_t llc; /* which of the run's, from 0 */
    uint64_t at_step;
    size_t chains, ended_early; /* of these, diverged or overflowed */
    bool whole;                 /* none of them; only then what follows holds */
    slt_real mean, sd;          /* results "llc/mean" and "llc/std" of this checkpoint */
    slt_diagnostics found;
} slt_runs_estimate;

typedef struct slt_runs_run {
    uint64_t number;
    char *label;  /* "rank=27 seed=7"; of a run without a manifest, its file */
    bool missing; /* there is no finished trace of it, so what follows is not known */
    slt_run_status status;
    uint64_t step; /* of its last update */
} slt_runs_run;

typedef struct slt_runs {
    slt_runs_run *list;
    size_t count;
    slt_runs_estimate *estimates; /* of a run side by side, in the order of its trace */
    size_t estimate_count;
} slt_runs;

/* Adds a run, which is missing where trace is NULL.  SLT_FORMAT where its chains are not
 * those of estimates. */
slt_status slt_runs_add(slt_runs *runs, uint64_t number, const char *label,
                        const slt_trace *trace, slt_error *err);
void slt_runs_free(slt_runs *runs);

/* ---- As a file beside a golden: NAME.runs.csv -------------------------------------- */

/* A row an estimate at a checkpoint, or a run without one; what a golden says of its
 * runs is the golden's, results in the first row of each.  The runs are the golden's. */
void slt_runs_print(const slt_runs *runs, const slt_golden *golden, slt_buffer *csv);
/* Back.  SLT_FORMAT with place:line for what printing does not give, SLT_DIFFERS where
 * the table contradicts the golden, or itself. */
slt_status slt_runs_parse(const char *csv, size_t size, const char *name,
                          const slt_golden *golden, slt_runs *runs, slt_error *err);
/* The file beside an opened golden.  *there: false, and SLT_OK, where there is none. */
slt_status slt_runs_read(const slt_golden *golden, slt_runs *runs, bool *there,
                         slt_error *err);
/* Whether every run has the estimates that its settings ask for, of so many chains and
 * draws: SLT_DIFFERS.  A manifest that is not the golden's says nothing. */
slt_status slt_runs_check(const slt_runs *runs, const slt_golden *golden,
                          slt_manifest *manifest, slt_error *err);
/* "x/fig6.runs.csv" of "x/fig6.golden"; malloc'ed. */
char *slt_runs_path(const char *golden);

/* ---- Summed up --------------------------------------------------------------------- */

/* A number of several estimates; not known where none of them has it. */
typedef struct slt_summed {
    slt_real value; /* the largest, the least, or the mean of those that are known */
    size_t known;
} slt_summed;

/* Chains of one kind. */
typedef struct slt_chain_kind {
    size_t chains;
    uint64_t first_run; /* the first run that has some */
} slt_chain_kind;

/* What the chains of runs say about themselves.  No order of runs changes a number. */
typedef struct slt_chain_summary {
    size_t estimates;        /* with whole chains: settled, not, or not known */
    size_t settled, unknown; /* of these */
    size_t no_losses;        /* their losses are not stored */
    size_t no_mcse;          /* their Monte Carlo error is not known */
    size_t broken; /* estimates with a chain that ended early, not counted above */
    slt_chain_kind constant, ended_early;
    slt_summed worst_rhat, least_bulk, least_tail;
    slt_summed largest_drift; /* in errors of the chains */
    slt_summed mean_mcse, mean_negative;
    const slt_runs_estimate *worst; /* the one that is furthest from settled, or NULL */
} slt_chain_summary;

void slt_chain_summary_add(slt_chain_summary *summary, const slt_runs *runs,
                           const slt_runs_estimate *estimate);
slt_chain_summary slt_chain_summary_of(const slt_runs *runs);
/* |drift| in errors of the chains; not finite where it is not known. */
slt_real slt_runs_drift(const slt_runs_estimate *estimate);
/* Appends how many have settled, extremes, and which chains tell nothing, each line with
 * `before` before it but the first one. */
void slt_chain_summary_print(const slt_chain_summary *summary, const slt_runs *runs,
                             const char *before, slt_buffer *out);

/* "run 7 (rank=1 seed=7)", "llc2 at step 60": names for people, on one line. */
void slt_runs_name(const slt_runs *runs, size_t run, slt_buffer *out);
void slt_runs_name_estimate(const slt_runs_estimate *estimate, slt_buffer *out);

#endif
