/* The rules that involve several fields of a run, which the schema cannot express. */
#ifndef SLT_MANIFEST_RULES_H
#define SLT_MANIFEST_RULES_H

#include "learn/spec.h"
#include "manifest/schema.h"

/* Fills *spec from a run that has passed slt_schema_check, and checks it: sizes, ties,
 * inits, ops and shapes, batches, steps, counters.  SLT_FORMAT with the line and column
 * of the field.  Members that no field of the run sets (array slots after the last,
 * folder) are left unchanged. */
slt_status slt_rules_fill(const slt_schema_walk *walk, const slt_value *run,
                          slt_run_spec *spec);

#endif
