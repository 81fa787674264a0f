/* Whether two runs are trained alike. */
#include <string.h>

#include "codec/value.h"
#include "manifest/canonical.h"

static slt_value *trained_member(const slt_value *map, const char *key)
{
    return (slt_value *)(uintptr_t)slt_value_get(map, key);
}

static void trained_drop(slt_value *map, const char *key)
{
    for (size_t i = 0; map && i < map->count; i++)
        if (strcmp(map->keys[i], key) == 0) {
            slt_value_drop(map, i);
            return;
        }
}

/* Appends what decides the training of a run. */
static slt_status trained_print(const uint8_t *bytes, size_t size, slt_buffer *out,
                                slt_error *err)
{
    slt_value run;
    slt_status status = slt_canonical_read(bytes, size, &run, err);
    if (status)
        return status;
    slt_value *train = trained_member(&run, "train");
    slt_value *checkpoints = trained_member(train, "checkpoints");
    trained_drop(&run, "llc");
    trained_drop(checkpoints, "state");
    if (checkpoints && !checkpoints->count)
        trained_drop(train, "checkpoints");
    slt_value_print(&run, out);
    slt_value_free(&run);
    return out->failed ? slt_fail(err, SLT_RESOURCE, "no memory for a run") : SLT_OK;
}

slt_status slt_canonical_trained_alike(const uint8_t *ours, size_t ours_size,
                                       const uint8_t *theirs, size_t theirs_size,
                                       bool *alike, slt_error *err)
{
    slt_buffer a = {0}, b = {0};
    slt_status status = trained_print(ours, ours_size, &a, err);
    if (!status)
        status = trained_print(theirs, theirs_size, &b, err);
    *alike = !status && a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
    slt_buffer_free(&a);
    slt_buffer_free(&b);
    return status;
}
