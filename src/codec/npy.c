#include "codec/npy.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"

const char *slt_npy_type(slt_arithmetic arithmetic)
{
    static const char *const types[] = {
        [SLT_F32] = "<f4", [SLT_F64] = "<f8", [SLT_FIXED] = "<i8", [SLT_INDEX] = "<i4"};
    return types[arithmetic];
}

void slt_npy_name(slt_buffer *path, const char *name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789_";
    for (; *name; name++) {
        if (*name == '/')
            slt_buffer_byte(path, '.');
        else if (strchr(plain, *name))
            slt_buffer_byte(path, (uint8_t)*name);
        else
            slt_buffer_printf(path, "%%%02X", (unsigned char)*name);
    }
}

const char *slt_npy_stem(const char *path, size_t *length)
{
    const char *slash = strrchr(path, '/');
    const char *file = slash ? slash + 1 : path;
    *length = strlen(file);
    if (*length > 6 && strcmp(file + *length - 6, ".trace") == 0)
        *length -= 6;
    return file;
}

slt_status slt_npy_check_stems(const char *const *traces, size_t count, slt_error *err)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++) {
            size_t length, other;
            const char *a = slt_npy_stem(traces[i], &length);
            const char *b = slt_npy_stem(traces[j], &other);
            if (length == other && strncmp(a, b, length) == 0)
                return slt_fail(err, SLT_USAGE,
                                "%s and %s: expected traces of different file names",
                                traces[j], traces[i]);
        }
    return SLT_OK;
}

/* "(3,)" or "(3, 4)"; and the number of elements. */
static uint64_t put_shape(slt_buffer *text, const size_t *shape, int dimensions)
{
    uint64_t count = 1;
    slt_buffer_byte(text, '(');
    for (int i = 0; i < dimensions; i++) {
        slt_buffer_printf(text, i ? ", %zu" : "%zu", shape[i]);
        count *= shape[i];
    }
    slt_buffer_printf(text, dimensions == 1 ? ",)" : ")");
    return count;
}

/* The header: magic, version, the length of the rest, and the rest, padded so that the
 * elements begin at a multiple of 64. */
static uint64_t put_header(slt_buffer *out, const char *type, const size_t *shape,
                           int dimensions)
{
    slt_buffer text = {0};
    slt_buffer_printf(&text, "{'descr': '%s', 'fortran_order': False, 'shape': ", type);
    uint64_t count = put_shape(&text, shape, dimensions);
    slt_buffer_printf(&text, ", }");
    while ((10 + text.size + 1) % 64 != 0 && !text.failed)
        slt_buffer_byte(&text, ' ');
    slt_buffer_byte(&text, '\n');
    slt_buffer_append(out, "\x93NUMPY\x01\x00", 8);
    slt_buffer_byte(out, (uint8_t)(text.size & 0xff));
    slt_buffer_byte(out, (uint8_t)(text.size >> 8));
    slt_buffer_append(out, text.data, text.size);
    out->failed = out->failed || text.failed;
    slt_buffer_free(&text);
    return count;
}

void slt_npy_begin(slt_npy *npy, const char *type, const size_t *shape, int dimensions)
{
    SLT_ASSERT(dimensions >= 1 && dimensions <= 3);
    npy->left =
        put_header(&npy->scratch, type, shape, dimensions) * (uint64_t)(type[2] - '0');
    const char *path = slt_buffer_text(&npy->path);
    npy->failed = npy->path.failed || npy->scratch.failed;
    npy->output.fd = -1;
    if (npy->failed)
        return;
    slt_io_begin(&npy->output, path);
    slt_io_write(&npy->output, npy->scratch.data, npy->scratch.size);
}

void slt_npy_bytes(slt_npy *npy, const void *bytes, size_t size)
{
    if (npy->failed)
        return;
    SLT_ASSERT(size <= npy->left);
    npy->left -= size;
    slt_io_write(&npy->output, bytes, size);
}

void slt_npy_tensor(slt_npy *npy, const slt_tensor *tensor)
{
    size_t size = slt_tensor_bytes(tensor);
    size_t prefix = tensor->arithmetic == SLT_FIXED ? 8 : 0;
    if (npy->failed)
        return;
    slt_buffer_clear(&npy->scratch);
    uint8_t *at = slt_buffer_extend(&npy->scratch, size);
    npy->failed = !at;
    if (npy->failed)
        return;
    slt_tensor_store(tensor, at);
    slt_npy_bytes(npy, at + prefix, size - prefix);
}

slt_status slt_npy_end(slt_npy *npy, bool keep, slt_error *err)
{
    SLT_ASSERT(!keep || npy->failed || npy->left == 0);
    slt_status status = slt_io_end(&npy->output, keep && !npy->failed, err);
    if (npy->failed)
        status = slt_fail(err, SLT_RESOURCE, "%s: no memory to export to it",
                          slt_buffer_text(&npy->path));
    slt_buffer_free(&npy->path);
    slt_buffer_free(&npy->scratch);
    *npy = (slt_npy){0};
    return status;
}
