/* A figure: hashed data made from the outcomes of a manifest's runs, the claims about
 * them, and what is shown beside them. */
#ifndef SLT_FIGURE_FIGURE_H
#define SLT_FIGURE_FIGURE_H

#include <sltrace/study.h>

#include "base/buffer.h"
#include "manifest/figure_spec.h"
#include "figure/measures.h"
#include "figure/runs/runs.h"
#include "figure/table.h"
#include "figure/theory.h"
#include "learn/diagnostics.h"
#include "num/linalg.h"

/* A cell of a table; what is not there is not finite. */
typedef struct slt_grid_cell {
    slt_real value, low, high, printed;
} slt_grid_cell;
typedef struct slt_grid {
    const slt_grid_spec *spec;
    slt_grid_cell *cells; /* rows x columns */
} slt_grid;

struct slt_figure {
    slt_manifest *manifest;      /* borrowed: it must outlive the figure */
    const slt_figure_spec *spec; /* the manifest's; NULL without a figure part */
    slt_table table;
    size_t *first_run; /* for each row of figure.rows, its first run; NULL if there are
                          none */
    slt_run_status *statuses; /* of each run; NULL if they are not known */
    slt_buffer csv;
    slt_claim *claims;
    size_t claim_count;
    slt_grid *grids; /* of figure.tables */
    size_t grid_count;
    bool has_runs; /* whether `runs`, and so anything about chains, is known */
    slt_runs runs;
    char **traces;      /* the paths of the runs' traces, where theory reads them; NULL:
                           there are none, or it does not */
    slt_theory *theory; /* see slt_figure_theory */
};

/* Makes the figure from the outcomes of all runs, in order.  SLT_FORMAT, naming the part
 * of the manifest, if the results do not fit it.  Without a figure part the table is
 * empty. */
slt_status slt_figure_of_outcomes(slt_manifest *manifest, const slt_outcome *outcomes,
                                  slt_figure **figure, slt_error *err);

/* The fingerprinted functions that the data and the claims of a figure call (none if
 * NULL). */
slt_function_set slt_figure_functions(const slt_figure_spec *spec);

/* ---- The data's rows, each kind in a file of its own ------------------------------- */

/* Adds a row whose series is the formatted text.  x is "" for rows that are not data. */
slt_status slt_figure_add(slt_figure *figure, slt_table_origin origin, const char *x,
                          slt_real value, const slt_real *error, const uint64_t *n,
                          slt_error *err, const char *series, ...)
    __attribute__((format(printf, 8, 9)));
/* Finds, by their names, which items of the figure the rows read back belong to. */
void slt_figure_find_items(slt_figure *figure);

/* The error to show beside the mean of some values: their sd or se, if there are at least
 * two; false if there is none. */
bool slt_figure_error(slt_rows_error kind, const slt_real *values, size_t count,
                      slt_real *error);

/* The error and n of a row of one run alone: of the trials of a tally's share or mean,
 * where an error is asked for; else none, of 1. */
typedef struct slt_alone {
    bool has_error;
    slt_real error;
    uint64_t n;
} slt_alone;
slt_alone slt_figure_alone(const slt_outcome *outcome, const slt_quantity *quantity,
                           slt_rows_error kind);

/* Makes figure.rows; for rows read back, finds the runs that they come from. */
slt_status slt_figure_make_rows(slt_figure *figure, const slt_measures *measures,
                                slt_error *err);
slt_status slt_figure_find_runs(slt_figure *figure, slt_error *err);
/* figure.points, histograms (their bins; their other numbers come later), curves. */
slt_status slt_point_rows(slt_figure *figure, const slt_measures *measures,
                          slt_error *err);
slt_status slt_histogram_rows(slt_figure *figure, const slt_measures *measures,
                              bool named, slt_error *err);
slt_status slt_curve_rows(slt_figure *figure, const slt_measures *measures,
                          slt_error *err);
/* figure.chains; and the rows of one item, which is of the figure's spec. */
slt_status slt_figure_add_chains(slt_figure *figure, const slt_measures *measures,
                                 slt_error *err);
slt_status slt_figure_add_chains_of(slt_figure *figure, const slt_chains_spec *spec,
                                    const slt_chain_curves *curves, slt_error *err);
/* The bins of a histogram.  SLT_FORMAT if it is of a tally that its runs do not have, or
 * have with several bins. */
typedef struct slt_bins {
    slt_real from, to;
    size_t count;
} slt_bins;
slt_status slt_histogram_bins(slt_manifest *manifest, const slt_histogram_spec *spec,
                              slt_bins *bins, slt_error *err);
/* The local slopes of exponents; figure.fit, bootstrap, statistics, clusters, summary. */
slt_status slt_slope_rows(slt_figure *figure, const slt_measures *measures,
                          slt_error *err);
/* figure.references, and of figure.comparisons the ratios (their other numbers come
 * later), which are made from the rows before them. */
slt_status slt_reference_rows(slt_figure *figure, const slt_measures *measures,
                              slt_error *err);
slt_status slt_comparison_rows(slt_figure *figure, bool named, slt_error *err);
slt_status slt_fit_rows(slt_figure *figure, const slt_measures *measures, slt_error *err);
slt_status slt_bootstrap_rows(slt_figure *figure, const slt_measures *measures,
                              slt_error *err);
slt_status slt_statistic_rows(slt_figure *figure, const slt_measures *measures,
                              slt_error *err);
