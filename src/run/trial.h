/* One trial after the other: runs like any other, of which no record is written. */
#ifndef SLT_RUN_TRIAL_H
#define SLT_RUN_TRIAL_H

#include "learn/tally.h"

/* Makes trials of a run with trials, which is borrowed.  One thread at a time. */
typedef struct slt_trial_maker slt_trial_maker;

/* Each may be NULL; called by the thread that makes trials. */
typedef struct slt_trial_hooks {
    void *context;
    bool (*wanted)(void *context);  /* asked every few milliseconds: is a stop wanted? */
    void (*counted)(void *context); /* after each trial of a block */
} slt_trial_hooks;
slt_status slt_trial_maker_create(const slt_run_spec *run, const slt_trial_hooks *hooks,
                                  slt_trial_maker **maker, slt_error *err);
void slt_trial_maker_free(slt_trial_maker *maker);

/* Makes the trial of that number, below run->trials.count.  *trial is valid until the
 * next call.  SLT_INTERRUPTED where a stop was wanted: the same call then goes on with
 * it. */
slt_status slt_trial_make(slt_trial_maker *maker, uint64_t number, slt_trial *trial,
                          slt_error *err);

/* ---- Blocks ------------------------------------------------------------------------ */

/* Blocks of the run; trials before a block, and in it. */
uint64_t slt_trial_blocks(const slt_run_spec *run);
uint64_t slt_trial_block_first(const slt_run_spec *run, uint64_t block);
uint64_t slt_trial_block_size(const slt_run_spec *run, uint64_t block);

/* A block that is counted. */
typedef struct slt_trial_block {
    uint64_t number;
    uint64_t next;   /* trials of it that are counted */
    uint64_t *words; /* NULL: it has not begun */
} slt_trial_block;

/* Counts the trials of a block from the next one on, giving it words if it has none.
 * SLT_OK: all are counted; SLT_INTERRUPTED: a stop was wanted. */
slt_status slt_trial_block_advance(slt_trial_maker *maker, const slt_tally_layout *layout,
                                   slt_trial_block *block, slt_error *err);

#endif
