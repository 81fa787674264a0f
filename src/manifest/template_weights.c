/* `sltrace new --from`: the weights' part of a manifest, of a safetensors file. */
#include <sltrace/manifest.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array/format.h"
#include "array/safetensors.h"
#include "base/escape.h"
#include "base/fpenv.h"
#include "base/io.h"
#include "base/sha256.h"
#include "base/world.h"
#include "net/model.h"

/* A weight's name of a tensor's that may not be one itself: other letters become _, a
 * digit or dot in front has _ before it, and of a long name the end stays, which tells
 * more than the beginning. */
static void name_weight(const char *tensor, char name[SLT_NAME_MAX])
{
    static const char letters[] =
        "._ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const size_t most = SLT_NAME_MAX - 1, length = strlen(tensor);
    const char *from = tensor + (length > most ? length - most : 0);
    const bool leads = (*from >= '0' && *from <= '9') || *from == '.';
    snprintf(name, SLT_NAME_MAX, "%s%s", leads ? "_" : "",
             from + (leads && length >= most ? 1 : 0));
    for (char *c = name; *c; c++)
        if (!strchr(letters, *c))
            *c = '_';
}

/* Whether a weight starts from it: numbers with axes. */
static bool is_weight(const slt_safetensor *tensor)
{
    const bool real =
        tensor->array.form == SLT_ARRAY_FLOAT || tensor->array.form == SLT_ARRAY_BFLOAT;
    return tensor->plain && real && tensor->array.dimensions > 0 &&
           slt_array_count(&tensor->array) > 0;
}

typedef char weight_name[SLT_NAME_MAX];

static bool is_taken(const weight_name *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

/* Names of the weights, by tensor; "" of what is none.  Tensors whose names may stand
 * keep them.  Where what is made of another is taken, its number stands behind it, or the
 * next one that makes it free, in the place of what would be too long. */
static void name_weights(const slt_safetensors *file, weight_name *names)
{
    for (size_t i = 0; i < file->count; i++)
        if (is_weight(&file->list[i]) && slt_name_valid(file->list[i].name))
            snprintf(names[i], SLT_NAME_MAX, "%s", file->list[i].name);
    for (size_t i = 0; i < file->count; i++) {
        if (!is_weight(&file->list[i]) || names[i][0])
            continue;
        weight_name made, found;
        name_weight(file->list[i].name, made);
        memcpy(found, made, sizeof made);
        for (size_t n = i; is_taken(names, file->count, found); n++) {
            const int room = SLT_NAME_MAX - 1 - snprintf(NULL, 0, "_%zu", n);
            snprintf(found, SLT_NAME_MAX, "%.*s_%zu", room, made, n);
        }
        memcpy(names[i], found, sizeof found);
    }
}

static void put_weight(const slt_safetensor *tensor, const char *name, const char *path,
                       const char *sha256, slt_buffer *out)
{
    char shape[SLT_ARRAY_SHAPE_TEXT_MAX];
    slt_array_shape_text(&tensor->array, shape);
    slt_buffer_printf(out,
                      "      %s:\n        shape: %s\n        init: {kind: file, file: ",
                      name, shape);
    slt_escape_yaml(out, path);
    slt_buffer_printf(out, ", sha256: %s, tensor: ", sha256);
    slt_escape_yaml(out, tensor->name);
    slt_buffer_printf(out, "}\n");
}

static void put_part(const slt_safetensors *file, const weight_name *names,
                     const char *path, const char *sha256, slt_buffer *out)
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
            put_weight(tensor, names[i], path, sha256, out);
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
    SLT_FPENV_ENTERED;
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
        weight_name *names = slt_world.calloc(file.count + 1, sizeof *names);
        if (names) {
            name_weights(&file, names);
            put_part(&file, names, named, sha256, &out);
            *text = slt_buffer_take(&out);
        }
        free(names);
        slt_safetensors_free(&file);
        if (!*text)
            status = slt_fail(err, SLT_RESOURCE, "out of memory for a manifest");
    }
    slt_buffer_free(&bytes);
    return status;
}
