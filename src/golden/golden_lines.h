/* The lines of a golden as values, each with the name of its field: what the writer
 * prints, a comparison holds side by side as values, so neither knows a field that the
 * other does not. */
#ifndef SLT_GOLDEN_GOLDEN_LINES_H
#define SLT_GOLDEN_GOLDEN_LINES_H

#include <sltrace/golden.h>

#include "base/buffer.h"

/* In the order of the file; the root, which is computed from the text, is not among
 * them. */
typedef enum slt_golden_line {
    SLT_GOLDEN_FORMAT,
    SLT_GOLDEN_NAME,
    SLT_GOLDEN_MANIFEST,
    SLT_GOLDEN_NUMERICS,
    SLT_GOLDEN_MATH,
    SLT_GOLDEN_BASE,
    SLT_GOLDEN_RUNS,
    SLT_GOLDEN_COLUMNS,
    SLT_GOLDEN_RUN,   /* of each run */
    SLT_GOLDEN_TRAIL, /* of each run, below it */
    SLT_GOLDEN_DATA,
    SLT_GOLDEN_CLAIM /* of each claim */
} slt_golden_line;

/* Appends the line with its LF; nothing where the golden has none. `index` is that of a
 * run or a claim, else 0. */
void slt_golden_print_line(const slt_golden *golden, slt_golden_line line, size_t index,
                           slt_buffer *out);

/* Adds to *difference the fields of a line in which `found` is not as `golden` says.
 * SLT_RESOURCE without memory. */
slt_status slt_golden_compare_line(const slt_golden *golden, const slt_golden *found,
                                   slt_golden_line line, size_t index,
                                   slt_golden_difference *difference, slt_error *err);

#endif
