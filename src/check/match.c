#include "check/match.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "record/digest.h"

static slt_status differs(const slt_golden *golden, const slt_manifest *manifest,
                          const slt_mismatch *mismatch, slt_error *err)
{
    char line[32] = "";
    if (mismatch->line)
        snprintf(line, sizeof line, ":%d", mismatch->line);
    return slt_fail(err, SLT_DIFFERS,
                    "%s%s: not the manifest of %s: %s is %s, in the "
                    "golden %s (run %zu)",
                    slt_manifest_path(manifest), line, golden->path, mismatch->field,
                    mismatch->manifest, mismatch->golden, mismatch->run);
}

static void set(slt_mismatch *mismatch, const char *field, const char *ours,
                const char *theirs)
{
    snprintf(mismatch->field, sizeof mismatch->field, "%s", field);
    snprintf(mismatch->manifest, sizeof mismatch->manifest, "%s", ours);
    snprintf(mismatch->golden, sizeof mismatch->golden, "%s", theirs);
}

slt_status slt_golden_match_sweep(const slt_golden *golden, const slt_manifest *manifest,
                                  slt_mismatch *mismatch, slt_error *err)
{
    char ours[32], theirs[32];
    size_t axes = slt_manifest_axes(manifest);
    *mismatch = (slt_mismatch){0};
    for (size_t axis = 0; axis < axes || axis < golden->axis_count; axis++) {
        const char *a = axis < axes ? slt_manifest_axis(manifest, axis) : "(none)";
        const char *b = axis < golden->axis_count ? golden->axes[axis] : "(none)";
        if (!strcmp(a, b))
            continue;
        set(mismatch, "sweep axis", a, b);
        return differs(golden, manifest, mismatch, err);
    }
    for (size_t i = 0; i < golden->run_count; i++)
        if (golden->runs[i].run != i)
            return slt_fail(err, SLT_FORMAT, "%s: expected run %zu, found run %" PRIu64,
                            golden->path, i, golden->runs[i].run);
    if (golden->run_count == slt_manifest_runs(manifest))
        return SLT_OK;
    snprintf(ours, sizeof ours, "%zu", slt_manifest_runs(manifest));
    snprintf(theirs, sizeof theirs, "%zu", golden->run_count);
    set(mismatch, "number of runs", ours, theirs);
    return differs(golden, manifest, mismatch, err);
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
    mismatch->run = 0;
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

slt_status slt_golden_match(const slt_golden *golden, slt_manifest *manifest,
                            const bool *selected, slt_mismatch *mismatch, slt_error *err)
{
    *mismatch = (slt_mismatch){0};
    for (size_t run = 0; run < golden->run_count; run++) {
        if (!selected[run] || slt_digest_equal(slt_manifest_experiment(manifest, run),
                                               golden->runs[run].experiment))
            continue;
        name_field(golden, manifest, run, mismatch);
        return differs(golden, manifest, mismatch, err);
    }
    return SLT_OK;
}
