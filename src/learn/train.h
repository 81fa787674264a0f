/* Training: state(t + 1) = step(run, t, state(t)). */
#ifndef SLT_LEARN_TRAIN_H
#define SLT_LEARN_TRAIN_H

#include "learn/marks.h"
#include "learn/slots.h"
#include "net/net.h"

/* Besides the weights it has what the optimiser's row lists. */
typedef struct slt_state {
    uint64_t step; /* updates done */
    slt_params weights;
    slt_slots slots;
    size_t power_count;
    slt_real powers[SLT_POWERS_MAX]; /* factor^step, by repeated binary64 product */
} slt_state;

typedef enum slt_step_result {
    SLT_STEP_MORE,     /* updated; go on */
    SLT_STEP_STOPPED,  /* the loss was below the stop rule's bound: state unchanged */
    SLT_STEP_DIVERGED, /* loss or state not finite */
    SLT_STEP_OVERFLOW  /* fixed: `tensor` of the trainer names which */
} slt_step_result;

/* What training needs besides the state: data, net, batches, the path of an optimiser
 * that goes by times.  One thread at a time.  The run is borrowed and must outlive it. */
typedef struct slt_trainer slt_trainer;
slt_status slt_trainer_create(const slt_run_spec *run, slt_trainer **trainer,
                              slt_error *err);
/* Draws its data anew, after run->trial has changed; after an error it can only be freed.
 */
slt_status slt_trainer_redraw(slt_trainer *trainer, slt_error *err);
void slt_trainer_free(slt_trainer *trainer);
/* slt_net_share of its net. */
void slt_trainer_share(slt_trainer *trainer, slt_pool *pool);
/* What its net sees: batches, and for metrics the training and the validation set. */
slt_net_rows slt_trainer_rows(const slt_run_spec *run);
const slt_data *slt_trainer_data(const slt_trainer *trainer);
const slt_run_spec *slt_trainer_run(const slt_trainer *trainer);
slt_batcher *slt_trainer_batcher(slt_trainer *trainer);

/* Creates a state of the run's form, all zero; slt_state_init sets its initial value. */
slt_status slt_state_create(const slt_run_spec *run, slt_state *state, slt_error *err);
/* The same, with tensors that `make` makes. */
slt_status slt_state_create_by(slt_params_maker *make, const slt_run_spec *run,
                               slt_state *state, slt_error *err);
/* Copies between states of the same form. */
void slt_state_copy(slt_state *to, const slt_state *from);
void slt_state_free(slt_state *state);
/* SLT_FORMAT, saying why, if no run of this form can reach the state.  Every number must
 * be finite, no square negative, powers in [0, 1], the step at most the last; in fixed
 * point, weights and anchored slots must have SLT_FIXED_FRAC fractional bits. */
slt_status slt_state_reachable(const slt_run_spec *run, const slt_state *state,
                               slt_error *err);
/* Sets the initial value (init specs, in order).  SLT_FORMAT if a file does not hold a
 * weight, or if an initial value is not finite in the run's arithmetic. */
slt_status slt_state_init(slt_trainer *trainer, slt_state *state, slt_error *err);

/* Does one step, update t = state->step, or where checkpoints stand at times goes on to
 * the next of them, which are the steps then.  First *loss becomes the loss of batch t at
 * the state.  If it overflows or is not finite, or is below the stop rule's bound, the
 * step ends and the state is unchanged.  Otherwise the update follows, and state->step
 * becomes t + 1; if the update leaves the finite numbers or overflows, state->step stays
 * t and the tensors are useless. */
slt_step_result slt_train_step(slt_trainer *trainer, slt_state *state, slt_real *loss);
/* What the results say of the marks that training has reached by the checkpoints up to
 * that of step `last`: their steps, or the times of their crossings, which are looked for
 * here. */
slt_status slt_train_marks(slt_trainer *trainer, const slt_marks *marks, uint64_t last,
                           slt_mark_values *values, slt_error *err);
/* Name of the tensor that overflowed, after SLT_STEP_OVERFLOW: a value of the net, a
 * weight "W1", or a slot's tensor "m/W1". */
const char *slt_trainer_overflowed(const slt_trainer *trainer);

/* Whether the loss compares with the data's target of signs, so that there is an error.
 */
bool slt_train_signs(const slt_run_spec *run);
/* The metrics that a run records, in order; returns how many. */
size_t slt_train_recorded(const slt_run_spec *run, slt_quantity metrics[SLT_METRICS_MAX]);
/* Metrics of a state on the full data, in a fixed order of names.  Returns
 * SLT_STEP_DIVERGED if one is not finite and SLT_STEP_OVERFLOW if a fixed value did not
 * fit (then slt_trainer_overflowed names it): such metrics must not be hashed;
 * SLT_STEP_MORE otherwise. */
slt_step_result slt_train_metrics(slt_trainer *trainer, const slt_state *state,
                                  slt_metrics *metrics);

#endif
