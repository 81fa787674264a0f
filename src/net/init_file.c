#include "net/init_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sha256.h"

#define PATH_MAX_BOTH (2 * SLT_PATH_MAX + 1)

static void join(char path[PATH_MAX_BOTH], const char *folder, const char *file)
{
    bool alone = file[0] == '/' || !folder || !folder[0];
    snprintf(path, PATH_MAX_BOTH, "%s%s%s", alone ? "" : folder, alone ? "" : "/", file);
}

/* An open descriptor of a regular file of `size` bytes. */
static slt_status open_file(const char *path, const slt_tensor *tensor, size_t size,
                            int *descriptor, slt_error *err)
{
    struct stat about;
    /* Not to wait for the other end of a pipe. */
    *descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*descriptor < 0)
        return slt_fail(err, SLT_FILE, "init: %s: %s", path, strerror(errno));
    slt_status status = SLT_OK;
    if (fstat(*descriptor, &about) != 0 || !S_ISREG(about.st_mode))
        status = slt_fail(err, SLT_FILE, "init: %s: expected a regular file", path);
    else if (about.st_size < 0 || (uintmax_t)about.st_size != size)
        status = slt_fail(
            err, SLT_FORMAT, "init: %s: expected %zu bytes (%zu x %zu of %s), found %jd",
            path, size, tensor->rows, tensor->cols,
            slt_arithmetic_name(tensor->arithmetic), (intmax_t)about.st_size);
    if (status != SLT_OK)
        close(*descriptor);
    return status;
}

static slt_status read_all(int descriptor, const char *path, uint8_t *bytes, size_t size,
                           slt_error *err)
{
    for (size_t have = 0; have < size;) {
        ssize_t more = read(descriptor, bytes + have, size - have);
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0)
            return slt_fail(err, SLT_FILE, "init: %s: %s at byte %zu", path,
                            more < 0 ? strerror(errno) : "the file ended", have);
        have += (size_t)more;
    }
    return SLT_OK;
}

static slt_status take_bytes(const slt_init_spec *spec, const char *path,
                             const uint8_t *bytes, size_t size, slt_tensor *tensor,
                             slt_error *err)
{
    char found[SLT_SHA256_TEXT_MAX];
    slt_sha256_of(bytes, size, found);
    if (strcmp(found, spec->sha256) != 0)
        return slt_fail(err, SLT_FORMAT, "init: %s: expected SHA-256 %s, found %s", path,
                        spec->sha256, found);
    slt_error cause;
    int frac = tensor->frac; /* the one exponent that weights have */
    slt_status status = slt_tensor_load(tensor, bytes, size, &cause);
    if (status != SLT_OK)
        return slt_fail(err, status, "init: %s: %s", path, cause.text);
    if (tensor->frac != frac)
        return slt_fail(err, SLT_FORMAT,
                        "init: %s: expected %d fractional bits, found %d", path, frac,
                        tensor->frac);
    return SLT_OK;
}

slt_status slt_init_file(const slt_init_spec *spec, const char *folder,
                         slt_tensor *tensor, slt_error *err)
{
    char path[PATH_MAX_BOTH];
    size_t size = slt_tensor_bytes(tensor);
    int descriptor;
    join(path, folder, spec->file);
    slt_status status = open_file(path, tensor, size, &descriptor, err);
    if (status != SLT_OK)
        return status;
    uint8_t *bytes = malloc(size ? size : 1);
    if (!bytes)
        status = slt_fail(err, SLT_RESOURCE, "init: %s: out of memory for %zu bytes",
                          path, size);
    if (status == SLT_OK)
        status = read_all(descriptor, path, bytes, size, err);
    if (status == SLT_OK)
        status = take_bytes(spec, path, bytes, size, tensor, err);
    free(bytes);
    close(descriptor);
    return status;
}
