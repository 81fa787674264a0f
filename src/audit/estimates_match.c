/* Which runs of two goldens or studies are the same: those whose canonical forms are
 * equal, or would be in the same arithmetic. */
#include "audit/estimates_internal.h"

#include <stdlib.h>
#include <string.h>

#include "codec/digest.h"
#include "manifest/canonical.h"
#include "manifest/manifest.h"

slt_status slt_match_canonical(const slt_golden *golden, slt_manifest *manifest,
                               size_t run, const uint8_t **bytes, size_t *size,
                               slt_error *err)
{
    const slt_golden_run *wanted = &golden->runs[run];
    if (manifest && wanted->run < slt_manifest_runs(manifest) &&
        slt_digest_equal(slt_manifest_experiment(manifest, (size_t)wanted->run),
                         wanted->experiment))
        return slt_manifest_canonical(manifest, (size_t)wanted->run, bytes, size, err);
    bool own = golden->base && wanted->run == 0 &&
               slt_digest_equal(slt_digest_of(golden->base, golden->base_size),
                                wanted->experiment);
    *bytes = own ? golden->base : NULL;
    *size = own ? golden->base_size : 0;
    return SLT_OK;
}

/* *converted is empty where the run cannot be in that arithmetic. */
static slt_status match_convert(const uint8_t *bytes, size_t size,
                                slt_arithmetic arithmetic, slt_buffer *converted,
                                slt_error *err)
{
    slt_buffer_clear(converted);
    slt_status status = slt_canonical_convert(bytes, size, arithmetic, converted, err);
    if (status && status != SLT_RESOURCE) {
        slt_buffer_clear(converted);
        status = SLT_OK;
    }
    return status;
}

static slt_status match_add_converted(const uint8_t *bytes, size_t size,
                                      slt_arithmetic arithmetic, slt_match_keys *keys,
                                      slt_error *err)
{
    slt_buffer converted = {0};
    slt_status status = match_convert(bytes, size, arithmetic, &converted, err);
    if (!status && converted.size) {
        slt_digest digest = slt_digest_of(converted.data, converted.size);
        if (slt_digest_equal(digest, keys->experiment[0])) {
            keys->arithmetic[0] = arithmetic;
        } else if (keys->count < 3) {
            keys->arithmetic[keys->count] = arithmetic;
            keys->experiment[keys->count++] = digest;
        }
    }
    slt_buffer_free(&converted);
    return status;
}

slt_status slt_match_keys_of(const slt_ours *ours, size_t run, slt_match_keys *keys,
                             slt_error *err)
{
    const uint8_t *bytes = NULL;
    size_t size;
    *keys = (slt_match_keys){.count = 1};
    keys->experiment[0] = ours->golden->runs[run].experiment;
    slt_status status =
        slt_match_canonical(ours->golden, ours->manifest, run, &bytes, &size, err);
    for (slt_arithmetic a = SLT_F32; bytes && a <= SLT_FIXED && !status; a++)
        status = match_add_converted(bytes, size, a, keys, err);
    return status;
}

/* ---- What differs ------------------------------------------------------------------ */

typedef struct difference {
    slt_buffer field, ours, theirs;
    bool differs;
} difference;

static void match_free_difference(difference *d)
{
    slt_buffer_free(&d->field);
    slt_buffer_free(&d->ours);
    slt_buffer_free(&d->theirs);
    *d = (difference){0};
}

static slt_status match_find(const uint8_t *ours, size_t ours_size, const uint8_t *theirs,
                             size_t theirs_size, difference *d, slt_error *err)
{
    return slt_canonical_difference(ours, ours_size, theirs, theirs_size, &d->field,
                                    &d->ours, &d->theirs, &d->differs, err);
}

static bool match_is_arithmetic(difference *d)
{
    return d->differs && strcmp(slt_buffer_text(&d->field), "run.arithmetic") == 0;
}

/* Converts ours to the arithmetic of theirs, and finds what differs besides it. */
static slt_status match_find_besides(const uint8_t *ours, size_t ours_size,
                                     const uint8_t *theirs, size_t theirs_size,
                                     difference *d, slt_error *err)
{
    slt_buffer converted = {0};
    slt_status status = SLT_OK;
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED && !status && match_is_arithmetic(d);
         a++) {
        difference other = {0};
        status = match_convert(ours, ours_size, a, &converted, err);
        if (status || !converted.size)
            continue;
        status =
            match_find(converted.data, converted.size, theirs, theirs_size, &other, err);
        if (!status && other.differs && !match_is_arithmetic(&other)) {
            match_free_difference(d);
            *d = other;
        } else {
            match_free_difference(&other);
        }
    }
    slt_buffer_free(&converted);
    return status;
}

slt_status slt_match_difference(const uint8_t *ours, size_t ours_size,
                                const uint8_t *theirs, size_t theirs_size,
                                slt_buffer *text, slt_error *err)
{
    difference d = {0};
    slt_status status = match_find(ours, ours_size, theirs, theirs_size, &d, err);
    if (!status)
        status = match_find_besides(ours, ours_size, theirs, theirs_size, &d, err);
    if (!status && d.differs)
        slt_buffer_printf(text, "%s is %.60s there, %.60s here",
                          slt_buffer_text(&d.field), slt_buffer_text(&d.theirs),
                          slt_buffer_text(&d.ours));
    if (!status && (d.ours.failed || d.theirs.failed || d.field.failed || text->failed))
        status = slt_fail(err, SLT_RESOURCE, "no memory to tell how runs differ");
    match_free_difference(&d);
    return status;
}
