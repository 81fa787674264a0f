/* Init files in another arithmetic. */
#include "audit/rerun.h"

#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "net/init.h"
#include "net/init_file.h"
#include "num/ops.h"

void slt_rerun_files_free(slt_rerun_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        slt_buffer_free(&files->list[i].bytes);
    files->count = 0;
}

static slt_status set_text(const slt_value *map, const char *key, const char *text,
                           slt_error *err)
{
    slt_value *value = (slt_value *)(uintptr_t)slt_value_get(map, key);
    char *copy = strdup(text);
    if (!copy)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    free(value->text);
    value->text = copy;
    return SLT_OK;
}

static slt_status convert(const slt_weight_spec *weight, const slt_tensor *from,
                          slt_tensor *to, slt_error *err)
{
    for (size_t e = 0; e < slt_tensor_count(from); e++)
        slt_tensor_set(to, e, slt_tensor_get(from, e));
    if (slt_num_finite(to))
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT,
                    "weight %s: a number of its init file %s does not fit into %s",
                    weight->name, weight->init.file, slt_arithmetic_name(to->arithmetic));
}

static slt_status store(const slt_weight_spec *weight, const slt_tensor *tensor,
                        slt_rerun_files *files, slt_error *err)
{
    slt_rerun_file *file = &files->list[files->count++];
    *file = (slt_rerun_file){0};
    snprintf(file->name, sizeof file->name, "init-%s.%s", weight->name,
             slt_arithmetic_name(tensor->arithmetic));
    uint8_t *bytes = slt_buffer_extend(&file->bytes, slt_tensor_bytes(tensor));
    if (!bytes)
        return slt_fail(err, SLT_RESOURCE, "no memory for weight %s", weight->name);
    slt_tensor_store(tensor, bytes);
    return SLT_OK;
}

static slt_status take_file(const slt_run_spec *from, const slt_weight_spec *weight,
                            slt_arithmetic arithmetic, slt_rerun_files *files,
                            slt_error *err)
{
    slt_tensor old = {0}, made = {0};
    slt_status status =
        slt_tensor_create(&old, from->arithmetic, weight->rows, weight->cols, err);
    if (!status)
        status = slt_tensor_create(&made, arithmetic, weight->rows, weight->cols, err);
    if (!status)
        status = slt_init_file(&weight->init, from->folder, &old, err);
    if (!status)
        status = convert(weight, &old, &made, err);
    if (!status)
        status = store(weight, &made, files, err);
    slt_tensor_free(&old);
    slt_tensor_free(&made);
    return status;
}

slt_status slt_rerun_convert(const slt_run_spec *from, slt_arithmetic arithmetic,
                             slt_value *run, slt_rerun_files *files, slt_error *err)
{
    const slt_value *weights = slt_value_get(slt_value_get(run, "model"), "weights");
    slt_status status = SLT_OK;
    for (size_t i = 0; i < from->model.weight_count && !status; i++) {
        const slt_weight_spec *weight = &from->model.weights[i];
        const slt_value *init =
            slt_value_get(slt_value_get(weights, weight->name), "init");
        char sha256[SLT_SHA256_TEXT_MAX];
        if (weight->tied[0] || !slt_init_from_file(&weight->init))
            continue;
        status = take_file(from, weight, arithmetic, files, err);
        if (status)
            break;
        const slt_rerun_file *file = &files->list[files->count - 1];
        slt_sha256_of(file->bytes.data, file->bytes.size, sha256);
        status = set_text(init, "file", file->name, err);
        if (!status && slt_value_get(init, "type"))
            status = set_text(init, "type", slt_arithmetic_name(arithmetic), err);
        if (!status)
            status = set_text(init, "sha256", sha256, err);
    }
    return status;
}
