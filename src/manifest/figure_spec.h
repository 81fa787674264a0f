/* What a manifest says about its figure and about what it reproduces.  The schema fills
 * these structs like a run's spec.  Names are resolved when they are filled: a sweep axis
 * to its index; points, fits and rows to pointers.  An absent text is NULL, an absent
 * list has no items.  The manifest owns all of it. */
#ifndef SLT_MANIFEST_FIGURE_SPEC_H
#define SLT_MANIFEST_FIGURE_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/claim.h>
#include <sltrace/real.h>
#include <sltrace/theory.h>

#include "learn/quantity.h"
#include "net/model.h"

/* Limits beyond which a manifest is refused.  Those of texts are in bytes, without
 * NUL. */
#define SLT_FIGURE_WORDING_MAX (sizeof((slt_claim *)0)->says - 1)
#define SLT_FIGURE_NOTE_MAX (sizeof((slt_claim *)0)->note - 1)
#define SLT_FIGURE_ID_MAX (sizeof((slt_claim *)0)->id - 1)
#define SLT_FIGURE_QUANTITY_MAX (SLT_QUANTITY_TEXT_MAX - 1)
#define SLT_FIGURE_MEASURES_MAX 64
#define SLT_FIGURE_TRANSITIONS_MAX 8
#define SLT_FIGURE_CHECKPOINTS_MAX 8
#define SLT_FIGURE_FIELDS_MAX 16 /* of one item of checkpoints */
#define SLT_FIGURE_LISTS_MAX 16  /* items of each other list */
#define SLT_FIGURE_COMPARISONS_MAX 64
#define SLT_FIGURE_SERIES_MAX 8
#define SLT_FIGURE_CURVES_MAX 16 /* metrics of one item of curves, and on one axis */
#define SLT_FIGURE_STATISTICS_MAX 64
#define SLT_FIGURE_LEVELS_MAX 16
#define SLT_FIGURE_LABEL_MAX 63
#define SLT_FIGURE_PANELS_MAX 12
#define SLT_FIGURE_PANEL_FITS_MAX 8
#define SLT_FIGURE_COLUMNS_MAX 4
#define SLT_FIGURE_GRID_ROWS_MAX 64
#define SLT_FIGURE_GRID_COLUMNS_MAX 12
#define SLT_FIGURE_CLAIMS_MAX 256
#define SLT_FIGURE_PARTS_MAX 4096 /* of an estimate's draws */
#define SLT_FIGURE_BINS_MAX 4096
#define SLT_FIGURE_WINDOW_MAX 4096 /* checkpoints */
#define SLT_FIGURE_FIELD_MAX 63    /* a measure, or LIST.FIELD */
#define SLT_FIGURE_RESAMPLES_MAX 100000
#define SLT_FIGURE_REFERENCE_MAX (1 << 20) /* bytes of a file of reference points */
#define SLT_FIGURE_AT_MAX 256              /* places of a comparison or curve */
#define SLT_FIGURE_LOCAL_MAX 64            /* points of a local slope */

/* Where something is in the manifest's file, from 1; 0 for a default. */
typedef struct slt_manifest_place {
    int line, column;
} slt_manifest_place;

/* What a figure shows by name: one of its measures, a metric or a result.  Any other name
 * is refused when the runs are asked for it.  An expression is neither measure nor
 * quantity. */
typedef struct slt_figure_value {
    const char *text; /* as written; NULL if absent */
    slt_manifest_place place;
    bool is_measure, is_quantity; /* at most one */
    size_t measure;               /* its index */
    slt_quantity quantity;
} slt_figure_value;

/* Selects the runs in which each of these axes has its value, a text as of
 * slt_manifest_value. */
typedef struct slt_where_item {
    size_t axis;
    const char *value;
} slt_where_item;
typedef struct slt_where {
    slt_where_item *items;
    size_t count;
} slt_where;

/* ---- Of each run ------------------------------------------------------------------- */

