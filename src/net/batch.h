/* What a net sees of the data: named inputs and a target, row = sample. */
#ifndef SLT_NET_BATCH_H
#define SLT_NET_BATCH_H

#include "net/model.h"
#include "num/tensor.h"

#define SLT_INPUTS_MAX 4

typedef struct slt_batch {
    size_t rows;
    size_t inputs;
    char input_name[SLT_INPUTS_MAX][SLT_NAME_MAX];
    slt_tensor input[SLT_INPUTS_MAX];
    slt_tensor target; /* may share the memory of an input that it equals */
    /* Indices (SLT_INDEX) are below these; not looked at for numbers. */
    size_t input_range[SLT_INPUTS_MAX], target_range;
} slt_batch;

/* The input whose memory the target shares, NULL if it has its own. */
const slt_tensor *slt_batch_target_input(const slt_batch *batch);
void slt_batch_free(slt_batch *batch);

#endif
