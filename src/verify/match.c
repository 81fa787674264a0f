#include "verify/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/digest.h"
#include "figure/golden_make.h"
#include "golden/golden_lines.h"

static slt_status tell_difference(const slt_golden *golden, const slt_manifest *manifest,
                                  const slt_mismatch *mismatch, slt_error *err)
{
    char line[32] = "", run[32] = "";
    if (mismatch->line)
        snprintf(line, sizeof line, ":%d", mismatch->line);
    if (mismatch->of_run)
        snprintf(run, sizeof run, " (run %zu)", mismatch->run);
    return slt_fail(err, SLT_DIFFERS,
                    "%s%s: not the manifest of %s: %s is %s, in the golden %s%s",
                    slt_manifest_path(manifest), line, golden->path, mismatch->field,
                    mismatch->manifest, mismatch->golden, run);
}

static void set(slt_mismatch *mismatch, const char *field, const char *ours,
                const char *theirs)
{
    snprintf(mismatch->field, sizeof mismatch->field, "%s", field);
    snprintf(mismatch->manifest, sizeof mismatch->manifest, "%s", ours);
    snprintf(mismatch->golden, sizeof mismatch->golden, "%s", theirs);
}

/* As many runs over the same axes. */
static bool same_sweep(const slt_golden *golden, const slt_manifest *manifest,
                       slt_mismatch *mismatch)
{
    char ours[32], theirs[32];
    size_t axes = slt_manifest_axes(manifest);
    for (size_t axis = 0; axis < axes || axis < golden->axis_count; axis++) {
        const char *a = axis < axes ? slt_manifest_axis(manifest, axis) : "(none)";
        const char *b = axis < golden->axis_count ? golden->axes[axis] : "(none)";
        if (!strcmp(a, b))
            continue;
        set(mismatch, "sweep axis", a, b);
        return false;
    }
    snprintf(ours, sizeof ours, "%zu", slt_manifest_runs(manifest));
    snprintf(theirs, sizeof theirs, "%zu", golden->run_count);
    set(mismatch, "number of runs", ours, theirs);
    return golden->run_count == slt_manifest_runs(manifest);
}

/* ---- Naming the field -------------------------------------------------------------- */

static bool difference(slt_manifest *manifest, size_t run, const uint8_t *canonical,
                       size_t size, slt_mismatch *mismatch)
{
    return slt_manifest_difference(manifest, run, canonical, size, mismatch->field,
                                   sizeof mismatch->field, mismatch->manifest,
                                   sizeof mismatch->manifest, mismatch->golden,
                                   sizeof mismatch->golden, &mismatch->line);
}

/* The manifest's run with a golden run's sweep values, if it has one: all that is known
 * of a run whose other fields are the manifest's. */
static size_t find_values(const slt_manifest *manifest, const slt_golden *golden,
                          const slt_golden_run *wanted)
{
    size_t run = 0;
    for (; run < slt_manifest_runs(manifest); run++) {
        bool same = true;
        for (size_t axis = 0; axis < golden->axis_count && same; axis++)
            same = !strcmp(slt_manifest_value(manifest, run, axis), wanted->values[axis]);
        if (same)
            break;
    }
    return run;
}

/* A sweep value that differs: with the field and line that it stands in where the
 * manifest has the golden's value in another run. */
static bool sweep_differs(const slt_golden *golden, slt_manifest *manifest, size_t run,
                          slt_mismatch *mismatch)
{
    const slt_golden_run *wanted = &golden->runs[run];
    for (size_t axis = 0; axis < golden->axis_count; axis++) {
        const char *ours = slt_manifest_value(manifest, run, axis);
        const uint8_t *canonical;
        size_t size, twin = find_values(manifest, golden, wanted);
        if (!strcmp(ours, wanted->values[axis]))
            continue;
        if (twin < slt_manifest_runs(manifest) &&
            !slt_manifest_canonical(manifest, twin, &canonical, &size, NULL) &&
            difference(manifest, run, canonical, size, mismatch))
            return true;
        set(mismatch, golden->axes[axis], ours, wanted->values[axis]);
        return true;
    }
    return false;
}

