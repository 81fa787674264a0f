#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static slt_status fail(slt_error *err, const char *path, const char *what)
{
    return slt_fail(err, SLT_FILE, "%s: %s: %s", path, what, strerror(errno));
}

static slt_status check_kind(int fd, const char *path, size_t size_max, size_t *size,
                             slt_error *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return fail(err, path, "cannot read");
    if (S_ISDIR(info.st_mode))
        return slt_fail(err, SLT_FILE, "%s: expected a file, found a directory", path);
    if (!S_ISREG(info.st_mode))
        return slt_fail(err, SLT_FILE, "%s: expected an ordinary file", path);
    if ((uintmax_t)info.st_size > size_max)
        return slt_fail(err, SLT_FILE, "%s: expected at most %zu bytes, found %jd", path,
                        size_max, (intmax_t)info.st_size);
    *size = (size_t)info.st_size;
    return SLT_OK;
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
        ssize_t got = read(fd, at + done, size - done);
        if (got < 0 && errno != EINTR)
            return fail(err, path, "cannot read");
        if (got == 0)
            break;
        done += got > 0 ? (size_t)got : 0;
    }
    bytes->size -= size - done;
    return SLT_OK;
}

slt_status slt_io_read(const char *path, size_t size_max, slt_buffer *bytes,
                       slt_error *err)
{
    /* Without O_NONBLOCK, opening a FIFO would wait for a writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail(err, path, "cannot open");
    size_t size = 0;
    slt_status status = check_kind(fd, path, size_max, &size, err);
    if (status == SLT_OK)
        status = read_all(fd, path, size, bytes, err);
    close(fd);
    return status;
}

static slt_status write_all(int fd, const char *path, const uint8_t *bytes, size_t size,
                            slt_error *err)
{
    while (size > 0) {
        ssize_t put = write(fd, bytes, size);
        if (put < 0 && errno != EINTR)
            return fail(err, path, "cannot write");
        if (put > 0) {
            bytes += put;
            size -= (size_t)put;
        }
    }
    return fsync(fd) == 0 || errno == EINVAL ? SLT_OK : fail(err, path, "cannot write");
}

/* Writes and closes the temporary file, and gives it its name. */
static slt_status fill(int fd, const char *temporary, const char *path, const void *bytes,
                       size_t size, slt_error *err)
{
    slt_status status = write_all(fd, path, bytes, size, err);
    mode_t mask = umask(0);
    umask(mask);
    if (status == SLT_OK && fchmod(fd, 0666 & ~mask) != 0)
        status = fail(err, path, "cannot write");
    if (close(fd) != 0 && status == SLT_OK)
        status = fail(err, path, "cannot write");
    if (status == SLT_OK && rename(temporary, path) != 0)
        status = fail(err, path, "cannot write");
    if (status != SLT_OK)
        unlink(temporary);
    return status;
}

slt_status slt_io_replace(const char *path, const void *bytes, size_t size,
                          slt_error *err)
{
    slt_buffer temporary = {0};
    slt_buffer_printf(&temporary, "%s.XXXXXX", path);
    slt_buffer_text(&temporary);
    if (temporary.failed)
        return slt_fail(err, SLT_RESOURCE, "%s: no memory", path);
    int fd = mkstemp((char *)temporary.data);
    slt_status status = fd < 0 ? fail(err, path, "cannot create")
                               : fill(fd, (char *)temporary.data, path, bytes, size, err);
    slt_buffer_free(&temporary);
    return status;
}
