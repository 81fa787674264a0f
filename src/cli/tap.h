/* TAP documents inside others. */
#ifndef SLT_CLI_TAP_H
#define SLT_CLI_TAP_H

#include <stdio.h>

/* A stream that writes to `out` with every line indented by four blanks, as it comes, and
 * without TAP's version line.  NULL without memory. Closing it leaves `out` open. */
FILE *cli_tap_indent(FILE *out);

/* A line on standard output: words of our own, escaped text from outside, our own. */
void cli_tap_text(const char *words, const char *text, const char *behind);

#endif
