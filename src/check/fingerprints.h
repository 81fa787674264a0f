/* Whether the elementary functions here are those that a trace or golden was made with.
 */
#ifndef SLT_CHECK_FINGERPRINTS_H
#define SLT_CHECK_FINGERPRINTS_H

#include <sltrace/status.h>

/* SLT_UNFIT with both fingerprints and the way out, or where the function is unknown.
 * whose: "golden" or "trace".  A float function on a machine without fma is passed over:
 * the runs that need it are refused by their arithmetic. */
slt_status slt_fingerprint_check(const char *name, const char *fingerprint,
                                 const char *whose, slt_error *err);

#endif
