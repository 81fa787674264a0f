/* Opening a manifest, and the questions that it answers. */
#include "manifest/manifest_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/fpenv.h"
#include "base/io.h"
#include "base/world.h"
#include "codec/digest.h"
#include "codec/yaml.h"
#include "manifest/canonical.h"
#include "manifest/name.h"
#include "manifest/rules.h"

/* ---- opening ---------------------------------------------------------------------- */

static slt_status check_name(const slt_schema_walk *walk, const slt_value *name)
{
    const slt_schema_path path = {NULL, "name", 0};
    if (!name || name->kind != SLT_VALUE_TEXT || slt_manifest_name_valid(name->text))
        return SLT_OK;
    return slt_schema_fail(walk, &path, name,
                           "expected words of a-z 0-9 . _ - joined by slashes");
}

/* Checks everything that can be checked without `run`. */
static slt_status manifest_check_around(slt_manifest *manifest,
                                        slt_manifest_errors *found, slt_error *err)
{
    slt_schema_walk walk = {.file = manifest->path, .err = err, .found = found};
    slt_value *root = &manifest->root;
    slt_status status = SLT_OK;
    if (root->kind == SLT_VALUE_MAP)
        status = slt_sweep_read(&walk, slt_value_get(root, "sweep"), &manifest->sweep);
    walk.axes = manifest->sweep.names;
    walk.axis_count = manifest->sweep.axis_count;
    if (slt_schema_goes_on(&walk, status))
        status = slt_status_worse(
            status, slt_schema_check(&walk, &slt_schema_manifest, NULL, root));
    if (slt_schema_goes_on(&walk, status))
        status = slt_status_worse(status, check_name(&walk, slt_value_get(root, "name")));
    manifest->run = slt_value_get(root, "run");
    manifest->pins = slt_value_get(root, "pins");
    manifest->figure = slt_value_get(root, "figure");
    manifest->cite = slt_value_get(root, "cite");
    return status;
}

/* Binds the `$name`s of the run to axes.  If `sweep` itself is wrong or misspelt, that
 * its names are unknown is not reported again. */
static slt_status bind_axes(slt_manifest *manifest, bool sound,
                            slt_manifest_errors *found, slt_error *err)
{
    static const slt_schema_path path = {NULL, "run", 0};
    slt_manifest_errors passed_over = {0};
    slt_error first;
    const bool told = !sound && !manifest->sweep.axis_count;
    const slt_schema_walk walk = {.file = manifest->path,
                                  .err = told ? &first : err,
                                  .found = told ? &passed_over : found};
    slt_status status =
        slt_sweep_bind(&walk, &manifest->sweep, &path, (slt_value *)manifest->run);
    return status ? status : slt_sweep_check_used(&walk, &manifest->sweep);
}

static slt_status set_paths(slt_manifest *manifest, const char *path, slt_error *err)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    manifest->path = slt_world.strdup(path);
    if (!manifest->path)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory", path);
    if (length >= sizeof manifest->folder)
        return slt_fail(err, SLT_FILE, "%s: the path is too long", path);
    snprintf(manifest->folder, sizeof manifest->folder, "%.*s",
             slash ? (int)(length ? length : 1) : 1, slash ? path : ".");
    return SLT_OK;
}

static slt_status manifest_make_room(slt_manifest *manifest, slt_error *err)
{
    size_t runs = manifest->sweep.runs;
    manifest->name = slt_world.strdup(slt_value_get(&manifest->root, "name")->text);
    manifest->labels = slt_world.calloc(runs, sizeof *manifest->labels);
    manifest->canonical = slt_world.calloc(runs, sizeof *manifest->canonical);
    manifest->values =
        slt_world.calloc(runs * manifest->sweep.axis_count + 1, sizeof(char *));
    if (!manifest->name || !manifest->labels || !manifest->canonical || !manifest->values)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory for %zu runs",
                        manifest->path, runs);
    return SLT_OK;
}

/* Checks everything.  `run` is checked even if there are errors around it; what depends
 * on the runs is checked only if they are right. */
static slt_status manifest_check_whole(slt_manifest *manifest, slt_manifest_errors *found,
                                       slt_error *err)
{
    const slt_schema_walk walk = {.file = manifest->path, .err = err, .found = found};
    slt_status status = manifest_check_around(manifest, found, err);
    if (!manifest->run || (status && status != SLT_FORMAT))
        return status;
    const slt_status unfolded =
        slt_manifest_unfold_ladders(&walk, (slt_value *)manifest->run);
    if (unfolded)
        return slt_status_worse(status, unfolded);
    status = slt_status_worse(status, bind_axes(manifest, !status, found, err));
    status =
        slt_status_worse(status, slt_manifest_check_runs(manifest, !status, found, err));
    if (status)
        return status;
    status = slt_manifest_fill_figure(manifest, err);
    if (status)
        return status;
    status = slt_manifest_check_pins(manifest, found, err);
    return slt_status_worse(status, slt_manifest_check_figure(manifest, found, err));
}

/* Messages quote what they refuse, but the file may be something else entirely.  If it
 * does not contain the key `sltrace`, the message says only that. */
