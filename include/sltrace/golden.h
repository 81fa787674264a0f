/* Goldens: the hashes that a figure's runs must give. Text, LF, ASCII. */
#ifndef SLTRACE_GOLDEN_H
#define SLTRACE_GOLDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/manifest.h>
#include <sltrace/status.h>
#include <sltrace/trace.h>

#define SLT_TRAIL_MAX 64
#define SLT_GOLDEN_RESULTS_MAX 16
#define SLT_GOLDEN_AXES_MAX 8

typedef struct slt_golden_run {
    uint64_t run;
    char *values[SLT_GOLDEN_AXES_MAX]; /* sweep values, in axis order */
    slt_run_status status;
    slt_digest experiment;
    slt_digest chain; /* H of the last record */
    char sha256[65];
    slt_real results[SLT_GOLDEN_RESULTS_MAX]; /* named by the golden's columns */
    bool has_result[SLT_GOLDEN_RESULTS_MAX];  /* "-" where a run has none; one that is not
                                                 finite is written as none */
    size_t trail_count;
    uint64_t trail_record[SLT_TRAIL_MAX];
    uint32_t trail_hash[SLT_TRAIL_MAX]; /* first 8 hex digits of H_record */
} slt_golden_run;

typedef struct slt_golden_function {
    char name[24];
    char fingerprint[17];
} slt_golden_function;

typedef struct slt_golden_claim {
    char *id;
    char *value, *expect, *tolerance; /* canonical decimals; expect etc. as printed */
} slt_golden_claim;

typedef struct slt_golden {
    char *path; /* where it was read from */
    char *name;
    char *manifest; /* as written: relative to the golden */
    uint32_t numerics;
    slt_golden_function *functions;
    size_t function_count;
    uint8_t *base; /* canonical bytes of run 0, so that a field that differs can be named;
                      NULL where the golden has none */
    size_t base_size;
    size_t axis_count;
    char *axes[SLT_GOLDEN_AXES_MAX];
    size_t result_count;
    char *results[SLT_GOLDEN_RESULTS_MAX];
    slt_golden_run *runs;
    size_t run_count;
    char *data; /* file name of the figure data, NULL if none */
    char data_sha256[65];
    char root[65];
    slt_golden_claim *claims;
    size_t claim_count;
} slt_golden;

/* Strict: the text must be exactly what slt_golden_write makes of what was read, and the
 * root must hold. SLT_FORMAT with path:line. */
SLT_API slt_status slt_golden_open(const char *path, slt_golden **golden, slt_error *err);
SLT_API slt_status slt_golden_parse(const char *text, size_t size, const char *path,
                                    slt_golden **golden, slt_error *err);
SLT_API void slt_golden_free(slt_golden *golden);

/* Opens the manifest that the golden names.  SLT_FILE where that, or the figure data that
 * it names, lies outside its tree (system.h). */
SLT_API slt_status slt_golden_manifest(const slt_golden *golden, slt_manifest **manifest,
                                       slt_error *err);

/* The figure data beside an opened golden (malloc'ed, a NUL after it), at most 64 MiB.
 * SLT_DIFFERS where it does not have the golden's SHA-256, SLT_FORMAT where the golden
 * names none. */
SLT_API slt_status slt_golden_data(const slt_golden *golden, char **csv, size_t *size,
                                   slt_error *err);

/* The golden as text (malloc'ed), computing root. */
SLT_API slt_status slt_golden_write(slt_golden *golden, char **text, size_t *size,
                                    slt_error *err);

/* SHA-256 over the golden's run lines alone, in order, each with the trail below it: the
 * same wherever the golden lies and whatever its name, so that two labs compare one line.
 * Printed, never stored. */
SLT_API slt_status slt_golden_digest_runs(const slt_golden *golden, char digest[65],
                                          slt_error *err);

/* Which records of `records` a trail holds: first and last and evenly between, at most
 * SLT_TRAIL_MAX; returns how many. Record k of m picked ones is floor(k (records - 1) /
 * (m - 1)). */
SLT_API size_t slt_trail_pick(size_t records, uint64_t picked[SLT_TRAIL_MAX]);

#endif
