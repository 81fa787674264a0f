/* Verifies one run in pieces that run in parallel: the stretches of training between
 * states that a trace stores, and the estimates at checkpoints.
 *
 * Every piece must give the trace's own bytes.  A stretch begins with the initial values
 * or a stored state.  It ends in a checkpoint and must reproduce its record, including
 * the stored state; the next stretch begins with that very state.  So by induction all
 * states are those that the run computes.  A wrong state is found by the stretch before
 * it, even if all pieces after it agree.  Results and end are then computed from the
 * chains.
 *
 * Memory: the trace; for each job the state, data and net of a run; and the weights of
 * checkpoints at which estimates are made and whose state the trace does not store. */
#ifndef SLT_VERIFY_SEGMENTS_H
#define SLT_VERIFY_SEGMENTS_H

#include "run/execute.h"
#include "verify/compare.h"

typedef struct slt_segments {
    const slt_trace *trace; /* the publisher's */
    const slt_run_spec *run;
    const uint8_t *canonical;
    size_t canonical_size;
    slt_pool *pool;
    size_t jobs; /* threads of the pool */
    void *context;
    bool (*wanted)(void *context, uint64_t done); /* returns true to stop; may be NULL */
} slt_segments;

typedef struct slt_segments_verdict {
    bool same;
    size_t stretches;
    size_t estimates; /* an estimate at N checkpoints counts as N */
    /* Set if not the same: the first record that differs. */
    slt_difference difference;
    slt_digest expected, found; /* chain hashes there */
} slt_segments_verdict;

/* Whether the trace stores a state. */
bool slt_segments_possible(const slt_trace *trace);

/* Runs all pieces.  SLT_OK with a verdict, SLT_INTERRUPTED, or trouble. */
slt_status slt_segments_judge(const slt_segments *segments, slt_segments_verdict *verdict,
                              slt_error *err);

#endif