static slt_status refuse_foreign(const char *path, slt_error *err)
{
    return slt_fail(err, SLT_FORMAT,
                    "%s:1:1: not a manifest: missing key 'sltrace', as in sltrace: 1",
                    path);
}

static slt_status read_yaml(const char *text, size_t size, const char *path,
                            slt_value *root, slt_error *err)
{
    static const char word[] = "sltrace";
    slt_status status = slt_yaml_parse(text, size, path, root, err);
    if (!status)
        return slt_value_get(root, word) ? SLT_OK : refuse_foreign(path, err);
    bool ours = size && memmem(text, size, word, sizeof word - 1);
    bool other = !size || memchr(text, 0, size); /* empty, or UTF-16 */
    return ours || other || status == SLT_RESOURCE ? status : refuse_foreign(path, err);
}

static slt_status manifest_parse(const char *text, size_t size, const char *path,
                                 slt_manifest **manifest, slt_manifest_errors *found,
                                 slt_error *err)
{
    slt_manifest *m = slt_world.calloc(1, sizeof *m);
    *manifest = NULL;
    found->count = 0;
    if (!m)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory", path);
    slt_world.pthread_mutex_init(&m->lock, NULL);
    slt_status status = set_paths(m, path, err);
    if (!status)
        status = read_yaml(text, size, path, &m->root, err);
    if (!status)
        status = manifest_check_whole(m, found, err);
    if (!status)
        status = manifest_make_room(m, err);
    if (status)
        slt_manifest_free(m);
    else
        *manifest = m;
    return status;
}

/* Makes the first finding the error; an error that is not among the findings becomes the
 * only one. */
static slt_status manifest_conclude(slt_status status, slt_manifest_errors *found,
                                    slt_error *err)
{
    if (status == SLT_FORMAT && found->count)
        return slt_fail(err, status, "%s", found->text[0]);
    found->count = status != SLT_OK;
    found->part[0] = 0;
    if (status)
        snprintf(found->text[0], sizeof found->text[0], "%s", err->text);
    return status;
}

static void count_others(const slt_manifest_errors *found, slt_error *err)
{
    slt_error first = *err;
    if (found->count > 1)
        slt_fail(err, first.status, "%s (and %zu%s more)", first.text, found->count - 1,
                 found->count < SLT_MANIFEST_ERRORS_SOUGHT ? "" : " or");
}

static slt_status manifest_open_file(const char *path, slt_manifest **manifest,
                                     slt_manifest_errors *found, slt_error *err)
{
    slt_buffer text = {0};
    *manifest = NULL;
    found->count = 0;
    slt_status status = slt_io_read(path, SLT_YAML_BYTES_MAX, &text, err);
    const char *bytes = slt_buffer_text(&text);
    if (!status && text.failed)
        status = slt_fail(err, SLT_RESOURCE, "%s: out of memory", path);
    if (!status)
        status = manifest_parse(bytes, text.size, path, manifest, found, err);
    slt_buffer_free(&text);
    return status;
}

slt_status slt_manifest_open_all(const char *path, slt_manifest **manifest,
                                 slt_manifest_errors *findings, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_error own;
    slt_status status = manifest_open_file(path, manifest, findings, &own);
    status = manifest_conclude(status, findings, &own);
    if (status && err)
        *err = own;
    return status;
}

slt_status slt_manifest_open(const char *path, slt_manifest **manifest, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_manifest_errors found;
    slt_status status = slt_manifest_open_all(path, manifest, &found, err);
    if (status && err)
        count_others(&found, err);
    return status;
}

