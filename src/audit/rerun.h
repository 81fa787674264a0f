/* Running a trace's run again in another arithmetic: what the files rerun*.c share. */
#ifndef SLT_AUDIT_RERUN_H
#define SLT_AUDIT_RERUN_H

#include <sltrace/check.h>

#include "audit/llc_pair.h"
#include "base/buffer.h"
#include "base/sha256.h"
#include "learn/spec.h"

/* The weights of an init file, converted to the other arithmetic: the bytes of a new
 * file. */
typedef struct slt_rerun_file {
    const char *weight; /* points into the run's spec */
    char sha256[SLT_SHA256_TEXT_MAX];
    char name[SLT_NAME_MAX + 16]; /* "init-W1.f64" */
    slt_buffer bytes;
} slt_rerun_file;

typedef struct slt_rerun_files {
    slt_rerun_file list[SLT_WEIGHTS_MAX];
    size_t count;
} slt_rerun_files;

/* Reads the init files of `from`, a run as a trace's header has it, and converts them
 * through binary64. SLT_FORMAT if a number does not fit. */
slt_status slt_rerun_convert(const slt_run_spec *from, slt_arithmetic arithmetic,
                             slt_rerun_files *files, slt_error *err);
void slt_rerun_files_free(slt_rerun_files *files);

/* The result: where it was written, how both runs ended, and their estimates compared. */
struct slt_rerun_found {
    const char *manifest, *path; /* paths of the new study's manifest and of its trace */
    const slt_trace *traces[2];  /* the trace given, and the new one */
    const char *arithmetic[2];
    slt_estimates estimates[2];
    slt_audit_llc *llc; /* one for each estimate of the trace given */
    size_t llc_count;
};

/* Fills estimates and llc. Must be freed even on failure. */
slt_status slt_rerun_compare(slt_rerun_found *found, slt_error *err);
void slt_rerun_found_free(slt_rerun_found *found);

#endif
