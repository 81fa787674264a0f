/* The state of a traced run after a given update, computed from what the trace stores. */
#ifndef SLT_VERIFY_STATE_REACH_H
#define SLT_VERIFY_STATE_REACH_H

#include <stdatomic.h>
#include <sltrace/trace.h>

#include "learn/train.h"

typedef struct slt_state_way {
    const char *path; /* of the trace, for messages */
    const slt_trace *trace;
    slt_trainer *trainer;       /* of its run */
    const atomic_int *cancel; /* may be NULL */
    /* SLT_DIFFERS if a checkpoint passed on the way, the one at its end included, is not
     * what was computed; the first that differs, in words.  Set before the way begins. */
    slt_status differs;
    slt_error error;
} slt_state_way;

/* Checks that training went as far as `step`; otherwise SLT_USAGE. */
slt_status slt_state_reachable_step(const char *path, const slt_trace *trace,
                                    uint64_t step, slt_error *err);

/* Makes `state`, created in the run's form, the one after `step` updates, from the last
 * state stored at or before that, else from the start. */
slt_status slt_state_reach(slt_state_way *way, uint64_t step, slt_state *state,
                           slt_error *err);

#endif
