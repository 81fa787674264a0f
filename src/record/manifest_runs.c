/* Checking every run of a manifest, and that no two are equal. */
#include "record/manifest_private.h"

#include <stdlib.h>
#include <string.h>

#include "record/canonical.h"
#include "record/digest.h"
#include "record/rules.h"

/* Bounds the work of checking: values of the run part times runs. */
#define WORK_MAX 100000000u

static size_t count_values(const slt_value *value)
{
    size_t count = 1;
    for (size_t i = 0; i < value->count; i++)
        count += count_values(&value->items[i]);
    return count;
}

/* Whether run differs from the one before in nothing but its seed: then only the seed has
 * to be checked anew. */
static bool only_seed_moved(const slt_sweep *sweep, size_t run)
{
    if (run == 0)
        return false;
    for (size_t i = 0; i < sweep->axis_count; i++)
        if (sweep->axes[i].shapes &&
            slt_sweep_index(sweep, run, i) != slt_sweep_index(sweep, run - 1, i))
            return false;
    return true;
}

static slt_status check_run(const slt_manifest *manifest, size_t run,
                            slt_run_spec *scratch, slt_error *err)
{
    static const slt_schema_path path = {NULL, "run", 0}, seed = {&path, "seed", 0};
    slt_manifest_walk walk;
    slt_manifest_walk_init(&walk, manifest, run, err);
    if (only_seed_moved(&manifest->sweep, run))
        return slt_schema_check(&walk.walk, slt_schema_field(&slt_schema_run, "seed"),
                                &seed, slt_value_get(manifest->run, "seed"));
    slt_status status =
        slt_schema_check(&walk.walk, &slt_schema_run, &path, manifest->run);
    return status ? status : slt_rules_fill(&walk.walk, manifest->run, scratch);
}

static slt_status hash_run(slt_manifest *manifest, size_t run, slt_buffer *bytes,
                           slt_error *err)
{
    slt_manifest_walk walk;
    slt_manifest_walk_init(&walk, manifest, run, err);
    slt_buffer_clear(bytes);
    slt_canonical_encode(&walk.walk, &slt_schema_run, manifest->run, bytes);
    if (bytes->failed)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory for a canonical run",
                        manifest->path);
    manifest->experiments[run] = slt_digest_of(bytes->data, bytes->size);
    return SLT_OK;
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

static slt_status refuse_equal(const slt_manifest *manifest, slt_error *err)
{
    size_t runs = manifest->sweep.runs, size = 16;
    while (size < 2 * runs)
        size *= 2;
    uint32_t *slots = calloc(size, sizeof *slots);
    slt_status status = SLT_OK;
    if (!slots)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory for %zu runs",
                        manifest->path, runs);
    for (size_t run = 0; run < runs && !status; run++) {
        const slt_digest *digest = &manifest->experiments[run];
        uint64_t hash;
        memcpy(&hash, digest->bytes, sizeof hash);
        size_t slot = (size_t)hash & (size - 1);
        for (; slots[slot] && !status; slot = (slot + 1) & (size - 1)) {
            size_t other = slots[slot] - 1;
            if (memcmp(&manifest->experiments[other], digest, sizeof *digest) == 0)
                status = fail_equal(manifest, other, run, err);
        }
        slots[slot] = (uint32_t)run + 1;
    }
    free(slots);
    return status;
}

slt_status slt_manifest_check_runs(slt_manifest *manifest, slt_error *err)
{
    size_t runs = manifest->sweep.runs;
    if (count_values(manifest->run) > WORK_MAX / runs)
        return slt_fail(err, SLT_FORMAT, "%s: too large: %zu runs of %zu values",
                        manifest->path, runs, count_values(manifest->run));
    slt_run_spec *scratch = calloc(1, sizeof *scratch);
    slt_buffer bytes = {0};
    slt_status status =
        scratch ? SLT_OK
                : slt_fail(err, SLT_RESOURCE, "%s: out of memory", manifest->path);
    for (size_t run = 0; run < runs && !status; run++) {
        status = check_run(manifest, run, scratch, err);
        if (!status)
            status = hash_run(manifest, run, &bytes, err);
    }
    slt_buffer_free(&bytes);
    free(scratch);
    return status ? status : refuse_equal(manifest, err);
}
