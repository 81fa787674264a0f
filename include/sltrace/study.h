/* Studies: the runs of a manifest, computed into a folder, resumable; the figure and the
 * claims that are made from them. */
#ifndef SLTRACE_STUDY_H
#define SLTRACE_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/cancel.h>
#include <sltrace/claim.h>
#include <sltrace/golden.h>
#include <sltrace/manifest.h>
#include <sltrace/real.h>
#include <sltrace/status.h>
#include <sltrace/trace.h>

SLT_C_BEGIN

/* The state of a study under way.  The call is made from worker threads, one at a time,
 * at most ten times a second and at the end of every run. */
typedef struct slt_progress {
    size_t runs_done, runs_total;
    double fraction; /* of all work as estimated beforehand, 0 to 1; advisory */
    size_t run;      /* the run that last moved */
    bool run_ended;
    slt_run_status run_status;
    const char *label;
    size_t diverged, overflowed; /* of the runs done */
    size_t differ;               /* of those that are verified */
    bool has_loss;
    slt_real loss; /* of that run, at the last checkpoint that was computed */
} slt_progress;
typedef void (*slt_progress_call)(void *context, const slt_progress *progress);

/* Called, from any thread of the study, with what is worth knowing but is not an error: a
 * finished trace that was found and used, a damaged file that was put aside. */
typedef void (*slt_remark_call)(void *context, const char *text);

/* Where studies go by default: the study of the manifest NAME into sltrace-out/NAME,
 * below the working folder. */
#define SLT_STUDY_ROOM "sltrace-out"

