/* Finished traces: how their files are named, whether this program can judge them, and
 * whether two are the same. */
#ifndef SLT_RUN_TRACES_H
#define SLT_RUN_TRACES_H

#include <dirent.h>

#include <sltrace/status.h>
#include <sltrace/trace.h>

/* A filter for scandir: whether a file's name is X.trace, for any X. */
int slt_traces_filter(const struct dirent *item);

/* Checks that this program could have made a trace: SLT_UNFIT if it is of another
 * numerics revision, SLT_FORMAT if its functions are not those of that revision. */
slt_status slt_traces_require_ours(const slt_trace *trace, const char *path,
                                   slt_error *err);

/* SLT_DIFFERS, naming both, if their bytes are not the same. */
slt_status slt_traces_require_equal(const char *a, const char *b, slt_error *err);

#endif