slt_status slt_cluster_rows(slt_figure *figure, const slt_measures *measures,
                            slt_error *err);
slt_status slt_summary_rows(slt_figure *figure, const slt_measures *measures,
                            slt_error *err);

/* The number of columns of a fit's least-squares problem. */
size_t slt_fit_terms(const slt_fit_spec *spec);
/* Makes something of a fit or, where it has series, of each of them: first, the first run
 * of the series, or SIZE_MAX; label, NAME or NAME[AXIS=VALUE ...]. */
typedef slt_status slt_fit_maker(slt_figure *figure, const slt_measures *measures,
                                 const slt_fit_spec *spec, size_t first,
                                 const char *label, void *context, slt_error *err);
slt_status slt_fit_each(slt_figure *figure, const slt_measures *measures,
                        const slt_fit_spec *spec, slt_fit_maker *make, void *context,
                        slt_error *err);
/* Least squares of points on powers of x; fit->errors may be NULL. */
slt_status slt_fit_solve(const slt_real *x, const slt_real *y, size_t count, size_t terms,
                         slt_least_squares *fit, slt_error *err);
/* 1 - rss / tss; absent if tss is 0. */
slt_real slt_fit_r2(const slt_least_squares *fit);

/* Evaluates figure.claims over the table. */
slt_status slt_claims_make(slt_figure *figure, slt_error *err);
/* Evaluates figure.tables over the table.  SLT_FORMAT, with the line, where a cell that
 * may not be blank names what the data do not have, or where all are blank. */
slt_status slt_grids_make(slt_figure *figure, slt_error *err);
void slt_grids_free(slt_figure *figure);
/* Our answer to a claim that is a question: "yes", or "no, 0.3 beyond the bound". */
void slt_claim_answer(const slt_claim *claim, slt_buffer *out);

/* ---- Runs that ended early --------------------------------------------------------- */

/* Takes from the golden how each run ended, which data read back do not say.  SLT_DIFFERS
 * if the data count the endings differently, or if the golden has the results that
 * figure.rows are made of and they give other rows. */
slt_status slt_figure_take_golden(slt_figure *figure, const slt_golden *golden,
                                  slt_error *err);
/* How many runs diverged or overflowed; 0 if that is not known. */
size_t slt_figure_ended_early(const slt_figure *figure);
/* "run 3 (rank=2 seed=1) diverged, ..., and 12 more"; nothing if none ended early. */
void slt_figure_print_ended(const slt_figure *figure, slt_buffer *out);

/* The runs that a row of the table is about, including those that ended early, which did
 * not contribute to it. */
typedef struct slt_coverage {
    size_t runs, diverged, overflow;
} slt_coverage;
/* Whether the row leaves out runs because they ended early. */
bool slt_figure_coverage(const slt_figure *figure, size_t row, slt_coverage *coverage);
/* "18 of 20 runs, 2 diverged". */
void slt_coverage_print(const slt_coverage *coverage, slt_buffer *out);
/* "llc/mean at 9, ...": rows of figure.rows missing from the data because runs ended
 * early. */
void slt_figure_print_absent(const slt_figure *figure, slt_buffer *out);

/* ---- Which runs -------------------------------------------------------------------- */

/* The first run not before `from` that a row of the table may come from, whatever the
 * run's status, and the item of figure.rows that the row then belongs to; SIZE_MAX if
 * none. */
size_t slt_figure_row_run(const slt_figure *figure, size_t row, size_t from,
                          const slt_rows_spec **of);
/* Whether `where` selects a run. */
bool slt_figure_where(const slt_manifest *manifest, const slt_where *where, size_t run);

/* ---- Groups of runs, by the value of an axis --------------------------------------- */

typedef struct slt_groups {
    size_t *run;       /* the first run of each group */
    slt_real **values; /* of each group, the values of its runs in order */
    size_t *counts;
    size_t count;
} slt_groups;

/* Groups the runs of an item of figure.rows by axis value and series.  They are the
 * finished runs that the item selects and that have its measure or result.  The groups of
 * a series are adjacent; series and axis values come in the order in which they first
 * occur among the runs. */
slt_status slt_groups_make(const slt_measures *measures, const slt_rows_spec *rows,
                           slt_groups *groups, slt_error *err);
void slt_groups_free(slt_groups *groups);
/* The series of a run in an item of figure.rows: "scale=0.3 localization=1", after the
 * item's name if it has one.  Without series axes it is that name, or the result's. */
void slt_figure_print_series(const slt_manifest *manifest, const slt_rows_spec *rows,
                             size_t run, slt_buffer *text);
/* Whether two runs have the same values on so many axes, and " AXIS=VALUE" for each of
 * them, which replaces *text. */
bool slt_figure_same_series(const slt_manifest *manifest, const size_t *axes,
                            size_t count, size_t a, size_t b);
slt_status slt_figure_name_series(const slt_manifest *manifest, const size_t *axes,
                                  size_t count, size_t run, slt_buffer *text,
                                  slt_error *err);
/* Whether a text is that series. */
bool slt_figure_series_is(const slt_manifest *manifest, const slt_rows_spec *rows,
                          size_t run, const char *series);
/* Whether a series belongs to these rows, by their name. */
bool slt_figure_series_is_of(const slt_rows_spec *rows, const char *series);
/* Such a series without the rows' name, unless it is nothing but the name. */
const char *slt_figure_series_title(const slt_rows_spec *rows, const char *series);

#endif
