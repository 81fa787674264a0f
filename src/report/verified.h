/* What a verification found, as a statement beside the golden says it: GOLDEN.verified.
 */
#ifndef SLT_REPORT_VERIFIED_H
#define SLT_REPORT_VERIFIED_H

#include <stdbool.h>

#include <sltrace/golden.h>
#include <sltrace/signature.h>

#include "base/buffer.h"

#define SLT_VERIFIED_SUFFIX ".verified"
#define SLT_VERIFIED_TEXT_MAX 128

/* The SHA-256 of the golden's text, which is its file. */
slt_status slt_verified_subject(const slt_golden *golden, char sha256[65],
                                slt_error *err);

typedef struct slt_verified {
    bool there;   /* a statement lies beside the golden */
    bool current; /* and is of the golden as it is */
    bool passed;
    char finished[SLT_VERIFIED_TEXT_MAX]; /* 2026-11-30T18:36:57Z */
    char machine[SLT_VERIFIED_TEXT_MAX], cpu[SLT_VERIFIED_TEXT_MAX];
    char isa[SLT_VERIFIED_TEXT_MAX], program[SLT_VERIFIED_TEXT_MAX];
    uint64_t runs, judged;      /* of the golden; of them */
    uint64_t stretches, drawn;  /* of a spot check; else 0 */
    char key[SLT_KEY_NAME_MAX]; /* that signed it; "" where nobody did */
    bool checked;               /* the signature holds */
    slt_error trouble;          /* why nothing is known of it, though it is there */
} slt_verified;

/* Reads the statement beside a golden, which `key` must have signed; NULL: nobody checks
 * who did.  What is wrong with it is told in `trouble`: only without memory does it
 * fail. */
slt_status slt_verified_read(const slt_golden *golden, const slt_public_key *key,
                             slt_verified *verified, slt_error *err);
/* The same of a statement's text, which messages call `name`. */
slt_status slt_verified_parse(const char *text, size_t size, const char *name,
                              const char *sha256, const slt_public_key *key,
                              slt_verified *verified, slt_error *err);
/* "2026-11-30, all 160 runs, x86_64 avx512" and what else a row has room for. */
void slt_verified_print(const slt_verified *verified, slt_buffer *out);

#endif
