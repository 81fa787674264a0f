/* Members' weights and data. */
#include <stdlib.h>
#include <string.h>

#include "net/ensemble.h"

slt_status slt_ensemble_params(const slt_model_spec *model, slt_arithmetic arithmetic,
                               slt_params *params, slt_error *err)
{
    slt_model_spec *wide = malloc(sizeof *wide);
    *params = (slt_params){0};
    if (!wide)
        return slt_fail(err, SLT_RESOURCE, "no memory for the weights of an ensemble");
    *wide = *model;
    for (size_t i = 0; i < wide->weight_count; i++)
        wide->weights[i].cols *= slt_ensemble_members(arithmetic);
    slt_status status = slt_params_create(wide, arithmetic, params, err);
    free(wide);
    return status;
}

void slt_ensemble_params_put(const slt_params *from, size_t member, slt_params *to)
{
    for (size_t i = 0; i < from->count; i++)
        if (from->owned[i])
            slt_ensemble_put(&from->tensor[i], member, &to->tensor[i]);
}

void slt_ensemble_params_take(const slt_params *from, size_t member, slt_params *to)
{
    for (size_t i = 0; i < from->count; i++)
        if (from->owned[i])
            slt_ensemble_take(&from->tensor[i], member, &to->tensor[i]);
}

bool slt_ensemble_params_finite(const slt_params *params, size_t member)
{
    for (size_t i = 0; i < params->count; i++)
        if (params->owned[i] && !slt_ensemble_finite(&params->tensor[i], member))
            return false;
    return true;
}

static bool target_is(const slt_batch *batch, size_t input)
{
    const slt_tensor *a = &batch->input[input], *b = &batch->target;
    return a->arithmetic == b->arithmetic && a->rows == b->rows && a->cols == b->cols &&
           memcmp(a->data, b->data,
                  slt_tensor_count(a) * slt_arithmetic_size(a->arithmetic)) == 0;
}

void slt_ensemble_batch_begin(slt_arithmetic arithmetic, const slt_batch *const *all,
                              slt_ensemble_batch *batch)
{
    const size_t members = slt_ensemble_members(arithmetic);
    *batch = (slt_ensemble_batch){.target_input = SIZE_MAX};
    for (size_t m = 0; m < members; m++)
        batch->all[m] = all[m];
    for (size_t i = 0; i < all[0]->inputs && batch->target_input == SIZE_MAX; i++) {
        size_t alike = 0;
        while (alike < members &&
               ((alike && all[alike] == all[0]) || target_is(all[alike], i)))
            alike++;
        if (alike == members)
            batch->target_input = i;
    }
}
