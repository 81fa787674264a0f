/* Pages: write verdicts as text, TAP, JSON, JUnit or an in-toto statement. */
#ifndef SLTRACE_PAGE_H
#define SLTRACE_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <sltrace/audit.h>
#include <sltrace/check.h>
#include <sltrace/json.h>
#include <sltrace/rank.h>
#include <sltrace/signature.h>
#include <sltrace/status.h>

SLT_C_BEGIN

/* Verifications as TAP version 13: a test line for each run, in order, as soon as it is
 * judged.  If a golden cannot be judged, that is a failing test too.  With several
 * goldens, each has a line of its own with its report indented below.  If this machine
 * could judge none of them because what is installed on it is wrong, the output ends with
 * `Bail out!`, which stops a harness. */
typedef struct slt_tap slt_tap;
SLT_API slt_status slt_tap_begin(FILE *out, size_t goldens, slt_tap **tap,
                                 slt_error *err);
/* The page for all goldens, one after another. */
SLT_API slt_verify_page slt_tap_page(slt_tap *tap);
SLT_API void slt_tap_end(slt_tap *tap);

/* Verifications as the document sltrace.verify/1. */
SLT_API slt_verify_page slt_verify_json_begin(slt_json *json);
SLT_API void slt_verify_json_end(slt_json *json);

/* Verifications as a report of JUnit, the XML that Jenkins and GitLab read: a suite for
 * each golden with a case for each test line of TAP.  What differs, or was refused as not
 * signed by the key, is a failure; what is in trouble, or cannot be judged here, an
 * error; the runs or stretches that were not chosen are one skipped case together.  No
 * time and no host is in it, so the same verdicts give the same bytes.  The report is
 * written as one when it ends; out NULL drops it.  SLT_RESOURCE, and nothing written,
 * where memory ran out.  Errors of `out` are its owner's to find. */
typedef struct slt_junit slt_junit;
SLT_API slt_status slt_junit_begin(slt_junit **junit, slt_error *err);
/* The page for all goldens, one after another. */
SLT_API slt_verify_page slt_junit_page(slt_junit *junit);
SLT_API slt_status slt_junit_end(slt_junit *junit, FILE *out, slt_error *err);

/* Where an in-toto statement goes (v1, predicate test-result v0.1): a new file, which
 * appears whole or not at all; "-" is standard output.  With a key it is a DSSE envelope
 * that holds the statement, and is signed. */
typedef struct slt_attestation {
    const char *path;
    const slt_secret_key *key; /* NULL: it is not signed */
} slt_attestation;

/* The verification of one golden as such a statement: its subject is the golden as it was
 * read, and besides the predicate's own members `verification` has the counts, the time
 * and the machine.  One that fails, or that could not read the golden, writes none.  The
 * page ends before it is freed; the key lives until then.  SLT_FILE if the file exists
 * already, or if it cannot be told what machine this is. */
typedef struct slt_verify_attest slt_verify_attest;
SLT_API slt_status slt_verify_attest_begin(const slt_attestation *to,
                                           slt_verify_attest **attest, slt_error *err);
SLT_API slt_verify_page slt_verify_attest_page(slt_verify_attest *attest);
SLT_API void slt_verify_attest_free(slt_verify_attest *attest);

/* Replays and reruns as lines of text. */
SLT_API slt_replay_page slt_replay_text(FILE *out);
SLT_API slt_rerun_page slt_rerun_text(FILE *out);

/* Diagnoses as lines of text, and as the document sltrace.diagnose/1, begun in json,
 * which the caller ends after slt_diagnosis_json_end. */
SLT_API slt_diagnosis_page slt_diagnosis_text(FILE *out);
SLT_API slt_diagnosis_page slt_diagnosis_json_begin(slt_json *json);
SLT_API void slt_diagnosis_json_end(slt_json *json);

/* Draws the chains of an estimate with gnuplot as SVG, malloc'ed: their course, their
 * ranks and their autocorrelation.  SLT_UNFIT without gnuplot, where the losses were not
 * stored, or where a chain ended early. */
SLT_API slt_status slt_diagnosis_draw(const slt_diagnosed_estimate *told, char **svg,
                                      size_t *size, slt_error *err);
/* "llc2.40": the estimate and the step of its checkpoint, for the name of a file.
 * SLT_RESOURCE without memory. */
#define SLT_DIAGNOSIS_NAME_MAX 48
SLT_API slt_status slt_diagnosis_name(const slt_diagnosed_estimate *told,
                                      char name[SLT_DIAGNOSIS_NAME_MAX], slt_error *err);

/* Predictions as lines of text, and as the document sltrace.predict/1, begun in json,
 * which the caller ends. */
SLT_API slt_predict_page slt_predict_text(FILE *out);
SLT_API slt_predict_page slt_predict_json(slt_json *json);

/* The doctor's findings as lines of text (SLT_RESOURCE without memory), and as the
 * document sltrace.doctor/1, begun in json, which the caller ends. */
SLT_API slt_status slt_doctor_text(const slt_doctor_line *lines, size_t count, FILE *out);
SLT_API void slt_doctor_json(const slt_doctor_line *lines, size_t count, slt_json *json);

/* Ranks as lines of text, and as the document sltrace.rank/1, which begins with the first
 * and which the caller ends. */
SLT_API slt_rank_page slt_rank_text(FILE *out);
SLT_API slt_rank_page slt_rank_json(slt_json *json);

/* Audits as lines of text, written at once.  Before each line progress (may be NULL) is
 * called with NULL, to make room on a terminal. */
typedef struct slt_audit_text {
    FILE *out;
    slt_progress_call progress;
    void *progress_context;
    bool failed; /* there was no memory */
} slt_audit_text;
SLT_API slt_audit_page slt_audit_text_page(slt_audit_text *text);

/* Audits as the documents sltrace.audit-traces/1, -against/1 and -estimates/1, begun in
 * json, which the caller ends.  If nothing was judged, no document is begun. */
SLT_API slt_audit_page slt_audit_json_page(slt_json *json);

/* Audits as an in-toto statement; it is written only if bits were compared to the end.
 * `to` is used until the page has ended.  SLT_FILE if the file exists already. */
SLT_API slt_status slt_audit_attest_page(const slt_attestation *to, slt_audit_page *page,
                                         slt_error *err);

SLT_C_END

#endif
