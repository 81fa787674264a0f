/* The same run in another arithmetic. */
#include "manifest/canonical.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "manifest/manifest.h"
#include "manifest/manifest_write.h"

static slt_status set_text(const slt_value *map, const char *key, const char *text,
                           slt_error *err)
{
    slt_value *value = (slt_value *)(uintptr_t)slt_value_get(map, key);
    char *copy = slt_world.strdup(text);
    if (!copy)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    free(value->text);
    value->text = copy;
    return SLT_OK;
}

/* Leaves an init the fields that raw elements have: the new file is as the weight is. */
static void drop_others(slt_value *map)
{
    static const char *const kept[] = {"kind", "file", "sha256", "type"};
    for (size_t i = 0; i < map->count;) {
        size_t k = 0;
        while (k < sizeof kept / sizeof *kept && strcmp(map->keys[i], kept[k]) != 0)
            k++;
        if (k < sizeof kept / sizeof *kept)
            i++;
        else
            slt_value_drop(map, i);
    }
}

static slt_status set_init(const slt_value *run, const char *type,
                           const slt_converted_init *init, slt_error *err)
{
    const slt_value *weights = slt_value_get(slt_value_get(run, "model"), "weights");
    const slt_value *map = slt_value_get(slt_value_get(weights, init->weight), "init");
    drop_others((slt_value *)(uintptr_t)map);
    slt_status status = set_text(map, "file", init->file, err);
    if (!status && slt_value_get(map, "type"))
        status = set_text(map, "type", type, err);
    return status ? status : set_text(map, "sha256", init->sha256, err);
}

/* Reads a run into a tree and changes its arithmetic and the files of its inits. */
static slt_status read_converted(const uint8_t *bytes, size_t size,
                                 slt_arithmetic arithmetic,
                                 const slt_converted_init *inits, size_t count,
                                 slt_value *run, slt_error *err)
{
    const char *name = slt_arithmetic_name(arithmetic);
    slt_status status = slt_canonical_read(bytes, size, run, err);
    if (status)
        return status;
    status = set_text(run, "arithmetic", name, err);
    for (size_t i = 0; i < count && !status; i++)
        status = set_init(run, name, &inits[i], err);
    if (status)
        slt_value_free(run);
    return status;
}

/* The converted run must be valid too: its shapes, ops and rules. */
static slt_status check_converted(const slt_buffer *bytes, size_t from, slt_error *err)
{
    slt_run_spec *spec = slt_run_spec_create();
    if (!spec)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    slt_status status =
        slt_canonical_decode(bytes->data + from, bytes->size - from, spec, err);
    free(spec);
    return status;
}

slt_status slt_canonical_convert(const uint8_t *bytes, size_t size,
                                 slt_arithmetic arithmetic, slt_buffer *out,
                                 slt_error *err)
{
    const slt_schema_walk walk = {.file = "canonical run", .err = err};
    size_t from = out->size;
    slt_value run;
    slt_status status = read_converted(bytes, size, arithmetic, NULL, 0, &run, err);
    if (status)
        return status;
    slt_canonical_encode(&walk, &slt_schema_run, &run, out);
    slt_value_free(&run);
    return out->failed ? slt_fail(err, SLT_RESOURCE, "no memory for a canonical run")
                       : check_converted(out, from, err);
}

slt_status slt_manifest_write_converted(const char *name, const char *comment,
                                        const uint8_t *bytes, size_t size,
                                        slt_arithmetic arithmetic,
                                        const slt_converted_init *inits, size_t count,
                                        slt_buffer *out, slt_error *err)
{
    slt_value run;
    slt_status status = read_converted(bytes, size, arithmetic, inits, count, &run, err);
    if (status)
        return status;
    status = slt_manifest_write(name, comment, &run, out, err);
    slt_value_free(&run);
    return status;
}
