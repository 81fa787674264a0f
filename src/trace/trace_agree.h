/* Whether a trace agrees with itself: whatever follows from the rest of the trace is
 * computed again, by the same functions that run a run, and compared. */
#ifndef SLT_TRACE_TRACE_AGREE_H
#define SLT_TRACE_TRACE_AGREE_H

#include "learn/marks.h"
#include "trace/trace_scan.h"

/* SLT_FORMAT if a record contradicts the records before it or the run in the header; the
 * message names the first such record, the field and both values: "NAME: record 3
 * (chain): byte 1234: nbeta: expected 10.5, found 10".  SLT_UNFIT if the trace was made
 * by another numerics revision, whose rules this program does not know. */
slt_status slt_trace_agree(const slt_trace *trace, const slt_trace_head *head,
                           const char *name, slt_error *err);

/* Reads a trace as slt_trace_parse does, but does not check that it agrees with itself:
 * for records made by this process, which may cover only part of a run. */
slt_status slt_trace_parse_form(const void *bytes, size_t size, const char *name,
                                slt_trace **trace, slt_error *err);

/* The metrics of a checkpoint record of a trace that agrees with itself. */
slt_metrics slt_trace_metrics(const slt_record *record);

#endif
