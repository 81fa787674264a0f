/* Checks the runs of a manifest, and that no two are equal, in time that stays bounded
 * for huge sweeps.
 *
 * A run is the `run` part with a value put in for each axis.  So the values of an axis
 * are checked one by one wherever it is used, and the rules that involve several fields
 * once for each point of the axes that matter to them: all but seeds.  If there are too
 * many such points, only some are checked. */
#include "manifest/manifest_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/world.h"
#include "codec/digest.h"
#include "codec/experiments.h"
#include "manifest/canonical.h"
#include "manifest/rules.h"

/* Bounds on the work of checking: values of the run part times runs, and uses of axes
 * times their values. */
#define WORK_MAX 100000000u
#define USES_MAX 10000000u
/* Up to POINTS_MAX points are all checked.  Of more, SPREAD are checked over the whole
 * sweep and up to ALONG along each axis. */
#define POINTS_MAX 50000u
#define SPREAD 10000u
#define ALONG 1000u

/* ---- values ----------------------------------------------------------------------- */

typedef struct inspection {
    const slt_manifest *manifest;
    /* For each axis, one digest per value: of what the value, and those of the axes that
     * go along with it, become in the canonical form. */
    slt_digest *digests[SLT_GOLDEN_AXES_MAX];
    bool distinct[SLT_GOLDEN_AXES_MAX]; /* all values are known to differ, without digests
                                         */
    bool in_set[SLT_GOLDEN_AXES_MAX]; /* used in a set, which the digests do not cover */
    bool wrong[SLT_GOLDEN_AXES_MAX];  /* one of its values is, and was reported */
    uint64_t work;
    slt_buffer bytes;
} inspection;

static size_t leading_axis(const slt_sweep *sweep, size_t axis)
{
    const slt_sweep_axis *with = sweep->axes[axis].with;
    return with ? (size_t)(with - sweep->axes) : axis;
}

/* Sets the axis to this value and names, for messages, the first run that has it. */
static void set_axis_value(slt_manifest_walk *walk, const slt_sweep *sweep, size_t axis,
                           size_t index)
{
    walk->values[axis] = slt_sweep_value(&sweep->axes[axis], index);
    snprintf(walk->label, sizeof walk->label, "run %zu",
             index * sweep->axes[axis].stride);
}

static slt_status add_digest(inspection *all, const slt_schema_walk *walk,
                             const slt_schema *row, const slt_value *at,
                             slt_digest *digest)
{
    slt_buffer_clear(&all->bytes);
    slt_buffer_append(&all->bytes, digest->bytes, sizeof digest->bytes);
    slt_canonical_encode(walk, row, at, &all->bytes);
    *digest = slt_digest_of(all->bytes.data, all->bytes.size);
    return all->bytes.failed
               ? slt_fail(walk->err, SLT_RESOURCE, "%s: out of memory", walk->file)
               : SLT_OK;
}

static slt_status check_values(inspection *all, slt_manifest_walk *walk,
                               const slt_schema *row, const slt_schema_path *path,
                               const slt_value *at, slt_digest *digests)
{
    const size_t axis = (size_t)at->axis - 1;
    const slt_sweep *sweep = &all->manifest->sweep;
    slt_status status = SLT_OK;
    all->work += sweep->axes[axis].count;
    if (all->work > USES_MAX)
        return slt_schema_fail(&walk->walk, path, at,
                               "too large: more than %u values of axes in their places",
                               USES_MAX);
    for (size_t i = 0; i < sweep->axes[axis].count && !status; i++) {
        set_axis_value(walk, sweep, axis, i);
        status = slt_schema_check(&walk->walk, row, path, at);
        if (!status && digests)
            status = add_digest(all, &walk->walk, row, at, &digests[i]);
    }
    return status;
}

/* Evenly spaced whole numbers are all valid if the first and the last are. */
static slt_status check_ends(inspection *all, slt_manifest_walk *walk,
                             const slt_schema *row, const slt_schema_path *path,
                             const slt_value *at)
{
    const size_t axis = (size_t)at->axis - 1;
    const slt_sweep *sweep = &all->manifest->sweep;
    set_axis_value(walk, sweep, axis, 0);
    slt_status status = slt_schema_check(&walk->walk, row, path, at);
    if (status)
        return status;
    set_axis_value(walk, sweep, axis, sweep->axes[axis].count - 1);
    return slt_schema_check(&walk->walk, row, path, at);
}

/* Checks a `$name` met in the first run with all values of its axis, and adds them to the
 * axis's digests.  The canonical form keeps all fields and items of a run apart, except
 * the words of a set, which it puts in an order of its own. */
