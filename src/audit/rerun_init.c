/* Converts init files to another arithmetic. */
#include "audit/rerun.h"

#include <stdlib.h>

#include "net/init.h"
#include "net/init_file.h"
#include "num/ops.h"

void slt_rerun_files_free(slt_rerun_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        slt_buffer_free(&files->list[i].bytes);
    files->count = 0;
}

static slt_status rerun_init_convert(const slt_weight_spec *weight,
                                     const slt_tensor *from, slt_tensor *to,
                                     slt_error *err)
{
    for (size_t e = 0; e < slt_tensor_count(from); e++)
        slt_tensor_set(to, e, slt_tensor_get(from, e));
    if (slt_num_finite(to))
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT,
                    "weight %s: a number of its init file %s does not fit into %s",
                    weight->name, weight->init.file, slt_arithmetic_name(to->arithmetic));
}

static slt_status rerun_init_store(const slt_weight_spec *weight,
                                   const slt_tensor *tensor, slt_rerun_files *files,
                                   slt_error *err)
{
    slt_rerun_file *file = &files->list[files->count++];
    *file = (slt_rerun_file){.weight = weight->name};
    snprintf(file->name, sizeof file->name, "init-%s.%s", weight->name,
             slt_arithmetic_name(tensor->arithmetic));
    uint8_t *bytes = slt_buffer_extend(&file->bytes, slt_tensor_bytes(tensor));
    if (!bytes)
        return slt_fail(err, SLT_RESOURCE, "no memory for weight %s", weight->name);
    slt_tensor_store(tensor, bytes);
    slt_sha256_of(file->bytes.data, file->bytes.size, file->sha256);
    return SLT_OK;
}

static slt_status rerun_init_take_file(const slt_run_spec *from,
                                       const slt_weight_spec *weight,
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
        status = rerun_init_convert(weight, &old, &made, err);
    if (!status)
        status = rerun_init_store(weight, &made, files, err);
    slt_tensor_free(&old);
    slt_tensor_free(&made);
    return status;
}

slt_status slt_rerun_convert(const slt_run_spec *from, slt_arithmetic arithmetic,
                             slt_rerun_files *files, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < from->model.weight_count && !status; i++) {
        const slt_weight_spec *weight = &from->model.weights[i];
        if (!weight->tied[0] && slt_init_from_file(&weight->init))
            status = rerun_init_take_file(from, weight, arithmetic, files, err);
    }
    return status;
}
