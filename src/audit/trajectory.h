/* The weights of a run during training: written by the process that trains, compared by
 * the one that audits.
 *
 * Of every step, the loss and two digests of all weights (rounded to binary32, and as
 * binary64) are kept, so that the first step that differs is known.  Of some steps the
 * weights are kept: 0, 1, 2, 5, 10, 20, 50, ..., those of checkpoints (evenly thinned if
 * there are many), and the last.  The files never leave the machine that wrote them. */
#ifndef SLT_AUDIT_TRAJECTORY_H
#define SLT_AUDIT_TRAJECTORY_H

#include <stdio.h>

#include "base/buffer.h"
#include "learn/train.h"

/* The most checkpoints whose weights are kept, and the most bytes kept in all. */
#define SLT_TRAJECTORY_CHECKPOINTS_MAX 64
#define SLT_TRAJECTORY_BYTES_MAX (UINT64_C(1) << 28)

/* ---- Writing ----------------------------------------------------------------------- */

/* What is kept of every step; element s is step s. */
typedef struct slt_trajectory_step {
    uint64_t narrow, wide;
    slt_real loss; /* of the step's batch before the update; step 0 has none */
} slt_trajectory_step;

typedef struct slt_trajectory_writer {
    const slt_run_spec *run;
    FILE *digests, *weights;
    uint64_t step;    /* the last one added */
    bool kept;        /* its weights */
    uint64_t stretch; /* the stretch of training whose first checkpoint was seen */
    slt_buffer wide, narrow;
} slt_trajectory_writer;

/* Creates DIR/NAME.steps and DIR/NAME.weights. The run is borrowed. The writer must be
 * closed even after an error. */
slt_status slt_trajectory_create(slt_trajectory_writer *writer, const slt_run_spec *run,
                                 const char *folder, const char *name, slt_error *err);
/* To be called with the initial state and then after every update; loss is not finite if
 * there is none. */
slt_status slt_trajectory_add(slt_trajectory_writer *writer, const slt_state *state,
                              slt_real loss, slt_error *err);
/* To be called when training is over: keeps the state added last. */
slt_status slt_trajectory_end(slt_trajectory_writer *writer, slt_error *err);
slt_status slt_trajectory_close(slt_trajectory_writer *writer, slt_error *err);

/* Whether the step is 0, or one of 1, 2, 5, 10, 20, 50, ... */
bool slt_trajectory_is_round(uint64_t step);

/* ---- Comparing --------------------------------------------------------------------- */

/* The distance between the weights of one step. Units in the last place are those of
 * binary32 if either run uses it, otherwise of binary64. Advisory. */
typedef struct slt_distance {
    slt_real relative; /* |b - a| / |a|, Euclidean */
    slt_real ulp_median, ulp_largest;
} slt_distance;

typedef struct slt_step_distance {
    uint64_t step;
    slt_real loss_a, loss_b; /* of the step's batch before the update */
    slt_distance all;
    slt_distance *tensor; /* owned weights, in their order */
} slt_step_distance;

typedef struct slt_divergence {
    slt_step_distance *steps; /* that both kept, in rising order */
    size_t count;
    size_t tensors;
    bool differs; /* at some step that both made */
    uint64_t first;
    uint64_t last_a, last_b; /* steps at which training ended */
} slt_divergence;

/* Compares DIR/A.* and DIR/B.*, of runs that differ at most in their arithmetic.
 * SLT_FORMAT if a file is incomplete. */
slt_status slt_divergence_find(const char *folder, const char *a, const char *b,
                               const slt_run_spec *run, bool narrow,
                               slt_divergence *divergence, slt_error *err);
void slt_divergence_free(slt_divergence *divergence);

#endif
