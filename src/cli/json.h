/* Pieces of JSON on a stream. */
#ifndef SLT_CLI_JSON_H
#define SLT_CLI_JSON_H

#include <stdio.h>

#include <sltrace/real.h>

/* A quoted string: control characters, quotes and backslashes escaped; other bytes as
 * they are. NULL gives null. */
void cli_json_text(FILE *out, const char *text);
/* The shortest decimal of a finite number, null for any other. */
void cli_json_real(FILE *out, slt_real value);
/* `"name":` after a comma where `comma`. */
void cli_json_key(FILE *out, bool comma, const char *name);

#endif