typedef struct slt_study_options {
    const char *out;            /* folder; NULL: sltrace-out/NAME */
    const bool *selected;       /* runs to do, one for each of the manifest; NULL: all */
    size_t jobs;                /* >= 1 */
    slt_progress_call progress; /* may be NULL */
    slt_remark_call remark;     /* may be NULL */
    void *progress_context;     /* of both */
    const atomic_int *cancel; /* once it is not 0, as a signal handler or any thread sets
                                 it: stop as soon as what was computed is saved, and
                                 return SLT_INTERRUPTED */
    const slt_trace *trained; /* a finished trace with the state of its last checkpoint,
                                 of a run without estimates: the runs, which must be
                                 trained like it and have their estimates at the last
                                 checkpoint, take their training from it, without a bit
                                 of difference; NULL: each is trained */
    unsigned snapshot_ms;     /* milliseconds between a run's snapshots; 0: a second */
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_study_options;

typedef struct slt_study_counts {
    size_t kept;                 /* runs whose finished trace was there already */
    size_t computed;             /* runs finished by this call */
    size_t diverged, overflowed; /* of both, those that ended early */
    size_t elsewhere;            /* runs that other processes are computing */
} slt_study_counts;

/* Computes the selected runs of a manifest.  Run 57 gives OUT/traces/000057.trace and
 * OUT/provenance/000057.json; until it is finished it is OUT/traces/000057.trace.part,
 * with OUT/resume/000057.* to continue from.  A run that has a valid finished trace is
 * kept; a damaged trace is put aside and the run computed again.  SLT_FORMAT if OUT holds
 * traces but none of this manifest's runs.  Several processes may share OUT: SLT_RESOURCE
 * if others are still computing some runs when all the rest is finished. */
SLT_API slt_status slt_study_run(slt_manifest *manifest, const slt_study_options *options,
                                 slt_study_counts *counts, slt_error *err);

typedef struct slt_merge_counts {
    char name[256];        /* of the manifest, as the folders state it */
    size_t runs;           /* of it */
    size_t linked, copied; /* traces that were placed in OUT now, hard links or copies */
    size_t kept;           /* those that OUT had already */
    size_t missing;        /* runs without a finished trace anywhere */
    size_t twice;          /* traces that were given more than once, all equal */
    size_t unfinished;     /* parts that stay in the folders given */
} slt_merge_counts;

/* Gathers the finished traces of `count` > 0 folders of one study, each with its
 * provenance, in options->out; of the options also `remark`, `progress_context` and
 * `cancel` count.  Every trace is read, and must be whole; a run that is in two folders
 * must be the same bytes (SLT_DIFFERS); a folder of another experiment is SLT_FORMAT, and
 * so is, where `manifest` is not NULL, a trace that is not the run of its number.  All
 * this is known before anything is placed.  The folders given stay as they are. */
SLT_API slt_status slt_study_merge(const slt_study_options *options,
                                   const char *const *folders, size_t count,
                                   slt_manifest *manifest, slt_merge_counts *counts,
                                   slt_error *err);

/* What the folders of a study show of a run. */
typedef enum slt_found {
    SLT_FOUND_MISSING,
    SLT_FOUND_DAMAGED,    /* a finished trace that is not whole */
    SLT_FOUND_UNFINISHED, /* a part that no process computes */
    SLT_FOUND_RUNNING,    /* a part that one computes now */
    SLT_FOUND_OVERFLOWED, /* from here on: a whole trace */
    SLT_FOUND_DIVERGED,
    SLT_FOUND_DONE,
    SLT_FOUND_KINDS
} slt_found;
typedef struct slt_study_status {
    char name[256]; /* of the manifest, as the folders state it */
    size_t runs;
    slt_found *found;                 /* by run */
    size_t count[SLT_FOUND_KINDS];    /* of them */
    char named[SLT_FOUND_KINDS][256]; /* which, as --only takes them; "..." where cut */
    bool known;                       /* whether there is anything to tell to_go_s by */
    uint64_t to_go_s;                 /* seconds, one run after the other; advisory */
    bool planned; /* to_go_s is what the manifest plans: no run has told what it took */
} slt_study_status;
/* Looks into `count` > 0 folders of one study; of several that have a run the one counts
 * that is furthest.  A manifest, which may be NULL, tells what runs are planned to take;
 * then call it after slt_start. */
SLT_API slt_status slt_study_look(const char *const *folders, size_t count,
                                  slt_manifest *manifest, slt_study_status *found,
                                  slt_error *err);
SLT_API void slt_study_status_free(slt_study_status *status);

/* The memory that a run takes, in bytes, by purpose. */
typedef struct slt_plan_memory {
    uint64_t data;     /* tables of samples, and a batch of them */
    uint64_t state;    /* weights, the optimiser's copies of them, gradients */
    uint64_t values;   /* of the network, and their gradients */
    uint64_t kept;     /* weights of checkpoints that estimates start from */
    uint64_t chains;   /* of an estimate: their weights, losses and working memory */
    uint64_t writing;  /* the record and the snapshot that are being written */
    uint64_t planting; /* of weights, as far as it takes more than what comes later */
} slt_plan_memory;

/* What a run will take, counted from its fields without computing it; call it after
 * slt_start.  A stop rule or a divergence can make it less.  Advisory. */
typedef struct slt_plan {
    uint64_t parameters; /* trainable numbers */
    uint64_t steps;      /* updates of training */
    uint64_t checkpoints;
    const char *sampler;   /* of all estimates, as sentences name it; NULL: several */
    uint64_t updates;      /* over all chains and estimates */
    uint64_t draws;        /* losses recorded, over all chains and estimates */
    uint64_t work;         /* multiply-adds; other operations counted in their unit */
    uint64_t beside_ns;    /* an estimate of the nanoseconds that are not in `work`: the
                              fixed cost of a step, and files */
    uint64_t trace_bytes;  /* an estimate */
    uint64_t memory_bytes; /* an estimate: the sum of `memory` */
    slt_plan_memory memory;
    uint64_t together; /* how many runs one thread may compute side by side */
} slt_plan;
SLT_API slt_status slt_study_plan(slt_manifest *manifest, size_t run, slt_plan *plan,
                                  slt_error *err);
/* Measures, for about 20 ms, how many multiply-adds a second one thread does here in the
 * run's arithmetic; call it after slt_start.  0 if that arithmetic cannot run here. */
SLT_API slt_status slt_study_speed(slt_manifest *manifest, size_t run, uint64_t *speed,
                                   slt_error *err);

/* The shard of a run, from 0, and what the run is planned to take on a machine that
 * nobody has: two runs are compared by it. */
typedef struct slt_shard {
    size_t shard; /* SLT_NO_SHARD: not selected */
    uint64_t cost_ns;
} slt_shard;
#define SLT_NO_SHARD SIZE_MAX
/* Divides the selected runs (NULL: all) over `shards` > 0 shards: each is in exactly one,
 * and what two shards take differs by at most what the largest run takes.  `of` has a
 * place for each run of the manifest.  The division follows from the manifest and the
 * selection alone; call it after slt_start. */
SLT_API slt_status slt_study_shards(slt_manifest *manifest, const bool *selected,
                                    size_t shards, slt_shard *of, slt_error *err);

/* A file that a weight of a run starts from, or that its data are in. */
typedef struct slt_study_file {
    char name[SLT_TENSOR_NAME_MAX]; /* of the weight; "x", "target", ..., of other data
                                       "other_data.NAME.x"; "": no file of that index */
    bool of_data;
    size_t rows, cols; /* of the weight; samples that are taken and numbers of each */
    char file[1024], sha256[65]; /* "": whichever file has that SHA-256 */
    char holds[64];    /* ".npy of <f4", "raw f64"; "": not known */
    slt_status status; /* SLT_OK if the run can start from the file */
    slt_error wrong;   /* otherwise why it cannot */
} slt_study_file;
/* Reads file `index` of a run as the run would read it.  What is wrong with the file is
 * told in *file; the returned status is about the run and memory. */
SLT_API slt_status slt_study_file_look(slt_manifest *manifest, size_t run, size_t index,
                                       slt_study_file *file, slt_error *err);

/* The finished traces in some folders: all files *.trace in FOLDER/traces and in FOLDER.
 * They are found by experiment: a run is known by its canonical form, not by the number
 * or name of its file. */
typedef struct slt_traces slt_traces;
/* Without folders it looks into the manifest's own, sltrace-out/NAME; with folders
 * manifest may be NULL.  A folder that does not exist counts as empty.  SLT_DIFFERS if
 * two files of one run have different bytes. */
SLT_API slt_status slt_traces_open(const slt_manifest *manifest,
                                   const char *const *folders, size_t count,
                                   slt_traces **traces, slt_error *err);
SLT_API void slt_traces_free(slt_traces *traces);
/* The path of a run's trace; NULL if there is none. */
SLT_API const char *slt_traces_find(const slt_traces *traces, slt_digest experiment);
/* Opens the trace of a run that slt_traces_find finds.  SLT_FORMAT if the file is no
 * longer this run's, as another process may have renumbered the runs meanwhile. */
SLT_API slt_status slt_traces_load(const slt_traces *traces, slt_digest experiment,
                                   slt_trace **trace, slt_error *err);
/* SLT_OK if all runs of the manifest have a trace.  Otherwise SLT_FILE: the message
 * says how many are missing and which, or what is wrong with the file that has the number
 * of a missing run. */
SLT_API slt_status slt_traces_complete(const slt_traces *traces, slt_manifest *manifest,
                                       slt_error *err);

/* A figure: rows of data, fits and claims. */
typedef struct slt_figure slt_figure;
/* Makes it from the traces, which must have all runs. */
SLT_API slt_status slt_figure_make(slt_manifest *manifest, const slt_traces *traces,
                                   slt_figure **figure, slt_error *err);
SLT_API void slt_figure_free(slt_figure *figure);
/* The figure's data as CSV, the bytes that a golden has the hash of; the figure owns
 * them. */
SLT_API const char *slt_figure_csv(const slt_figure *figure, size_t *size);
/* How each run ended; NULL if that is not known: data were read without a golden. */
SLT_API const slt_run_status *slt_figure_statuses(const slt_figure *figure, size_t *runs);
/* Draws the figure with gnuplot and writes it to path as SVG.  SLT_UNFIT if there is
 * nothing to draw or no gnuplot. */
SLT_API slt_status slt_figure_svg(const slt_figure *figure, const char *path,
                                  slt_error *err);
typedef enum slt_picture_form { SLT_PICTURE_PDF, SLT_PICTURE_PNG } slt_picture_form;
/* Writes the picture at `svg` to path in another form, with rsvg-convert: the same bytes
 * whenever it is made.  SLT_UNFIT without rsvg-convert. */
SLT_API slt_status slt_picture_convert(const char *svg, slt_picture_form form,
                                       const char *path, slt_error *err);
/* How many points its logarithmic axes cannot show; *text says it in words, a line a
 * panel, malloc'ed, "" where everything is shown. */
SLT_API slt_status slt_figure_hidden(const slt_figure *figure, size_t *hidden,
                                     char **text, slt_error *err);

/* The claims lie side by side: slt_figure_claim(figure, 0) is an array of all of them. */
SLT_API size_t slt_figure_claims(const slt_figure *figure);
SLT_API const slt_claim *slt_figure_claim(const slt_figure *figure, size_t index);
/* A text for people, malloc'ed: claims, fits with standard errors, what theory says, and
 * whether the chains have settled. */
SLT_API slt_status slt_figure_report(const slt_figure *figure, char **text,
                                     slt_error *err);

/* Makes the figure of a manifest from its data as CSV text, without traces: the claims
 * are computed from these rows. */
SLT_API slt_status slt_figure_of_csv(slt_manifest *manifest, const char *csv, size_t size,
                                     slt_figure **figure, slt_error *err);

/* Makes the golden, and the figure, of a study whose traces have all runs.  golden_path
 * is where the golden will lie; it names the manifest relative to that. */
SLT_API slt_status slt_study_golden(slt_manifest *manifest, const slt_traces *traces,
                                    const char *golden_path, slt_golden **golden,
                                    slt_figure **figure, slt_error *err);

SLT_C_END

#endif
