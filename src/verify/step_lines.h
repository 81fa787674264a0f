/* Lines of `replay --steps`: what a run's state was after each update, in hashes.
 *
 *   STEP LOSS TENSOR=HASH TENSOR=HASH ...
 *
 * LOSS is the loss of the step's batch before the update.  Lines that begin with # are
 * ignored. */
#ifndef SLT_VERIFY_STEP_LINES_H
#define SLT_VERIFY_STEP_LINES_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buffer.h"
#include "learn/train.h"

/* Appends the line of a state, with its newline. */
void slt_step_line_print(const slt_model_spec *model, const slt_state *state,
                         slt_real loss, slt_buffer *line);

/* A file of such lines, read one after another. */
typedef struct slt_step_lines {
    FILE *file;
    const char *path;
    char *line; /* the one that was read last */
    size_t capacity, number;
    uint64_t step; /* its step */
    bool begun;
} slt_step_lines;

/* Reads the next line. False at the end of the file, or on an error, which is in *status:
 * SLT_FORMAT with path and line if a line is malformed. */
bool slt_step_lines_next(slt_step_lines *steps, slt_status *status, slt_error *err);
void slt_step_lines_free(slt_step_lines *steps); /* and closes the file */

/* How two lines of one step differ. */
typedef struct slt_step_difference {
    uint64_t step;
    bool loss;          /* the losses differ */
    char first[48];     /* the first tensor that differs, "" if none does */
    slt_buffer tensors; /* all of them, separated by ", " */
} slt_step_difference;

/* Whether two lines differ. If they do, the caller frees difference->tensors. */
bool slt_step_lines_part(const char *a, const char *b, slt_step_difference *difference);

/* Reads both files up to the first common step whose lines differ; *found: there is one.
 * *common counts the common steps read. */
slt_status slt_step_lines_compare(slt_step_lines *a, slt_step_lines *b, bool *found,
                                  uint64_t *common, slt_step_difference *difference,
                                  slt_error *err);

#endif
