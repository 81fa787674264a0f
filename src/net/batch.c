#include "net/batch.h"

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
