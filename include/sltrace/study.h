/* Studies: all runs of a manifest, in a folder, resumable; figures and claims. */
#ifndef SLTRACE_STUDY_H
#define SLTRACE_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/claim.h>
#include <sltrace/golden.h>
#include <sltrace/manifest.h>
#include <sltrace/status.h>

/* Told of progress; called from worker threads under a lock, at most ten times a second
 * and at each run's end. Fractions are of work estimated beforehand. */
typedef struct slt_progress {
    size_t runs_done, runs_total;
    double fraction; /* of all work, 0 to 1; advisory */
    size_t run;      /* the run that last moved */
    bool run_ended;
    slt_run_status run_status;
    const char *label;
} slt_progress;
typedef void (*slt_progress_call)(void *context, const slt_progress *progress);

/* Told, from any of the study's threads, what is worth knowing and no error: a trace that
 * was taken, a file that was set aside. */
typedef void (*slt_remark_call)(void *context, const char *text);

/* The folder of a study that is not told where to be: NAME in this one, which is in the
 * working folder. */
#define SLT_STUDY_ROOM "sltrace-out"

typedef struct slt_study_options {
    const char *out;            /* folder; NULL: sltrace-out/NAME */
    const bool *selected;       /* runs to do; NULL: all */
    size_t jobs;                /* >= 1 */
    slt_progress_call progress; /* may be NULL */
    slt_remark_call remark;     /* may be NULL */
    void *progress_context;     /* of both */
    const volatile int *cancel; /* set by a signal handler: stop at the next safe point,
                                   everything so far kept; SLT_INTERRUPTED */
    unsigned snapshot_ms;       /* between snapshots of a run; 0: a second */
} slt_study_options;

/* What `run` does: OUT/traces/000057.trace and OUT/provenance/000057.json, unfinished
 * runs as OUT/traces/000057.trace.part with OUT/resume/000057.*; runs with a finished
 * valid trace are kept, a damaged one is put aside and made again. A folder that holds
 * traces, but none of these runs', is refused (SLT_FORMAT). Several processes may share a
 * folder: SLT_RESOURCE where runs are still being computed by others when all else is
 * finished. The counts are of runs computed or kept, of those the ones that ended early,
 * and of those that others have. */
typedef struct slt_study_counts {
    size_t kept, computed, diverged, overflowed, elsewhere;
} slt_study_counts;
SLT_API slt_status slt_study_run(slt_manifest *manifest, const slt_study_options *options,
                                 slt_study_counts *counts, slt_error *err);

/* Bytes of memory that a run takes, by what takes them. */
typedef struct slt_plan_memory {
    uint64_t data;    /* tables of samples, and a batch of them */
    uint64_t state;   /* weights, the optimiser's copies of them, gradients */
    uint64_t values;  /* of the network, and their gradients */
    uint64_t kept;    /* weights of checkpoints, held for estimates */
    uint64_t chains;  /* an estimate's: weights, losses, and what each works with */
    uint64_t writing; /* a record and a snapshot in the making */
} slt_plan_memory;

/* What a run will take, counted from its fields after slt_start; nothing is computed.  A
 * stop rule or a divergence can make it less. Advisory. */
typedef struct slt_plan {
    uint64_t parameters; /* trainable numbers */
    uint64_t steps;      /* of training */
    uint64_t checkpoints;
    uint64_t updates;      /* of SGLD, over all chains and estimates */
    uint64_t draws;        /* recorded losses, likewise */
    uint64_t work;         /* multiply-adds, and what else there is in units of them */
    uint64_t beside_ns;    /* nanoseconds beside it, about: many small steps cost more
                              than their multiply-adds, and a run has files */
    uint64_t trace_bytes;  /* about */
    uint64_t memory_bytes; /* about, all of `memory` */
    slt_plan_memory memory;
    uint64_t together; /* runs that one thread may hold at once */
} slt_plan;
SLT_API slt_status slt_study_plan(slt_manifest *manifest, size_t run, slt_plan *plan,
                                  slt_error *err);
/* Multiply-adds a second that one thread does here in the run's arithmetic, measured for
 * some 20 ms after slt_start; 0 where the arithmetic cannot run here. */
