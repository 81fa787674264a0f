#include "learn/slots.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"

slt_status slt_slots_create(const slt_model_spec *model, slt_arithmetic arithmetic,
                            slt_params_maker *make, const slt_slot_type *types,
                            size_t count, slt_slots *slots, slt_error *err)
{
    SLT_ASSERT(count <= SLT_SLOTS_MAX);
    *slots = (slt_slots){.type = types};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < count && !status; i++) {
        status = make(model, arithmetic, &slots->slot[i], err);
        slots->count += !status;
    }
    if (status)
        slt_slots_free(slots);
    return status;
}

void slt_slots_free(slt_slots *slots)
{
    for (size_t i = 0; i < slots->count; i++)
        slt_params_free(&slots->slot[i]);
    *slots = (slt_slots){0};
}

void slt_slots_copy(slt_slots *to, const slt_slots *from)
{
    for (size_t i = 0; i < from->count; i++)
        slt_params_copy(&to->slot[i], &from->slot[i]);
}

void slt_slot_name(const slt_slot_type *type, const char *weight,
                   char name[SLT_STATE_NAME_MAX])
{
    snprintf(name, SLT_STATE_NAME_MAX, "%s%s%s", type ? type->name : "", type ? "/" : "",
             weight);
}

slt_tensor_walk slt_tensors_of(const slt_model_spec *model, const slt_params *weights,
                               const slt_slots *slots)
{
    return (slt_tensor_walk){.model = model, .weights = weights, .slots = slots};
}

bool slt_tensors_next(slt_tensor_walk *walk)
{
    const slt_params *weights = walk->weights;
    for (; walk->group <= walk->slots->count; walk->group++, walk->next = 0)
        while (walk->next < weights->count) {
            const size_t i = walk->next++, slot = walk->group - 1;
            if (!weights->owned[i] || (walk->group && !weights->trainable[i]))
                continue;
            walk->type = walk->group ? &walk->slots->type[slot] : NULL;
            walk->weight = i;
            walk->tensor =
                walk->group ? &walk->slots->slot[slot].tensor[i] : &weights->tensor[i];
            slt_slot_name(walk->type, walk->model->weights[i].name, walk->name);
            return true;
        }
    return false;
}

const slt_tensor *slt_tensors_find(const slt_model_spec *model, const slt_params *weights,
                                   const slt_slots *slots, const char *name)
{
    slt_tensor_walk walk = slt_tensors_of(model, weights, slots);
    while (slt_tensors_next(&walk))
        if (strcmp(walk.name, name) == 0)
            return walk.tensor;
    return NULL;
}
