/* Where a replay starts: at the start of a run, or right after a checkpoint whose state
 * the trace stores. */
#ifndef SLT_VERIFY_REPLAY_START_H
#define SLT_VERIFY_REPLAY_START_H

#include "run/execute.h"

/* The record number of the checkpoint at that step; SIZE_MAX if there is none. */
size_t slt_replay_start_checkpoint(const slt_trace *trace, uint64_t step);

/* The last record at which a replay compared from record `from` on may start: late enough
 * to save work, early enough to pass the weights of every estimate. */
size_t slt_replay_start_limit(const slt_trace *trace, const slt_run_spec *run,
                              size_t from);

/* The last record at or before `limit` that stores the state; SIZE_MAX if none does. */
size_t slt_replay_start_state(const slt_trace *trace, size_t limit);

/* The marks reached by the checkpoints among the first `records` records. */
slt_marks slt_replay_start_marks(const slt_trace *trace, const slt_run_spec *run,
                                 size_t records);

/* Moves a fresh execution of the trace's run to just after record `index`, which stores
 * the state. slt_replay_start_at moves the writer there too; `bytes` are the trace's. */
slt_status slt_replay_start_behind(const slt_trace *trace, size_t index,
                                   slt_execution *at, slt_error *err);
slt_status slt_replay_start_at(const slt_trace *trace, const slt_buffer *bytes,
                               size_t index, slt_execution *at, slt_trace_writer *writer,
                               slt_error *err);

#endif