SLT_API slt_status slt_study_speed(slt_manifest *manifest, size_t run, uint64_t *speed,
                                   slt_error *err);

/* A file that a weight of a run starts from, read as the run would read it. */
typedef struct slt_study_file {
    char weight[40]; /* "" where the run has no further one */
    size_t weight_rows, weight_cols;
    char file[1024], sha256[65];
    char holds[24];    /* ".npy of <f4", "raw f64"; "" where it is not known */
    slt_status status; /* SLT_OK where the run can start from it */
    slt_error wrong;   /* else why not */
} slt_study_file;
SLT_API slt_status slt_study_file_look(slt_manifest *manifest, size_t run, size_t index,
                                       slt_study_file *file, slt_error *err);

/* The finished traces in one or several folders, X.trace in FOLDER/traces and in FOLDER
 * for any X, by experiment: a run is known by its canonical form, not by its number. */
typedef struct slt_traces slt_traces;
/* No folders: the manifest's own, sltrace-out/NAME (else it may be NULL).  A folder that
 * is not there holds none.  Two files of one run must be the same bytes: SLT_DIFFERS. */
SLT_API slt_status slt_traces_open(const slt_manifest *manifest,
                                   const char *const *folders, size_t count,
                                   slt_traces **traces, slt_error *err);
SLT_API void slt_traces_free(slt_traces *traces);
/* The trace of a run, NULL where none is there. */
SLT_API const char *slt_traces_find(const slt_traces *traces, slt_digest experiment);
/* Opens the trace of a run that is there.  Another program may have given the runs other
 * numbers since: SLT_FORMAT where the file is no longer this run's. */
SLT_API slt_status slt_traces_load(const slt_traces *traces, slt_digest experiment,
                                   slt_trace **trace, slt_error *err);
/* Whether all runs of a manifest are there; else SLT_FILE, telling how many are missing
 * and which, or what is wrong with the file that has such a run's number. */
SLT_API slt_status slt_traces_complete(const slt_traces *traces, slt_manifest *manifest,
                                       slt_error *err);

/* A figure: rows, fits and claims made from the traces (all runs must be there). */
typedef struct slt_figure slt_figure;
SLT_API slt_status slt_figure_make(slt_manifest *manifest, const slt_traces *traces,
                                   slt_figure **figure, slt_error *err);
SLT_API void slt_figure_free(slt_figure *figure);
/* The hashed data as CSV text (owned by the figure). */
SLT_API const char *slt_figure_csv(const slt_figure *figure, size_t *size);
/* How each run ended; NULL where that is not known, of data without their golden. */
SLT_API const slt_run_status *slt_figure_statuses(const slt_figure *figure, size_t *runs);
/* SVG through gnuplot into path; SLT_UNFIT: nothing to draw, or no gnuplot. */
SLT_API slt_status slt_figure_svg(const slt_figure *figure, const char *path,
                                  slt_error *err);
/* How many points its logarithmic axes cannot show, and in words (malloc'ed, a line a
 * panel; "": all is shown). */
SLT_API slt_status slt_figure_hidden(const slt_figure *figure, size_t *hidden,
                                     char **text, slt_error *err);

/* Side by side: slt_figure_claim(figure, 0) is an array of them all. */
SLT_API size_t slt_figure_claims(const slt_figure *figure);
SLT_API const slt_claim *slt_figure_claim(const slt_figure *figure, size_t index);
/* Claims, fits with standard errors, theory beside it, and whether the chains settled, as
 * text for people (malloc'ed). */
SLT_API slt_status slt_figure_report(const slt_figure *figure, char **text,
                                     slt_error *err);

/* Claims recomputed from figure data as CSV text, without traces. */
SLT_API slt_status slt_figure_of_csv(slt_manifest *manifest, const char *csv, size_t size,
                                     slt_figure **figure, slt_error *err);

/* Makes the golden of a finished study (all runs must be there). golden_path is where it
 * will lie: the manifest's path is written relative to it. */
SLT_API slt_status slt_study_golden(slt_manifest *manifest, const slt_traces *traces,
                                    const char *golden_path, slt_golden **golden,
                                    slt_figure **figure, slt_error *err);

#endif
