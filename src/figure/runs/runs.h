/* Runs and their estimates as a table: how each run ended and, for each estimate, its
 * error and whether its chains have settled.  Made from traces, or read from the file
 * that `record` wrote beside a golden.  Advisory: no hash covers it. */
#ifndef SLT_FIGURE_RUNS_RUNS_H
#define SLT_FIGURE_RUNS_RUNS_H

#include <sltrace/golden.h>

#include "base/buffer.h"
#include "figure/estimates.h"

/* An estimate at one checkpoint. */
typedef struct slt_runs_estimate {
    size_t run;   /* index of its run */
    uint32_t llc; /* which of the run's estimates, from 0 */
    uint64_t at_step;
    size_t chains, ended_early; /* how many, and how many diverged or overflowed */
    bool whole;                 /* none ended early; what follows is known only then */
    slt_real mean, sd;          /* results "llc/mean" and "llc/std" of this checkpoint */
    slt_diagnostics found;
} slt_runs_estimate;

typedef struct slt_runs_run {
    uint64_t number;
    char *label;  /* "rank=27 seed=7"; of a run without a manifest, its file */
    bool missing; /* it has no finished trace, so what follows is not known */
    slt_run_status status;
    uint64_t step; /* of its last update */
} slt_runs_run;

typedef struct slt_runs {
    slt_runs_run *list;
    size_t count;
    slt_runs_estimate *estimates; /* run by run, in the order of each run's trace */
    size_t estimate_count;
} slt_runs;

/* Adds a run, which is missing if trace is NULL.  SLT_FORMAT if its chains do not make up
 * estimates. */
slt_status slt_runs_add(slt_runs *runs, uint64_t number, const char *label,
                        const slt_trace *trace, slt_error *err);
void slt_runs_free(slt_runs *runs);

/* ---- As a file beside a golden: NAME.runs.csv -------------------------------------- */

/* Writes a row for each estimate at each checkpoint, and one for a run without estimates.
 * The runs are those of the golden; what the golden says of a run is copied from it, its
 * results only in the first row of the run. */
void slt_runs_print(const slt_runs *runs, const slt_golden *golden, slt_buffer *csv);
/* Reads it back.  SLT_FORMAT, with name:line, for anything that slt_runs_print would not
 * write; SLT_DIFFERS if the table contradicts the golden or itself. */
slt_status slt_runs_parse(const char *csv, size_t size, const char *name,
                          const slt_golden *golden, slt_runs *runs, slt_error *err);
/* Reads the file beside an opened golden.  Without such a file *there is false and the
 * status SLT_OK. */
slt_status slt_runs_read(const slt_golden *golden, slt_runs *runs, bool *there,
                         slt_error *err);
/* SLT_DIFFERS unless every run has the estimates that its settings ask for, with their
 * numbers of chains and draws.  Runs whose settings are not the golden's are skipped. */
slt_status slt_runs_check(const slt_runs *runs, const slt_golden *golden,
                          slt_manifest *manifest, slt_error *err);
/* "x/fig6.runs.csv" of "x/fig6.golden"; malloc'ed. */
char *slt_runs_path(const char *golden);

/* ---- Summed up --------------------------------------------------------------------- */

/* A number summed up over several estimates; not known if none of them has it. */
typedef struct slt_summed {
    slt_real value; /* the largest, least or mean of those that are known */
    size_t known;
} slt_summed;

/* How many chains are of some kind. */
typedef struct slt_chain_kind {
    size_t chains;
    uint64_t first_run; /* the first run that has some */
} slt_chain_kind;

/* The diagnostics of the chains of several runs, summed up.  The order of the runs
 * changes no number. */
typedef struct slt_chain_summary {
    size_t estimates;        /* whole ones: settled, not settled, or unknown */
    size_t settled, unknown; /* of these */
    size_t no_losses;        /* their losses are not stored */
    size_t no_mcse;          /* their Monte Carlo error is not known */
    size_t broken; /* estimates with a chain that ended early, not counted above */
    slt_chain_kind constant, ended_early;
    slt_summed worst_rhat, least_bulk, least_tail;
    slt_summed largest_drift; /* in units of the chains' error */
    slt_summed mean_mcse, mean_negative;
    slt_summed least_stein; /* Stein ratio */
    slt_summed least_ebfmi;
    const slt_runs_estimate *worst; /* the one furthest from settled, or NULL */
} slt_chain_summary;

void slt_chain_summary_add(slt_chain_summary *summary, const slt_runs *runs,
                           const slt_runs_estimate *estimate);
slt_chain_summary slt_chain_summary_of(const slt_runs *runs);
/* Whether an estimate has a Stein ratio. */
bool slt_runs_have_stein(const slt_runs *runs);
/* |drift| in units of the chains' error; not finite if it is not known. */
slt_real slt_runs_drift(const slt_runs_estimate *estimate);
/* Appends lines: how many estimates have settled, extreme numbers, and which chains tell
 * nothing.  Every line but the first is preceded by `before`. */
void slt_chain_summary_print(const slt_chain_summary *summary, const slt_runs *runs,
                             const char *before, slt_buffer *out);

/* "run 7 (rank=1 seed=7)", "llc2", "llc2 at step 60": names for people, on one line. */
void slt_runs_name(const slt_runs *runs, size_t run, slt_buffer *out);
void slt_runs_name_llc(uint32_t llc, slt_buffer *out);
void slt_runs_name_estimate(const slt_runs_estimate *estimate, slt_buffer *out);

#endif
