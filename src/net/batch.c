#include "net/batch.h"

void slt_batch_free(slt_batch *batch)
{
    for (size_t i = 0; i < batch->inputs; i++)
        slt_tensor_free(&batch->input[i]);
    slt_tensor_free(&batch->target);
    *batch = (slt_batch){0};
}
