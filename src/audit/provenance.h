/* Which fields of provenance (where, when and with what a trace was computed) differ
 * between two traces. */
#ifndef SLT_AUDIT_PROVENANCE_H
#define SLT_AUDIT_PROVENANCE_H

#include "audit/trace_pair.h"
#include "codec/value.h"

/* One side's file, read. */
typedef struct slt_audit_sidecar {
    char *path; /* NULL if there is none */
    slt_value value;
} slt_audit_sidecar;

/* Reads `given`; if that is NULL, the file that belongs to the trace, if any: for
 * DIR/traces/NAME.trace it is DIR/provenance/NAME.json, or NAME.json beside the trace. It
 * is listed in the attested statement as a configuration. SLT_FORMAT if it is not a JSON
 * object. */
slt_status slt_audit_read_sidecar(slt_audit *audit, const char *trace, const char *given,
                                  slt_audit_sidecar *sidecar, slt_error *err);
void slt_audit_sidecar_free(slt_audit_sidecar *sidecar);

/* Finds the fields that differ, in order of how likely they change bits (libraries and
 * flags first, place and time last), tells the pages and judges: a warning if bits
 * differ. */
slt_status slt_audit_compare_sidecars(slt_audit *audit, slt_audit_pair *pair,
                                      const slt_audit_sidecar *a,
                                      const slt_audit_sidecar *b, slt_error *err);

#endif
