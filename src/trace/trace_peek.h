/* Whose run a trace holds, by its header alone. */
#ifndef SLT_TRACE_TRACE_PEEK_H
#define SLT_TRACE_TRACE_PEEK_H

#include <sltrace/trace.h>

/* The experiment that the header of a finished or unfinished trace names.  SLT_FORMAT
 * where the file has no whole header, SLT_FILE where it cannot be read. */
slt_status slt_trace_peek(const char *path, slt_digest *experiment, slt_error *err);

#endif
