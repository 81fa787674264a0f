/* Lines of `replay --steps`: what a run's state was after each update, in hashes.
 *
 *   STEP LOSS TENSOR=HASH TENSOR=HASH ...
 *
 * LOSS is that of the step's batch before the update; lines that begin with # say
 * nothing. */
#ifndef SLT_VERIFY_STEPS_H
#define SLT_VERIFY_STEPS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buffer.h"
#include "learn/train.h"

/* Appends the line of a state, its end included. */
void slt_steps_print(const slt_model_spec *model, const slt_state *state, slt_real loss,
                     slt_buffer *line);

/* Lines read one after another. */
typedef struct slt_steps {
    FILE *file;
    const char *path;
    char *line; /* the one that was read last */
    size_t capacity, number;
    uint64_t step; /* of it */
    bool begun;
} slt_steps;

/* False at the end, or where *status is set: SLT_FORMAT with path and line where a line
 * is none of these. */
bool slt_steps_next(slt_steps *steps, slt_status *status, slt_error *err);
void slt_steps_free(slt_steps *steps); /* and closes the file */

/* Where two lines of one step part. */
typedef struct slt_steps_difference {
    uint64_t step;
    bool loss;          /* the losses differ */
    char first[48];     /* the first tensor that differs, "" where none does */
    slt_buffer tensors; /* all of them, separated by ", " */
} slt_steps_difference;

/* Whether they do; then difference->tensors is to be freed. */
bool slt_steps_part(const char *a, const char *b, slt_steps_difference *difference);

/* Reads both to the first step that both have and that differs; *found: there is one.
 * *common counts the steps that both have. */
slt_status slt_steps_compare(slt_steps *a, slt_steps *b, bool *found, uint64_t *common,
                             slt_steps_difference *difference, slt_error *err);

#endif
