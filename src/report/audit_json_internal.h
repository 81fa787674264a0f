/* Audits as JSON: what the writers of each form share. */
#ifndef SLT_REPORT_AUDIT_JSON_INTERNAL_H
#define SLT_REPORT_AUDIT_JSON_INTERNAL_H

#include <sltrace/page.h>

#include "codec/json.h"
#include "learn/diagnostics.h"

/* Writes the key "settled": true, false, or null if it is not known. */
void slt_audit_json_settled(slt_json *json, slt_settled settled);

/* Functions of slt_audit_page. */
void slt_audit_json_traces(void *context, const slt_audit_side *sides, size_t count);
void slt_audit_json_pair(void *context, slt_audit_stage stage,
                         const slt_audit_pair *pair);
void slt_audit_json_run(void *context, const slt_against *against,
                        const slt_against_run *run);
void slt_audit_json_estimates(void *context, const slt_estimates_audit *audit);

#endif