typedef enum slt_measure_form {
    SLT_MEASURE_FIRST,  /* step of the first checkpoint whose metric satisfies a bound */
    SLT_MEASURE_METRIC, /* a metric at a checkpoint */
    SLT_MEASURE_RESULT, /* a result or, with `at`, that of one checkpoint */
    SLT_MEASURE_PART,   /* an estimate from a part of the draws */
    SLT_MEASURE_VALUE,  /* an expression, absent if it violates a bound */
    SLT_MEASURE_MEAN,   /* of an expression over the items of a list */
    SLT_MEASURE_MAX,    /* its greatest value, or another expression there */
    SLT_MEASURE_MIN     /* its least */
} slt_measure_form;

typedef enum slt_measure_at {
    SLT_MEASURE_AT_NONE,
    SLT_MEASURE_AT_STEP,
    SLT_MEASURE_AT_LAST,   /* the last checkpoint */
    SLT_MEASURE_AT_MEASURE /* the step that an earlier measure gives */
} slt_measure_at;

typedef struct slt_measure_spec {
    char name[SLT_NAME_MAX];
    slt_measure_form form;
    slt_figure_value of; /* FIRST, METRIC: the metric; RESULT: the result, with `at` as an
                            estimate gives it in all; others: the expression */
    const char *give;    /* MAX, MIN: what is wanted where it is so; NULL: itself */
    const char *condition; /* `if`: absent unless this is not 0; NULL: none */
    bool has_at_least, has_above, has_below;
    slt_real at_least, above, below;
    uint64_t every;
    slt_measure_at at;
    uint64_t step;          /* AT_STEP */
    const char *at_measure; /* as written */
    size_t measure;         /* AT_MEASURE: its index */
    uint64_t part, parts;   /* PART: which part, from 1, of how many */
    uint64_t llc;           /* PART: of which estimate, from 1 */
} slt_measure_spec;

typedef struct slt_transitions_spec {
    char name[SLT_NAME_MAX];
    slt_figure_value metric;
    uint64_t window;
    slt_real drop;
    slt_figure_value llc;
    slt_real n;
    uint64_t from;
    bool drops_ends; /* ends: drop */
} slt_transitions_spec;

/* One number of each checkpoint. */
typedef struct slt_checkpoint_field {
    char name[SLT_NAME_MAX];
    slt_figure_value of; /* a metric, or a result of an estimate at checkpoints */
} slt_checkpoint_field;

typedef struct slt_checkpoints_spec {
    char name[SLT_NAME_MAX];
    slt_checkpoint_field *fields;
    size_t field_count;
    uint64_t from, every;
} slt_checkpoints_spec;

/* ---- The data's rows --------------------------------------------------------------- */

typedef enum slt_rows_error {
    SLT_ROWS_SD,
    SLT_ROWS_SE,
    SLT_ROWS_NO_ERROR
} slt_rows_error;

/* What rows show by default. */
#define SLT_ROWS_VALUE "llc/mean"

typedef struct slt_rows_spec {
    char name[SLT_NAME_MAX]; /* "" if figure.rows is a single map */
    size_t by;               /* axis */
    slt_figure_value value;
    slt_rows_error error;
    slt_where where;
    size_t *series; /* axes */
    size_t series_count;
} slt_rows_spec;

typedef struct slt_points_spec {
    char name[SLT_NAME_MAX];
    const char *x, *y;
    slt_where where;
    size_t *series; /* axes */
    size_t series_count;
} slt_points_spec;

typedef struct slt_histogram_spec {
    char name[SLT_NAME_MAX];
    const char *of; /* NULL: of a tally, whose bins it has */
    char tally[SLT_NAME_MAX];
    slt_real from, to;
    size_t bins;
    slt_where where;
    slt_manifest_place place;
} slt_histogram_spec;

