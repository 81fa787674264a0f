/* Verification and replay. */
#ifndef SLTRACE_CHECK_H
#define SLTRACE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <sltrace/golden.h>
#include <sltrace/status.h>
#include <sltrace/study.h>
#include <sltrace/trace.h>

/* ---- Verdicts ---------------------------------------------------------------------- */

typedef enum slt_verdict {
    SLT_VERDICT_PENDING, /* none yet */
    SLT_VERDICT_IDENTICAL,
    SLT_VERDICT_DIFFERS,
    SLT_VERDICT_NOT_JUDGED, /* this machine cannot judge it */
    SLT_VERDICT_TROUBLE     /* a file, memory, an interruption */
} slt_verdict;

/* Where two traces of one run part: the first record that differs, and what in it. */
typedef enum slt_difference_kind {
    SLT_SAME,
    SLT_DIFFERENT_HEADER, /* another run, numerics or functions */
    SLT_DIFFERENT_KIND,   /* another kind of record, another step, or one is shorter */
    SLT_DIFFERENT_TENSOR, /* name; row, column and ulp where both hold the state */
    SLT_DIFFERENT_JOINT,  /* the one hash of all tensors: which of them is not known */
    SLT_DIFFERENT_METRIC, /* quantity, ulp */
    SLT_DIFFERENT_DRAW,   /* of a chain: draw, ulp */
    SLT_DIFFERENT_CHAIN,  /* another member of a chain: name */
    SLT_DIFFERENT_RESULT, /* quantity, ulp */
    SLT_DIFFERENT_END
} slt_difference_kind;

typedef struct slt_difference {
    slt_difference_kind kind;
    size_t record;
    slt_record_kind record_kind;
    bool has_step;
    uint64_t step; /* of a checkpoint, or where the chains start */
    bool has_last;
    uint64_t last_step;    /* of the last checkpoint before that is equal */
    char name[40];         /* of a tensor, or of a chain's member */
    slt_quantity quantity; /* of a metric or a result */
    uint32_t llc, chain;
    uint64_t draw;
    bool has_element;
    size_t row, column;
    bool has_ulp;
    uint64_t ulp;
} slt_difference;

/* A manifest that is not the golden's: the first field that is another. */
typedef struct slt_mismatch {
    char field[256];
    char manifest[256], golden[256]; /* both values */
    int line;                        /* in the manifest; 0: a default, or none */
    bool of_run;
    size_t run;
} slt_mismatch;

/* How a run was divided, where that was asked for. */
typedef struct slt_run_pieces {
    bool divided;
    size_t stretches, estimates; /* an estimate at N checkpoints counts N */
    char whole[256];             /* why it was not divided; "": nothing to tell */
} slt_run_pieces;

/* What became of one run of a golden. */
typedef struct slt_run_verdict {
    slt_verdict verdict;
    size_t run;
    const char *label; /* "rank=3 seed=0" */
    slt_error error;   /* of trouble, and of what cannot be judged */
    slt_run_pieces pieces;
    /* How it ended here; holds where it was done to its end. */
    bool whole;
    slt_run_status end_status;
    uint64_t end_step; /* updates done when it ended */
    bool end_in_chain; /* training was done: a chain of an estimate ended it */
    /* Where it differs: fields of the golden, ... */
    slt_golden_difference fields;
    /* ... and where its trace is another one, hashes, records of the trail that they
     * stand in, and with the publisher's trace the place. */
    bool other_trace;
    char expected[65], found[65];
    bool has_last_equal, has_trail;
    uint64_t last_equal, first_differing;
    bool located;
    slt_difference difference;
    char trace[256], note[256]; /* the publisher's; why it does not help */
    bool has_llc;
    slt_real llc_expected, llc_found;
} slt_run_verdict;

/* What became of the figure data, or of the claims. */
typedef enum slt_verify_part { SLT_PART_DATA, SLT_PART_CLAIMS } slt_verify_part;
typedef struct slt_part_verdict {
    slt_verify_part part;
    slt_verdict verdict;
    slt_golden_difference fields; /* of the golden that differ; count 0: error tells */
    slt_error error;
} slt_part_verdict;

/* ---- Verifying --------------------------------------------------------------------- */

typedef struct slt_verify_options {
    const char *only; /* as --only, NULL: all */
    size_t sample;    /* 0: no sampling; N evenly spread, ends included */
    bool keyed;       /* --sample N:KEY: drawn by Philox from key */
    uint64_t key;
    size_t jobs;
    const char *traces;   /* folder of the publisher's traces, NULL: none */
    const char *manifest; /* --manifest FILE, NULL: the golden's own */
    bool segments;        /* the pieces of one run side by side, from the states that the
                             publisher's traces store; needs traces */
    slt_progress_call progress;
    void *progress_context;
    const volatile int *cancel;
} slt_verify_options;

