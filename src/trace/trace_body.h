/* The bodies of a trace's records.  Errors latch in scan->reader. */
#ifndef SLT_TRACE_TRACE_BODY_H
#define SLT_TRACE_TRACE_BODY_H

#include "trace/trace_scan.h"

/* Reads a body of record->kind into the record (a header's into scan->head). */
void slt_trace_read_body(slt_trace_scan *scan, slt_record *record);
void slt_trace_read_checkpoint(slt_trace_scan *scan, slt_record *record);
/* Reads the key, then a map from names to numbers: a checkpoint's metrics or a table's
 * results.  Appends to *list, which the caller frees; returns how many were read. */
size_t slt_trace_read_metrics(slt_trace_scan *scan, const char *key,
                              const slt_result **list);

#endif
