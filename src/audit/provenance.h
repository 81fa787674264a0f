/* Where, when and with what two traces were computed: which fields differ. */
#ifndef SLT_AUDIT_PROVENANCE_H
#define SLT_AUDIT_PROVENANCE_H

#include "audit/trace_pair.h"
#include "codec/value.h"

/* One side's file, read. */
typedef struct slt_audit_sidecar {
    char *path; /* NULL: none */
    slt_value value;
} slt_audit_sidecar;

/* Reads `given`, or where that is NULL the one that lies by the trace, if any:
 * DIR/provenance/NAME.json of DIR/traces/NAME.trace, or NAME.json beside it.  It stands
 * in the statement as a configuration.  SLT_FORMAT where it is no JSON object. */
slt_status slt_audit_read_sidecar(slt_audit *audit, const char *trace, const char *given,
                                  slt_audit_sidecar *sidecar, slt_error *err);
void slt_audit_sidecar_free(slt_audit_sidecar *sidecar);

/* Finds the fields that differ, what can change bits first (libraries and flags before
 * the rest, place and time last), tells and judges: a warning where bits differ. */
slt_status slt_audit_compare_sidecars(slt_audit *audit, slt_audit_pair *pair,
                                      const slt_audit_sidecar *a,
                                      const slt_audit_sidecar *b, slt_error *err);

#endif