static slt_status check_axis_use(inspection *all, slt_manifest_walk *walk,
                                 const slt_schema *row, const slt_schema_path *path,
                                 const slt_value *at)
{
    const slt_sweep *sweep = &all->manifest->sweep;
    const size_t axis = (size_t)at->axis - 1, first = leading_axis(sweep, axis);
    const slt_schema word = {
        .type = SLT_SCHEMA_WORD, .words = row->words, .word_of = row->word_of};
    if (row->type == SLT_SCHEMA_SET) {
        all->in_set[first] = true;
        return check_values(all, walk, &word, path, at, NULL);
    }
    if (!sweep->axes[axis].list && row->type == SLT_SCHEMA_INT) {
        all->distinct[first] = true;
        return check_ends(all, walk, row, path, at);
    }
    if (!all->digests[first])
        all->digests[first] =
            slt_world.calloc(sweep->axes[first].count, sizeof(slt_digest));
    if (!all->digests[first])
        return slt_fail(walk->walk.err, SLT_RESOURCE, "%s: out of memory",
                        walk->walk.file);
    return check_values(all, walk, row, path, at, all->digests[first]);
}

static slt_status visit_axis_use(void *context, const slt_schema_walk *outer,
                                 const slt_schema *row, const slt_schema_path *path,
                                 const slt_value *at)
{
    inspection *all = context;
    slt_manifest_walk walk;
    if (all->wrong[at->axis - 1])
        return SLT_FORMAT;
    slt_manifest_walk_init(&walk, all->manifest, 0, outer->err);
    walk.walk.found = outer->found;
    slt_status status = check_axis_use(all, &walk, row, path, at);
    all->wrong[at->axis - 1] = status == SLT_FORMAT;
    return status;
}

static slt_status check_first_run(inspection *all, slt_manifest_errors *found,
                                  slt_error *err)
{
    static const slt_schema_path path = {NULL, "run", 0};
    slt_manifest_walk walk;
    slt_manifest_walk_init(&walk, all->manifest, 0, err);
    walk.walk.found = found;
    walk.walk.visit = visit_axis_use;
    walk.walk.context = all;
    return slt_schema_check(&walk.walk, &slt_schema_run, &path, all->manifest->run);
}

/* ---- points ----------------------------------------------------------------------- */

/* Fills *spec with a run, which is checked before where `checks` says so. */
static slt_status fill_point(const slt_manifest *manifest, size_t run, bool checks,
                             slt_run_spec *spec, slt_manifest_errors *found,
                             slt_error *err)
{
    static const slt_schema_path path = {NULL, "run", 0};
    slt_manifest_walk walk;
    slt_manifest_walk_init(&walk, manifest, run, err);
    walk.walk.found = found;
    memcpy(spec->folder, manifest->folder, sizeof spec->folder);
    slt_status status =
        checks ? slt_schema_check(&walk.walk, &slt_schema_run, &path, manifest->run)
               : SLT_OK;
    return status ? status : slt_rules_fill(&walk.walk, manifest->run, spec);
}

static slt_status check_point(const slt_manifest *manifest, size_t run,
                              slt_run_spec *scratch, slt_manifest_errors *found,
                              slt_error *err)
{
    return fill_point(manifest, run, true, scratch, found, err);
}

slt_status slt_manifest_fill_run(const slt_manifest *manifest, size_t run,
                                 slt_run_spec *spec, slt_error *err)
{
    const bool checks = manifest->checked != manifest->sweep.runs;
    return fill_point(manifest, run, checks, spec, NULL, err);
}

slt_status slt_manifest_check_run(const slt_manifest *manifest, size_t run,
                                  slt_error *err)
{
    if (manifest->checked == manifest->sweep.runs)
        return SLT_OK;
    slt_run_spec *scratch = slt_run_spec_create();
    if (!scratch)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory", manifest->path);
    slt_status status = check_point(manifest, run, scratch, NULL, err);
    free(scratch);
    return status;
}

/* Whether an axis, or one that goes along with it, is used other than as the seed. */
static bool axis_shapes(const slt_sweep *sweep, size_t axis)
{
    bool any = false;
    for (size_t i = 0; i < sweep->axis_count; i++)
        any |= leading_axis(sweep, i) == axis && sweep->axes[i].shapes;
    return any;
}

/* Whether a run is the first of those that differ from it only in seeds. */
static bool run_leads(const slt_sweep *sweep, const bool *shaping, size_t run)
{
    for (size_t i = 0; i < sweep->axis_count; i++)
        if (!shaping[i] && slt_sweep_index(sweep, run, i))
            return false;
    return true;
}

