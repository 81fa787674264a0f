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

/* A verdict as it falls: a run's, or that of the figure data or the claims. */
typedef struct slt_verify_test {
    bool ok;
    const char *name;       /* "smoke/linear[2] rank=3 seed=0" */
    const char *note;       /* "not judged", "diverged at step 10"; NULL: none */
    const char *diagnostic; /* YAML, each line indented by two blanks; NULL: none */
} slt_verify_test;
typedef void (*slt_verify_call)(void *context, const slt_verify_test *test);

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
    slt_verify_call test; /* told of each verdict, in order; may be NULL */
    void *test_context;
    const volatile int *cancel;
} slt_verify_options;

typedef struct slt_verify_result {
    char runs_sha256[65]; /* slt_golden_digest_runs; "" where the golden was not read */
    size_t runs, judged;  /* of the golden; of these, those that were to be judged */
    size_t identical, differ, not_judged, trouble;
    size_t diverged, overflowed; /* of the identical */
    bool unfit_machine; /* SLT_UNFIT as a function here is not the numerics revision's:
                           what is installed is wrong, for other goldens as well */
} slt_verify_result;

/* Verifies one golden: makes of its manifest, and of the runs done again, the golden that
 * slt_study_golden would make, and compares it with this one, field by field.  Where only
 * some runs are judged, all that the manifest alone decides is compared for every run,
 * the file of figure data must be the one that the golden states, and the claims must
 * follow from it; a comment says what is left unjudged.
 *
 * Writes TAP version 13 to out (NULL: nothing is written), a test line a run, in order,
 * as results come.  What keeps the whole from being judged is a failing test too; that a
 * whole machine is unfit (`Bail out!`) is for the caller to say, who knows whether other
 * goldens were judged.  result may be NULL.  SLT_OK: all identical; SLT_DIFFERS;
 * SLT_UNFIT; trouble. */
SLT_API slt_status slt_verify(const char *golden_path, const slt_verify_options *options,
                              FILE *out, slt_verify_result *result, slt_error *err);

typedef struct slt_replay_options {
    bool has_from, has_to;
    uint64_t from, to; /* checkpoints' steps; default: the whole run, LLC included */
    FILE *steps;       /* a line per step: step, loss, hash of each tensor; NULL: none */
    const char *write; /* write the replayed trace here (whole replays only), or NULL */
    size_t jobs;
    const volatile int *cancel;
} slt_replay_options;

/* Replays a trace from its header alone (or from the stored state nearest at or before
 * `from`) and compares every record from `from` to `to`; reports to out. OK: the same
 * bytes; DIFFERS: the message names record, step, tensor and, with a stored state,
 * element and ulp. */
SLT_API slt_status slt_replay(const char *trace_path, const slt_replay_options *options,
                              FILE *out, slt_error *err);

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
                                    const slt_state_options *options, FILE *out,
                                    slt_error *err);

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
SLT_API slt_status slt_rerun(const char *trace_path, const slt_rerun_options *options,
                             FILE *out, slt_error *err);

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

#endif
