/* A figure: hashed data made from the outcomes of a manifest's runs, claims upon it, and
 * what is shown beside it. */
#ifndef SLT_STUDY_FIGURE_H
#define SLT_STUDY_FIGURE_H

#include <sltrace/study.h>

#include "base/buffer.h"
#include "record/value.h"
#include "study/outcome.h"
#include "study/table.h"
#include "study/theory.h"

/* What the chains of all runs say about themselves; advisory. */
typedef struct slt_chain_summary {
    size_t estimates, settled;                     /* of estimates with whole chains */
    slt_real worst_rhat, least_ess, largest_drift; /* drift in MCSE */
    slt_real mean_mcse, mean_negative;
    size_t worst_run;
    slt_buffer words; /* of the estimate with the worst R-hat */
} slt_chain_summary;

struct slt_figure {
    slt_manifest *manifest; /* borrowed: it must outlive the figure */
    const slt_value *part;  /* the manifest's figure part */
    slt_table table;
    size_t *first_run; /* of a data row, the first run in it; NULL without rows */
    slt_buffer csv;
    slt_claim *claims;
    size_t claim_count;
    bool has_chains;
    slt_chain_summary chains;
    slt_theory *theory; /* see slt_figure_theory */
};

/* From the outcomes of all runs, in order.  SLT_FORMAT naming the part of the manifest
 * that does not go with the results.  A manifest without a figure part has an empty
 * table. */
slt_status slt_figure_of_outcomes(slt_manifest *manifest, const slt_outcome *outcomes,
                                  slt_figure **figure, slt_error *err);

/* The fits of figure.fit: a map of kinds, or a list of maps of a name and one kind. */
typedef struct slt_fit_spec {
    const char *name, *kind; /* "quadratic" both, or as named */
    const slt_value *curve;  /* y, x, where */
    int line;
} slt_fit_spec;
/* False past the last one. */
bool slt_fit_at(const slt_value *figure_part, size_t index, slt_fit_spec *spec);
/* Adds the rows of figure.fit to the table. */
slt_status slt_fit_rows(slt_figure *figure, const slt_outcome *outcomes, slt_error *err);
/* Evaluates figure.claims over the table. */
slt_status slt_claims_make(slt_figure *figure, slt_error *err);

/* Adds the diagnostics of a run's estimates. */
slt_status slt_chain_summary_add(slt_chain_summary *summary, size_t run,
                                 const slt_trace *trace, slt_error *err);

/* ---- The manifest's figure part ---------------------------------------------------- */

/* Text of a scalar under key, or absent. */
const char *slt_figure_text(const slt_value *map, const char *key, const char *absent);
/* Name of the result that figure.rows shows: rows.value or its default. */
const char *slt_figure_result(const slt_value *rows);
/* Index of an axis by name; the number of axes where there is none. */
size_t slt_figure_axis(const slt_manifest *manifest, const char *name);
/* Whether `where` (axis: value, may be NULL) selects a run. */
bool slt_figure_where(const slt_manifest *manifest, const slt_value *where, size_t run);

/* ---- Points: runs grouped by the value of an axis ---------------------------------- */

typedef struct slt_points {
    size_t *run;       /* of each group, the first run */
    slt_real **values; /* of each group, its runs' results in order */
    size_t *counts;
    size_t count;
} slt_points;

/* Finished runs that `where` selects and that have the result, grouped by axis `by` and
 * the axes named in `series` (a text, a list or NULL); groups of one series side by side,
 * series and values of `by` in the order in which runs first show them. */
slt_status slt_points_group(const slt_manifest *manifest, const slt_outcome *outcomes,
                            size_t by, const slt_value *series, const slt_value *where,
                            const char *result, slt_points *points, slt_error *err);
void slt_points_free(slt_points *points);
/* "scale=0.3 localization=1" of a run; `absent` without series. */
void slt_series_print(const slt_manifest *manifest, const slt_value *series, size_t run,
                      const char *absent, slt_buffer *text);

#endif
