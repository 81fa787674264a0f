#include "net/params.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/world.h"

slt_status slt_params_reserve(size_t count, slt_params *params, slt_error *err)
{
    *params = (slt_params){0};
    const size_t item = sizeof *params->tensor + sizeof *params->owner +
                        sizeof *params->owned + sizeof *params->trainable;
    params->tensor = slt_world.calloc(count ? count : 1, item);
    if (!params->tensor)
        return slt_fail(err, SLT_RESOURCE, "out of memory for %zu weights", count);
    params->owner = (size_t *)(params->tensor + count);
    params->owned = (bool *)(params->owner + count);
    params->trainable = params->owned + count;
    params->count = count;
    return SLT_OK;
}

slt_status slt_params_create(const slt_model_spec *model, slt_arithmetic arithmetic,
                             slt_params *params, slt_error *err)
{
    slt_status status = slt_params_reserve(model->weight_count, params, err);
    if (status)
        return status;
    for (size_t i = 0; i < params->count; i++) {
        const slt_weight_spec *weight = &model->weights[i];
        size_t owner = slt_model_owner(model, i);
        params->owner[i] = owner;
        params->trainable[i] = model->weights[owner].trainable;
        if (owner != i) {
            params->tensor[i] = params->tensor[owner];
            continue;
        }
        status = slt_tensor_create(&params->tensor[i], arithmetic, weight->rows,
                                   weight->cols, err);
        if (status != SLT_OK) {
            slt_params_free(params);
            return status;
        }
        params->owned[i] = true;
    }
    return SLT_OK;
}

void slt_params_free(slt_params *params)
{
    for (size_t i = 0; i < params->count; i++)
        if (params->owned[i])
            slt_tensor_free(&params->tensor[i]);
    free(params->tensor);
    *params = (slt_params){0};
}

void slt_params_copy(slt_params *to, const slt_params *from)
{
    SLT_ASSERT(to->count == from->count);
    for (size_t i = 0; i < to->count; i++)
        if (to->owned[i])
            slt_tensor_copy(&to->tensor[i], &from->tensor[i]);
    slt_params_share(to);
}

void slt_params_share(slt_params *params)
{
    for (size_t i = 0; i < params->count; i++)
        if (!params->owned[i])
            params->tensor[i] = params->tensor[params->owner[i]];
}