typedef struct slt_verify_result {
    char runs_sha256[65]; /* slt_golden_digest_runs; "" where the golden was not read */
    size_t runs, judged;  /* of the golden; of these, those that were to be judged */
    size_t identical, differ, not_judged, trouble;
    size_t diverged, overflowed; /* of the identical */
    bool unfit_machine; /* SLT_UNFIT as a function here is not the numerics revision's:
                           what is installed is wrong, for other goldens as well */
    bool complete;      /* every run that was to be judged has a verdict */
    slt_error error;    /* the status that slt_verify returns, and its message */
} slt_verify_result;

/* Who is told, as it falls: calls that may each be NULL, from one thread at a time.
 *
 * `begin` comes first and `end` last.  Between them stand either `refused` or `mismatch`,
 * or `plan`, then the runs in their order, as each of them and all before it are judged,
 * then the figure data, the claims and each claim.  After an interruption the first run
 * that has no verdict stands for all of them, and nothing of the figure follows. */
typedef struct slt_verify_plan {
    const slt_golden *golden;
    const char *runs_sha256;
    size_t judged; /* runs that are to be */
    size_t parts;  /* of the figure: 0, 1 (data) or 2 (claims too) */
} slt_verify_plan;
typedef struct slt_verify_page {
    void *context;
    void (*begin)(void *context, const char *path);
    /* The golden cannot be judged as a whole, or could not be read. */
    void (*refused)(void *context, const char *path, const slt_error *why);
    /* manifest: its path. */
    void (*mismatch)(void *context, const slt_verify_plan *plan, const char *manifest,
                     const slt_mismatch *mismatch);
    void (*plan)(void *context, const slt_verify_plan *plan);
    void (*run)(void *context, const slt_golden *golden, const slt_run_verdict *verdict);
    void (*part)(void *context, const slt_golden *golden,
                 const slt_part_verdict *verdict);
    void (*claim)(void *context, const slt_claim *claim);
    /* Trouble with telling is the verification's, where it has none of its own. */
    slt_status (*end)(void *context, const slt_verify_result *result, slt_error *err);
} slt_verify_page;

/* Verifies one golden: makes of its manifest, and of the runs done again, the golden that
 * slt_study_golden would make, and compares it with this one, field by field.  Where only
 * some runs are judged, all that the manifest alone decides is compared for every run,
 * the file of figure data must be the one that the golden states, and the claims must
 * follow from it.
 *
 * page (page.h has some) is told, and NULL where nobody is.  That a whole machine is
 * unfit is for those to say who know whether other goldens were judged.  result may be
 * NULL.  SLT_OK: all identical; SLT_DIFFERS; SLT_UNFIT; trouble. */
SLT_API slt_status slt_verify(const char *golden_path, const slt_verify_options *options,
                              const slt_verify_page *page, slt_verify_result *result,
                              slt_error *err);

/* ---- Replaying --------------------------------------------------------------------- */

typedef struct slt_replay_options {
    bool has_from, has_to;
    uint64_t from, to; /* checkpoints' steps; default: the whole run, LLC included */
    FILE *steps;       /* a line per step: step, loss, hash of each tensor; NULL: none */
    const char *write; /* write the replayed trace here (whole replays only), or NULL */
    size_t jobs;
    const volatile int *cancel;
} slt_replay_options;

/* What a replay came to. */
typedef struct slt_replay_verdict {
    slt_verdict verdict; /* identical or differs */
    bool whole;          /* of the whole run: all bytes were compared, ... */
    size_t bytes, records;
    size_t first, last; /* ... else these records */
    const char *trace;  /* its path */
    slt_difference difference;
} slt_replay_verdict;

/* Who is told, each where it is not NULL: where a run is followed from, the state that is
 * stored at a step or the header alone; then what came of it. */
typedef struct slt_replay_page {
    void *context;
    void (*begin)(void *context, const uint64_t *stored_step);
    void (*verdict)(void *context, const slt_replay_verdict *verdict);
    void (*state)(void *context, size_t files, uint64_t step);
} slt_replay_page;

/* Replays a trace from its header alone (or from the stored state nearest at or before
 * `from`) and compares every record from `from` to `to`.  page (page.h has one) may be
 * NULL. OK: the same bytes; DIFFERS: the message names record, step, tensor and, with a
 * stored state, element and ulp. */
SLT_API slt_status slt_replay(const char *trace_path, const slt_replay_options *options,
                              const slt_replay_page *page, slt_error *err);

