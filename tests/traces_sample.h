/* The golden of the traces in one folder. */
#ifndef SLT_TESTS_TRACES_SAMPLE_H
#define SLT_TESTS_TRACES_SAMPLE_H

#include <sltrace/study.h>

static inline slt_status sample_golden(slt_manifest *manifest, const char *folder,
                                       const char *path, slt_golden **golden,
                                       slt_figure **figure, slt_error *err)
{
    slt_traces *traces = NULL;
    slt_status status = slt_traces_open(manifest, &folder, 1, &traces, err);
    if (!status)
        status = slt_study_golden(manifest, traces, path, golden, figure, err);
    slt_traces_free(traces);
    return status;
}

#endif
