/* Goldens: the hashes that a study's runs must have.  A golden is an ASCII text file with
 * LF line ends. */
#ifndef SLTRACE_GOLDEN_H
#define SLTRACE_GOLDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/manifest.h>
#include <sltrace/signature.h>
#include <sltrace/status.h>
#include <sltrace/trace.h>

SLT_C_BEGIN

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
    slt_real *results; /* in the order of the golden's `results`; NULL before
                          slt_golden_run_make */
    bool *has_result;  /* false: written "-"; so is a result that is not finite */
    size_t trail_count; /* at most SLT_TRAIL_MAX */
    uint64_t *trail_record;
    uint32_t *trail_hash; /* the first 8 hex digits of that record's hash */
} slt_golden_run;

typedef struct slt_golden_function {
    char name[24];
    char fingerprint[17];
} slt_golden_function;

typedef struct slt_golden_claim {
    char *id;
    char *value;              /* as computed, a canonical decimal */
    char *expect, *tolerance; /* as the manifest has them */
} slt_golden_claim;

typedef struct slt_golden {
    char *path; /* where it was read from */
    char *name;
    char *manifest; /* as written: relative to the golden */
    uint32_t numerics;
    slt_golden_function *functions;
    size_t function_count;
    uint8_t *base; /* the canonical form of run 0, by which a message can name the field
                      that differs; NULL if the golden has none */
    size_t base_size;
    size_t axis_count;
    char *axes[SLT_GOLDEN_AXES_MAX];
    size_t result_count;
    slt_quantity results[SLT_GOLDEN_RESULTS_MAX]; /* without a step */
    slt_golden_run *runs;
    size_t run_count;
    char *data; /* file name of the figure data, NULL if none */
    char data_sha256[65];
    char root[65];
    slt_golden_claim *claims;
    size_t claim_count;
} slt_golden;

/* Reads a golden strictly: the text must be exactly what slt_golden_write would write for
 * what was read, and the root hash must be right.  SLT_FORMAT with "path:line: ..."
 * otherwise. */
SLT_API slt_status slt_golden_open(const char *path, slt_golden **golden, slt_error *err);
/* The same of a golden that `key` must have signed (slt_signature_check, of the very
 * bytes that are read), which is looked at before anything in it is. */
SLT_API slt_status slt_golden_open_signed(const char *path, const slt_public_key *key,
                                          slt_golden **golden, slt_signature *signature,
                                          slt_error *err);
SLT_API slt_status slt_golden_parse(const char *text, size_t size, const char *path,
                                    slt_golden **golden, slt_error *err);
SLT_API void slt_golden_free(slt_golden *golden);

/* Opens the manifest that the golden names.  SLT_FILE if the manifest, or the figure
 * data that the golden names, lies outside the golden's tree (system.h). */
SLT_API slt_status slt_golden_manifest(const slt_golden *golden, slt_manifest **manifest,
                                       slt_error *err);

/* The same for what can do without it: *manifest is NULL where it cannot be had.
 * SLT_RESOURCE where memory was short, as nobody knows then. */
SLT_API slt_status slt_golden_manifest_at_hand(const slt_golden *golden,
                                               slt_manifest **manifest, slt_error *err);

/* Reads the figure data that lie beside a golden, at most 64 MiB: malloc'ed, with a NUL
 * behind them that *size does not count.  SLT_DIFFERS if their SHA-256 is not the
 * golden's; SLT_FORMAT if the golden names no data. */
SLT_API slt_status slt_golden_data(const slt_golden *golden, char **csv, size_t *size,
                                   slt_error *err);

/* Computes golden->root and writes the golden as text (malloc'ed). */
SLT_API slt_status slt_golden_write(slt_golden *golden, char **text, size_t *size,
                                    slt_error *err);

/* The SHA-256 of the golden's run lines alone, in order, each with its trail.  It depends
 * neither on the golden's name nor on where it lies, so two labs can compare one line. It
 * is printed and never stored. */
SLT_API slt_status slt_golden_digest_runs(const slt_golden *golden, char digest[65],
                                          slt_error *err);

/* Where two goldens part. */
typedef struct slt_golden_difference {
    size_t count; /* of fields; 0: none */
    char field[96];
    char golden[256], found[256]; /* "(none)" where one has no such field */
    char more[256];               /* names of further fields, ", " between */
} slt_golden_difference;

/* Which of `records` records a trail holds: the first, the last and some evenly between,
 * at most SLT_TRAIL_MAX in all.  Returns how many, m; number k of them is floor(k
 * (records - 1) / (m - 1)). */
SLT_API size_t slt_trail_pick(size_t records, uint64_t picked[SLT_TRAIL_MAX]);
/* Gives a run of the golden room for its results, those that it has or none, and the
 * trail of that many records, with hashes that are 0; false if memory is short. */
SLT_API bool slt_golden_run_make(const slt_golden *golden, slt_golden_run *run,
                                 size_t records);

SLT_C_END

#endif
