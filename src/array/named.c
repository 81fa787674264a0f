#include "array/named.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array/format.h"
#include "base/io.h"
#include "base/sha256.h"
#include "base/tree.h"
#include "base/world.h"

/* ---- By its name ------------------------------------------------------------------- */

static slt_status check_hash(const slt_array_name *name, slt_array_file *file,
                             slt_error *err)
{
    char found[SLT_SHA256_TEXT_MAX];
    slt_sha256_of(file->bytes.data, file->bytes.size, found);
    if (!strcmp(found, name->sha256))
        return SLT_OK;
    if (!*name->sha256)
        return slt_fail(err, SLT_FORMAT,
                        "%s: missing key 'sha256'; if this is the file "
                        "that is meant, write sha256: %s",
                        slt_buffer_text(&file->path), found);
    return slt_fail(err, SLT_FORMAT, "%s: expected SHA-256 %s, found %s",
                    slt_buffer_text(&file->path), name->sha256, found);
}

static slt_status open_named(const slt_array_name *name, const char *folder,
                             size_t size_max, slt_array_file *file, slt_error *err)
{
    slt_status status = slt_tree_name(folder, name->file, &file->path, err);
    if (!status)
        status = slt_io_read(slt_buffer_text(&file->path), size_max, &file->bytes, err);
    if (status == SLT_FILE && err && *name->sha256) {
        slt_error cause = *err;
        return slt_fail(err, SLT_FILE, "%s (the file with SHA-256 %s)", cause.text,
                        name->sha256);
    }
    return status ? status : check_hash(name, file, err);
}

/* ---- By its SHA-256 ---------------------------------------------------------------- */

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Whether the folder's file of this name is the one; what cannot be read is not. */
static bool is_it(const slt_array_name *name, const char *folder, const char *entry,
                  size_t size_max, slt_array_file *file)
{
    char found[SLT_SHA256_TEXT_MAX] = "";
    slt_buffer_clear(&file->path);
    slt_buffer_clear(&file->bytes);
    if (!slt_tree_name(folder, entry, &file->path, NULL) &&
        !slt_io_read(slt_buffer_text(&file->path), size_max, &file->bytes, NULL))
        slt_sha256_of(file->bytes.data, file->bytes.size, found);
    return *found && !strcmp(found, name->sha256);
}

/* *there: whether the folder has it. */
static slt_status search_folder(const slt_array_name *name, const char *folder,
                                size_t size_max, slt_array_file *file, bool *there,
                                slt_error *err)
{
    struct dirent **entries;
    const int count =
        slt_world.scandir(*folder ? folder : ".", &entries, is_visible, alphasort);
    if (count < 0)
        return slt_fail(err, SLT_FILE, "%s: cannot list: %s", *folder ? folder : ".",
                        strerror(errno));
    for (int i = 0; i < count && !*there; i++)
        *there = is_it(name, folder, entries[i]->d_name, size_max, file);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return SLT_OK;
}

static slt_status open_found(const slt_array_name *name, const char *folder,
                             size_t size_max, slt_array_file *file, slt_error *err)
{
    bool there = false;
    slt_status status = search_folder(name, folder, size_max, file, &there, err);
    if (!status && !there && *folder && !slt_tree_data())
        status = search_folder(name, "", size_max, file, &there, err);
    if (status || there)
        return status;
    return slt_fail(err, SLT_FILE,
                    "%s: none of its files has SHA-256 %s (--data DIR says where the "
                    "run's files are)",
                    *folder ? folder : ".", name->sha256);
}

/* ---- Both -------------------------------------------------------------------------- */

static slt_status read_array(const slt_array_name *name, size_t size_max,
                             slt_array_file *file, slt_error *err)
{
    slt_error cause = {0};
    slt_status status =
        slt_array_find(file->bytes.data, file->bytes.size, name->member, size_max,
                       &file->unpacked, &file->array, &file->format, &cause);
    return status
               ? slt_fail(err, status, "%s: %s", slt_buffer_text(&file->path), cause.text)
               : SLT_OK;
}

slt_status slt_array_open(const slt_array_name *name, size_t size_max,
                          slt_array_file *file, slt_error *err)
{
    const char *folder = slt_tree_data() ? slt_tree_data()
                         : name->folder  ? name->folder
                                         : "";
    slt_status status = *name->file ? open_named(name, folder, size_max, file, err)
                                    : open_found(name, folder, size_max, file, err);
    return status ? status : read_array(name, size_max, file, err);
}

void slt_array_close(slt_array_file *file)
{
    slt_buffer_free(&file->path);
    slt_buffer_free(&file->bytes);
    slt_buffer_free(&file->unpacked);
    *file = (slt_array_file){0};
}
