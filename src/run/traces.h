/* Beside <sltrace/study.h>: finished traces by their names, two files of one run. */
#ifndef SLT_RUN_TRACES_H
#define SLT_RUN_TRACES_H

#include <dirent.h>

#include <sltrace/status.h>
#include <sltrace/trace.h>

/* For scandir: whether a file's name is X.trace, for any X. */
int slt_traces_filter(const struct dirent *item);

/* Whether a trace is what this program makes: of its numerics revision, else SLT_UNFIT,
 * and by the functions of that revision, else SLT_FORMAT. */
slt_status slt_traces_require_ours(const slt_trace *trace, const char *path,
                                   slt_error *err);

/* SLT_DIFFERS naming both where they are not the same bytes. */
slt_status slt_traces_require_equal(const char *a, const char *b, slt_error *err);

#endif
