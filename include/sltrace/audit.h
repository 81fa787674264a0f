/* Audits: where runs part, and what it does to the learning coefficient.
 *
 * What is found goes to pages, as it comes (page.h has text, JSON and an in-toto
 * statement).  The status of every form is SLT_OK where all bits agree and SLT_DIFFERS
 * wherever any differ, whatever the statistics say of it; SLT_UNFIT where this machine
 * cannot judge. */
#ifndef SLTRACE_AUDIT_H
#define SLTRACE_AUDIT_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/status.h>
#include <sltrace/study.h>

/* What is found: traces, two of them side by side, runs by several back ends, estimates
 * from elsewhere beside ours, and in the end what was judged.  src/audit defines them. */
typedef struct slt_audit_side slt_audit_side;
typedef struct slt_audit_pair slt_audit_pair;
typedef struct slt_against slt_against;
typedef struct slt_against_run slt_against_run;
typedef struct slt_estimates_audit slt_estimates_audit;
typedef struct slt_audit_report slt_audit_report;

/* What of a pair is known by now. */
typedef enum slt_audit_stage {
    SLT_PAIR_BEGINS,     /* whether it is identical; of another what follows */
    SLT_PAIR_HEADERS,    /* which functions differ, where the headers do */
    SLT_PAIR_FOUND,      /* where they part, and why */
    SLT_PAIR_ESTIMATES,  /* what it does to the learning coefficients */
    SLT_PAIR_PROVENANCE, /* of an identical one too */
    SLT_PAIR_ENDS
} slt_audit_stage;

/* Who is told; each call may be NULL. */
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
    /* Last, whatever came before.  Trouble of a page's own ends the audit. */
    slt_status (*end)(void *context, const slt_audit_report *report, slt_error *err);
} slt_audit_page;

typedef struct slt_audit_options {
    const slt_audit_page *pages; /* told one after the other */
    size_t page_count;
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
