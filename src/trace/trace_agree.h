/* Whether a trace agrees with itself: all that can be computed again from it alone is, by
 * the functions that carry a run out, and compared. */
#ifndef SLT_TRACE_TRACE_AGREE_H
#define SLT_TRACE_TRACE_AGREE_H

#include "learn/marks.h"
#include "trace/trace_scan.h"

/* SLT_FORMAT with the first record found that contradicts those before it or the header's
 * run, the field, and both values: "NAME: record 3 (chain): byte 1234: nbeta: expected
 * 10.5, found 10".  SLT_UNFIT where the trace is of another numerics revision: this
 * program does not know its rules. */
slt_status slt_trace_agree(const slt_trace *trace, const slt_trace_head *head,
                           const char *name, slt_error *err);

/* A trace read as slt_trace_parse does, its agreement not looked at: for records that
 * this process made, which may stand for a part of a run. */
slt_status slt_trace_parse_form(const void *bytes, size_t size, const char *name,
                                slt_trace **trace, slt_error *err);

/* The metrics of a checkpoint's record, which agrees with its run. */
slt_metrics slt_trace_metrics(const slt_record *record);

#endif