typedef struct slt_curves_spec {
    char name[SLT_NAME_MAX];
    bool has_run; /* else means over the runs that `where` selects */
    size_t run;
    slt_where where;
    slt_rows_error error;
    size_t *series; /* axes */
    size_t series_count;
    slt_figure_value *of;
    size_t of_count;
    const char *x; /* an expression; NULL: the step */
    slt_real *at;  /* the x of its rows, ascending; none: those that runs have */
    size_t at_count;
} slt_curves_spec;

typedef enum slt_chains_show {
    SLT_CHAINS_TRACE,
    SLT_CHAINS_RANKS,
    SLT_CHAINS_AUTOCORRELATION,
    SLT_CHAINS_SHOWN
} slt_chains_show;

/* How the chains of one estimate went. */
typedef struct slt_chains_spec {
    char name[SLT_NAME_MAX];
    size_t run;
    uint64_t llc; /* which estimate of the run, from 1 */
    bool at_last; /* at the last step that it was made at; else at `step` */
    uint64_t step;
    bool of_loss;  /* the trace is of the loss; else of the LLC */
    bool has_show; /* false: all */
    bool show[SLT_CHAINS_SHOWN];
    uint64_t lags;
} slt_chains_spec;

typedef enum slt_fit_kind {
    SLT_FIT_CONSTANT,
    SLT_FIT_LINEAR,
    SLT_FIT_QUADRATIC,
    SLT_FIT_EXPONENT /* ln y = a0 + a1 ln x */
} slt_fit_kind;
/* Columns of the largest least-squares problem: 1, x, x^2. */
#define SLT_FIT_TERMS_MAX 3

typedef struct slt_fit_spec {
    char name[SLT_NAME_MAX]; /* of the kind, if figure.fit is a single map */
    slt_fit_kind kind;
    const char *points_name;
    const slt_points_spec *points; /* or NULL */
    const char *curve_name;
    const slt_curves_spec *curve; /* or NULL: y in x over the runs that `where` selects */
    const char *curve_of;         /* the metric of the curve; NULL: its only one */
    const slt_figure_value *of;   /* that metric; NULL if the curve does not have it */
    slt_figure_value y;
    const char *x;
    size_t axis; /* the axis called x; SIZE_MAX if there is none */
    slt_where where;
    const char *from, *to; /* the window of x: expressions; NULL: no end */
    size_t *series;        /* axes; of a curve its own */
    size_t series_count;
    uint64_t local; /* EXPONENT: neighbours of a local slope */
    slt_manifest_place place;
} slt_fit_spec;

typedef enum slt_bootstrap_over {
    SLT_BOOTSTRAP_POINTS,
    SLT_BOOTSTRAP_RUNS,
    SLT_BOOTSTRAP_BLOCKS /* of trials */
} slt_bootstrap_over;

typedef struct slt_bootstrap_spec {
    char name[SLT_NAME_MAX];
    char fit_name[SLT_NAME_MAX];
    const slt_fit_spec *fit;
    slt_bootstrap_over over; /* what is redrawn */
    uint32_t resamples;
    slt_real level;
    uint64_t seed;
} slt_bootstrap_spec;

typedef struct slt_statistic_spec {
    const char *name, *of; /* the same text if the manifest gives only one */
    slt_where where, less; /* less: without items, nothing is subtracted */
} slt_statistic_spec;

typedef struct slt_cluster_spec {
    char name[SLT_NAME_MAX];
    const char *of;
    slt_real gap;
    slt_where where;
} slt_cluster_spec;

/* ---- What others published --------------------------------------------------------- */

/* Lines of a file whose cell in a column is this text. */
typedef struct slt_cell_spec {
    char column[SLT_NAME_MAX];
    const char *text;
} slt_cell_spec;

typedef struct slt_reference_spec {
    char name[SLT_NAME_MAX];
    const char *file, *source;
    char sha256[65];
    slt_cell_spec *cells;
    size_t cell_count;
    const char *x, *y, *error, *n; /* expressions over columns; error, n: NULL if none */
    slt_manifest_place place;
} slt_reference_spec;