/* Writes the state after `step` updates of training, weights and moments, as NumPy files
 * named as slt_export_npy names them; reaches it from the nearest state stored at or
 * before it, else from the start.  Nothing is overwritten: SLT_FILE.  SLT_USAGE where
 * training did not go that far.  SLT_DIFFERS, the files written all the same, where a
 * checkpoint on the way (`step` among them) is not what was computed. */
typedef struct slt_state_options {
    uint64_t step;
    const char *folder; /* made where it is not there */
    const volatile int *cancel;
} slt_state_options;
SLT_API slt_status slt_replay_state(const char *trace_path,
                                    const slt_state_options *options,
                                    const slt_replay_page *page, slt_error *err);

/* The run of a trace again in another arithmetic, as a study of one run: OUT/NAME.yaml, a
 * manifest that says the same run but for its arithmetic, OUT/traces/000000.trace and its
 * provenance; NAME is the trace's file name with "-ARITHMETIC" behind it.  Init files are
 * converted and written beside the manifest.  Then tells how both ended, and for each
 * estimate both learning coefficients and how many Monte Carlo standard errors lie
 * between them.  Goes on where it was interrupted.  SLT_FORMAT, before anything is
 * written, where the run cannot be said in that arithmetic; SLT_UNFIT where this machine
 * has it not; SLT_FILE where OUT holds something else. */
typedef struct slt_rerun_options {
    const char *arithmetic; /* "f32", "f64" or "fixed"; the trace's own is allowed */
    const char *out;        /* folder; NULL: sltrace-out/NAME */
    size_t jobs;
    slt_progress_call progress; /* may be NULL */
    void *progress_context;
    const volatile int *cancel;
} slt_rerun_options;
typedef struct slt_rerun_found slt_rerun_found; /* what came of it: src/audit/rerun.h */
typedef struct slt_rerun_page {
    void *context;
    void (*found)(void *context, const slt_rerun_found *found);
} slt_rerun_page;
SLT_API slt_status slt_rerun(const char *trace_path, const slt_rerun_options *options,
                             const slt_rerun_page *page, slt_error *err);

/* What another program needs to follow a run, as NumPy files beside those of
 * slt_export_npy (show.h has TRACE and the names of tensors).  The run is computed again
 * from its trace; what it passes on the way must be what the trace recorded.
 *
 *   TRACE-data-INPUT.npy          the training data, a row a sample; INPUT is a name or
 *                                 target; TRACE-validation-... where there is any
 *   TRACE-train-weight.W.npy      U + 1 x rows x cols: before the first update, then
 *                                 after each
 *   TRACE-train-batches.npy       U x size int32: rows of the training data, in order; a
 *                                 short batch filled up with -1; absent where full
 *   TRACE-train-losses.npy        U binary64: of each update's batch, before it
 *   TRACE-llcI-chainC-weight.W.npy
 *   TRACE-llcI-chainC-batches.npy the same of a chain, V updates; first w*
 *   TRACE-llcI-chainC-noise.W.npy V x rows x cols standard normals, of trainable weights
 *   TRACE-llcI-chainC-losses.npy  binary64: those recorded before update V
 *
 * U and V are options->updates, or fewer where the run has fewer.  Elements have the
 * run's type (fixed: int64, .fracF behind the name), indices are int32.  Of an estimate
 * at several checkpoints the first is taken.  SLT_DIFFERS where the trace was not
 * computed with the same bits; SLT_UNFIT where this machine cannot tell; SLT_USAGE where
 * a trace would give more than SLT_INPUTS_BYTES_MAX or no estimate has that chain.
 * *files counts what was written; after an error no incomplete file is left. */
#define SLT_INPUTS_BYTES_MAX (1 << 30)
typedef struct slt_inputs_options {
    uint64_t updates;
    uint32_t chain;
    const volatile int *cancel; /* may be NULL */
} slt_inputs_options;
SLT_API slt_status slt_export_inputs(const char *const *traces, size_t count,
                                     const char *folder,
                                     const slt_inputs_options *options, size_t *files,
                                     slt_error *err);

/* The doctor's findings: what this machine is, whether it can judge. */
typedef struct slt_doctor_line {
    char name[32];
    char text[256];
    bool fine;
} slt_doctor_line;
#define SLT_DOCTOR_LINES_MAX 32
SLT_API size_t slt_doctor(slt_doctor_line lines[SLT_DOCTOR_LINES_MAX]);
/* Whether all are fine: this machine can judge goldens of float runs. */
SLT_API bool slt_doctor_fit(const slt_doctor_line *lines, size_t count);

#endif
