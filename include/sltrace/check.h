/* Verification and replay. */
#ifndef SLTRACE_CHECK_H
#define SLTRACE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <sltrace/cancel.h>
#include <sltrace/golden.h>
#include <sltrace/signature.h>
#include <sltrace/status.h>
#include <sltrace/study.h>
#include <sltrace/trace.h>

SLT_C_BEGIN

/* ---- Verdicts ---------------------------------------------------------------------- */

typedef enum slt_verdict {
    SLT_VERDICT_PENDING, /* none yet */
    SLT_VERDICT_IDENTICAL,
    SLT_VERDICT_DIFFERS,
    SLT_VERDICT_NOT_JUDGED, /* this machine cannot judge it */
    SLT_VERDICT_TROUBLE     /* a file, memory, an interruption */
} slt_verdict;

/* How two traces of one run first differ. */
typedef enum slt_difference_kind {
    SLT_SAME,
    SLT_DIFFERENT_HEADER, /* another run, numerics or functions */
    SLT_DIFFERENT_KIND,   /* another kind of record, another step, or one is shorter */
    SLT_DIFFERENT_TENSOR, /* name; row, column and ulp if both traces store the state */
    SLT_DIFFERENT_JOINT,  /* the joint hash of all tensors; which differs is unknown */
    SLT_DIFFERENT_METRIC, /* quantity, ulp */
    SLT_DIFFERENT_DRAW,   /* of a chain: draw, ulp */
    SLT_DIFFERENT_CHAIN,  /* another member of a chain: name */
    SLT_DIFFERENT_RESULT, /* quantity, ulp */
    SLT_DIFFERENT_END
} slt_difference_kind;

/* The first record that differs, and what differs in it. */
typedef struct slt_difference {
    slt_difference_kind kind;
    size_t record;
    slt_record_kind record_kind;
    bool has_step;
    uint64_t step; /* of a checkpoint, or where the chains start */
    bool has_last;
    uint64_t last_step;    /* of the last checkpoint before it; that one is equal */
    char name[SLT_TENSOR_NAME_MAX]; /* of a tensor, or of a chain's member */
    slt_quantity quantity; /* of a metric or a result */
    uint32_t llc, chain;
    uint64_t draw;
    bool has_element;
    size_t row, column;
    bool has_ulp;
    uint64_t ulp;
} slt_difference;

/* The first field in which a manifest is not the golden's. */
typedef struct slt_mismatch {
    char field[256];
    char manifest[256], golden[256]; /* both values */
    int line;                        /* in the manifest; 0 if it is not written there */
    bool of_run;
    size_t run;
} slt_mismatch;

/* How a run was divided, if that was asked for. */
typedef struct slt_run_pieces {
    bool divided;
    bool trials;                 /* stretches of blocks of trials, else of training */
    size_t stretches, estimates; /* an estimate at N checkpoints counts N */
    char whole[256];             /* why it was not divided; "" if there is no reason */
} slt_run_pieces;

/* What a verdict of a spot check is on. */
typedef enum slt_stretch_kind {
    SLT_STRETCH_RUN,      /* no spot check: the run, computed again */
    SLT_STRETCH_TRACE,    /* whether the publisher's trace is the golden's */
    SLT_STRETCH_TRAINING, /* updates from + 1 to `to`, computed again */
    SLT_STRETCH_TRIALS,   /* trials likewise */
    SLT_STRETCH_ESTIMATE  /* estimate `llc` at step `to` */
} slt_stretch_kind;
typedef struct slt_run_stretch {
    slt_stretch_kind kind;
    uint64_t from, to;
    uint32_t llc;
} slt_run_stretch;

