/* Opening a manifest, and what it answers. */
#include "record/manifest_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "record/canonical.h"
#include "record/rules.h"
#include "record/name.h"
#include "record/yaml.h"

/* ---- opening ---------------------------------------------------------------------- */

static slt_status check_name(const slt_schema_walk *walk, const slt_value *name)
{
    const slt_schema_path path = {NULL, "name", 0};
    if (slt_manifest_name_valid(name->text))
        return SLT_OK;
    return slt_schema_fail(walk, &path, name,
                           "expected words of a-z 0-9 . _ - joined by slashes");
}

static slt_status check_whole(slt_manifest *manifest, slt_error *err)
{
    static const slt_schema_path run_path = {NULL, "run", 0};
    slt_schema_walk walk = {.file = manifest->path, .err = err};
    slt_value *root = &manifest->root;
    if (root->kind == SLT_VALUE_MAP) {
        slt_status status =
            slt_sweep_read(&walk, slt_value_get(root, "sweep"), &manifest->sweep);
        if (status)
            return status;
    }
    walk.axes = manifest->sweep.names;
    walk.axis_count = manifest->sweep.axis_count;
    slt_status status = slt_schema_check(&walk, &slt_schema_manifest, NULL, root);
    if (!status)
        status = check_name(&walk, slt_value_get(root, "name"));
    manifest->run = slt_value_get(root, "run");
    manifest->pins = slt_value_get(root, "pins");
    manifest->figure = slt_value_get(root, "figure");
    manifest->cite = slt_value_get(root, "cite");
    if (!status)
        status = slt_sweep_bind(&walk, &manifest->sweep, &run_path,
                                (slt_value *)manifest->run);
    if (!status)
        status = slt_sweep_check_used(&walk, &manifest->sweep);
    return status;
}

static slt_status set_paths(slt_manifest *manifest, const char *path, slt_error *err)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    manifest->path = strdup(path);
    if (!manifest->path)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory", path);
    if (length >= sizeof manifest->folder)
        return slt_fail(err, SLT_FILE, "%s: the path is too long", path);
    snprintf(manifest->folder, sizeof manifest->folder, "%.*s",
             slash ? (int)(length ? length : 1) : 1, slash ? path : ".");
    return SLT_OK;
}

static slt_status take_runs(slt_manifest *manifest, slt_error *err)
{
    size_t runs = manifest->sweep.runs;
    manifest->name = strdup(slt_value_get(&manifest->root, "name")->text);
    manifest->experiments = calloc(runs, sizeof *manifest->experiments);
    manifest->labels = calloc(runs, sizeof *manifest->labels);
    manifest->canonical = calloc(runs, sizeof *manifest->canonical);
    manifest->values = calloc(runs * manifest->sweep.axis_count + 1, sizeof(char *));
    if (!manifest->name || !manifest->experiments || !manifest->labels ||
        !manifest->canonical || !manifest->values)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory for %zu runs",
                        manifest->path, runs);
    return slt_manifest_check_runs(manifest, err);
}

slt_status slt_manifest_parse(const char *text, size_t size, const char *path,
                              slt_manifest **manifest, slt_error *err)
{
    slt_manifest *m = calloc(1, sizeof *m);
    *manifest = NULL;
    if (!m)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory", path);
    pthread_mutex_init(&m->lock, NULL);
    slt_status status = set_paths(m, path, err);
    if (!status)
        status = slt_yaml_parse(text, size, path, &m->root, err);
    if (!status)
        status = check_whole(m, err);
    if (!status)
        status = take_runs(m, err);
    if (!status)
        status = slt_manifest_check_pins(m, err);
    if (!status)
        status = slt_manifest_check_figure(m, err);
    if (status)
        slt_manifest_free(m);
    else
        *manifest = m;
    return status;
}

slt_status slt_manifest_open(const char *path, slt_manifest **manifest, slt_error *err)
{
    char *text;
    size_t size;
    *manifest = NULL;
    slt_status status = slt_yaml_read_file(path, &text, &size, err);
    if (status)
        return status;
    status = slt_manifest_parse(text, size, path, manifest, err);
    free(text);
    return status;
}

static void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; texts && i < count; i++)
        free(texts[i]);
    free(texts);
}

