/* A figure: hashed data made from the outcomes of a manifest's runs, claims upon it, and
 * what is shown beside it. */
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

struct slt_figure {
    slt_manifest *manifest;      /* borrowed: it must outlive the figure */
    const slt_figure_spec *spec; /* the manifest's; NULL without a figure part */
    slt_table table;
    size_t *first_run; /* of a row of figure.rows, the first run in it; NULL without */
    slt_run_status *statuses; /* of each run; NULL where they are not known */
    slt_buffer csv;
    slt_claim *claims;
    size_t claim_count;
    bool has_runs; /* the table of runs; without it nothing is known of their chains */
    slt_runs runs;
    slt_theory *theory; /* see slt_figure_theory */
};

/* From the outcomes of all runs, in order.  SLT_FORMAT naming the part of the manifest
 * that does not go with the results.  A manifest without a figure part has an empty
 * table. */
slt_status slt_figure_of_outcomes(slt_manifest *manifest, const slt_outcome *outcomes,
                                  slt_figure **figure, slt_error *err);

/* Functions with a fingerprint that the data and the claims of a figure (NULL: none)
 * call. */
slt_function_set slt_figure_functions(const slt_figure_spec *spec);

/* ---- The data's rows, each kind in a file of its own ------------------------------- */

/* Adds a row called by the formatted words: x as given, "" for one that is no data. */
slt_status slt_figure_add(slt_figure *figure, slt_table_origin origin, const char *x,
                          slt_real value, const slt_real *error, const uint64_t *n,
                          slt_error *err, const char *series, ...)
    __attribute__((format(printf, 8, 9)));
/* Of rows read back: the items that they are of, by their names. */
void slt_figure_find_items(slt_figure *figure);

/* figure.rows; and for rows read back, the runs they come from. */
slt_status slt_figure_make_rows(slt_figure *figure, const slt_measures *measures,
                                slt_error *err);
slt_status slt_figure_find_runs(slt_figure *figure, slt_error *err);
/* figure.points, histograms (bins first, what is said of them later), curves. */
slt_status slt_point_rows(slt_figure *figure, const slt_measures *measures,
                          slt_error *err);
slt_status slt_histogram_rows(slt_figure *figure, const slt_measures *measures,
                              bool named, slt_error *err);
slt_status slt_curve_rows(slt_figure *figure, const slt_measures *measures,
                          slt_error *err);
/* figure.fit, bootstrap, statistics, clusters, summary. */
slt_status slt_fit_rows(slt_figure *figure, const slt_measures *measures, slt_error *err);
slt_status slt_bootstrap_rows(slt_figure *figure, const slt_measures *measures,
                              slt_error *err);
slt_status slt_statistic_rows(slt_figure *figure, const slt_measures *measures,
                              slt_error *err);
slt_status slt_cluster_rows(slt_figure *figure, const slt_measures *measures,
                            slt_error *err);
slt_status slt_summary_rows(slt_figure *figure, const slt_measures *measures,
                            slt_error *err);

/* Columns of a fit's least-squares problem. */
size_t slt_fit_terms(const slt_fit_spec *spec);
/* Its points: x and y.  SLT_FORMAT where x names no sweep axis. */
slt_status slt_fit_points(const slt_measures *measures, const slt_fit_spec *spec,
                          slt_values *points, slt_error *err);
/* Least squares of points on powers of x; fit->errors may be NULL. */
slt_status slt_fit_solve(const slt_real *x, const slt_real *y, size_t count, size_t terms,
                         slt_least_squares *fit, slt_error *err);
/* 1 - rss / tss; absent where tss is 0. */
slt_real slt_fit_r2(const slt_least_squares *fit);

/* Evaluates figure.claims over the table. */
slt_status slt_claims_make(slt_figure *figure, slt_error *err);
/* Ours, of a claim that is a question: "yes", or "no, 0.3 beyond the bound". */
void slt_claim_answer(const slt_claim *claim, slt_buffer *out);

/* ---- Runs that ended early --------------------------------------------------------- */

/* Of a figure made from data: how each run ended is the golden's to say.  SLT_DIFFERS
 * where the data count otherwise, or have other rows than the golden's lines of runs
 * give, so far as its columns tell these. */
slt_status slt_figure_take_golden(slt_figure *figure, const slt_golden *golden,
                                  slt_error *err);
/* How many diverged or overflowed; 0 where that is not known. */
size_t slt_figure_ended_early(const slt_figure *figure);
/* "run 3 (rank=2 seed=1) diverged, ..., and 12 more"; nothing where none did. */
void slt_figure_print_ended(const slt_figure *figure, slt_buffer *out);

/* The runs that a row of the table is about.  Those that ended early are not in it. */
typedef struct slt_coverage {
    size_t runs, diverged, overflow;
} slt_coverage;
/* Whether the row leaves runs out since they ended early. */
bool slt_figure_coverage(const slt_figure *figure, size_t row, slt_coverage *coverage);
/* "18 of 20 runs, 2 diverged". */
void slt_coverage_print(const slt_coverage *coverage, slt_buffer *out);
/* "llc/mean at 9, ...": rows of figure.rows that the data do not have, for runs that
 * ended early. */
void slt_figure_print_absent(const slt_figure *figure, slt_buffer *out);

/* ---- Which runs -------------------------------------------------------------------- */

/* The first run not before `from` that a row of the table may come from, whatever its
 * status, and the item of figure.rows that it then is of; SIZE_MAX where there is none.
 */
size_t slt_figure_row_run(const slt_figure *figure, size_t row, size_t from,
                          const slt_rows_spec **of);
/* Whether `where` selects a run. */
bool slt_figure_where(const slt_manifest *manifest, const slt_where *where, size_t run);

/* ---- Groups of runs, by the value of an axis --------------------------------------- */

typedef struct slt_groups {
    size_t *run;       /* of each group, the first run */
    slt_real **values; /* of each group, its runs' values in order */
    size_t *counts;
    size_t count;
} slt_groups;

/* Finished runs that rows select and that have the measure or result that these show,
 * grouped by their axis and their series; groups of one series side by side, series and
 * values of the axis in the order in which runs first show them. */
slt_status slt_groups_make(const slt_measures *measures, const slt_rows_spec *rows,
                           slt_groups *groups, slt_error *err);
void slt_groups_free(slt_groups *groups);
/* The series of an item of figure.rows in a run: "scale=0.3 localization=1", after the
 * rows' name if they have one; without series that name or the result's. */
void slt_figure_print_series(const slt_manifest *manifest, const slt_rows_spec *rows,
                             size_t run, slt_buffer *text);
/* Whether a series is one of these rows, under their name. */
bool slt_figure_series_is_of(const slt_rows_spec *rows, const char *series);
/* Such a series without the rows' name, where more than the name is said. */
const char *slt_figure_series_title(const slt_rows_spec *rows, const char *series);

#endif
