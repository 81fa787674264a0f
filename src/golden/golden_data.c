#include <sltrace/golden.h>

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/sha256.h"
#include "base/tree.h"

enum { DATA_MAX = 64 << 20 };

/* Whether the figure data would be the golden's if their CR LF were LF. */
static bool has_crlf(const slt_golden *golden, const slt_buffer *data)
{
    slt_buffer plain = {0};
    char found[SLT_SHA256_TEXT_MAX];
    for (size_t at = 0, end; at < data->size; at = end) {
        const uint8_t *begin = data->data + at;
        const uint8_t *cr = memmem(begin, data->size - at, "\r\n", 2);
        end = cr ? (size_t)(cr - data->data) + 1 : data->size;
        slt_buffer_append(&plain, begin, end - at - (cr != NULL));
    }
    slt_sha256_of(plain.data, plain.size, found);
    bool same = !plain.failed && plain.size != data->size &&
                strcmp(found, golden->data_sha256) == 0;
    slt_buffer_free(&plain);
    return same;
}

slt_status slt_golden_data(const slt_golden *golden, char **csv, size_t *size,
                           slt_error *err)
{
    static const char crlf[] = ": the data are the same but for CR LF line ends (git's "
                               "autocrlf? A .gitattributes with `*.csv -text` keeps "
                               "them)";
    slt_buffer path = {0}, bytes = {0};
    if (!golden->data)
        return slt_fail(err, SLT_FORMAT, "%s: it has no figure data", golden->path);
    slt_status status = slt_tree_name_beside(golden->path, golden->data, &path, err);
    const char *name = slt_buffer_text(&path);
    if (status == SLT_OK)
        status = slt_io_read(name, DATA_MAX, &bytes, err);
    char found[SLT_SHA256_TEXT_MAX];
    slt_sha256_of(bytes.data, bytes.size, found);
    if (status == SLT_OK && strcmp(found, golden->data_sha256) != 0)
        status =
            slt_fail(err, SLT_DIFFERS, "%s: expected SHA-256 %s, found %s%s", name,
                     golden->data_sha256, found, has_crlf(golden, &bytes) ? crlf : "");
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

slt_status slt_golden_manifest(const slt_golden *golden, slt_manifest **manifest,
                               slt_error *err)
{
    slt_buffer path = {0}, data = {0};
    slt_status status = SLT_OK;
    *manifest = NULL;
    if (golden->data)
        status = slt_tree_name_beside(golden->path, golden->data, &data, err);
    if (status == SLT_OK)
        status = slt_tree_name_beside(golden->path, golden->manifest, &path, err);
    if (status == SLT_OK)
        status = slt_manifest_open(slt_buffer_text(&path), manifest, err);
    slt_buffer_free(&data);
    slt_buffer_free(&path);
    return status;
}

slt_status slt_golden_manifest_at_hand(const slt_golden *golden, slt_manifest **manifest,
                                       slt_error *err)
{
    slt_error why = {.status = SLT_OK};
    if (slt_golden_manifest(golden, manifest, &why) == SLT_OK)
        return SLT_OK;
    *manifest = NULL;
    return why.status == SLT_RESOURCE ? slt_error_copy(err, &why) : SLT_OK;
}
