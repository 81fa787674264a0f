/* Beside <sltrace/study.h>: two files of one run. */
#ifndef SLT_STUDY_TRACES_H
#define SLT_STUDY_TRACES_H

#include <sltrace/status.h>

/* SLT_DIFFERS naming both where they are not the same bytes. */
slt_status slt_traces_require_equal(const char *a, const char *b, slt_error *err);

#endif
