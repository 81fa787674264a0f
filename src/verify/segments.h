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
 * Of a piece judged alone, all that the trace says of it is compared: the records that it
 * makes, and its numbers in the table of results.  Where each piece of a run agrees
 * alone, the trace is the run's.
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
    bool fine;   /* cut at every stored state, else into some stretches for each job */
    void *context;
    bool (*wanted)(void *context, uint64_t done); /* returns true to stop; may be NULL */
} slt_segments;

typedef struct slt_segments_verdict {
    bool same;
    size_t stretches;
    size_t estimates; /* an estimate at N checkpoints counts as N */
    /* Set if not the same: the first record that differs. */
    slt_difference difference;
    const char *field; /* what these are: "chain", hashes there; "results" or "tensor" */
    char expected[SLT_VERDICT_TEXT_MAX], found[SLT_VERDICT_TEXT_MAX];
} slt_segments_verdict;

/* Whether the trace stores a state. */
bool slt_segments_possible(const slt_trace *trace);

/* Runs all pieces.  SLT_OK with a verdict, SLT_INTERRUPTED, or trouble. */
slt_status slt_segments_judge(const slt_segments *segments, slt_segments_verdict *verdict,
                              slt_error *err);

/* How many pieces there are: first the stretches, then the estimates, each at one
 * checkpoint.  SLT_FORMAT if no run can have such records. */
slt_status slt_segments_count(const slt_segments *segments, size_t *stretches,
                              size_t *estimates, slt_error *err);

/* Runs one of these pieces; *piece says which it is.  An estimate whose weights the trace
 * does not store is run with the stretch that passes them. */
slt_status slt_segments_judge_one(const slt_segments *segments, size_t index,
                                  slt_run_stretch *piece, slt_segments_verdict *verdict,
                                  slt_error *err);

#endif
