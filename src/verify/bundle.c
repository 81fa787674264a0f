/* Bundles of a golden and what it takes to verify it. */
#include "verify/bundle.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/golden.h>
#include <sltrace/study.h>
#include <sltrace/system.h>

#include "base/fpenv.h"
#include "base/io.h"
#include "base/sha256.h"
#include "base/tree.h"
#include "base/unpacked.h"
#include "base/world.h"
#include "codec/ustar.h"
#include "manifest/manifest.h"

#define BUNDLE_BYTES_MAX ((size_t)1 << 31)

/* ---- Which files ------------------------------------------------------------------- */

/* Absolute paths without "." and "..", each once, in the order of their bytes. */
typedef struct bundle_list {
    char **paths;
    size_t count, room;
} bundle_list;

static void bundle_free(bundle_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->paths[i]);
    free(list->paths);
}

/* Takes "x/.." and "." out of an absolute path. */
static void bundle_straighten(char *path)
{
    char *to = path;
    for (const char *part = path; *part;) {
        part += strspn(part, "/");
        const size_t size = strcspn(part, "/");
        const bool up = size == 2 && !memcmp(part, "..", 2);
        if (up)
            while (to > path && *--to != '/')
                continue;
        if (!up && size && !(size == 1 && *part == '.')) {
            *to++ = '/';
            memmove(to, part, size);
            to += size;
        }
        part += size;
    }
    *to = 0;
}

static slt_status bundle_insert(bundle_list *list, char *path, slt_error *err)
{
    size_t at = 0;
    while (at < list->count && strcmp(list->paths[at], path) < 0)
        at++;
    if (at < list->count && !strcmp(list->paths[at], path)) {
        free(path);
        return SLT_OK;
    }
    if (list->count == list->room) {
        const size_t room = list->room ? 2 * list->room : 16;
        char **paths = slt_world.realloc(list->paths, room * sizeof *paths);
        if (!paths) {
            free(path);
            return slt_fail(err, SLT_RESOURCE, "no memory for a list of files");
        }
        list->paths = paths;
        list->room = room;
    }
    memmove(list->paths + at + 1, list->paths + at,
            (list->count - at) * sizeof *list->paths);
    list->paths[at] = path;
    list->count++;
    return SLT_OK;
}

/* Adds the file at a path, which is relative to the working folder or absolute. */
static slt_status bundle_add(bundle_list *list, const char *path, slt_error *err)
{
    char here[PATH_MAX] = "";
    if (*path != '/' && !slt_world.getcwd(here, sizeof here))
        return slt_fail(err, SLT_FILE, "%s: %s", path, strerror(errno));
    slt_buffer whole = {0};
    slt_buffer_printf(&whole, "%s/%s", here, path);
    slt_buffer_text(&whole);
    if (whole.failed) {
        slt_buffer_free(&whole);
        return slt_fail(err, SLT_RESOURCE, "%s: no memory", path);
    }
    bundle_straighten((char *)whole.data);
    return bundle_insert(list, (char *)whole.data, err);
}

/* The same, where it is there. */
static slt_status bundle_add_found(bundle_list *list, const char *path, slt_error *err)
{
    bool there = false;
    slt_status status = slt_files_look(path, &there, err);
    return status || !there ? status : bundle_add(list, path, err);
}

/* A file that `namer` names; one by its SHA-256 alone has no name. */
static slt_status bundle_add_named(bundle_list *list, const char *namer,
                                   const char *named, slt_error *err)
{
    slt_buffer path = {0};
    slt_status status = *named ? slt_tree_name_beside(namer, named, &path, err) : SLT_OK;
    if (!status && *named)
        status = bundle_add(list, slt_buffer_text(&path), err);
    slt_buffer_free(&path);
    return status;
}

static slt_status bundle_add_manifest(bundle_list *list, slt_manifest *manifest,
                                      slt_error *err)
{
    const char *path = slt_manifest_path(manifest);
    const slt_figure_spec *figure = slt_manifest_figure(manifest);
    slt_status status = bundle_add(list, path, err);
    for (size_t i = 0; figure && i < figure->reference_count && !status; i++)
        status = bundle_add_named(list, path, figure->references[i].file, err);
    for (size_t run = 0; run < slt_manifest_runs(manifest) && !status; run++) {
        slt_study_file file = {.name = ""};
        for (size_t i = 0; !status; i++) {
            status = slt_study_file_look(manifest, run, i, &file, err);
            if (status || !*file.name)
                break;
            status = bundle_add_named(list, path, file.file, err);
        }
    }
    return status;
}

