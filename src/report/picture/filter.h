/* Programs that make pictures of what they read. */
#ifndef SLT_REPORT_PICTURE_FILTER_H
#define SLT_REPORT_PICTURE_FILTER_H

#include <sltrace/status.h>

#include "base/buffer.h"

typedef struct slt_filter {
    const char *makes;      /* "picture", "PDF"; in messages */
    char *const *arguments; /* the program first; ended by NULL */
} slt_filter;

/* Runs the program with `input` as its input and appends its output.  Both are files
 * without a name, so that no path is part of a script and no file is left over.  The
 * environment is the user's, with a UTF-8 locale and 1970 as the time of what is made.
 * SLT_UNFIT, with a message of one line, if the program is not there; SLT_RESOURCE if it
 * fails. */
slt_status slt_filter_run(const slt_filter *filter, const slt_buffer *input,
                          slt_buffer *output, slt_error *err);

#endif
