/* The Test Anything Protocol, version 13: the only place that writes its lines. Names,
 * comments and values may come from files and are escaped here. Words after a '#' are our
 * own and never a directive. */
#ifndef SLT_REPORT_TAP_H
#define SLT_REPORT_TAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <sltrace/golden.h>

#include "base/buffer.h"

/* A TAP document, or one nested in another. */
typedef struct slt_tap_lines {
    FILE *out;
    int indent;   /* blanks before each line */
    size_t tests; /* so far */
} slt_tap_lines;

void slt_tap_version(slt_tap_lines *tap);
void slt_tap_plan(slt_tap_lines *tap, size_t tests);
void slt_tap_comment(slt_tap_lines *tap, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Writes the next test. `note` is written after a '#'; `block` is YAML made by the
 * functions below. Each may be NULL. */
void slt_tap_test(slt_tap_lines *tap, bool ok, const char *name, const char *note,
                  slt_buffer *block);
void slt_tap_bail(slt_tap_lines *tap, const char *why);

/* Write the lines of a test's block. */
void slt_tap_field(slt_buffer *block, const char *key, const char *value);
void slt_tap_number(slt_buffer *block, const char *key, uint64_t value);
/* Writes field, expected (the golden's) and found; and the names of further fields that
 * differ. */
void slt_tap_difference(slt_buffer *block, const slt_golden_difference *difference);

#endif
