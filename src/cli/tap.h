/* TAP documents inside others. */
#ifndef SLT_CLI_TAP_H
#define SLT_CLI_TAP_H

#include <stdio.h>

/* A stream that writes to `out` with every line indented by four blanks, as it comes, and
 * without TAP's version line.  NULL without memory. Closing it leaves `out` open. */
FILE *cli_tap_indent(FILE *out);

/* The test lines of a TAP document as a JSON list of {ok, name, diagnostic}. */
void cli_tap_json(const char *tap, FILE *out);

#endif