static void name_field(const slt_golden *golden, slt_manifest *manifest, size_t run,
                       slt_mismatch *mismatch)
{
    char ours[SLT_DIGEST_TEXT_MAX], theirs[SLT_DIGEST_TEXT_MAX];
    mismatch->of_run = true;
    if (golden->base &&
        difference(manifest, 0, golden->base, golden->base_size, mismatch))
        return;
    mismatch->run = run;
    if (sweep_differs(golden, manifest, run, mismatch))
        return;
    slt_digest_text(slt_manifest_experiment(manifest, run), ours);
    slt_digest_text(golden->runs[run].experiment, theirs);
    set(mismatch, "experiment", ours, theirs);
}

static bool same_runs(const slt_golden *golden, slt_manifest *manifest,
                      slt_mismatch *mismatch)
{
    for (size_t run = 0; run < golden->run_count; run++)
        if (!slt_digest_equal(slt_manifest_experiment(manifest, run),
                              golden->runs[run].experiment)) {
            name_field(golden, manifest, run, mismatch);
            return false;
        }
    return true;
}

/* ---- Line by line ------------------------------------------------------------------ */

static slt_status replace(char **text, const char *other, slt_error *err)
{
    char *copy = strdup(other);
    if (!copy)
        return slt_fail(err, SLT_RESOURCE, "no memory to compare goldens");
    free(*text);
    *text = copy;
    return SLT_OK;
}

/* Where a golden and its files lie is for it to say. */
static slt_status take_paths(slt_golden *made, const slt_golden *golden, slt_error *err)
{
    slt_status status = replace(&made->manifest, golden->manifest, err);
    if (!status && made->data && golden->data)
        status = replace(&made->data, golden->data, err);
    return status;
}

static bool told(const slt_golden_difference *difference, slt_mismatch *mismatch)
{
    if (difference->count)
        set(mismatch, difference->field, difference->found, difference->golden);
    return difference->count > 0;
}

/* Number and sweep values of every run; what a trace tells is the golden's for now. */
static slt_status same_points(const slt_golden *golden, slt_golden *made,
                              slt_mismatch *mismatch, slt_error *err)
{
    slt_golden_difference difference = {0};
    slt_status status = SLT_OK;
    for (size_t run = 0; run < golden->run_count && !status; run++) {
        slt_golden_run point = made->runs[run];
        made->runs[run] = golden->runs[run];
        made->runs[run].run = point.run;
        memcpy(made->runs[run].values, point.values, sizeof point.values);
        status =
            slt_golden_compare_line(golden, made, SLT_GOLDEN_RUN, run, &difference, err);
        mismatch->of_run = true;
        mismatch->run = run;
        if (!status && told(&difference, mismatch))
            return SLT_DIFFERS;
    }
    mismatch->of_run = false;
    return status;
}

static slt_status same_head(const slt_golden *golden, const slt_golden *made,
                            slt_mismatch *mismatch, slt_error *err)
{
    slt_golden_difference difference = {0};
    slt_status status = SLT_OK;
    for (slt_golden_line line = SLT_GOLDEN_FORMAT; line < SLT_GOLDEN_RUN && !status;
         line++)
        status = slt_golden_compare_line(golden, made, line, 0, &difference, err);
    if (!status && (!golden->data || !made->data))
        status =
            slt_golden_compare_line(golden, made, SLT_GOLDEN_DATA, 0, &difference, err);
    for (size_t i = 0; i < golden->claim_count && !made->data && !status; i++)
        status =
            slt_golden_compare_line(golden, made, SLT_GOLDEN_CLAIM, i, &difference, err);
    if (!status && told(&difference, mismatch))
        return SLT_DIFFERS;
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

slt_status slt_golden_match(const slt_golden *golden, slt_manifest *manifest,
                            slt_golden **made, slt_mismatch *mismatch, slt_error *err)
{
    *mismatch = (slt_mismatch){0};
    *made = NULL;
    if (!same_sweep(golden, manifest, mismatch) || !same_runs(golden, manifest, mismatch))
        return tell_difference(golden, manifest, mismatch, err);
    slt_status status = slt_study_golden_begin(manifest, golden->path, made, err);
    if (!status)
        status = take_paths(*made, golden, err);
    if (!status)
        status = same_head(golden, *made, mismatch, err);
    if (!status)
        status = same_points(golden, *made, mismatch, err);
    if (status == SLT_DIFFERS)
        tell_difference(golden, manifest, mismatch, err);
    if (status) {
        slt_golden_free(*made);
        *made = NULL;
    }
    return status;
}
