/* Beside <sltrace/study.h>: finished traces by their names, two files of one run. */
#ifndef SLT_STUDY_TRACES_H
#define SLT_STUDY_TRACES_H

#include <dirent.h>

#include <sltrace/status.h>

/* For scandir: whether a file's name is X.trace, for any X. */
int slt_traces_filter(const struct dirent *item);

/* SLT_DIFFERS naming both where they are not the same bytes. */
slt_status slt_traces_require_equal(const char *a, const char *b, slt_error *err);

#endif
