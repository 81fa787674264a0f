/* Audits: where runs part, and what it does to the learning coefficient.
 *
 * Every form reports in text, as one JSON object and as an in-toto statement.  Its status
 * is SLT_OK where all bits agree and SLT_DIFFERS wherever any differ, whatever the
 * statistics say of it; SLT_UNFIT where this machine cannot judge. */
#ifndef SLTRACE_AUDIT_H
#define SLTRACE_AUDIT_H

#include <stddef.h>
#include <stdio.h>

#include <sltrace/status.h>
#include <sltrace/study.h>

typedef struct slt_audit_options {
    FILE *text;                 /* a report for people, as it comes; NULL: none */
    FILE *json;                 /* one object, at the end; NULL: none */
    const char *attest;         /* a new file for the statement; NULL: none */
    size_t jobs;                /* >= 1 */
    slt_progress_call progress; /* may be NULL */
    void *progress_context;
    const volatile int *cancel; /* may be NULL */
} slt_audit_options;

typedef struct slt_audit_traces_options {
    const char *steps;      /* "A.steps,B.steps", one a trace in their order, each from
                               `replay --steps` where the trace was made; NULL: none */
    const char *provenance; /* "A.json,B.json" likewise; NULL: those beside the traces,
                               DIR/provenance/NAME.json of DIR/traces/NAME.trace */
    const char *program;    /* another sltrace, run as a child; NULL: none */
} slt_audit_traces_options;

/* Traces of one run from several places, each compared with the first.  SLT_USAGE where
 * one is of another experiment, naming the first field that differs. */
SLT_API slt_status slt_audit_traces(const char *const *traces, size_t count,
                                    const slt_audit_traces_options *more,
                                    const slt_audit_options *options, slt_error *err);

/* Runs of a manifest (only: as --only takes them) computed again by the back ends in
 * `against`, separated by commas: arithmetics, openblas:CORETYPE. */
SLT_API slt_status slt_audit_against(const char *manifest, const char *only,
                                     const char *against,
                                     const slt_audit_options *options, slt_error *err);

/* Learning coefficients from elsewhere, a CSV file with the columns run, source, llc and
 * mcse, judged against those of a golden. */
SLT_API slt_status slt_audit_estimates(const char *csv, const char *golden,
                                       const slt_audit_options *options, slt_error *err);

#endif
