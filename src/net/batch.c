#include "net/batch.h"

#include <stdio.h>
#include <string.h>

size_t slt_positions_count(const slt_positions *positions)
{
    size_t count = 1;
    for (size_t i = 0; i < positions->axes; i++)
        if (__builtin_mul_overflow(count, positions->size[i], &count))
            return SIZE_MAX;
    return count;
}

bool slt_positions_equal(const slt_positions *a, const slt_positions *b)
{
    return a->axes == b->axes && !memcmp(a->size, b->size, a->axes * sizeof *a->size);
}

const char *slt_positions_text(const slt_positions *positions,
                               char text[SLT_POSITIONS_TEXT_MAX])
{
    size_t have = 0;
    for (size_t i = 0; i < positions->axes; i++)
        have += (size_t)snprintf(text + have, SLT_POSITIONS_TEXT_MAX - have, "%s%zu",
                                 i ? ", " : "[", positions->size[i]);
    snprintf(text + have, SLT_POSITIONS_TEXT_MAX - have, "%s", have ? "]" : "none");
    return text;
}

bool slt_batch_has_positions(const slt_batch *batch)
{
    bool found = batch->target_positions.axes > 0;
    for (size_t i = 0; i < batch->inputs; i++)
        found = found || batch->input_positions[i].axes > 0;
    return found;
}

static bool tensors_alike(const slt_tensor *a, const slt_tensor *b)
{
    return a->arithmetic == b->arithmetic && a->cols == b->cols;
}

bool slt_batch_alike(const slt_batch *a, const slt_batch *b)
{
    bool alike = a->inputs == b->inputs && tensors_alike(&a->target, &b->target) &&
                 a->target_range == b->target_range &&
                 slt_positions_equal(&a->target_positions, &b->target_positions);
    for (size_t i = 0; i < a->inputs && alike; i++)
        alike = !strcmp(a->input_name[i], b->input_name[i]) &&
                tensors_alike(&a->input[i], &b->input[i]) &&
                a->input_range[i] == b->input_range[i] &&
                slt_positions_equal(&a->input_positions[i], &b->input_positions[i]);
    return alike;
}

const slt_tensor *slt_batch_target_input(const slt_batch *batch)
{
    for (size_t i = 0; i < batch->inputs; i++)
        if (batch->target.data && batch->input[i].data == batch->target.data)
            return &batch->input[i];
    return NULL;
}

void slt_batch_free(slt_batch *batch)
{
    if (slt_batch_target_input(batch))
        batch->target = (slt_tensor){0};
    for (size_t i = 0; i < batch->inputs; i++)
        slt_tensor_free(&batch->input[i]);
    slt_tensor_free(&batch->target);
    *batch = (slt_batch){0};
}
