#include "net/init_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sha256.h"
#include "base/tree.h"

/* What a weight's file may hold, with its size in bytes: no two are alike. */
static size_t bytes_in(const slt_tensor *weight, slt_arithmetic arithmetic)
{
    slt_tensor other = *weight;
    other.arithmetic = arithmetic;
    return slt_tensor_bytes(&other);
}

/* The arithmetic whose numbers a file of that size holds; SLT_INDEX: none. */
static slt_arithmetic arithmetic_of(const slt_tensor *weight, uint64_t size)
{
    slt_arithmetic a = SLT_F32;
    while (a < SLT_INDEX && bytes_in(weight, a) != size)
        a++;
    return a;
}

/* An open descriptor of a regular file whose size is that of the weight in some
 * arithmetic. */
static slt_status open_file(const char *path, const slt_tensor *weight,
                            slt_arithmetic *arithmetic, int *descriptor, slt_error *err)
{
    uint64_t size;
    slt_status status = slt_io_open(path, descriptor, &size, err);
    if (status != SLT_OK)
        return err ? slt_error_prefix(err, "init") : status;
    if ((*arithmetic = arithmetic_of(weight, size)) == SLT_INDEX)
        status = slt_fail(err, SLT_FORMAT,
                          "init: %s: expected %zu bytes (%zu x %zu of f32), %zu (f64) or "
                          "%zu (fixed), found %" PRIu64,
                          path, bytes_in(weight, SLT_F32), weight->rows, weight->cols,
                          bytes_in(weight, SLT_F64), bytes_in(weight, SLT_FIXED),
                          size);
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

/* The file's numbers as it has them. */
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

static slt_status read_tensor(const slt_init_spec *spec, const char *path, int descriptor,
                              slt_tensor *tensor, slt_error *err)
{
    size_t size = slt_tensor_bytes(tensor);
    uint8_t *bytes = malloc(size ? size : 1);
    if (!bytes)
        return slt_fail(err, SLT_RESOURCE, "init: %s: out of memory for %zu bytes", path,
                        size);
    slt_status status = read_all(descriptor, path, bytes, size, err);
    if (status == SLT_OK)
        status = take_bytes(spec, path, bytes, size, tensor, err);
    free(bytes);
    return status;
}

/* Another arithmetic's numbers, by way of binary64. */
static slt_status read_across(const slt_init_spec *spec, const char *path, int descriptor,
                              slt_arithmetic arithmetic, slt_tensor *weight,
                              slt_error *err)
{
    slt_tensor found;
    slt_status status =
        slt_tensor_create(&found, arithmetic, weight->rows, weight->cols, err);
    if (status != SLT_OK)
        return status;
    status = read_tensor(spec, path, descriptor, &found, err);
    for (size_t e = 0; status == SLT_OK && e < slt_tensor_count(weight); e++)
        slt_tensor_set(weight, e, slt_tensor_get(&found, e));
    slt_tensor_free(&found);
    return status;
}

slt_status slt_init_file(const slt_init_spec *spec, const char *folder,
                         slt_tensor *weight, slt_error *err)
{
    slt_buffer named = {0};
    slt_arithmetic arithmetic = SLT_INDEX;
    int descriptor = -1;
    slt_status status = slt_tree_name(folder, spec->file, &named, err);
    if (status != SLT_OK && err)
        slt_error_prefix(err, "init");
    const char *path = slt_buffer_text(&named);
    if (status == SLT_OK)
        status = open_file(path, weight, &arithmetic, &descriptor, err);
    if (status != SLT_OK) {
        slt_buffer_free(&named);
        return status;
    }
    if (arithmetic == weight->arithmetic)
        status = read_tensor(spec, path, descriptor, weight, err);
    else
        status = read_across(spec, path, descriptor, arithmetic, weight, err);
    close(descriptor);
    slt_buffer_free(&named);
    return status;
}