void slt_manifest_free(slt_manifest *manifest)
{
    if (!manifest)
        return;
    size_t runs = manifest->sweep.runs;
    free_texts(manifest->values, runs * manifest->sweep.axis_count);
    free_texts(manifest->labels, runs);
    for (size_t i = 0; manifest->canonical && i < runs; i++) {
        if (manifest->canonical[i])
            slt_buffer_free(manifest->canonical[i]);
        free(manifest->canonical[i]);
    }
    free(manifest->canonical);
    free(manifest->experiments);
    slt_value_free(&manifest->root);
    free(manifest->name);
    free(manifest->path);
    pthread_mutex_destroy(&manifest->lock);
    free(manifest);
}

/* ---- answers ---------------------------------------------------------------------- */

const char *slt_manifest_name(const slt_manifest *manifest)
{
    return manifest->name;
}

const char *slt_manifest_path(const slt_manifest *manifest)
{
    return manifest->path;
}

size_t slt_manifest_runs(const slt_manifest *manifest)
{
    return manifest->sweep.runs;
}

size_t slt_manifest_axes(const slt_manifest *manifest)
{
    return manifest->sweep.axis_count;
}

const char *slt_manifest_axis(const slt_manifest *manifest, size_t axis)
{
    SLT_ASSERT(axis < manifest->sweep.axis_count);
    return manifest->sweep.names[axis];
}

const slt_value *slt_manifest_figure(const slt_manifest *manifest)
{
    return manifest->figure;
}

const slt_value *slt_manifest_cite(const slt_manifest *manifest)
{
    return manifest->cite;
}

const slt_value *slt_manifest_part(const slt_manifest *manifest, const char *key)
{
    return slt_value_get(&manifest->root, key);
}

/* Keeps the text in *slot, once; "" where memory is short. */
static const char *keep(const slt_manifest *manifest, char **slot, slt_buffer *text)
{
    pthread_mutex_t *lock = (pthread_mutex_t *)&manifest->lock;
    pthread_mutex_lock(lock);
    if (!*slot)
        *slot = strdup(slt_buffer_text(text));
    const char *kept = *slot ? *slot : "";
    pthread_mutex_unlock(lock);
    slt_buffer_free(text);
    return kept;
}

const char *slt_manifest_value(const slt_manifest *manifest, size_t run, size_t axis)
{
    slt_buffer text = {0};
    SLT_ASSERT(run < manifest->sweep.runs && axis < manifest->sweep.axis_count);
    slt_sweep_print(&manifest->sweep, run, axis, &text);
    return keep(manifest, &manifest->values[run * manifest->sweep.axis_count + axis],
                &text);
}

const char *slt_manifest_label(const slt_manifest *manifest, size_t run)
{
    slt_buffer text = {0};
    SLT_ASSERT(run < manifest->sweep.runs);
    slt_sweep_label(&manifest->sweep, run, &text);
    return keep(manifest, &manifest->labels[run], &text);
}

static slt_buffer *encode_run(const slt_manifest *manifest, size_t run)
{
    slt_manifest_walk walk;
    slt_buffer *bytes = calloc(1, sizeof *bytes);
    if (!bytes)
        return NULL;
    slt_manifest_walk_init(&walk, manifest, run, NULL);
    slt_canonical_encode(&walk.walk, &slt_schema_run, manifest->run, bytes);
    if (!bytes->failed)
        return bytes;
    slt_buffer_free(bytes);
    free(bytes);
    return NULL;
}

slt_status slt_manifest_canonical(slt_manifest *manifest, size_t run,
                                  const uint8_t **bytes, size_t *size, slt_error *err)
{
    SLT_ASSERT(run < manifest->sweep.runs);
    pthread_mutex_lock(&manifest->lock);
    if (!manifest->canonical[run])
        manifest->canonical[run] = encode_run(manifest, run);
    const slt_buffer *kept = manifest->canonical[run];
    pthread_mutex_unlock(&manifest->lock);
    if (!kept)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory for a canonical run",
                        manifest->path);
    *bytes = kept->data;
    *size = kept->size;
    return SLT_OK;
}

slt_digest slt_manifest_experiment(slt_manifest *manifest, size_t run)
{
    SLT_ASSERT(run < manifest->sweep.runs);
    return manifest->experiments[run];
}

slt_status slt_manifest_run(slt_manifest *manifest, size_t run, slt_run_spec *spec,
                            slt_error *err)
{
    slt_manifest_walk walk;
    SLT_ASSERT(run < manifest->sweep.runs);
    slt_manifest_walk_init(&walk, manifest, run, err);
    memset(spec, 0, sizeof *spec);
    memcpy(spec->folder, manifest->folder, sizeof spec->folder);
    return slt_rules_fill(&walk.walk, manifest->run, spec);
}
