/* `sltrace new --from`: the weights' part of a manifest, of a safetensors file. */
#include <sltrace/manifest.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array/format.h"
#include "array/safetensors.h"
#include "base/escape.h"
#include "base/io.h"
#include "base/sha256.h"
#include "net/model.h"

/* A weight's name of a tensor's: other letters become _, and of a long name the end
 * stays, which tells more than the beginning. */
static void name_weight(const char *tensor, char name[SLT_NAME_MAX])
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    const size_t length = strlen(tensor), most = SLT_NAME_MAX - 1;
    snprintf(name, SLT_NAME_MAX, "%s", tensor + (length > most ? length - most : 0));
    for (char *c = name; *c; c++)
        if (!strchr(letters, *c))
            *c = '_';
    if (*name >= '0' && *name <= '9')
        *name = '_';
}

/* Whether a weight starts from it: numbers with axes. */
static bool is_weight(const slt_safetensor *tensor)
{
    const bool real =
        tensor->array.form == SLT_ARRAY_FLOAT || tensor->array.form == SLT_ARRAY_BFLOAT;
    return tensor->plain && real && tensor->array.dimensions > 0 &&
           slt_array_count(&tensor->array) > 0;
}

/* Whether an earlier tensor has the same name as a weight. */
static bool is_taken(const slt_safetensors *file, size_t before, const char *name)
{
    char other[SLT_NAME_MAX];
    for (size_t i = 0; i < before; i++) {
        name_weight(file->list[i].name, other);
        if (is_weight(&file->list[i]) && !strcmp(other, name))
            return true;
    }
    return false;
}

/* Of tensors whose names would be one the later have their number behind it, which takes
 * the place of what would be too long. */
static void put_name(const slt_safetensors *file, size_t i, slt_buffer *out)
{
    char name[SLT_NAME_MAX];
    name_weight(file->list[i].name, name);
    if (!is_taken(file, i, name)) {
        slt_buffer_printf(out, "%s", name);
        return;
    }
    const int room = SLT_NAME_MAX - 1 - snprintf(NULL, 0, "_%zu", i);
    slt_buffer_printf(out, "%.*s_%zu", room, name, i);
}

static void put_weight(const slt_safetensors *file, size_t i, const char *path,
                       const char *sha256, slt_buffer *out)
{
    const slt_safetensor *tensor = &file->list[i];
    char shape[SLT_ARRAY_SHAPE_TEXT_MAX];
    slt_array_shape_text(&tensor->array, shape);
    if (tensor->array.dimensions > 2) {
        const size_t rows = tensor->array.shape[0];
        slt_buffer_printf(out, "      # of the axes %s\n", shape);
        snprintf(shape, sizeof shape, "[%zu, %zu]", rows,
                 slt_array_count(&tensor->array) / rows);
    }
    slt_buffer_printf(out, "      ");
    put_name(file, i, out);
    slt_buffer_printf(out,
                      ":\n        shape: %s\n        init: {kind: file, file: ", shape);
    slt_escape_yaml(out, path);
    slt_buffer_printf(out, ", sha256: %s, tensor: ", sha256);
    slt_escape_yaml(out, tensor->name);
    slt_buffer_printf(out, "}\n");
}

static void put_part(const slt_safetensors *file, const char *path, const char *sha256,
                     slt_buffer *out)
{
    uint64_t numbers = 0;
    size_t weights = 0;
    for (size_t i = 0; i < file->count; i++)
        if (is_weight(&file->list[i])) {
            numbers += slt_array_count(&file->list[i].array);
            weights++;
        }
    slt_buffer_printf(
        out,
        "# The weights of a safetensors file, %zu with %" PRIu64
        " numbers.  What else a\n# manifest has is told by `sltrace new` and "
        "sltrace-manifest(5).\nrun:\n  model:\n    weights:\n",
        weights, numbers);
    for (size_t i = 0; i < file->count; i++) {
        const slt_safetensor *tensor = &file->list[i];
        if (is_weight(tensor)) {
            put_weight(file, i, path, sha256, out);
            continue;
        }
        slt_buffer_printf(out, "      # not a weight, of type %s: ", tensor->array.type);
        slt_escape_yaml(out, tensor->name);
        slt_buffer_byte(out, '\n');
    }
}

slt_status slt_manifest_weights(const char *path, const char *named, char **text,
                                slt_error *err)
{
    slt_safetensors file;
    slt_buffer bytes = {0}, out = {0};
    slt_error cause = {0};
    char sha256[SLT_SHA256_TEXT_MAX];
    *text = NULL;
    slt_status status = slt_io_read(path, SLT_ARRAY_FILE_MAX, &bytes, err);
    if (!status && slt_safetensors_read(bytes.data, bytes.size, &file, &cause))
        status = slt_fail(err, cause.status, "%s: %s", path, cause.text);
    if (!status) {
        slt_sha256_of(bytes.data, bytes.size, sha256);
        put_part(&file, named, sha256, &out);
        slt_safetensors_free(&file);
        *text = slt_buffer_take(&out);
        if (!*text)
            status = slt_fail(err, SLT_RESOURCE, "out of memory for a manifest");
    }
    slt_buffer_free(&bytes);
    return status;
}