slt_status slt_manifest_parse(const char *text, size_t size, const char *path,
                              slt_manifest **manifest, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_manifest_errors found;
    slt_error own;
    slt_status status = manifest_conclude(
        manifest_parse(text, size, path, manifest, &found, &own), &found, &own);
    if (status)
        count_others(&found, &own);
    if (status && err)
        *err = own;
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
    slt_buffer_free(&manifest->scratch);
    slt_arena_free(&manifest->memory);
    slt_value_free(&manifest->root);
    free(manifest->name);
    free(manifest->path);
    slt_world.pthread_mutex_destroy(&manifest->lock);
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

size_t slt_manifest_checked(const slt_manifest *manifest)
{
    return manifest->checked;
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

const slt_figure_spec *slt_manifest_figure(const slt_manifest *manifest)
{
    return manifest->figure ? &manifest->figure_spec : NULL;
}

const slt_sweep *slt_manifest_sweep(const slt_manifest *manifest)
{
    return &manifest->sweep;
}

const slt_cite_spec *slt_manifest_cite(const slt_manifest *manifest)
{
    return &manifest->cite_spec;
}

bool slt_manifest_numbering(const slt_manifest *manifest, slt_digest *digest)
{
    const slt_value *const parts[] = {manifest->run,
                                      slt_value_get(&manifest->root, "sweep")};
    slt_buffer all = {0};
    for (size_t i = 0; i < 2; i++) {
        slt_buffer_byte(&all, '\n');
        if (parts[i])
            slt_value_print(parts[i], &all);
    }
    *digest = slt_digest_of(all.data, all.size);
    bool made = !all.failed;
    slt_buffer_free(&all);
    return made;
}

/* The text kept in *slot; NULL if there is none yet. */
static const char *manifest_kept(const slt_manifest *manifest, char **slot)
{
    pthread_mutex_t *lock = (pthread_mutex_t *)&manifest->lock;
    slt_world.pthread_mutex_lock(lock);
    const char *kept = *slot;
    slt_world.pthread_mutex_unlock(lock);
    return kept;
}

/* Keeps the text in *slot, unless one is kept already, and returns it; "" if memory is
 * short. */
static const char *manifest_keep(const slt_manifest *manifest, char **slot,
                                 slt_buffer *text)
{
    pthread_mutex_t *lock = (pthread_mutex_t *)&manifest->lock;
    slt_world.pthread_mutex_lock(lock);
    if (!*slot)
        *slot = slt_buffer_take(text);
    const char *kept = *slot ? *slot : "";
    slt_world.pthread_mutex_unlock(lock);
    slt_buffer_free(text);
    return kept;
}

static const char *manifest_make_value(const slt_manifest *manifest, size_t run,
                                       size_t axis, char **slot)
{
    SLT_FPENV_ENTERED;
    slt_buffer text = {0};
    slt_sweep_print(&manifest->sweep, run, axis, &text);
    return manifest_keep(manifest, slot, &text);
}

const char *slt_manifest_value(const slt_manifest *manifest, size_t run, size_t axis)
{
    SLT_ASSERT(run < manifest->sweep.runs && axis < manifest->sweep.axis_count);
    char **slot = &manifest->values[run * manifest->sweep.axis_count + axis];
    const char *kept = manifest_kept(manifest, slot);
    return kept ? kept : manifest_make_value(manifest, run, axis, slot);
}

slt_status slt_manifest_spell(const slt_manifest *manifest, slt_error *err)
{
    for (size_t run = 0; run < manifest->sweep.runs; run++)
        for (size_t axis = 0; axis < manifest->sweep.axis_count; axis++)
            if (!*slt_manifest_value(manifest, run, axis))
                return slt_fail(err, SLT_RESOURCE, "%s: no memory for its values",
                                manifest->path);
    return SLT_OK;
}

const char *slt_manifest_label(const slt_manifest *manifest, size_t run)
{
    SLT_FPENV_ENTERED;
    SLT_ASSERT(run < manifest->sweep.runs);
    const char *kept = manifest_kept(manifest, &manifest->labels[run]);
    if (kept)
        return kept;
    slt_buffer text = {0};
    slt_sweep_label(&manifest->sweep, run, &text);
    return manifest_keep(manifest, &manifest->labels[run], &text);
}

static slt_buffer *encode_run(const slt_manifest *manifest, size_t run)
{
    slt_manifest_walk walk;
    slt_buffer *bytes = slt_world.calloc(1, sizeof *bytes);
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

static slt_status no_such_run(const slt_manifest *manifest, size_t run, slt_error *err)
{
    return slt_fail(err, SLT_USAGE, "%s: there is no run %zu; the sweep has %zu",
                    manifest->path, run, manifest->sweep.runs);
}

slt_status slt_manifest_canonical(slt_manifest *manifest, size_t run,
                                  const uint8_t **bytes, size_t *size, slt_error *err)
{
    SLT_FPENV_ENTERED;
    if (run >= manifest->sweep.runs)
        return no_such_run(manifest, run, err);
    slt_status status = slt_manifest_check_run(manifest, run, err);
    if (status)
        return status;
    slt_world.pthread_mutex_lock(&manifest->lock);
    if (!manifest->canonical[run])
        manifest->canonical[run] = encode_run(manifest, run);
    const slt_buffer *kept = manifest->canonical[run];
    slt_world.pthread_mutex_unlock(&manifest->lock);
    if (!kept)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory for a canonical run",
                        manifest->path);
    *bytes = kept->data;
    *size = kept->size;
    return SLT_OK;
}

slt_digest slt_manifest_experiment(slt_manifest *manifest, size_t run)
{
    SLT_FPENV_ENTERED;
    slt_manifest_walk walk;
    SLT_ASSERT(run < manifest->sweep.runs);
    slt_manifest_walk_init(&walk, manifest, run, NULL);
    slt_world.pthread_mutex_lock(&manifest->lock);
    slt_buffer *bytes = &manifest->scratch;
    slt_buffer_clear(bytes);
    slt_canonical_encode(&walk.walk, &slt_schema_run, manifest->run, bytes);
    SLT_ASSERT(!bytes->failed); /* there is room */
    slt_digest digest = slt_digest_of(bytes->data, bytes->size);
    slt_world.pthread_mutex_unlock(&manifest->lock);
    return digest;
}

slt_status slt_manifest_run(slt_manifest *manifest, size_t run, slt_run_spec *spec,
                            slt_error *err)
{
    if (run >= manifest->sweep.runs)
        return no_such_run(manifest, run, err);
    slt_run_spec_clear(spec);
    return slt_manifest_fill_run(manifest, run, spec, err);
}