typedef struct points {
    const slt_manifest *manifest;
    slt_run_spec *scratch;
    slt_manifest_errors *found;
    slt_error *err;
} points;

static slt_status check_all_points(const points *p, const bool *shaping)
{
    const slt_sweep *sweep = &p->manifest->sweep;
    slt_status status = SLT_OK;
    for (size_t run = 0; run < sweep->runs && !status; run++)
        if (run_leads(sweep, shaping, run))
            status = check_point(p->manifest, run, p->scratch, p->found, p->err);
    return status;
}

/* The i-th of `of` numbers spread evenly from 0 to count - 1, both included. */
static size_t spread_evenly(size_t i, size_t of, size_t count)
{
    return of > 1 ? (size_t)((uint64_t)i * (count - 1) / (of - 1)) : 0;
}

/* Checks the points at which every axis has its first or last value. */
static slt_status check_corners(const points *p)
{
    const slt_sweep *sweep = &p->manifest->sweep;
    slt_status status = SLT_OK;
    for (size_t corner = 0; corner < (size_t)1 << sweep->axis_count && !status;
         corner++) {
        size_t run = 0;
        for (size_t i = 0; i < sweep->axis_count; i++)
            if (corner >> i & 1 && !sweep->axes[i].with)
                run += (sweep->axes[i].count - 1) * sweep->axes[i].stride;
        status = check_point(p->manifest, run, p->scratch, p->found, p->err);
    }
    return status;
}

static slt_status check_some_points(const points *p, const bool *shaping)
{
    const slt_sweep *sweep = &p->manifest->sweep;
    slt_status status = check_corners(p);
    for (size_t axis = 0; axis < sweep->axis_count; axis++) {
        const size_t count = sweep->axes[axis].count;
        const size_t some = count < ALONG ? count : ALONG;
        for (size_t i = 0; i < some && shaping[axis] && !status; i++)
            status = check_point(p->manifest,
                                 spread_evenly(i, some, count) * sweep->axes[axis].stride,
                                 p->scratch, p->found, p->err);
    }
    for (size_t i = 0; i < SPREAD && !status; i++)
        status = check_point(p->manifest, spread_evenly(i, SPREAD, sweep->runs),
                             p->scratch, p->found, p->err);
    return status;
}

static size_t count_values(const slt_value *value)
{
    size_t count = 1;
    for (size_t i = 0; i < value->count; i++)
        count += count_values(&value->items[i]);
    return count;
}

static slt_status check_points(slt_manifest *manifest, slt_manifest_errors *found,
                               slt_error *err)
{
    const slt_sweep *sweep = &manifest->sweep;
    const size_t values = count_values(manifest->run);
    points p = {manifest, slt_run_spec_create(), found, err};
    bool shaping[SLT_GOLDEN_AXES_MAX];
    size_t count = 1;
    for (size_t i = 0; i < sweep->axis_count; i++) {
        shaping[i] = axis_shapes(sweep, i) || sweep->axes[i].with;
        count *= shaping[i] && !sweep->axes[i].with ? sweep->axes[i].count : 1;
    }
    if (!p.scratch)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory", manifest->path);
    slt_status status;
    manifest->checked = count <= POINTS_MAX ? sweep->runs : SPREAD;
    if (values > WORK_MAX / (count <= POINTS_MAX ? count : SPREAD))
        status = slt_fail(err, SLT_FORMAT, "%s: too large: %zu runs of %zu values",
                          manifest->path, sweep->runs, values);
    else
        status = count <= POINTS_MAX ? check_all_points(&p, shaping)
                                     : check_some_points(&p, shaping);
    free(p.scratch);
    return status;
}

/* ---- equal runs ------------------------------------------------------------------- */

/* Finds two equal digests; *first is `count` if all differ. */
static slt_status find_equal(const slt_manifest *manifest, const slt_digest *digests,
                             size_t count, size_t *first, size_t *second, slt_error *err)
{
    slt_experiments seen = {0};
    bool enough = true;
    *first = *second = count;
    for (size_t i = 0; i < count && *first == count && enough; i++) {
        const size_t found = slt_experiments_find(&seen, digests[i]);
        if (found == SIZE_MAX) {
            enough = slt_experiments_add(&seen, digests[i]);
        } else {
            *first = found;
            *second = i;
        }
    }
    slt_experiments_free(&seen);
    return enough ? SLT_OK
                  : slt_fail(err, SLT_RESOURCE, "%s: out of memory for %zu runs",
                             manifest->path, count);
}

