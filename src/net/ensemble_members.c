/* Members' weights and data. */
#include <stdlib.h>

#include "base/world.h"
#include "net/ensemble.h"

size_t slt_ensemble_members_min(slt_arithmetic arithmetic)
{
    return slt_members_count(arithmetic) * 5 / 8;
}

slt_status slt_ensemble_params(const slt_model_spec *model, slt_arithmetic arithmetic,
                               slt_params *params, slt_error *err)
{
    slt_model_spec *wide = slt_world.malloc(sizeof *wide);
    *params = (slt_params){0};
    if (!wide)
        return slt_fail(err, SLT_RESOURCE, "no memory for the weights of an ensemble");
    *wide = *model;
    for (size_t i = 0; i < wide->weight_count; i++)
        wide->weights[i].cols *= slt_members_count(arithmetic);
    slt_status status = slt_params_create(wide, arithmetic, params, err);
    free(wide);
    return status;
}

void slt_ensemble_params_put(const slt_params *from, size_t member, slt_params *to)
{
    for (size_t i = 0; i < from->count; i++)
        if (from->owned[i])
            slt_members_put(&from->tensor[i], member, &to->tensor[i]);
}

void slt_ensemble_params_take(const slt_params *from, size_t member, slt_params *to)
{
    for (size_t i = 0; i < from->count; i++)
        if (from->owned[i])
            slt_members_take(&from->tensor[i], member, &to->tensor[i]);
}

bool slt_ensemble_params_finite(const slt_params *params, size_t member)
{
    for (size_t i = 0; i < params->count; i++)
        if (params->owned[i] && !slt_members_finite(&params->tensor[i], member))
            return false;
    return true;
}

void slt_ensemble_batch_begin(slt_arithmetic arithmetic, const slt_batch *const *all,
                              slt_ensemble_batch *batch)
{
    const size_t members = slt_members_count(arithmetic);
    const slt_tensor *input = slt_batch_target_input(all[0]);
    *batch = (slt_ensemble_batch){.target_input = SIZE_MAX};
    if (input)
        batch->target_input = (size_t)(input - all[0]->input);
    for (size_t m = 0; m < members; m++) {
        batch->all[m] = all[m];
        if (input &&
            slt_batch_target_input(all[m]) != &all[m]->input[batch->target_input])
            batch->target_input = SIZE_MAX;
    }
}
