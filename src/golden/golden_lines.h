/* The lines of a golden as words: values, each with the name of its field.  The writer
 * prints the words and a comparison compares them, so both know the same fields. */
#ifndef SLT_GOLDEN_GOLDEN_LINES_H
#define SLT_GOLDEN_GOLDEN_LINES_H

#include <sltrace/golden.h>

#include "base/buffer.h"

/* In the order of the file.  The root is not among them: it is computed from the text. */
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

/* Appends the line with its LF, or nothing if the golden has no such line.  index: which
 * run or claim; 0 for other lines. */
void slt_golden_print_line(const slt_golden *golden, slt_golden_line line, size_t index,
                           slt_buffer *out);

/* Adds to *difference the fields of the line in which `found` differs from `golden`.
 * SLT_RESOURCE if memory is short. */
slt_status slt_golden_compare_line(const slt_golden *golden, const slt_golden *found,
                                   slt_golden_line line, size_t index,
                                   slt_golden_difference *difference, slt_error *err);

#endif