static slt_status fail_equal(const slt_manifest *manifest, size_t first, size_t second,
                             slt_error *err)
{
    const slt_schema_walk walk = {.file = manifest->path, .err = err};
    const slt_schema_path path = {NULL, "sweep", 0};
    const slt_sweep *sweep = &manifest->sweep;
    const slt_value *at = NULL;
    for (size_t i = 0; i < sweep->axis_count && !at; i++) {
        size_t index = slt_sweep_index(sweep, second, i);
        const slt_sweep_axis *axis = &sweep->axes[i];
        if (index != slt_sweep_index(sweep, first, i))
            at = axis->list ? &axis->list->items[index] : axis->at;
    }
    slt_buffer label = {0};
    slt_sweep_label(sweep, second, &label);
    slt_status status =
        slt_schema_fail(&walk, &path, at, "runs %zu and %zu are equal: %s", first, second,
                        slt_buffer_text(&label));
    slt_buffer_free(&label);
    return status;
}

/* Compares all runs by their canonical forms. */
static slt_status compare_runs(slt_manifest *manifest, slt_error *err)
{
    const size_t runs = manifest->sweep.runs;
    slt_digest *digests = slt_world.malloc(runs * sizeof *digests);
    if (!digests)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory for %zu runs",
                        manifest->path, runs);
    for (size_t run = 0; run < runs; run++)
        digests[run] = slt_manifest_experiment(manifest, run);
    size_t first, second;
    slt_status status = find_equal(manifest, digests, runs, &first, &second, err);
    free(digests);
    return status || first == runs ? status : fail_equal(manifest, first, second, err);
}

/* Two runs differ in the value of some axis.  They are equal if and only if the two
 * values become the same wherever the axis is used, which its digests tell, unless it is
 * used in a set: then the runs themselves must be compared. */
static slt_status refuse_equal(slt_manifest *manifest, const inspection *all,
                               slt_error *err)
{
    const slt_sweep *sweep = &manifest->sweep;
    bool known = true;
    for (size_t i = 0; i < sweep->axis_count; i++) {
        const size_t count = sweep->axes[i].count, stride = sweep->axes[i].stride;
        size_t first = 0, second = 0;
        if (sweep->axes[i].with || all->distinct[i] || count == 1)
            continue;
        slt_status status = all->digests[i] ? find_equal(manifest, all->digests[i], count,
                                                         &first, &second, err)
                                            : SLT_OK;
        if (!status && all->digests[i] && first < count && !all->in_set[i])
            status = fail_equal(manifest, first * stride, second * stride, err);
        if (status)
            return status;
        known = known && first == count;
    }
    return known ? SLT_OK : compare_runs(manifest, err);
}

/* ---- all -------------------------------------------------------------------------- */

/* A bound on the canonical bytes of a value, whatever the values of its axes: numbers
 * take at most 9 bytes, heads 5, and each key of a map may also be written as a name. */
static size_t canonical_bound(const slt_sweep *sweep, const slt_value *value)
{
    size_t size = 16 + (value->text ? strlen(value->text) : 0);
    const slt_value *list = value->axis > 0 ? sweep->axes[value->axis - 1].list : NULL;
    size_t longest = 0;
    for (size_t i = 0; list && i < list->count; i++)
        if (strlen(list->items[i].text) > longest)
            longest = strlen(list->items[i].text);
    for (size_t i = 0; i < value->count; i++)
        size += canonical_bound(sweep, &value->items[i]) +
                (value->keys ? 32 + 2 * strlen(value->keys[i]) : 0);
    return size + longest;
}

static slt_status make_scratch(slt_manifest *manifest, slt_error *err)
{
    size_t size = canonical_bound(&manifest->sweep, manifest->run);
    if (!slt_buffer_extend(&manifest->scratch, size))
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory for a canonical run",
                        manifest->path);
    return SLT_OK;
}

slt_status slt_manifest_check_runs(slt_manifest *manifest, bool sound,
                                   slt_manifest_errors *found, slt_error *err)
{
    inspection all = {.manifest = manifest};
    slt_status status = check_first_run(&all, found, err);
    if (!status && sound)
        status = make_scratch(manifest, err);
    if (!status && sound)
        status = check_points(manifest, found, err);
    if (!status && sound)
        status = refuse_equal(manifest, &all, err);
    slt_buffer_free(&all.bytes);
    for (size_t i = 0; i < SLT_GOLDEN_AXES_MAX; i++)
        free(all.digests[i]);
    return status;
}
