#include <sltrace/golden.h>

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/sha256.h"

enum { DATA_MAX = 64 << 20 };

slt_status slt_golden_data(const slt_golden *golden, char **csv, size_t *size,
                           slt_error *err)
{
    slt_buffer path = {0}, bytes = {0};
    const char *slash = strrchr(golden->path, '/');
    if (!golden->data)
        return slt_fail(err, SLT_FORMAT, "%s: it has no figure data", golden->path);
    if (slash)
        slt_buffer_append(&path, golden->path, (size_t)(slash - golden->path) + 1);
    slt_buffer_printf(&path, "%s", golden->data);
    const char *name = slt_buffer_text(&path);
    slt_status status = slt_io_read(name, DATA_MAX, &bytes, err);
    char found[SLT_SHA256_TEXT_MAX];
    slt_sha256_of(bytes.data, bytes.size, found);
    if (status == SLT_OK && strcmp(found, golden->data_sha256) != 0)
        status = slt_fail(err, SLT_DIFFERS, "%s: expected SHA-256 %s, found %s", name,
                          golden->data_sha256, found);
    slt_buffer_text(&bytes);
    if (status == SLT_OK && (path.failed || bytes.failed))
        status = slt_fail(err, SLT_RESOURCE, "%s: out of memory", golden->path);
    if (status == SLT_OK) {
        *csv = (char *)bytes.data;
        *size = bytes.size;
        bytes = (slt_buffer){0};
    }
    slt_buffer_free(&bytes);
    slt_buffer_free(&path);
    return status;
}
