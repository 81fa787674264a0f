/* The Test Anything Protocol, version 13: the one place that writes its lines.  Names,
 * comments and values are text from outside, and are escaped here; words behind a '#' are
 * our own, and never a directive. */
#ifndef SLT_VERIFY_TAP_H
#define SLT_VERIFY_TAP_H

#include <stdio.h>

#include <sltrace/check.h>

#include "base/buffer.h"
#include "golden/golden_lines.h"

typedef struct slt_tap {
    FILE *out;            /* NULL: nothing is written */
    slt_verify_call tell; /* of each test; may be NULL */
    void *context;
    size_t tests; /* so far */
} slt_tap;

void slt_tap_begin(slt_tap *tap);
void slt_tap_plan(slt_tap *tap, size_t tests);
void slt_tap_comment(slt_tap *tap, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The next test.  `note` stands behind a '#', block is YAML made by the functions below;
 * each may be NULL. */
void slt_tap_test(slt_tap *tap, bool ok, const char *name, const char *note,
                  slt_buffer *block);

/* Lines of a test's block. */
void slt_tap_field(slt_buffer *block, const char *key, const char *value);
void slt_tap_number(slt_buffer *block, const char *key, uint64_t value);
/* field, expected (the golden's), found; and names of more fields that differ. */
void slt_tap_difference(slt_buffer *block, const slt_golden_difference *difference);

#endif
