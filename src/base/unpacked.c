#include "base/unpacked.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/assert.h"
#include "base/buffer.h"
#include "base/io.h"
#include "base/world.h"

/* What was made, the last first: each is noted before it is there. */
typedef struct unpacked {
    struct unpacked *before;
    char path[];
} unpacked;

static unpacked *_Atomic last;
static const char *top; /* the folder; NULL: none */

static slt_status unpacked_note(const char *path, const char **kept, slt_error *err)
{
    const size_t size = strlen(path) + 1;
    unpacked *made = slt_world.malloc(sizeof *made + size);
    if (!made)
        return slt_fail(err, SLT_RESOURCE, "%s: no memory", path);
    memcpy(made->path, path, size);
    made->before = atomic_load(&last);
    atomic_store(&last, made);
    *kept = made->path;
    return SLT_OK;
}

static slt_status unpacked_fail(const char *path, slt_error *err)
{
    return slt_fail(err, SLT_FILE, "%s: cannot create: %s", path, strerror(errno));
}

static slt_status unpacked_folder(const char *path, slt_error *err)
{
    struct stat info;
    const char *kept;
    if (slt_world.lstat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return SLT_OK;
    slt_status status = unpacked_note(path, &kept, err);
    return status || slt_world.mkdir(path, 0700) == 0 ? status : unpacked_fail(path, err);
}

slt_status slt_unpacked_begin(const char **folder, slt_error *err)
{
    slt_buffer path = {0};
    SLT_ASSERT(!top);
    slt_buffer_printf(&path, "%s/sltrace-XXXXXX", slt_io_temporary());
    slt_buffer_text(&path);
    slt_status status = SLT_OK;
    if (path.failed)
        status = slt_fail(err, SLT_RESOURCE, "no memory for a folder");
    else if (!slt_world.mkdtemp((char *)path.data))
        status = unpacked_fail((char *)path.data, err);
    if (!status && unpacked_note((char *)path.data, &top, err)) {
        slt_world.rmdir((char *)path.data);
        status = SLT_RESOURCE;
    }
    if (!status) {
        *folder = top;
        slt_buffer_clear(&path);
        slt_buffer_printf(&path, "%s/.git", top);
        status = unpacked_folder(slt_buffer_text(&path), err);
    }
    slt_buffer_free(&path);
    return status;
}

slt_status slt_unpacked_put(const char *name, const void *bytes, size_t size,
                            slt_error *err)
{
    slt_buffer path = {0};
    const char *kept;
    slt_status status = SLT_OK;
    for (const char *slash = name; !status && (slash = strchr(slash, '/')); slash++) {
        slt_buffer_clear(&path);
        slt_buffer_printf(&path, "%s/%.*s", top, (int)(slash - name), name);
        status = unpacked_folder(slt_buffer_text(&path), err);
    }
    slt_buffer_clear(&path);
    slt_buffer_printf(&path, "%s/%s", top, name);
    slt_buffer_text(&path);
    if (!status && path.failed)
        status = slt_fail(err, SLT_RESOURCE, "%s: no memory", name);
    if (!status)
        status = unpacked_note((char *)path.data, &kept, err);
    if (!status)
        status = slt_io_replace((char *)path.data, bytes, size, err);
    slt_buffer_free(&path);
    return status;
}

static void unpacked_remove(const unpacked *made)
{
    for (; made; made = made->before)
        if (slt_world.unlink(made->path) != 0)
            slt_world.rmdir(made->path);
}

void slt_unpacked_abandon(void)
{
    unpacked_remove(atomic_exchange(&last, NULL));
}

void slt_unpacked_end(void)
{
    unpacked *made = atomic_exchange(&last, NULL);
    unpacked_remove(made);
    while (made) {
        unpacked *before = made->before;
        free(made);
        made = before;
    }
    top = NULL;
}
