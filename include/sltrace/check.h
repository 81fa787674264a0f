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

typedef struct slt_verify_options {
    const char *only;     /* as --only, NULL: all */
    size_t sample;        /* 0: no sampling; N evenly spread, ends included */
    bool keyed;           /* --sample N:KEY: drawn by Philox from key */
    uint64_t key;
    size_t jobs;
    const char *traces;   /* folder of the publisher's traces, NULL: none */
    const char *manifest; /* --manifest FILE, NULL: the golden's own */
    slt_progress_call progress;
    void *progress_context;
    const volatile int *cancel;
} slt_verify_options;

/* Verifies one golden and writes TAP version 13 to out, in run order, as results come:
 * EXAMPLES' session. Status: OK all identical; DIFFERS; UNFIT (Bail out!); trouble. */
SLT_API slt_status slt_verify(const char *golden_path, const slt_verify_options *options,
                              FILE *out, slt_error *err);

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

/* The doctor's findings: what this machine is, whether it can judge. */
typedef struct slt_doctor_line {
    char name[32];
    char text[256];
    bool fine;
} slt_doctor_line;
#define SLT_DOCTOR_LINES_MAX 32
SLT_API size_t slt_doctor(slt_doctor_line lines[SLT_DOCTOR_LINES_MAX]);

#endif