typedef enum slt_chi2_kind {
    SLT_CHI2_NONE,
    SLT_CHI2_GIVEN,    /* by the errors of both */
    SLT_CHI2_BINOMIAL, /* of two shares by their n */
    SLT_CHI2_COUNTS,   /* of counts whose expected numbers the reference is in
                          proportion to */
    SLT_CHI2_LOGS      /* of logarithms, each of variance 1 */
} slt_chi2_kind;

typedef struct slt_comparison_spec {
    char name[SLT_NAME_MAX];
    const char *of; /* a series of the data */
    char reference_name[SLT_NAME_MAX];
    const slt_reference_spec *reference;
    slt_chi2_kind chi2;
    slt_real *at; /* where; none: at the x of the reference */
    size_t at_count;
    slt_manifest_place place;
} slt_comparison_spec;

/* ---- Beside the data --------------------------------------------------------------- */

typedef struct slt_level_spec {
    slt_real value;
    const char *label;
} slt_level_spec;

/* A number, or the value of an axis in a run. */
typedef struct slt_size_spec {
    bool is_axis;
    size_t axis;
    uint64_t number;
} slt_size_spec;

/* The same of a part of a whole. */
typedef struct slt_share_spec {
    bool is_axis;
    size_t axis;
    slt_real number;
} slt_share_spec;

#define SLT_FIGURE_FORMULAS_MAX 2 /* no more than there are lines of theory */

typedef struct slt_theory_spec {
    /* at most one */
    bool rrr, planted_quadratic, quadratic_at_point, quadratic_network, grokking;
    uint64_t at_point_runs; /* quadratic_at_point: so many runs of each row */
    slt_size_spec in, hidden, out, rank, depth;
    slt_size_spec p, width,
        samples; /* quadratic_network; samples or fraction, or neither */
    bool has_samples, has_fraction;
    slt_share_spec fraction;
    const char *model;   /* grokking */
    const char **beside; /* the rows it stands beside, by name; none: all */
    size_t beside_count;
    slt_share_spec grokking_at[SLT_GROKKING_PARAMETERS]; /* N is of both signs */
    bool grokking_given[SLT_GROKKING_PARAMETERS];
    const char **formulas; /* by name; quadratic_network, grokking */
    size_t formula_count;
    slt_level_spec *levels;
    size_t level_count;
} slt_theory_spec;

typedef enum slt_panel_kind {
    SLT_PANEL_ROWS,
    SLT_PANEL_POINTS,
    SLT_PANEL_HISTOGRAM,
    SLT_PANEL_CURVES,
    SLT_PANEL_HEATMAP, /* of rows: cells of `by` and their one series axis */
    SLT_PANEL_SLOPES,  /* the local slopes of an exponent */
    SLT_PANEL_TRACE,   /* how chains went, in the order of slt_chains_show */
    SLT_PANEL_RANKS,
    SLT_PANEL_AUTOCORRELATION
} slt_panel_kind;

typedef enum slt_panel_axis {
    SLT_PANEL_X,
    SLT_PANEL_Y,
    SLT_PANEL_RIGHT,
    SLT_PANEL_AXES
} slt_panel_axis;

typedef struct slt_panel_spec {
    slt_panel_kind kind;
    const char *name;          /* of what it shows */
    const slt_rows_spec *rows; /* what it shows: by kind, one of these six; of heat maps
                                  the rows too */
    const char *less;          /* HEATMAP: a formula of theory that is taken from each
                                  value; NULL: none */
    const slt_points_spec *points;
    const slt_histogram_spec *histogram;
    const slt_curves_spec *curves;
    const slt_chains_spec *chains;
    const slt_fit_spec *slopes;
    const char **fits; /* their names */
    size_t fit_count;
    const char **references; /* likewise */
    size_t reference_count;
    bool log[SLT_PANEL_AXES];
    bool has_right; /* `right` names the curves that are on the right axis */
    const char **right;
    size_t right_count;
    slt_level_spec *levels; /* instead of those of figure.theory */
    size_t level_count;
    slt_level_spec *verticals;
    size_t vertical_count;
    const char *title, *x_label, *y_label, *right_label;
} slt_panel_spec;

