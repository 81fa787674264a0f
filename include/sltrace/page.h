/* Pages: what verdicts are written as. */
#ifndef SLTRACE_PAGE_H
#define SLTRACE_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <sltrace/audit.h>
#include <sltrace/check.h>
#include <sltrace/json.h>
#include <sltrace/status.h>

/* Verifications as TAP version 13, a test line a run, in order, as they come: what keeps
 * a golden from being judged is a failing test too.  The reports of several goldens stand
 * indented below a line each.  Where this machine could judge none of them, as what is
 * installed on it is wrong, the end is `Bail out!`, which stops a harness before it looks
 * at anything else. */
typedef struct slt_tap slt_tap;
SLT_API slt_status slt_tap_begin(FILE *out, size_t goldens, slt_tap **tap,
                                 slt_error *err);
SLT_API slt_verify_page slt_tap_page(slt_tap *tap); /* for all goldens, one by one */
SLT_API void slt_tap_end(slt_tap *tap);

/* Verifications as the document sltrace.verify/1. */
SLT_API slt_verify_page slt_verify_json_begin(slt_json *json);
SLT_API void slt_verify_json_end(slt_json *json);

/* Replays in lines. */
SLT_API slt_replay_page slt_replay_text(FILE *out);
SLT_API slt_rerun_page slt_rerun_text(FILE *out);

/* A doctor's findings in lines (SLT_RESOURCE where there was no memory for one), and as
 * the document sltrace.doctor/1, begun in json for the caller to end. */
SLT_API slt_status slt_doctor_text(const slt_doctor_line *lines, size_t count, FILE *out);
SLT_API void slt_doctor_json(const slt_doctor_line *lines, size_t count, slt_json *json);

/* Audits in lines, at once.  progress (may be NULL) is told NULL before each of them, to
 * make room. */
typedef struct slt_audit_text {
    FILE *out;
    slt_progress_call progress;
    void *progress_context;
    bool failed; /* for want of memory */
} slt_audit_text;
SLT_API slt_audit_page slt_audit_text_page(slt_audit_text *text);

/* Audits as the documents sltrace.audit-traces/1, -against/1 and -estimates/1, begun in
 * json for the caller to end; nothing stays begun where nothing was judged. */
SLT_API slt_audit_page slt_audit_json_page(slt_json *json);

/* What was judged as an in-toto statement (v1, predicate test-result v0.1) in a new file,
 * which appears whole or not at all; "-" is standard output.  Nothing is written but
 * where bits were compared to the end.  SLT_FILE where the file exists already. */
SLT_API slt_status slt_audit_attest_page(const char *path, slt_audit_page *page,
                                         slt_error *err);

#endif
