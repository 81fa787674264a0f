/* Which run a trace holds, read from its header alone. */
#ifndef SLT_TRACE_TRACE_PEEK_H
#define SLT_TRACE_TRACE_PEEK_H

#include <sltrace/trace.h>

/* The experiment of the run in the header of a trace, finished or not.  SLT_FORMAT if the
 * file has no complete header, SLT_FILE if it cannot be read. */
slt_status slt_trace_peek(const char *path, slt_digest *experiment, slt_error *err);

#endif
