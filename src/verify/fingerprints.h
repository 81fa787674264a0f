/* Whether this machine computes the elementary functions as the machine did that made a
 * trace or golden. */
#ifndef SLT_VERIFY_FINGERPRINTS_H
#define SLT_VERIFY_FINGERPRINTS_H

#include <sltrace/status.h>
#include <sltrace/trace.h>

#include "learn/spec.h"

/* SLT_UNFIT if the fingerprints differ (the message has both, and says what to do) or the
 * function is unknown. arithmetic: that of the runs that call it; whose: "golden" or
 * "trace". A function that this build lacks (slt_function_here) is skipped: runs that
 * need it are refused because of their arithmetic. */
slt_status slt_fingerprint_check(const char *name, const char *fingerprint,
                                 slt_arithmetic arithmetic, const char *whose,
                                 slt_error *err);

/* Whether this machine can compute the run in a trace's header: checks its numerics
 * revision, its arithmetic and every function listed; SLT_UNFIT if one fails. */
slt_status slt_trace_judgeable(const slt_trace *trace, const char *path,
                               const slt_run_spec *run, slt_error *err);

#endif
