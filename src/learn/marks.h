/* Metrics of checkpoints and what depends on them.  A mark is the first checkpoint whose
 * metric satisfies a bound, or the last; training may stop once several in a row do, or
 * some updates after a mark. */
#ifndef SLT_LEARN_MARKS_H
#define SLT_LEARN_MARKS_H

#include "learn/quantity.h"

/* The metrics of a state that the run has, in the order of slt_train_recorded. */
typedef struct slt_metrics {
    size_t count;
    slt_result list[SLT_METRICS_MAX]; /* the loss first */
} slt_metrics;

/* What training has reached by its checkpoints: marks, in the order of the spec's. */
typedef struct slt_marks {
    bool reached[SLT_MARKS_MAX];
    uint64_t step[SLT_MARKS_MAX]; /* of the checkpoint that reached it, of a mark that is
                                     the last one so far */
    uint64_t in_a_row; /* checkpoints that met the bound of `stop`, the last noted and
                          those right before it; 0 without such a bound */
} slt_marks;

/* Whether the metrics of a checkpoint satisfy a bound.  An absent or non-finite metric
 * never does. */
bool slt_bound_met(const slt_bound_spec *bound, const slt_metrics *metrics);

/* The index of a mark by name; train->mark_count if there is none. */
size_t slt_mark_find(const slt_train_spec *train, const char *name);
/* Takes the metrics of a checkpoint.  Checkpoints come in the order of their steps. */
void slt_marks_note(const slt_train_spec *train, uint64_t step,
                    const slt_metrics *metrics, slt_marks *marks);
/* The step that training ends at, at the latest: its last, or one that `stop` puts after
 * a mark that was reached. */
uint64_t slt_marks_end(const slt_train_spec *train, const slt_marks *marks);
/* What the results say of marks: steps, or where checkpoints stand at times the times of
 * their crossings (docs/spec/09-training.md). */
typedef struct slt_mark_values {
    bool has[SLT_MARKS_MAX];
    slt_real value[SLT_MARKS_MAX];
} slt_mark_values;
/* The steps of marks that were reached. */
slt_mark_values slt_mark_steps(const slt_train_spec *train, const slt_marks *marks);
/* The times of the two neighbouring checkpoints between which a mark changes: at the one
 * its bound holds, at the other it does not.  Both are that of the first checkpoint where
 * a mark of the first is reached there.  False where there is no change: the mark was not
 * reached, or its last checkpoint is the last of all.  `to` may be infinite. */
typedef struct slt_mark_bracket {
    slt_real from, to;
    bool rises; /* the bound holds at `to` */
} slt_mark_bracket;
bool slt_mark_bracket_of(const slt_train_spec *train, const slt_marks *marks, size_t mark,
                         uint64_t last, slt_mark_bracket *bracket);
/* About how many states are looked at to find the time of a crossing; 0 where checkpoints
 * stand at steps. */
uint64_t slt_mark_looks(const slt_train_spec *train, const slt_mark_spec *mark);
/* Whether training ends at the checkpoint of `step`, the last that was noted, by the
 * bound or the mark of `stop`. */
bool slt_marks_stop(const slt_train_spec *train, const slt_marks *marks, uint64_t step);
/* Whether an estimate's `at` names the checkpoint of `step`, which has been noted; last:
 * whether it is that of the last state.  Its `when` is not considered. */
bool slt_marks_made_at(const slt_train_spec *train, const slt_marks *marks,
                       const slt_llc_spec *llc, uint64_t step, bool last);
/* Whether the marks that an estimate asks for, also in `at: {mark: NAME}`, were reached
 * as it asks. */
bool slt_marks_allow(const slt_train_spec *train, const slt_marks *marks,
                     const slt_llc_spec *llc);

#endif
