/* A run again in another arithmetic: what the files of it share. */
#ifndef SLT_AUDIT_RERUN_H
#define SLT_AUDIT_RERUN_H

#include <sltrace/check.h>

#include "audit/llc_pair.h"
#include "base/buffer.h"
#include "base/sha256.h"
#include "learn/spec.h"

/* The weights of init files in the other arithmetic: bytes for files of their own. */
typedef struct slt_rerun_file {
    const char *weight; /* of the run's spec */
    char sha256[SLT_SHA256_TEXT_MAX];
    char name[SLT_NAME_MAX + 16]; /* "init-W1.f64" */
    slt_buffer bytes;
} slt_rerun_file;

typedef struct slt_rerun_files {
    slt_rerun_file list[SLT_WEIGHTS_MAX];
    size_t count;
} slt_rerun_files;

/* Reads the init files of `from`, a run as a trace has it, and converts them by way of
 * binary64.  SLT_FORMAT where a number does not fit. */
slt_status slt_rerun_convert(const slt_run_spec *from, slt_arithmetic arithmetic,
                             slt_rerun_files *files, slt_error *err);
void slt_rerun_files_free(slt_rerun_files *files);

/* What came of it: where it lies, how both ended, their estimates side by side. */
struct slt_rerun_found {
    const char *manifest, *path; /* of the new study, and of its trace */
    const slt_trace *traces[2];  /* that given, and in the other arithmetic */
    const char *arithmetic[2];
    slt_estimates estimates[2];
    slt_audit_llc *llc; /* of each estimate of the trace given */
    size_t llc_count;
};

/* Fills estimates and llc; to be freed, whatever is returned. */
slt_status slt_rerun_compare(slt_rerun_found *found, slt_error *err);
void slt_rerun_found_free(slt_rerun_found *found);

#endif
