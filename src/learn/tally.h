/* Tallies: what the trials of a block add up to.
 *
 * A block is counted in words, one trial after the other: a word a count, and 64 partial
 * sums a sum.  Closed, it is a row of numbers: counts, and sums in binary64.  Blocks do
 * not depend on each other; their numbers added up in order are the totals, which give
 * the results of a run. */
#ifndef SLT_LEARN_TALLY_H
#define SLT_LEARN_TALLY_H

#include <sltrace/trace.h>

#include "base/schema.h"
#include "learn/marks.h"
#include "learn/results.h"
#include "num/scalar.h"

/* ---- A trial ----------------------------------------------------------------------- */

/* A checkpoint of a trial, with the metrics of the tallies that go along a run, by the
 * number of the tally; not finite: absent. */
typedef struct slt_trial_point {
    uint64_t step;
    slt_real value[SLT_TALLIES_MAX];
} slt_trial_point;

/* How a trial ended, and what it gave. */
typedef struct slt_trial {
    slt_run_status status;
    const slt_results *results; /* of training, as in the table of a plain run */
    const slt_marks *marks;
    const slt_trial_point *points; /* its checkpoints, where a tally goes along them */
    size_t point_count;
} slt_trial;

/* What a tally of a result takes of a trial: the result, less the mark `since`.  False
 * where the trial lacks one of them. */
bool slt_tally_trial_value(const slt_tally_spec *tally, const slt_trial *trial,
                           slt_real *value);

/* ---- Numbers ----------------------------------------------------------------------- */

/* A table of numbers; a trace holds it as a tensor. */
typedef struct slt_tally_table {
    char name[40]; /* "trials/ended": how many were done, diverged, overflowed; else the
                      tally's name, or that and "/sums" */
    bool sums;     /* a row of sums and one of sums of squares, in binary64; else a row
                      of counts */
    size_t cols;
    size_t number, word; /* its first */
} slt_tally_table;

#define SLT_TALLY_TABLES_MAX (1 + 2 * SLT_TALLIES_MAX)
typedef struct slt_tally_layout {
    slt_tally_table table[SLT_TALLY_TABLES_MAX];
    size_t count, numbers, words;
    size_t first[SLT_TALLIES_MAX]; /* the table of counts of a tally; its sums follow */
} slt_tally_layout;

/* Numbers of a block at most. */
#define SLT_TALLY_NUMBERS_MAX ((size_t)1 << 18)
/* Records of blocks at most. */
#define SLT_TRIALS_BLOCKS_MAX (UINT64_C(1) << 20)

/* SLT_FORMAT if there would be more numbers than that. */
slt_status slt_tally_layout_of(const slt_run_spec *run, slt_tally_layout *layout,
                               slt_error *err);
/* Rows of a table. */
size_t slt_tally_rows(const slt_tally_table *table);

/* Adds the trial of that place in its block to the words. */
void slt_tally_add(const slt_run_spec *run, const slt_tally_layout *layout,
                   uint64_t place, const slt_trial *trial, uint64_t *words);
/* The same of a trial that is done, of which only bounds of the one result that all
 * tallies are of are known.  False, with nothing added, where that does not decide. */
bool slt_tally_add_within(const slt_run_spec *run, const slt_tally_layout *layout,
                          uint64_t place, slt_real low, slt_real high, uint64_t *words);
/* The numbers of a block; the words are not changed. */
void slt_tally_close(const slt_tally_layout *layout, const uint64_t *words,
                     uint64_t *numbers);
/* Whether all sums are finite. */
bool slt_tally_finite(const slt_tally_layout *layout, const uint64_t *numbers);
/* Adds those of the next block to the totals. */
void slt_tally_total(const slt_tally_layout *layout, const uint64_t *numbers,
                     uint64_t *totals);
/* Adds the results that the totals give, in the order of the tallies. */
void slt_tally_results(const slt_run_spec *run, const slt_tally_layout *layout,
                       const uint64_t *totals, slt_results *results);