/* The verdict on one run of a golden, or on a stretch of it. */
#define SLT_VERDICT_TEXT_MAX 80
typedef struct slt_run_verdict {
    slt_verdict verdict;
    size_t run;
    slt_run_stretch stretch;
    const char *label; /* "rank=3 seed=0" */
    slt_error error;   /* of SLT_VERDICT_TROUBLE and SLT_VERDICT_NOT_JUDGED */
    slt_run_pieces pieces;
    /* How it ended here; known only if it was computed to its end. */
    bool whole;
    slt_run_status end_status;
    uint64_t end_step; /* updates done when it ended */
    bool end_in_chain; /* training was over: a chain of an estimate ended it */
    /* If it differs: the fields of the golden that differ. */
    slt_golden_difference fields;
    /* If its trace differs: both hashes, the records of the trail between which they
     * part, and the place if the publisher's trace is at hand. */
    bool other_trace;
    char expected[SLT_VERDICT_TEXT_MAX], found[SLT_VERDICT_TEXT_MAX];
    bool has_last_equal, has_trail;
    uint64_t last_equal, first_differing;
    bool located;
    slt_difference difference;
    char trace[256], note[256]; /* the publisher's; why it could not be used */
    bool has_llc;
    slt_real llc_expected, llc_found;
} slt_run_verdict;

/* The verdict on the figure data, or on the claims. */
typedef enum slt_verify_part { SLT_PART_DATA, SLT_PART_CLAIMS } slt_verify_part;
typedef struct slt_part_verdict {
    slt_verify_part part;
    slt_verdict verdict;
    slt_golden_difference fields; /* of the golden that differ; if none, see error */
    slt_error error;
} slt_part_verdict;

/* ---- Verifying --------------------------------------------------------------------- */

