#include "base/io.h"

#include <sltrace/system.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/staging.h"
#include "base/world.h"

static slt_status io_fail(slt_error *err, const char *path, const char *what)
{
    return slt_fail(err, SLT_FILE, "%s: %s: %s", path, what, strerror(errno));
}

/* The system's own files say that they are ordinary files of size 0. */
static bool is_of_system(const struct statfs *system)
{
    return system->f_type == PROC_SUPER_MAGIC || system->f_type == SYSFS_MAGIC;
}

static slt_status check_kind(int fd, const char *path, uint64_t *size, slt_error *err)
{
    struct stat info;
    struct statfs system;
    *size = 0;
    if (slt_world.fstat(fd, &info) != 0 || slt_world.fstatfs(fd, &system) != 0)
        return io_fail(err, path, "cannot read");
    if (S_ISDIR(info.st_mode))
        return slt_fail(err, SLT_FILE, "%s: expected a file, found a directory", path);
    if (!S_ISREG(info.st_mode) || is_of_system(&system))
        return slt_fail(err, SLT_FILE, "%s: expected an ordinary file", path);
    *size = (uint64_t)info.st_size;
    return SLT_OK;
}

static slt_status look_at(const char *path, struct stat *about, bool *there,
                          slt_error *err)
{
    *there = slt_world.lstat(path, about) == 0;
    if (*there || errno == ENOENT || errno == ENOTDIR)
        return SLT_OK;
    return io_fail(err, path, "cannot look at it");
}

bool slt_files_end_in(const char *path, const char *suffix)
{
    size_t size = strlen(path), end = strlen(suffix);
    return size >= end && strcmp(path + size - end, suffix) == 0;
}

slt_status slt_files_look(const char *path, bool *there, slt_error *err)
{
    struct stat about;
    return look_at(path, &about, there, err);
}

slt_status slt_files_is_folder(const char *path, bool *folder, slt_error *err)
{
    struct stat about;
    bool there = slt_world.stat(path, &about) == 0;
    *folder = there && S_ISDIR(about.st_mode);
    if (there || errno == ENOENT || errno == ENOTDIR)
        return SLT_OK;
    return io_fail(err, path, "cannot look at it");
}

slt_status slt_files_compare(const char *path, const void *bytes, size_t size,
                             bool *there, bool *same, slt_error *err)
{
    struct stat about;
    slt_buffer held = {0};
    *same = false;
    slt_status status = look_at(path, &about, there, err);
    if (status || !*there || !S_ISREG(about.st_mode) || (uint64_t)about.st_size != size)
        return status;
    status = slt_io_read(path, size, &held, err);
    *same = !status && held.size == size && memcmp(held.data, bytes, size) == 0;
    slt_buffer_free(&held);
    return status;
}

slt_status slt_io_open(const char *path, int *fd, uint64_t *size, slt_error *err)
{
    /* Without O_NONBLOCK, opening a FIFO would wait for a writer. */
    *fd = slt_world.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
    if (*fd < 0)
        return io_fail(err, path, "cannot open");
    slt_status status = check_kind(*fd, path, size, err);
    if (status) {
        slt_world.close(*fd);
        *fd = -1;
    }
    return status;
}

/* Reads `size` bytes, or fewer where the file has become shorter meanwhile. */
static slt_status read_all(int fd, const char *path, size_t size, slt_buffer *bytes,
                           slt_error *err)
{
    uint8_t *at = slt_buffer_extend(bytes, size);
    if (!at)
        return slt_fail(err, SLT_RESOURCE, "%s: no memory for its %zu bytes", path, size);
    size_t done = 0;
    while (done < size) {
        ssize_t got = slt_world.read(fd, at + done, size - done);
        if (got < 0 && errno != EINTR)
            return io_fail(err, path, "cannot read");
        if (got == 0)
            break;
        done += got > 0 ? (size_t)got : 0;
    }
    bytes->size -= size - done;
    return SLT_OK;
}