/* SLT_FORMAT, in words that do not name the tally, if numbers cannot be those of a block
 * of so many trials. */
slt_status slt_tally_check(const slt_run_spec *run, const slt_tally_layout *layout,
                           uint64_t trials, const uint64_t *numbers, slt_error *err);

/* Whether a tally looks at every checkpoint. */
bool slt_tally_goes_along(const slt_tally_spec *tally);
/* Whether a tally's fields fit the run; SLT_FORMAT in words that do not name it. */
slt_status slt_tally_fit(const slt_tally_spec *tally, const slt_run_spec *run,
                         slt_error *err);

/* ---- Kinds ------------------------------------------------------------------------- */

/* The words of one tally in a block under way, and the place of the trial. */
typedef struct slt_tally_sheet {
    uint64_t *counts; /* cols */
    slt_real *sums;   /* 2 x cols x SLT_REAL_PARTIALS; NULL without sums */
    size_t cols;
    size_t partial; /* that the trial adds to */
} slt_tally_sheet;

/* Counts a trial in a column; with its value: also the sum and the sum of squares, each
 * by one addition and one fma to the trial's partial sums. */
void slt_tally_count(const slt_tally_sheet *sheet, size_t col);
void slt_tally_sum(const slt_tally_sheet *sheet, size_t col, slt_real value);

/* The totals of one tally. */
typedef struct slt_tally_totals {
    const slt_tally_spec *tally;
    const slt_run_spec *run;
    uint64_t trials; /* that were done */
    const uint64_t *counts;
    const slt_real *sums, *squares;
    size_t cols;
} slt_tally_totals;

/* A part of a tally as a result, at `step` if it is of one. */
slt_quantity slt_tally_part(const slt_tally_totals *totals, slt_quantity_kind part);
/* Adds how many, their mean and standard deviation in a column: mean = sum / n; std = the
 * root of (squares - sum mean) / (n - 1), at least 0, by fma(-sum, mean, squares); absent
 * where n is too small.  part: the quantity of the first, perhaps with a step. */
void slt_tally_add_moments(const slt_tally_totals *totals, size_t col, slt_quantity part,
                           slt_results *results);

/* All that the program knows of a kind. */
typedef struct slt_tally_type {
    const char *name;                /* the manifest's word */
    const char *meaning;             /* of this word */
    const slt_schema *const *fields; /* of the tally, besides `kind` */
    bool along;                      /* it looks at every checkpoint, by a metric */
    bool sums;                       /* it keeps sums beside its counts */
    /* How many counts it keeps; NULL: one. */
    size_t (*cols)(const slt_tally_spec *tally, const slt_run_spec *run);
    /* Adds a trial that is done; number: of the tally. */
    void (*add)(const slt_tally_spec *tally, const slt_run_spec *run, size_t number,
                const slt_trial *trial, const slt_tally_sheet *sheet);
    /* The column in which every trial is counted whose result is within the bounds, cols
     * for none; SIZE_MAX where it is not one for all.  NULL: bounds say nothing. */
    size_t (*within)(const slt_tally_spec *tally, slt_real low, slt_real high);
    void (*results)(const slt_tally_totals *totals, slt_results *results);
    /* slt_tally_fit; NULL: it always does. */
    slt_status (*fit)(const slt_tally_spec *tally, const slt_run_spec *run,
                      slt_error *err);
    bool once; /* a trial is counted in one column at most */
} slt_tally_type;

/* The table: word, meaning and own fields by number; NULL past the last. */
const char *slt_tally_kind_name(size_t kind);
const char *slt_tally_kind_meaning(size_t kind);
const slt_schema *const *slt_tally_kind_fields(size_t kind);

/* The fields `of` and `since` of kinds that are of a result. */
extern const slt_schema slt_tally_of_result, slt_tally_since;

#endif