typedef struct slt_verify_options {
    const char *only; /* runs, as --only takes them; NULL: all */
    size_t sample;    /* N runs, evenly spread, first and last included; 0: all */
    bool keyed;       /* as --sample N:KEY: the runs are drawn by Philox from key */
    uint64_t key;
    size_t spot;          /* a spot check of N stretches of the publisher's traces; 0:
                             runs are computed again.  Needs traces, and all runs */
    const char *spot_key; /* the text that they are drawn by, not empty */
    size_t jobs;
    const char *traces;   /* folder of the publisher's traces, NULL: none */
    const char *manifest; /* --manifest FILE, NULL: the golden's own */
    const slt_public_key *signer; /* a golden that it did not sign is refused; NULL: any
                                     is judged */
    bool segments;        /* compute pieces of one run side by side, from the states that
                             the publisher's traces store; needs traces */
    slt_progress_call progress;
    void *progress_context;
    const atomic_int *cancel;
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_verify_options;

/* What a spot check drew from, and what it is worth. */
typedef struct slt_spot {
    const char *key;
    size_t training, estimates; /* stretches of all runs: of training or trials, and
                                   estimates at one checkpoint each */
    size_t stretches;           /* both */
    size_t drawn;               /* 0: none, as a trace is not the golden's */
    size_t changed;             /* 1 % of the stretches, rounded up, ... */
    slt_real caught; /* ... are met with this chance, rounded down to 4 decimals */
    size_t least;    /* so many are met with a chance of 0.95 at least */
} slt_spot;

typedef struct slt_verify_result {
    char runs_sha256[65]; /* slt_golden_digest_runs; "" if the golden was not read */
    slt_signature signature; /* where a key was asked for, which signed it; else empty */
    slt_spot spot; /* of a spot check; else empty */
    size_t runs, judged;  /* in the golden; those of them that were to be judged */
    /* Of runs; of a spot check, of stretches, and of traces that are not the golden's. */
    size_t identical, differ, not_judged, trouble;
    size_t diverged, overflowed; /* of the identical */
    bool unfit_machine; /* a function of this machine is not the numerics revision's:
                           other goldens cannot be judged here either */
    bool complete;      /* every run that was to be judged has a verdict */
    slt_error error;    /* the status that slt_verify returns, and its message */
} slt_verify_result;

/* A page receives the verdicts as they are reached.  Each call may be NULL; they come
 * from one thread at a time.
 *
 * `begin` comes first and `end` last.  Between them comes `refused`, or `mismatch`, or
 * `plan` and what follows it: the runs in their order, each as soon as it and all before
 * it are judged, then the figure data, the claims as a whole and each claim.  After an
 * interruption only the first run without a verdict is told, and no figure.
 *
 * In a spot check a run's verdict is on its trace.  Behind the last comes `spot`, then
 * the verdicts on the stretches drawn, by `run` too, in order of run and place. */
typedef struct slt_verify_plan {
    const slt_golden *golden;
    const char *runs_sha256;
    const slt_signature *signature; /* NULL: no key was asked for */
    size_t judged; /* how many runs will be judged; or, with `spot`, their traces */
    const char *spot_key; /* NULL: no spot check */
    size_t parts;  /* of the figure: 0, 1 (data) or 2 (data and claims) */
} slt_verify_plan;
typedef struct slt_verify_page {
    void *context;
    void (*begin)(void *context, const char *path);
    /* The golden cannot be judged as a whole, or could not be read. */
    void (*refused)(void *context, const char *path, const slt_error *why);
    /* The manifest at this path is not the golden's. */
    void (*mismatch)(void *context, const slt_verify_plan *plan, const char *manifest,
                     const slt_mismatch *mismatch);
    void (*plan)(void *context, const slt_verify_plan *plan);
    void (*run)(void *context, const slt_golden *golden, const slt_run_verdict *verdict);
    void (*spot)(void *context, const slt_spot *spot);
    void (*part)(void *context, const slt_golden *golden,
                 const slt_part_verdict *verdict);
    void (*claim)(void *context, const slt_claim *claim);
    /* If it fails, the verification fails with its error, unless it failed before. */
    slt_status (*end)(void *context, const slt_verify_result *result, slt_error *err);
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_verify_page;

/* Verifies one golden: computes its runs again, makes from them and from its manifest the
 * golden that slt_study_golden would make, and compares the two field by field.  If only
 * some runs are judged, the fields that follow from the manifest are still compared for
 * every run, the file of figure data must be the one that the golden states, and the
 * claims must follow from it.
 *
 * page (page.h has several) and result may be NULL.  Returns SLT_OK if all is identical;
 * SLT_DIFFERS; SLT_UNFIT; or trouble.  Whether a whole machine is unfit is left to the
 * caller, who knows whether other goldens were judged. */
SLT_API slt_status slt_verify(const char *golden_path, const slt_verify_options *options,
                              const slt_verify_page *page, slt_verify_result *result,
                              slt_error *err);

/* ---- Replaying --------------------------------------------------------------------- */

typedef struct slt_replay_options {
    bool has_from, has_to;
    uint64_t from, to; /* steps of checkpoints; by default the whole run with its LLCs */
    FILE *steps; /* gets a line per step: its number, loss, tensor hashes; or NULL */
    const char *write; /* the replayed trace goes here (whole replays only); or NULL */
    size_t jobs;
    const atomic_int *cancel;
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_replay_options;

/* The result of a replay. */
typedef struct slt_replay_verdict {
    slt_verdict verdict; /* identical or differs */
    bool whole;          /* the whole run was replayed and all bytes compared */
    size_t bytes, records;
    size_t first, last; /* the records that were compared, if it was not the whole run */
    const char *trace;  /* its path */
    slt_difference difference;
} slt_replay_verdict;

/* A page receives the start and the result of a replay; each call may be NULL. */
typedef struct slt_replay_page {
    void *context;
    /* *stored_step: of the stored state that the replay starts from; NULL: the header. */
    void (*begin)(void *context, const uint64_t *stored_step);
    void (*verdict)(void *context, const slt_replay_verdict *verdict);
    void (*state)(void *context, size_t files, uint64_t step);
    /* How a trial ended, and its results. */
    void (*trial)(void *context, uint64_t number, slt_run_status status,
                  const slt_result *results, size_t count);
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_replay_page;

/* Replays a trace from its header alone, or from the last state stored at or before
 * `from`, and compares every record from `from` to `to`.  page (page.h has one) may be
 * NULL.  SLT_OK: the bytes are the same; SLT_DIFFERS: the message names the record, step,
 * tensor and, if the state is stored, the element and ulp. */
SLT_API slt_status slt_replay(const char *trace_path, const slt_replay_options *options,
                              const slt_replay_page *page, slt_error *err);

/* Writes the state after `step` updates of training, weights and moments, as NumPy files
 * named as slt_export_npy names them.  It is computed from the last state stored at or
 * before that step, or from the start.  SLT_FILE if a file exists already; SLT_USAGE if
 * training did not go that far; SLT_DIFFERS, with the files written, if a checkpoint on
 * the way, including the one at `step`, is not what was computed. */
typedef struct slt_state_options {
    uint64_t step;
    const char *folder; /* made if it does not exist */
    const atomic_int *cancel;
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_state_options;
SLT_API slt_status slt_replay_state(const char *trace_path,
                                    const slt_state_options *options,
                                    const slt_replay_page *page, slt_error *err);

/* Makes one trial of a trace's run, which has trials, and tells the results that it would
 * have alone.  Nothing is compared: a trace holds what trials add up to.  SLT_USAGE if
 * the run has no such trial. */
typedef struct slt_trial_options {
    uint64_t trial;
    const atomic_int *cancel;
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_trial_options;
SLT_API slt_status slt_replay_trial(const char *trace_path,
                                    const slt_trial_options *options,
                                    const slt_replay_page *page, slt_error *err);

/* Computes the run of a trace again in another arithmetic, as a study of one run:
 * OUT/NAME.yaml, a manifest of the same run in that arithmetic, OUT/traces/000000.trace
 * and its provenance.  NAME is the trace's file name followed by "-ARITHMETIC".  Init
 * files are converted and written beside the manifest.  The page then receives how both
 * runs ended and, for each estimate, both learning coefficients and their distance in
 * Monte Carlo standard errors.  Called again, it continues an interrupted run.
 * SLT_FORMAT, with nothing written, if the run cannot be expressed in that arithmetic;
 * SLT_UNFIT if this machine does not have it; SLT_FILE if OUT holds something else. */
typedef struct slt_rerun_options {
    const char *arithmetic; /* "f32", "f64" or "fixed"; the trace's own is allowed */
    const char *out;        /* folder; NULL: sltrace-out/NAME */
    size_t jobs;
    slt_progress_call progress; /* may be NULL */
    void *progress_context;
    const atomic_int *cancel;
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_rerun_options;
typedef struct slt_rerun_found slt_rerun_found; /* its result: src/audit/rerun.h */
typedef struct slt_rerun_page {
    void *context;
    void (*found)(void *context, const slt_rerun_found *found);
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_rerun_page;
SLT_API slt_status slt_rerun(const char *trace_path, const slt_rerun_options *options,
                             const slt_rerun_page *page, slt_error *err);

/* Tells all estimates of a trace with their diagnostics.  With `stein` also the Stein
 * ratios of chains that did not record them: the run is done again for that, from the
 * last stored state before all its chains or from the start, and every checkpoint and
 * chain must be the trace's.  Advisory.  SLT_USAGE if there are no estimates; SLT_DIFFERS
 * if a record is another; SLT_UNFIT if this machine cannot tell. */
typedef struct slt_diagnosis_options {
    bool stein;
    size_t jobs;
    /* How much of the run is done again; may be NULL.  Called from any thread. */
    void (*progress)(void *context, unsigned percent);
    void *progress_context;
    const atomic_int *cancel;
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_diagnosis_options;
/* Its result: src/verify/diagnosis.h. */
typedef struct slt_diagnosed_estimate slt_diagnosed_estimate;
/* What estimates at one checkpoint say by their nbeta: src/figure/temperatures.h. */
typedef struct slt_temperatures slt_temperatures;
/* A page receives the estimates in the order of the trace, then the groups of those that
 * differ in nbeta, between a beginning and an end.  Each call may be NULL, and the page.
 */
typedef struct slt_diagnosis_page {
    void *context;
    void (*begin)(void *context, const char *path);
    void (*estimate)(void *context, const slt_diagnosed_estimate *told);
    void (*temperatures)(void *context, const slt_temperatures *found, size_t count);
    void (*end)(void *context);
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_diagnosis_page;
SLT_API slt_status slt_diagnosis(const char *trace_path,
                                 const slt_diagnosis_options *options,
                                 const slt_diagnosis_page *page, slt_error *err);

/* Predicts what SGLD must give in the estimates of a trace if the loss were its quadratic
 * approximation at the weights that they start from, w*: from the gradient there and the
 * spectrum of the Hessian, at the estimate's nbeta, step size, localization and length of
 * chain.  The weights come from the last state stored at or before each checkpoint, or
 * from the start, by training; every checkpoint on the way must be the trace's.
 * Advisory.  SLT_USAGE if no estimate is as asked for; SLT_DIFFERS if a checkpoint is
 * another; SLT_UNFIT without binary64; SLT_FORMAT if an op or loss of the model has no
 * second order. */
typedef struct slt_predict_options {
    bool has_estimate, has_step;
    uint64_t estimate;    /* only this one, from 1 */
    uint64_t step;        /* only the estimates at this checkpoint */
    size_t probes, steps; /* of Lanczos quadrature; 0: 8 and 64 */
    bool exact;           /* all curvatures, by LAPACK, of at most 4096 weights */
    bool sample;          /* quadrature however few the weights are */
    /* How much of the work at a checkpoint is done; may be NULL. */
    void (*progress)(void *context, uint64_t step, unsigned percent);
    void *progress_context;
    const atomic_int *cancel;
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_predict_options;
typedef struct slt_predicted slt_predicted; /* its result: src/audit/predict.h */
/* A page receives the predictions in the order of the checkpoints, between a beginning
 * and an end.  Each call may be NULL, and the page. */
typedef struct slt_predict_page {
    void *context;
    void (*begin)(void *context, const char *path);
    void (*estimate)(void *context, const slt_predicted *predicted);
    void (*end)(void *context);
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_predict_page;
SLT_API slt_status slt_predict(const char *trace_path, const slt_predict_options *options,
                               const slt_predict_page *page, slt_error *err);

/* Writes what another program needs to follow a run, as NumPy files beside those of
 * slt_export_npy (show.h explains TRACE and the names of tensors).  The run is computed
 * again from its trace and must pass through everything that the trace recorded.
 *
 *   TRACE-data-INPUT.npy          the training data, a row a sample; INPUT is an input's
 *                                 name or "target"
 *   TRACE-validation-INPUT.npy    the validation data, if there is any
 *   TRACE-train-weight.W.npy      U + 1 x rows x cols: before the first update, then
 *                                 after each
 *   TRACE-train-batches.npy       U x size int32: rows of the training data, in order; a
 *                                 short batch ends with -1; absent if batches are full
 *   TRACE-train-losses.npy        U binary64: of each update's batch, before it
 *   TRACE-llcI-chainC-weight.W.npy
 *   TRACE-llcI-chainC-batches.npy the same of a chain, V updates; weights begin at w*
 *   TRACE-llcI-chainC-noise.W.npy V x rows x cols standard normals, of trainable weights
 *   TRACE-llcI-chainC-losses.npy  binary64: those recorded before update V
 *
 * U and V are options->updates, or fewer if the run has fewer.  Elements have the run's
 * type (fixed: int64, with .fracF after the name), indices are int32.  If an estimate is
 * made at several checkpoints, the first is taken.  SLT_DIFFERS if the trace was not
 * computed with the same bits; SLT_UNFIT if this machine cannot tell; SLT_USAGE if a
 * trace would give more than SLT_INPUTS_BYTES_MAX bytes or no estimate has that chain.
 * *files counts the files written; after an error no incomplete file is left. */
#define SLT_INPUTS_BYTES_MAX (1 << 30)
typedef struct slt_inputs_options {
    uint64_t updates;
    uint32_t chain;
    const atomic_int *cancel; /* may be NULL */
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_inputs_options;
SLT_API slt_status slt_export_inputs(const char *const *traces, size_t count,
                                     const char *folder,
                                     const slt_inputs_options *options, size_t *files,
                                     slt_error *err);

/* The doctor's findings: what this machine is, and whether it can judge. */
typedef struct slt_doctor_line {
    char name[32];
    char text[256];
    bool fine;
} slt_doctor_line;
#define SLT_DOCTOR_LINES_MAX 32
SLT_API size_t slt_doctor(slt_doctor_line lines[SLT_DOCTOR_LINES_MAX]);
/* Whether all lines are fine: this machine can judge goldens of float runs. */
SLT_API bool slt_doctor_fit(const slt_doctor_line *lines, size_t count);

SLT_C_END

#endif
