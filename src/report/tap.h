/* The Test Anything Protocol, version 13: the one place that writes its lines.  Names,
 * comments and values are text from outside, and are escaped here; words behind a '#' are
 * our own, and never a directive. */
#ifndef SLT_REPORT_TAP_H
#define SLT_REPORT_TAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <sltrace/golden.h>

#include "base/buffer.h"

/* A document, or one that stands in another below a line of it. */
typedef struct slt_tap_lines {
    FILE *out;
    int indent;   /* blanks before each line */
    size_t tests; /* so far */
} slt_tap_lines;

void slt_tap_version(slt_tap_lines *tap);
void slt_tap_plan(slt_tap_lines *tap, size_t tests);
void slt_tap_comment(slt_tap_lines *tap, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The next test.  `note` stands behind a '#', block is YAML made by the functions below;
 * each may be NULL. */
void slt_tap_test(slt_tap_lines *tap, bool ok, const char *name, const char *note,
                  slt_buffer *block);
void slt_tap_bail(slt_tap_lines *tap, const char *why);

/* Lines of a test's block. */
void slt_tap_field(slt_buffer *block, const char *key, const char *value);
void slt_tap_number(slt_buffer *block, const char *key, uint64_t value);
/* field, expected (the golden's), found; and names of more fields that differ. */
void slt_tap_difference(slt_buffer *block, const slt_golden_difference *difference);

#endif
