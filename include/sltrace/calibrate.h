/* Calibration: the LLC estimate of one run at every point of a grid of its settings, and
 * which of them to take.  Advisory, but for the traces that it leaves. */
#ifndef SLTRACE_CALIBRATE_H
#define SLTRACE_CALIBRATE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <sltrace/cancel.h>
#include <sltrace/json.h>
#include <sltrace/manifest.h>
#include <sltrace/real.h>
#include <sltrace/status.h>
#include <sltrace/study.h>

SLT_C_BEGIN

#define SLT_CALIBRATE_POINTS_MAX 64
#define SLT_CALIBRATE_CELLS_MAX 4096

/* The values of an axis, as the manifests of the grid have them; none: the axis is not in
 * the grid, and the estimate has its own value. */
typedef struct slt_calibrate_points {
    size_t count;
    char text[SLT_CALIBRATE_POINTS_MAX][SLT_REAL_TEXT_MAX];
} slt_calibrate_points;

typedef struct slt_calibrate_options {
    size_t run, llc; /* which run; which of its estimates, from 0 */
    slt_calibrate_points localization, nbeta, lr; /* ascending */
    const char *const *samplers; /* a grid each; none: the estimate's own */
    size_t sampler_count;
    const char *const *set; /* "FIELD=VALUE": fields of the estimate */
    size_t set_count;
    const char *out;            /* folder */
    size_t jobs;                /* >= 1 */
    slt_progress_call progress; /* may be NULL */
    slt_remark_call remark;     /* may be NULL */
    void *progress_context;     /* of both */
    const atomic_int *cancel;   /* as that of slt_study_options */
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_calibrate_options;

/* Its result (src/audit/calibrate.h), which a page receives once; where the page fails,
 * the calibration fails with its error. */
typedef struct slt_calibration slt_calibration;
typedef struct slt_calibrate_page {
    void *context;
    slt_status (*found)(void *context, const slt_calibration *found, slt_error *err);
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_calibrate_page;

/* Trains the run once, in OUT/training; makes the estimates of each sampler's grid from
 * there, as a study in OUT/SAMPLER of the manifest OUT/SAMPLER.yaml, and writes
 * OUT/recommended.yaml.  What is finished in OUT is kept.
 * SLT_OK: settings are recommended; SLT_DIFFERS: none are; SLT_INTERRUPTED: the same call
 * goes on.  SLT_USAGE if the grid has one point, more than SLT_CALIBRATE_CELLS_MAX, or
 * the run has no such estimate; SLT_FORMAT or SLT_FILE if OUT holds something else, or
 * the run does not take a setting. */
SLT_API slt_status slt_calibrate(slt_manifest *manifest,
                                 const slt_calibrate_options *options,
                                 const slt_calibrate_page *page, slt_error *err);

/* Calibrations as lines of text, and as the document sltrace.calibrate/1, begun in json,
 * which the caller ends.  Both draw OUT/SAMPLER.svg first. */
SLT_API slt_calibrate_page slt_calibrate_text(FILE *out);
SLT_API slt_calibrate_page slt_calibrate_json(slt_json *json);

SLT_C_END

#endif
