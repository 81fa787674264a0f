/* What a figure knows of each run: results, measures, and items of transitions and
 * checkpoints; and the values of expressions over them. docs/spec/16-figure-data.md. */
#ifndef SLT_FIGURE_MEASURES_H
#define SLT_FIGURE_MEASURES_H

#include <sltrace/golden.h>

#include "manifest/figure_names.h"
#include "run/outcome.h"

/* The items of a list of a run; a non-finite field is absent. */
typedef struct slt_items {
    slt_real *values; /* count x fields */
    size_t count, fields;
} slt_items;

/* The times of a run's checkpoints, which stand at times: a step is an index into them.
 * Without any, a step is its own time. */
typedef struct slt_measures_times {
    slt_real *at;
    size_t count;
} slt_measures_times;
/* Absent at the end of all times. */
slt_real slt_measures_time(const slt_measures_times *times, uint64_t step);

/* The transitions of a run that an item of figure.transitions asks for, by step.  A run
 * without the item's metric has none.  Fails only for want of memory. */
slt_status slt_transitions_find(const slt_transitions_spec *spec,
                                const slt_outcome *outcome, slt_items *items,
                                slt_error *err);

/* The same for an item of figure.checkpoints. */
slt_status slt_checkpoints_find(const slt_checkpoints_spec *spec,
                                const slt_outcome *outcome,
                                const slt_measures_times *times, slt_items *items,
                                slt_error *err);

typedef struct slt_measures {
    slt_manifest *manifest; /* all borrowed */
    const slt_figure_spec *spec;
    const slt_outcome *outcomes;
    const char *axes[SLT_GOLDEN_AXES_MAX];
    slt_figure_scope scope;
    size_t runs, count, lists;
    slt_real *values;          /* runs x count, in the order of figure.measures */
    slt_items *items;          /* runs x lists, in the order of slt_figure_lists */
    slt_measures_times *times; /* of each run */
} slt_measures;

/* Runs that diverged or overflowed have neither measures nor items.  SLT_FORMAT, with the
 * line and column, for a metric that no run has. */
slt_status slt_measures_make(slt_manifest *manifest, const slt_figure_spec *spec,
                             const slt_outcome *outcomes, slt_measures *measures,
                             slt_error *err);
void slt_measures_free(slt_measures *measures);

/* A run's measure or result; NULL if the run does not have it, diverged or overflowed. */
const slt_real *slt_measures_find(const slt_measures *measures, size_t run,
                                  const slt_figure_value *wanted);
/* An expression's value in a run and, if it is about a list, in the list's item `item`.
 * Absent if one of its names is absent or if the value is not finite. */
slt_status slt_measures_value(const slt_measures *measures, const char *text, size_t run,
                              size_t item, slt_real *value, slt_error *err);

/* The same at a checkpoint of the run, of which it may name `step` and
 * `time`. */
slt_status slt_measures_value_at(const slt_measures *measures, const char *text,
                                 size_t run, uint64_t step, slt_real *value,
                                 slt_error *err);

/* Values of one expression (y NULL) or two over the finished runs that `where` selects,
 * or over the items of a list of theirs, in order of run and item.  Those in which
 * either expression is absent are left out. */
typedef struct slt_values {
    size_t *run, *item; /* item: of the list; SIZE_MAX if there is none */
    slt_real *x, *y;
    size_t count;
} slt_values;
slt_status slt_values_collect(const slt_measures *measures, const slt_where *where,
                              const char *x, const char *y, slt_values *values,
                              slt_error *err);
void slt_values_free(slt_values *values);

#endif
