/* Several files that appear together in a folder. */
#include "base/staging.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sltrace/system.h>

#include "base/buffer.h"
#include "base/folder.h"
#include "base/io.h"
#include "base/world.h"

/* The inner folder, for a process that is about to end.  Whoever takes it out frees
 * it. */
static char *_Atomic staged;

static slt_status staging_fail(slt_error *err, const char *path, const char *what)
{
    return slt_fail(err, SLT_FILE, "%s: %s: %s", path, what, strerror(errno));
}

slt_status slt_staging_begin(const char *folder, const char **inner, slt_error *err)
{
    slt_buffer path = {0};
    slt_buffer_printf(&path, "%s/.unfinished-XXXXXX", folder);
    slt_buffer_text(&path);
    if (path.failed) {
        slt_buffer_free(&path);
        return slt_fail(err, SLT_RESOURCE, "%s: no memory", folder);
    }
    char *name = (char *)path.data;
    if (!slt_world.mkdtemp(name)) {
        slt_status status = staging_fail(err, folder, "cannot create a folder in it");
        free(name);
        return status;
    }
    *inner = name;
    atomic_store(&staged, name);
    return SLT_OK;
}

bool slt_staging_holds(const char *path)
{
    const char *folder = atomic_load(&staged);
    size_t length = folder ? strlen(folder) : 0;
    return folder && strncmp(path, folder, length) == 0 && path[length] == '/';
}

/* ---- Giving up --------------------------------------------------------------------- */

/* An entry as the kernel lists a folder: a signal handler must not allocate, as readdir
 * does. */
struct entry {
    uint64_t number, next;
    unsigned short size;
    unsigned char kind;
    char name[];
};

static bool is_own(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Removes what one listing of the folder shows; returns how many entries that were. */
static size_t remove_listed(int fd)
{
    _Alignas(struct entry) char list[4096];
    size_t removed = 0;
    long size;
    slt_world.lseek(fd, 0, SEEK_SET);
    while ((size = slt_world.list_entries(fd, list, sizeof list)) > 0)
        for (long at = 0; at < size;) {
            const struct entry *entry = (const struct entry *)(list + at);
            if (!is_own(entry->name))
                removed += slt_world.unlinkat(fd, entry->name, 0) == 0;
            at += entry->size;
        }
    return removed;
}

static void remove_folder(const char *folder)
{
    int fd = slt_world.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    while (fd >= 0 && remove_listed(fd) > 0)
        continue;
    if (fd >= 0)
        slt_world.close(fd);
    slt_world.rmdir(folder);
}

void slt_staging_abandon(void)
{
    const char *folder = atomic_exchange(&staged, NULL);
    if (folder)
        remove_folder(folder);
}

/* ---- Moving ------------------------------------------------------------------------ */

typedef struct move {
    const char *folder;
    char *inner;
    bool over;
    slt_error *err;
} move;

static bool print_path(slt_buffer *path, const char *folder, const char *name)
{
    slt_buffer_clear(path);
    slt_buffer_printf(path, "%s/%s", folder, name);
    slt_buffer_text(path);
    return !path->failed;
}

static slt_status check_free(const move *m, const char *name)
{
    slt_buffer path = {0};
    bool there = false;
    slt_status status = SLT_OK;
    if (!print_path(&path, m->folder, name))
        status = slt_fail(m->err, SLT_RESOURCE, "%s: no memory", m->folder);
    else
        status = slt_files_look((char *)path.data, &there, m->err);
    if (there)
        status = slt_fail(m->err, SLT_FILE, "%s: exists already; nothing is overwritten",
                          (char *)path.data);
    slt_buffer_free(&path);
    return status;
}

/* Into the folder, or `back` from there. */
static slt_status move_file(const move *m, const char *name, bool back)
{
    slt_buffer from = {0}, to = {0};
    slt_status status = SLT_OK;
    if (!print_path(&from, m->inner, name) || !print_path(&to, m->folder, name))
        status = slt_fail(m->err, SLT_RESOURCE, "%s: no memory", m->folder);
    else if (slt_io_rename((char *)(back ? to : from).data,
                           (char *)(back ? from : to).data, m->over || back) != 0)
        status = staging_fail(m->err, (char *)to.data, "cannot create");
    slt_buffer_free(&from);
    slt_buffer_free(&to);
    return status;
}

static slt_status move_one(const move *m, const char *name)
{
    return move_file(m, name, false);
}

/* Calls `one` with every file of the inner folder.  Where one cannot be moved and none
 * replaced another, those before it are taken back. */
static slt_status for_each(const move *m, slt_status (*one)(const move *, const char *))
{
    struct dirent **names = NULL;
    int failed = 0;
    int count = slt_world.scandir(m->inner, &names, NULL, alphasort);
    slt_status status =
        count < 0 ? staging_fail(m->err, m->folder, "cannot list its new files") : SLT_OK;
    for (int i = 0; i < count; i++) {
        if (!status && !is_own(names[i]->d_name)) {
            status = one(m, names[i]->d_name);
            failed = i;
        }
    }
    const move quiet = {.folder = m->folder, .inner = m->inner};
    for (int i = 0; status && one == move_one && !m->over && i < failed; i++)
        if (!is_own(names[i]->d_name))
            move_file(&quiet, names[i]->d_name, true);
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return status;
}

slt_status slt_staging_end(const char *folder, bool keep, bool over, slt_error *err)
{
    move m = {folder, atomic_load(&staged), over, err};
    slt_status status = SLT_OK;
    if (!m.inner)
        return SLT_OK;
    if (keep && !over)
        status = for_each(&m, check_free);
    if (keep && !status)
        status = for_each(&m, move_one);
    if (keep && !status)
        status = slt_folder_sync(folder, err);
    remove_folder(m.inner);
    free(atomic_exchange(&staged, NULL));
    return status;
}
