/* The trials of a run: its blocks side by side, written in their order. */
#ifndef SLT_RUN_TRIALS_H
#define SLT_RUN_TRIALS_H

#include "run/trial.h"

/* How many blocks may be under way, from the first that is not written on. */
#define SLT_TRIALS_WINDOW 32

/* How far a run has come: with the records written so far, all that is needed to go
 * on. */
typedef struct slt_trials {
    slt_tally_layout layout;
    uint64_t written;                          /* blocks */
    uint64_t *totals;                          /* of these */
    slt_trial_block window[SLT_TRIALS_WINDOW]; /* block b at b mod SLT_TRIALS_WINDOW */
} slt_trials;

/* Before the first block.  The run has trials. */
slt_status slt_trials_create(const slt_run_spec *run, slt_trials **trials,
                             slt_error *err);
void slt_trials_free(slt_trials *trials);

#endif
