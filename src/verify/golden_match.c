#include "verify/golden_match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "codec/digest.h"
#include "figure/golden_make.h"
#include "golden/golden_internal.h"
#include "golden/golden_lines.h"

static slt_status match_tell_difference(const slt_golden *golden,
                                        const slt_manifest *manifest,
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

static void match_note(slt_mismatch *mismatch, const char *field, const char *ours,
                       const char *theirs)
{
    snprintf(mismatch->field, sizeof mismatch->field, "%s", field);
    snprintf(mismatch->manifest, sizeof mismatch->manifest, "%s", ours);
    snprintf(mismatch->golden, sizeof mismatch->golden, "%s", theirs);
}

/* Whether both have the same axes and the same number of runs. */
static bool match_same_sweep(const slt_golden *golden, const slt_manifest *manifest,
                             slt_mismatch *mismatch)
{
    char ours[32], theirs[32];
    size_t axes = slt_manifest_axes(manifest);
    for (size_t axis = 0; axis < axes || axis < golden->axis_count; axis++) {
        const char *a = axis < axes ? slt_manifest_axis(manifest, axis) : "(none)";
        const char *b = axis < golden->axis_count ? golden->axes[axis] : "(none)";
        if (!strcmp(a, b))
            continue;
        match_note(mismatch, "sweep axis", a, b);
        return false;
    }
    snprintf(ours, sizeof ours, "%zu", slt_manifest_runs(manifest));
    snprintf(theirs, sizeof theirs, "%zu", golden->run_count);
    match_note(mismatch, "number of runs", ours, theirs);
    return golden->run_count == slt_manifest_runs(manifest);
}

/* ---- Naming the field -------------------------------------------------------------- */

static bool match_find_difference(slt_manifest *manifest, size_t run,
                                  const uint8_t *canonical, size_t size,
                                  slt_mismatch *mismatch)
{
    return slt_manifest_difference(manifest, run, canonical, size, mismatch->field,
                                   sizeof mismatch->field, mismatch->manifest,
                                   sizeof mismatch->manifest, mismatch->golden,
                                   sizeof mismatch->golden, &mismatch->line);
}

/* The manifest's run with the sweep values of a golden's run; the number of runs if there
 * is none. */
static size_t match_find_values(const slt_manifest *manifest, const slt_golden *golden,
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

/* Notes the first sweep value that differs. If another run of the manifest has the
 * golden's value, the field and line of the value are named too. */
static bool match_sweep_differs(const slt_golden *golden, slt_manifest *manifest,
                                size_t run, slt_mismatch *mismatch)
{
    const slt_golden_run *wanted = &golden->runs[run];
    for (size_t axis = 0; axis < golden->axis_count; axis++) {
        const char *ours = slt_manifest_value(manifest, run, axis);
        const uint8_t *canonical;
        size_t size, twin = match_find_values(manifest, golden, wanted);
        if (!strcmp(ours, wanted->values[axis]))
            continue;
        if (twin < slt_manifest_runs(manifest) &&
            !slt_manifest_canonical(manifest, twin, &canonical, &size, NULL) &&
            match_find_difference(manifest, run, canonical, size, mismatch))
            return true;
        match_note(mismatch, golden->axes[axis], ours, wanted->values[axis]);
        return true;
    }
    return false;
}

static void match_name_field(const slt_golden *golden, slt_manifest *manifest, size_t run,
                             slt_mismatch *mismatch)
{
    char ours[SLT_DIGEST_TEXT_MAX], theirs[SLT_DIGEST_TEXT_MAX];
    mismatch->of_run = true;
    if (golden->base &&
        match_find_difference(manifest, 0, golden->base, golden->base_size, mismatch))
        return;
    mismatch->run = run;
    if (match_sweep_differs(golden, manifest, run, mismatch))
        return;
    slt_digest_text(slt_manifest_experiment(manifest, run), ours);
    slt_digest_text(golden->runs[run].experiment, theirs);
    match_note(mismatch, "experiment", ours, theirs);
}

static bool match_same_runs(const slt_golden *golden, slt_manifest *manifest,
                            slt_mismatch *mismatch)
{
    for (size_t run = 0; run < golden->run_count; run++)
        if (!slt_digest_equal(slt_manifest_experiment(manifest, run),
                              golden->runs[run].experiment)) {
            match_name_field(golden, manifest, run, mismatch);
            return false;
        }
    return true;
}

/* ---- Line by line ------------------------------------------------------------------ */

static slt_status match_replace_text(char **text, const char *other, slt_error *err)
{
    char *copy = slt_world.strdup(other);
    if (!copy)
        return slt_fail(err, SLT_RESOURCE, "no memory to compare goldens");
    free(*text);
    *text = copy;
    return SLT_OK;
}

/* The paths of manifest and data are the golden's own; a manifest does not determine
 * them. */
static slt_status match_take_paths(slt_golden *made, const slt_golden *golden,
                                   slt_error *err)
{
    slt_status status = match_replace_text(&made->manifest, golden->manifest, err);
    if (!status && made->data && golden->data)
        status = match_replace_text(&made->data, golden->data, err);
    return status;
}

static bool match_take_difference(const slt_golden_difference *difference,
                                  slt_mismatch *mismatch)
{
    if (difference->count)
        match_note(mismatch, difference->field, difference->found, difference->golden);
    return difference->count > 0;
}

/* Compares number and sweep values of every run. What only a trace tells is taken from
 * the golden for now. */
static slt_status match_same_points(const slt_golden *golden, slt_golden *made,
                                    slt_mismatch *mismatch, slt_error *err)
{
    slt_golden_difference difference = {0};
    slt_status status = SLT_OK;
    for (size_t run = 0; run < golden->run_count && !status; run++) {
        slt_golden_run point = made->runs[run];
        made->runs[run] = golden->runs[run];
        made->runs[run].run = point.run;
        memcpy(made->runs[run].values, point.values, sizeof point.values);
        status = slt_golden_run_copy(&made->runs[run], &golden->runs[run],
                                     golden->result_count)
                     ? slt_golden_compare_line(golden, made, SLT_GOLDEN_RUN, run,
                                               &difference, err)
                     : slt_fail(err, SLT_RESOURCE, "no memory to compare goldens");
        mismatch->of_run = true;
        mismatch->run = run;
        if (!status && match_take_difference(&difference, mismatch))
            return SLT_DIFFERS;
    }
    mismatch->of_run = false;
    return status;
}

static slt_status match_same_head(const slt_golden *golden, const slt_golden *made,
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
    if (!status && match_take_difference(&difference, mismatch))
        return SLT_DIFFERS;
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

slt_status slt_golden_match(const slt_golden *golden, slt_manifest *manifest,
                            slt_golden **made, slt_mismatch *mismatch, slt_error *err)
{
    *mismatch = (slt_mismatch){0};
    *made = NULL;
    if (!match_same_sweep(golden, manifest, mismatch) ||
        !match_same_runs(golden, manifest, mismatch))
        return match_tell_difference(golden, manifest, mismatch, err);
    slt_status status = slt_study_golden_begin(manifest, golden->path, made, err);
    if (!status)
        status = match_take_paths(*made, golden, err);
    if (!status)
        status = match_same_head(golden, *made, mismatch, err);
    if (!status)
        status = match_same_points(golden, *made, mismatch, err);
    if (status == SLT_DIFFERS)
        match_tell_difference(golden, manifest, mismatch, err);
    if (status) {
        slt_golden_free(*made);
        *made = NULL;
    }
    return status;
}
