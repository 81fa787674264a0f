/* Whether a state of a run is the one that a checkpoint recorded. */
#ifndef SLT_VERIFY_STATE_CHECK_H
#define SLT_VERIFY_STATE_CHECK_H

#include <sltrace/trace.h>

#include "learn/train.h"

/* SLT_DIFFERS, naming path, step and tensor, if a hash in the record is not the
 * state's. */
slt_status slt_state_check(const char *path, const slt_model_spec *model,
                           const slt_record *record, const slt_state *state,
                           slt_error *err);

/* The tensor to which a trace gives this name, such as m/W1; NULL if the state has
 * none. */
const slt_tensor *slt_state_tensor(const slt_model_spec *model, const slt_state *state,
                                   const char *name);

/* The record of the last checkpoint at or before `step` whose state is stored; NULL if
 * there is none. */
const slt_record *slt_state_before(const slt_trace *trace, uint64_t step);

#endif