/* ---- Tables ------------------------------------------------------------------------ */

/* Expressions as of claims, in which $row is the row's text; NULL: none. */
typedef struct slt_grid_column {
    const char *head, *value, *low, *high, *printed;
} slt_grid_column;

/* An item of figure.tables. */
typedef struct slt_grid_spec {
    const char *title, *head; /* head: over the rows; NULL: none */
    const char **rows;
    size_t row_count;
    slt_grid_column *columns;
    size_t column_count;
    bool blank; /* cells may be */
    slt_manifest_place place;
} slt_grid_spec;

/* ---- Claims ------------------------------------------------------------------------ */

typedef enum slt_claim_by { SLT_CLAIM_BY_PAPER, SLT_CLAIM_BY_OURS } slt_claim_by;

typedef struct slt_claim_spec {
    const char *id, *says, *value, *basis, *note;
    slt_real expect, tolerance;
    slt_claim_by by;
    slt_manifest_place value_place;
} slt_claim_spec;

/* ---- All --------------------------------------------------------------------------- */

typedef struct slt_figure_spec {
    slt_rows_spec *rows;
    size_t row_count;
    slt_fit_spec *fits;
    size_t fit_count;
    slt_figure_value *summary;
    size_t summary_count;
    slt_manifest_place summary_place;
    slt_measure_spec *measures;
    size_t measure_count;
    slt_transitions_spec *transitions;
    size_t transition_count;
    slt_checkpoints_spec *checkpoints;
    size_t checkpoint_count;
    slt_points_spec *points;
    size_t point_count;
    slt_histogram_spec *histograms;
    size_t histogram_count;
    slt_curves_spec *curves;
    size_t curve_count;
    slt_chains_spec *chains;
    size_t chain_count;
    slt_statistic_spec *statistics;
    size_t statistic_count;
    slt_cluster_spec *clusters;
    size_t cluster_count;
    slt_bootstrap_spec *bootstraps;
    size_t bootstrap_count;
    slt_reference_spec *references;
    size_t reference_count;
    slt_comparison_spec *comparisons;
    size_t comparison_count;
    slt_theory_spec theory;
    slt_panel_spec *panels;
    size_t panel_count;
    size_t columns;
    slt_grid_spec *grids;
    size_t grid_count;
    slt_claim_spec *claims;
    size_t claim_count;
    const char *title, *x_label, *y_label;
} slt_figure_spec;

#define SLT_CITE_TEXT_MAX 4095
/* What is reproduced; absent texts are NULL. */
typedef struct slt_cite_spec {
    const char *paper, *figure, *table, *note, *url;
} slt_cite_spec;

/* "trace", "ranks", "autocorrelation"; NULL. */
extern const char *const slt_chains_words[SLT_CHAINS_SHOWN + 1];
/* What a panel shows of chains; SLT_CHAINS_SHOWN if it is of another kind. */
slt_chains_show slt_panel_show(slt_panel_kind kind);
/* Whether an item of figure.chains shows it. */
bool slt_chains_shows(const slt_chains_spec *spec, slt_chains_show show);
/* The expression that a measure is made of; NULL if it is made of none. */
const char *slt_measure_expression(const slt_measure_spec *measure);
/* The reference of this name; NULL if there is none. */
const slt_reference_spec *slt_figure_spec_reference(const slt_figure_spec *spec,
                                                    const char *name);
/* The fit of this name; NULL if there is none. */
const slt_fit_spec *slt_figure_spec_fit(const slt_figure_spec *spec, const char *name);

#endif
