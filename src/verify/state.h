/* One state of a run: whether it is the one that a checkpoint recorded. */
#ifndef SLT_VERIFY_STATE_H
#define SLT_VERIFY_STATE_H

#include <sltrace/trace.h>

#include "learn/train.h"

/* SLT_DIFFERS, naming path, step and tensor, where a hash of the record is not that of
 * the state. */
slt_status slt_state_check(const char *path, const slt_model_spec *model,
                           const slt_record *record, const slt_state *state,
                           slt_error *err);

/* The tensor that a trace calls by this name, as m/W1, NULL where the state has none. */
const slt_tensor *slt_state_tensor(const slt_model_spec *model, const slt_state *state,
                                   const char *name);

/* The record of the last checkpoint at or before `step` that holds its state; NULL where
 * there is none. */
const slt_record *slt_state_before(const slt_trace *trace, uint64_t step);

#endif
