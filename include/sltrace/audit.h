/* Audits: where runs part, and what it does to the learning coefficient.
 *
 * Every form reports in text, as one JSON object and as an in-toto statement.  Its status
 * is SLT_OK where all bits agree and SLT_DIFFERS wherever any differ, whatever the
 * statistics say of it; SLT_UNFIT where this machine cannot judge. */
#ifndef SLTRACE_AUDIT_H
#define SLTRACE_AUDIT_H

#include <stddef.h>
#include <stdio.h>

#include <sltrace/json.h>
#include <sltrace/status.h>
#include <sltrace/study.h>

typedef struct slt_audit_options {
    FILE *text;                 /* a report for people, as it comes; NULL: none */
    slt_json *json;             /* a document is begun in it, for the caller to end;
                                   NULL: none */
    const char *attest;         /* a new file for the statement, "-": standard output;
                                   NULL: none */
    size_t jobs;                /* >= 1 */
    slt_progress_call progress; /* may be NULL; state NULL: text is about to come */
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

typedef struct slt_audit_against_options {
    const char *only;    /* as --only takes runs; NULL: all */
    const char *against; /* back ends, separated by commas */
    const char *golden;  /* of the manifest; NULL: none at hand */
    const char *keep;    /* folder that the traces are kept in; NULL: removed */
} slt_audit_against_options;

/* Runs of a manifest computed again, each in a child process, by other back ends: f32,
 * f64, fixed (the run in that arithmetic: same seed, same draws); openblas:CORETYPE and
 * openblas:auto (the manifest's arithmetic with products by OpenBLAS, loaded while it
 * runs); isa:NAME (kernels of an instruction set).  Tells how far weights and learning
 * coefficient go from ours.  Another arithmetic always differs in bits.  SLT_UNFIT where
 * a back end is not to be had here and no other differs; call it while the process has
 * one thread. */
SLT_API slt_status slt_audit_against(const char *manifest,
                                     const slt_audit_against_options *more,
                                     const slt_audit_options *options, slt_error *err);

typedef struct slt_audit_estimates_options {
    const char *from;   /* folder of the golden's study, for the errors of its estimates;
                           NULL: llc/std over the chains, where the golden has it */
    const char *result; /* which of the golden's columns; NULL: llc/mean */
    const char *over;   /* the axis that groups of runs are taken over; NULL: seed */
    const char *only;   /* as --only takes runs; NULL: all of the golden */
} slt_audit_estimates_options;

/* Learning coefficients from elsewhere judged against those of a golden: a CSV file with
 * the columns run, source, llc and mcse (both may be empty), another golden, or the
 * folder of a study, whose traces give the errors too.  Of these two, runs are the
 * golden's where their canonical forms are, or would be in the golden's arithmetic; there
 * is a row for every run of the golden that is asked for: missing, with other settings
 * (the first field that differs and both values), without an estimate, or judged.  Every
 * judged row gets its difference in Monte Carlo standard errors of both; where one of the
 * two errors is not given it is taken to be the other, but not where it is known not to
 * be known.  Runs that differ on the axis `over` alone form groups, whose mean difference
 * is judged by the spread within.  Here no bits are compared: SLT_DIFFERS where a row, or
 * a group of at least 4, is more than 3 errors apart; else SLT_UNFIT where a run that is
 * asked for is not judged, of any source; SLT_OK where every one was and agrees. */
SLT_API slt_status slt_audit_estimates(const char *estimates, const char *golden,
                                       const slt_audit_estimates_options *more,
                                       const slt_audit_options *options, slt_error *err);

#endif
