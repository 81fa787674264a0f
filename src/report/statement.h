/* In-toto statements of what was found: version 1, with the predicate test-result v0.1;
 * plain, or in a signed envelope of DSSE. */
#ifndef SLT_REPORT_STATEMENT_H
#define SLT_REPORT_STATEMENT_H

#include <sltrace/page.h>

#include "codec/json.h"

#define SLT_STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define SLT_STATEMENT_PREDICATE "https://in-toto.io/attestation/test-result/v0.1"
#define SLT_STATEMENT_PAYLOAD "application/vnd.in-toto+json"

/* Checks the path before anything is computed: an existing file is never overwritten, a
 * device or a pipe may be written to, and a new file needs an existing folder. */
slt_status slt_statement_check(const slt_attestation *to, slt_error *err);

/* A file by its name and SHA-256, as an item of a list. */
void slt_statement_put_file(slt_json *json, const char *name, const char *sha256);
/* Begins the statement and its list of subjects. */
void slt_statement_begin(slt_json *json);
/* Ends the subjects, and begins the predicate and its list of configurations. */
void slt_statement_judge(slt_json *json, const char *result);
/* Ends the predicate and the statement, and writes it: a new file that appears whole or
 * not at all. */
slt_status slt_statement_end(slt_json *json, const slt_attestation *to, slt_error *err);

#endif
