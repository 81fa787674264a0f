/* What the schema's rows cannot say one by one: how the fields of a run must fit each
 * other. */
#ifndef SLT_MANIFEST_RULES_H
#define SLT_MANIFEST_RULES_H

#include "learn/spec.h"
#include "manifest/schema.h"

/* Fills *spec from a run that passed slt_schema_check and checks it: sizes, ties, inits,
 * ops and shapes, batches, steps, counters.  SLT_FORMAT with the place of the field.
 * Members that no field of the run reaches (array slots past their count, folder) are
 * left as they are. */
slt_status slt_rules_fill(const slt_schema_walk *walk, const slt_value *run,
                          slt_run_spec *spec);

#endif
