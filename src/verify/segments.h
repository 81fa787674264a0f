/* One run verified in pieces, side by side: the stretches of training between states that
 * a trace stores, and the estimates from the states where they stand.
 *
 * Every piece must give the trace's own bytes.  A stretch begins at the initial values or
 * at a stored state and ends in a checkpoint whose record, its stored state within, it
 * must meet; the next stretch begins at that very state.  So by induction all states are
 * those that the run computes, and a wrong one is found by the stretch before it, however
 * well the pieces behind it agree.  Results and end are then computed from the chains.
 *
 * Memory: the trace, and for each job the state, data and net of a run; weights of those
 * checkpoints that estimates stand at and that the trace does not store. */
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
    bool (*wanted)(void *context, uint64_t done); /* true: stop; may be NULL */
} slt_segments;

typedef struct slt_segments_verdict {
    bool same;
    size_t stretches, estimates; /* pieces; an estimate at N checkpoints counts N */
    /* Where it differs: the first record that does. */
    slt_difference difference;
    slt_digest expected, found; /* chain hashes there */
} slt_segments_verdict;

/* Whether the trace stores a state. */
bool slt_segments_possible(const slt_trace *trace);

/* Runs all pieces.  SLT_OK with a verdict, SLT_INTERRUPTED, or trouble. */
slt_status slt_segments_judge(const slt_segments *segments, slt_segments_verdict *verdict,
                              slt_error *err);

#endif