slt_status slt_io_read_open(int fd, const char *name, size_t size_max, slt_buffer *bytes,
                            slt_error *err)
{
    uint64_t size;
    slt_status status = check_kind(fd, name, &size, err);
    if (!status && size > size_max)
        status = slt_fail(err, SLT_FILE, "%s: expected at most %zu bytes, found %" PRIu64,
                          name, size_max, size);
    return status ? status : read_all(fd, name, (size_t)size, bytes, err);
}

slt_status slt_io_read(const char *path, size_t size_max, slt_buffer *bytes,
                       slt_error *err)
{
    int fd;
    uint64_t size;
    slt_status status = slt_io_open(path, &fd, &size, err);
    if (status)
        return status;
    status = slt_io_read_open(fd, path, size_max, bytes, err);
    slt_world.close(fd);
    return status;
}

slt_status slt_io_write_open(int fd, const char *name, const void *bytes, size_t size,
                             slt_error *err)
{
    const uint8_t *at = bytes;
    while (size > 0) {
        ssize_t put = slt_world.write(fd, at, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return io_fail(err, name, "cannot write");
        at += put;
        size -= (size_t)put;
    }
    return SLT_OK;
}

slt_status slt_io_sync_open(int fd, const char *name, slt_error *err)
{
    if (slt_world.fsync(fd) && errno != EINVAL && errno != ENOTSUP)
        return io_fail(err, name, "cannot sync");
    return SLT_OK;
}

/* ---- Files in the making ----------------------------------------------------------- */

static void fail_output(slt_io_output *output, const char *what)
{
    if (!output->failed)
        io_fail(&output->error, output->path, what);
    output->failed = true;
}

/* *special: whether path is a device or a pipe, which renaming a file would replace.
 * Only the system's own links, such as /dev/stdout, count as what they lead to. */
static slt_status look_special(const char *path, bool *special, slt_error *err)
{
    struct stat about;
    bool there;
    slt_status status = look_at(path, &about, &there, err);
    *special = false;
    if (status || !there)
        return status;
    if (S_ISLNK(about.st_mode))
        *special = strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0;
    else
        *special = !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
    return SLT_OK;
}

/* The temporary names, for a process that is about to end.  Whoever takes a name out of
 * the list frees it. */
enum { PLACES = 64 };
static char *_Atomic making[PLACES];

static int making_enter(char *temporary)
{
    for (int i = 0; i < PLACES; i++) {
        char *empty = NULL;
        if (atomic_compare_exchange_strong(&making[i], &empty, temporary))
            return i;
    }
    return -1;
}

/* NULL where slt_io_abandon has taken the name meanwhile. */
static char *making_leave(const slt_io_output *output)
{
    return output->place < 0 ? output->temporary
                             : atomic_exchange(&making[output->place], NULL);
}

void slt_io_abandon(void)
{
    for (int i = 0; i < PLACES; i++) {
        const char *temporary = atomic_exchange(&making[i], NULL);
        if (temporary)
            slt_world.unlink(temporary);
    }
}

static void begin_file(slt_io_output *output, const char *path, bool drafted,
                       slt_buffer *temporary)
{
    *output = (slt_io_output){.path = path, .place = -1, .fd = -1, .drafted = drafted};
    slt_buffer_text(temporary);
    if (temporary->failed) {
        output->failed = true;
        slt_fail(&output->error, SLT_RESOURCE, "%s: no memory", path);
        slt_buffer_free(temporary);
        return;
    }
    output->temporary = (char *)temporary->data;
    output->place = making_enter(output->temporary);
    output->fd =
        drafted
            ? slt_world.open(output->temporary,
                             O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666)
            : slt_world.mkstemp(output->temporary);
    if (output->fd < 0)
        fail_output(output, "cannot create");
}

static void begin_special(slt_io_output *output)
{
    output->fd =
        slt_world.open(output->path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY, 0);
    if (output->fd < 0)
        fail_output(output, "cannot open");
}

static void begin_over(slt_io_output *output, const char *path, bool special)
{
    slt_buffer temporary = {0};
    if (special) {
        *output = (slt_io_output){.path = path, .place = -1, .fd = -1};
        begin_special(output);
        return;
    }
    slt_buffer_printf(&temporary, "%s.XXXXXX", path);
    begin_file(output, path, false, &temporary);
}

static void begin_failed(slt_io_output *output, const char *path, const slt_error *err)
{
    *output = (slt_io_output){
        .path = path, .place = -1, .fd = -1, .failed = true, .error = *err};
}

void slt_io_begin(slt_io_output *output, const char *path)
{
    bool special;
    slt_error err = {.status = SLT_OK};
    if (look_special(path, &special, &err))
        begin_failed(output, path, &err);
    else
        begin_over(output, path, special);
}

void slt_io_begin_new(slt_io_output *output, const char *path)
{
    bool there = false, special;
    slt_error err = {.status = SLT_OK};
    slt_status status = look_special(path, &special, &err);
    if (!status && !special)
        status = slt_files_look(path, &there, &err);
    if (there)
        status = slt_fail(&err, SLT_FILE, "%s: exists already; nothing is overwritten",
                          path);
    if (status) {
        begin_failed(output, path, &err);
        return;
    }
    begin_over(output, path, special);
    output->fresh = true;
}

void slt_io_write(slt_io_output *output, const void *bytes, size_t size)
{
    if (!output->failed)
        output->failed =
            slt_io_write_open(output->fd, output->path, bytes, size, &output->error);
}

/* mkstemp makes files that only their owner may read. */
static void output_finish(slt_io_output *output)
{
    if (!output->drafted) {
        mode_t mask = slt_world.umask(0);
        slt_world.umask(mask);
        if (slt_world.fchmod(output->fd, 0666 & ~mask) != 0)
            fail_output(output, "cannot write");
    }
    if (!output->failed)
        output->failed = slt_io_sync_open(output->fd, output->path, &output->error);
}

/* Not every file system knows RENAME_NOREPLACE. */
int slt_io_rename(const char *from, const char *to, bool over)
{
    if (over)
        return slt_world.rename(from, to);
    if (slt_world.renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    return slt_world.link(from, to) == 0 ? slt_world.unlink(from) : -1;
}

slt_status slt_io_end(slt_io_output *output, bool keep, slt_error *err)
{
    bool made = output->fd >= 0;
    bool renamed = output->temporary != NULL;
    if (made && renamed && keep && !output->failed)
        output_finish(output);
    if (made && slt_world.close(output->fd) != 0)
        fail_output(output, "cannot write");
    keep = keep && !output->failed;
    if (keep && renamed &&
        slt_io_rename(output->temporary, output->path, !output->fresh) != 0) {
        fail_output(output, "cannot write");
        keep = false;
    }
    if (made && renamed && !keep)
        slt_world.unlink(output->temporary);
    /* A draft is its owner's to sync. */
    if (keep && renamed && !output->drafted && !slt_staging_holds(output->path))
        output->failed = slt_folder_sync_above(output->path, &output->error);
    free(making_leave(
        output)); /* last, so that a signal finds the name until the file is gone */
    output->temporary = NULL;
    output->fd = -1;
    if (output->failed)
        return slt_fail(err, output->error.status, "%s", output->error.text);
    return SLT_OK;
}

slt_status slt_io_replace(const char *path, const void *bytes, size_t size,
                          slt_error *err)
{
    slt_io_output output;
    slt_io_begin(&output, path);
    slt_io_write(&output, bytes, size);
    return slt_io_end(&output, true, err);
}

slt_status slt_io_replace_by(const char *path, const char *ending, const void *bytes,
                             size_t size, slt_error *err)
{
    slt_io_output output;
    slt_buffer draft = {0};
    slt_buffer_printf(&draft, "%s%s", path, ending);
    begin_file(&output, path, true, &draft);
    slt_io_write(&output, bytes, size);
    return slt_io_end(&output, true, err);
}

const char *slt_io_temporary(void)
{
    const char *folder = slt_world.getenv("TMPDIR");
    return folder && *folder ? folder : "/tmp";
}
