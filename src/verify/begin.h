/* Where a replay begins: at the start of a run, or behind a checkpoint that holds the
 * state. */
#ifndef SLT_VERIFY_BEGIN_H
#define SLT_VERIFY_BEGIN_H

#include "run/execute.h"

/* The record of the checkpoint of that step, SIZE_MAX where there is none. */
size_t slt_begin_checkpoint(const slt_trace *trace, uint64_t step);

/* The record that a replay with estimates, compared from record `from`, must begin at or
 * before, so that it passes the weights of every estimate. */
size_t slt_begin_limit(const slt_trace *trace, const slt_run_spec *run, size_t from);

/* The last record at or before `limit` that holds the state; SIZE_MAX where none does. */
size_t slt_begin_state(const slt_trace *trace, size_t limit);

/* Marks that the checkpoints among the first `records` records reach. */
slt_marks slt_begin_marks(const slt_trace *trace, const slt_run_spec *run,
                          size_t records);

/* Puts a fresh execution of the trace's run behind record `index`, which holds the state;
 * and with slt_begin_at a writer too, bytes being the trace's. */
slt_status slt_begin_behind(const slt_trace *trace, size_t index, slt_execution *at,
                            slt_error *err);
slt_status slt_begin_at(const slt_trace *trace, const slt_buffer *bytes, size_t index,
                        slt_execution *at, slt_trace_writer *writer, slt_error *err);

#endif
