/* Names in the expressions of a figure: measures, sweep axes, and the fields of the items
 * of its lists, LIST.FIELD.  The lists of a figure are its transitions, then its
 * checkpoints: of each run they have some number of items, each with the same fields. */
#ifndef SLT_MANIFEST_FIGURE_NAMES_H
#define SLT_MANIFEST_FIGURE_NAMES_H

#include "manifest/expression.h"
#include "manifest/figure_spec.h"

/* X(field, name): the fields of an item of a list of transitions. */
#define SLT_ITEM_FIELD_MAP(X)                                                            \
    X(STEP, "step")       /* where the new state begins */                               \
    X(R, "r")             /* from the beginning of the state before */                   \
    X(DF, "df")           /* free energy, after minus before */                          \
    X(DLAMBDA, "dlambda") /* LLC, after minus before */                                  \
    X(DLOSS, "dloss")     /* metric, after minus before */                               \
    X(LOSS, "loss")       /* metric, after */

typedef enum slt_item_field {
#define SLT_ITEM_FIELD_ENUM(field, name) SLT_ITEM_##field,
    SLT_ITEM_FIELD_MAP(SLT_ITEM_FIELD_ENUM)
#undef SLT_ITEM_FIELD_ENUM
        SLT_ITEM_FIELDS
} slt_item_field;

/* How many lists a figure has. */
size_t slt_figure_lists(const slt_figure_spec *spec);
/* The first fields of an item of checkpoints; then those of its `of`. */
enum { SLT_CHECKPOINT_STEP, SLT_CHECKPOINT_TIME, SLT_CHECKPOINT_OWN };

/* The names that an expression may use: of the figure's measures only so many, the first
 * ones, as `measures` says; and the axes of the sweep. */
typedef struct slt_figure_scope {
    const slt_figure_spec *figure;
    const char *const *axes;
    size_t axis_count;
    size_t measures;
    bool along; /* at a checkpoint of a run: its `step` and `time`, no items of lists */
} slt_figure_scope;

typedef enum slt_figure_name_kind {
    SLT_FIGURE_NOTHING,
    SLT_FIGURE_MEASURE,
    SLT_FIGURE_AXIS,
    SLT_FIGURE_ITEM,
    SLT_FIGURE_STEP,
    SLT_FIGURE_TIME
} slt_figure_name_kind;

typedef struct slt_figure_name {
    slt_figure_name_kind kind;
    size_t index; /* of the measure, axis or list */
    size_t field;
    size_t size; /* length of the name */
} slt_figure_name;

/* Reads the name that begins at text.  For NOTHING, size is how far into it the error
 * is. */
slt_figure_name slt_figure_name_read(const slt_figure_scope *scope, const char *text);

/* What an expression is about. */
typedef struct slt_figure_expression {
    bool has_list; /* about the items of a list, not about runs */
    size_t list;
} slt_figure_expression;

/* Checks an expression and notes in *found what it is about.  Several expressions that
 * belong together share one *found: all of them must use the same list.  SLT_FORMAT with
 * the column in text. */
slt_status slt_figure_expression_check(const slt_figure_scope *scope, const char *text,
                                       slt_figure_expression *found, slt_error *err);

#endif
