/* Whether the elementary functions here are those that a trace or golden was made with.
 */
#ifndef SLT_VERIFY_FINGERPRINTS_H
#define SLT_VERIFY_FINGERPRINTS_H

#include <sltrace/status.h>
#include <sltrace/trace.h>

#include "learn/spec.h"

/* SLT_UNFIT with both fingerprints and the way out, or where the function is unknown.
 * arithmetic: of the runs that call it; whose: "golden" or "trace".  A function that
 * cannot be called here (slt_function_here) is passed over: the runs that need it are
 * refused by their arithmetic. */
slt_status slt_fingerprint_check(const char *name, const char *fingerprint,
                                 slt_arithmetic arithmetic, const char *whose,
                                 slt_error *err);

/* Whether this machine can compute the run that a trace's header holds: its numerics
 * revision, its arithmetic and every function listed; else SLT_UNFIT. */
slt_status slt_trace_judgeable(const slt_trace *trace, const char *path,
                               const slt_run_spec *run, slt_error *err);

#endif
