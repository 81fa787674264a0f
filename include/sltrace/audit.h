/* Audits: where runs begin to differ, and what that does to the learning coefficient.
 *
 * Pages receive the findings as they are made (page.h has text, JSON and an in-toto
 * statement).  Unless it says otherwise, an audit returns SLT_OK if all bits agree,
 * SLT_DIFFERS if any differ, whatever the statistics say, and SLT_UNFIT if this machine
 * cannot judge. */
#ifndef SLTRACE_AUDIT_H
#define SLTRACE_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/cancel.h>
#include <sltrace/status.h>
#include <sltrace/study.h>

SLT_C_BEGIN

/* The findings: a trace; a pair of traces; a manifest's runs by other back ends, and one
 * of these runs; estimates from elsewhere beside ours; and the final report.  They are
 * defined in src/audit. */
typedef struct slt_audit_side slt_audit_side;
typedef struct slt_audit_pair slt_audit_pair;
typedef struct slt_against slt_against;
typedef struct slt_against_run slt_against_run;
typedef struct slt_estimates_audit slt_estimates_audit;
typedef struct slt_audit_report slt_audit_report;

/* What is known of a pair so far. */
typedef enum slt_audit_stage {
    SLT_PAIR_BEGINS,     /* whether it is identical; what follows is for other pairs */
    SLT_PAIR_HEADERS,    /* which functions differ, if the headers do */
    SLT_PAIR_FOUND,      /* where they begin to differ, and why */
    SLT_PAIR_ESTIMATES,  /* what it does to the learning coefficients */
    SLT_PAIR_PROVENANCE, /* for identical pairs too */
    SLT_PAIR_ENDS
} slt_audit_stage;

/* A page receives the findings; each call may be NULL. */
typedef struct slt_audit_page {
    void *context;
    void (*begin)(void *context, const char *form); /* "traces", "against", "estimates" */
    void (*traces)(void *context, const slt_audit_side *sides, size_t count);
    void (*pair)(void *context, slt_audit_stage stage, const slt_audit_pair *pair);
    void (*traces_end)(void *context, size_t count, bool identical);
    void (*against)(void *context, const slt_against *against);
    void (*run)(void *context, const slt_against *against, const slt_against_run *run);
    void (*against_end)(void *context, const slt_against *against);
    void (*estimates)(void *context, const slt_estimates_audit *audit);
    /* Comes last, even after a failure.  If it fails, the audit ends. */
    slt_status (*end)(void *context, const slt_audit_report *report, slt_error *err);
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_audit_page;

typedef struct slt_audit_options {
    const slt_audit_page *pages; /* each gets every call, in this order */
    size_t page_count;
    size_t jobs;                /* >= 1 */
    slt_progress_call progress; /* may be NULL */
    void *progress_context;
    const atomic_int *cancel; /* may be NULL */
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_audit_options;

typedef struct slt_audit_traces_options {
    const char *steps;      /* "A.steps,B.steps", one for each trace, in order, each made
                               by `replay --steps` where the trace was made; NULL: none */
    const char *provenance; /* "A.json,B.json" likewise; NULL: those beside the traces,
                               DIR/provenance/NAME.json of DIR/traces/NAME.trace */
    const char *program;    /* another sltrace, run as a child; NULL: none */
} slt_audit_traces_options;

/* Compares traces of one run from several places, each with the first.  SLT_USAGE, naming
 * the first field that differs, if one is of another experiment. */
SLT_API slt_status slt_audit_traces(const char *const *traces, size_t count,
                                    const slt_audit_traces_options *more,
                                    const slt_audit_options *options, slt_error *err);

typedef struct slt_audit_against_options {
    const char *only;    /* runs, as --only takes them; NULL: all */
    const char *against; /* back ends, separated by commas */
    const char *golden;  /* of the manifest; NULL if there is none */
    const char *keep;    /* keep the traces in this folder; NULL: remove them */
} slt_audit_against_options;

/* Computes runs of a manifest again by other back ends, each in a child process: f32,
 * f64, fixed (the run in that arithmetic, with the same seed and draws);
 * openblas:CORETYPE and openblas:auto (the manifest's arithmetic with products by
 * OpenBLAS, which is loaded at run time); isa:NAME (kernels of an instruction set). Finds
 * how far weights and learning coefficients move from ours.  Another arithmetic always
 * differs in bits.  SLT_UNFIT if a back end is not available here and no other differs.
 * Call it while the process has a single thread. */
SLT_API slt_status slt_audit_against(const char *manifest,
                                     const slt_audit_against_options *more,
                                     const slt_audit_options *options, slt_error *err);

typedef struct slt_audit_estimates_options {
    const char *from;   /* folder of the golden's study, for the errors of its estimates;
                           NULL: llc/std over the chains, if the golden has it */
    const char *result; /* which of the golden's columns; NULL: llc/mean */
    const char *over;   /* runs that differ on this axis alone are a group; NULL: seed */
    const char *only;   /* runs, as --only takes them; NULL: all of the golden */
} slt_audit_estimates_options;

/* Judges learning coefficients from elsewhere against those of a golden.  They come from
 * a CSV file with the columns run, source, llc and mcse (these two may be empty), another
 * golden, or the folder of a study, whose traces give the errors too.
 *
 * Runs of another golden or a study are matched by their canonical forms in the golden's
 * arithmetic.  Every selected run of the golden gets a row: missing, with other settings
 * (the first field that differs and both values), without an estimate, or judged.  A
 * judged row has its difference in Monte Carlo standard errors of both.  An error that is
 * not given is taken to be as large as the other, unless it is known to be unknown.  Runs
 * that differ on the axis `over` alone form a group, whose mean difference is judged by
 * the spread within the group.
 *
 * No bits are compared here.  SLT_DIFFERS if a row, or a group of at least 4, is more
 * than 3 errors apart; otherwise SLT_UNFIT if a selected run was not judged, for any
 * source; otherwise SLT_OK. */
SLT_API slt_status slt_audit_estimates(const char *estimates, const char *golden,
                                       const slt_audit_estimates_options *more,
                                       const slt_audit_options *options, slt_error *err);

SLT_C_END

#endif
