#include "base/folder.h"

#include <sltrace/system.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/buffer.h"
#include "base/io.h"
#include "base/world.h"

static slt_status folder_fail(slt_error *err, const char *path, const char *doing)
{
    return slt_fail(err, SLT_FILE, "%s: cannot %s: %s", path, doing, strerror(errno));
}

slt_status slt_folder_sync(const char *path, slt_error *err)
{
    int fd = slt_world.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0)
        return errno == EACCES ? SLT_OK : folder_fail(err, path, "open the folder");
    slt_status status = slt_io_sync_open(fd, path, err);
    slt_world.close(fd);
    return status;
}

slt_status slt_folder_sync_above(const char *path, slt_error *err)
{
    slt_buffer folder = {0};
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    while (length > 0 && path[length - 1] != '/')
        length--;
    while (length > 1 && path[length - 1] == '/')
        length--;
    slt_buffer_append(&folder, length ? path : ".", length ? length : 1);
    const char *text = slt_buffer_text(&folder);
    slt_status status = folder.failed ? slt_fail(err, SLT_RESOURCE, "%s: no memory", path)
                                      : slt_folder_sync(text, err);
    slt_buffer_free(&folder);
    return status;
}

slt_status slt_folder_make_one(const char *path, slt_error *err)
{
    bool folder = slt_world.mkdir(path, 0777) == 0;
    slt_status status = SLT_OK;
    if (!folder && errno != EEXIST)
        return folder_fail(err, path, "make the folder");
    if (!folder)
        status = slt_files_is_folder(path, &folder, err);
    if (status || !folder)
        return status ? status : slt_fail(err, SLT_FILE, "%s: expected a folder", path);
    /* Whoever made it may have been killed before its name was sure. */
    return slt_folder_sync_above(path, err);
}

slt_status slt_files_make_parents(const char *path, slt_error *err)
{
    slt_buffer folder = {0};
    slt_status status = SLT_OK;
    slt_buffer_printf(&folder, "%s", path);
    char *text = (char *)(uintptr_t)slt_buffer_text(&folder);
    if (folder.failed)
        status = slt_fail(err, SLT_RESOURCE, "%s: no memory", path);
    for (size_t i = 1; !status && *text && text[i]; i++)
        if (text[i] == '/') {
            text[i] = 0;
            status = slt_folder_make_one(text, err);
            text[i] = '/';
        }
    slt_buffer_free(&folder);
    return status;
}

slt_status slt_folder_make(const char *path, slt_error *err)
{
    slt_status status = slt_files_make_parents(path, err);
    return status ? status : slt_folder_make_one(path, err);
}
