/* The audit of traces: what its files share. */
#ifndef SLT_AUDIT_TRACES_H
#define SLT_AUDIT_TRACES_H

#include <sltrace/trace.h>

#include "audit/audit.h"
#include "verify/compare.h"

/* One of the traces. */
typedef struct slt_audit_side {
    const char *path;
    uint64_t file[2]; /* which of all files: device and number on it */
    slt_buffer bytes;
    slt_trace *trace;
    char sha256[SLT_SHA256_TEXT_MAX];
} slt_audit_side;

/* Two of one run that differ: text, JSON keys "functions" (where headers differ),
 * "difference", "replay" and "first", and the result.  SLT_DIFFERS, or trouble.  steps,
 * program: see slt_audit_find. */
slt_status slt_audit_compare_pair(slt_audit *audit, const slt_audit_side *const sides[2],
                                  const char *const steps[2], const char *program,
                                  slt_error *err);

/* Puts the learning coefficients of two traces side by side: text, JSON key "estimates"
 * (and "verdict", the least agreement, null where there are none), a result each. */
slt_status slt_audit_compare_llc(slt_audit *audit, const slt_audit_side *a,
                                 const slt_audit_side *b, slt_error *err);

#endif
