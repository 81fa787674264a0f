/* Pieces of JSON on a stream, and the one answer of a command under --json. */
#ifndef SLT_CLI_JSON_H
#define SLT_CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <sltrace/real.h>
#include <sltrace/status.h>

/* A quoted string, always UTF-8. NULL gives null. */
void cli_json_text(FILE *out, const char *text);
/* The shortest decimal of a finite number, null for any other. */
void cli_json_real(FILE *out, slt_real value);
/* A whole number: beyond 2^53 - 1, where readers of doubles get another one, a string. */
void cli_json_uint(FILE *out, uint64_t value);
/* `"name":` after a comma where `comma`. */
void cli_json_key(FILE *out, bool comma, const char *name);

/* Whether a command line asks for JSON, one that cannot be parsed included. */
bool cli_json_asked(int argc, char *const *argv);
/* From here on standard output is kept, ... */
slt_status cli_json_begin(slt_error *err);
/* ... and written as one object: what the command wrote where that is whole and, where
 * the status is not SLT_OK, "error": {status, exit, message}. */
void cli_json_end(slt_status status, const slt_error *err);

#endif