static slt_status bundle_add_beside(bundle_list *list, const slt_golden *golden,
                                    slt_error *err)
{
    const char *path = golden->path;
    const size_t stem = strlen(path) - (slt_files_end_in(path, ".golden") ? 7 : 0);
    slt_buffer name = {0};
    slt_buffer_printf(&name, "%s.minisig", path);
    slt_status status = bundle_add_found(list, slt_buffer_text(&name), err);
    slt_buffer_clear(&name);
    slt_buffer_printf(&name, "%.*s.runs.csv", (int)stem, path);
    if (!status)
        status = bundle_add_found(list, slt_buffer_text(&name), err);
    if (!status && golden->data)
        status = bundle_add_named(list, path, golden->data, err);
    slt_buffer_free(&name);
    return status ? status : bundle_add(list, path, err);
}

static slt_status bundle_gather(bundle_list *list, const char *path, slt_error *err)
{
    slt_golden *golden = NULL;
    slt_manifest *manifest = NULL;
    slt_status status = slt_golden_open(path, &golden, err);
    if (!status)
        status = slt_golden_manifest(golden, &manifest, err);
    if (!status)
        status = bundle_add_beside(list, golden, err);
    if (!status)
        status = bundle_add_manifest(list, manifest, err);
    slt_manifest_free(manifest);
    slt_golden_free(golden);
    return status;
}

/* ---- Writing ----------------------------------------------------------------------- */

/* How much of all paths is one folder. */
static size_t bundle_common(const bundle_list *list)
{
    const char *first = list->paths[0], *end = list->paths[list->count - 1];
    size_t same = 0, common = 0;
    while (first[same] && first[same] == end[same])
        if (first[same++] == '/')
            common = same;
    return common;
}

static slt_status bundle_pack(const bundle_list *list, slt_buffer *archive,
                              slt_error *err)
{
    const size_t common = bundle_common(list);
    slt_status status = SLT_OK;
    for (size_t i = 0; i < list->count && !status; i++) {
        slt_buffer bytes = {0};
        status = slt_io_read(list->paths[i], BUNDLE_BYTES_MAX, &bytes, err);
        if (!status)
            status = slt_ustar_add(archive, list->paths[i] + common, bytes.data,
                                   bytes.size, err);
        slt_buffer_free(&bytes);
    }
    return status ? status : slt_ustar_end(archive, err);
}

slt_status slt_bundle_make(const char *golden, const char *const *more, size_t count,
                           slt_buffer *archive, slt_bundle *made, slt_error *err)
{
    bundle_list list = {0};
    slt_status status = bundle_gather(&list, golden, err);
    for (size_t i = 0; i < count && !status; i++)
        status = bundle_add(&list, more[i], err);
    if (!status)
        status = bundle_pack(&list, archive, err);
    if (!status) {
        *made = (slt_bundle){.files = list.count, .bytes = archive->size};
        slt_sha256_of(archive->data, archive->size, made->sha256);
    }
    bundle_free(&list);
    return status;
}

slt_status slt_bundle_write(const char *golden, const char *const *more, size_t count,
                            const char *out, slt_bundle *made, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer archive = {0};
    slt_status status = slt_bundle_make(golden, more, count, &archive, made, err);
    if (!status)
        status = slt_output_write(out, archive.data, archive.size, false, err);
    slt_buffer_free(&archive);
    return status;
}

/* ---- Reading ----------------------------------------------------------------------- */

/* The one golden of an archive. */
static slt_status bundle_find(const slt_ustar_file *files, size_t count, const char *path,
                              const char **name, slt_error *err)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (slt_files_end_in(files[i].name, ".golden")) {
            *name = files[i].name;
            found++;
        }
    return found == 1
               ? SLT_OK
               : slt_fail(err, SLT_FORMAT,
                          "%s: expected a bundle of one golden, found %zu", path, found);
}

static slt_status bundle_unpack(const slt_ustar_file *files, size_t count,
                                const char *golden, char **path, slt_error *err)
{
    const char *folder;
    slt_buffer whole = {0};
    slt_status status = slt_unpacked_begin(&folder, err);
    for (size_t i = 0; i < count && !status; i++)
        status = slt_unpacked_put(files[i].name, files[i].bytes, files[i].size, err);
    if (!status)
        slt_buffer_printf(&whole, "%s/%s", folder, golden);
    slt_buffer_text(&whole);
    if (!status && whole.failed)
        status = slt_fail(err, SLT_RESOURCE, "%s: no memory", golden);
    *path = (char *)whole.data;
    return status;
}

slt_status slt_bundle_open(const char *path, char **golden, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer bytes = {0};
    slt_ustar_file *files = NULL;
    size_t count = 0;
    const char *name = NULL;
    *golden = NULL;
    slt_status status = slt_io_read(path, BUNDLE_BYTES_MAX, &bytes, err);
    if (!status)
        status = slt_ustar_read(bytes.data, bytes.size, path, &files, &count, err);
    if (!status)
        status = bundle_find(files, count, path, &name, err);
    if (!status)
        status = bundle_unpack(files, count, name, golden, err);
    free(files);
    slt_buffer_free(&bytes);
    if (status) {
        slt_bundle_close(*golden);
        *golden = NULL;
    }
    return status;
}

void slt_bundle_close(char *golden)
{
    slt_unpacked_end();
    free(golden);
}
