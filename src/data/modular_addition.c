/* modular-addition: the sum of two numbers below p, modulo p; all p^2 pairs, split into
 * training and validation by a shuffle. */
#include "data/kinds.h"

#include <stdlib.h>

#include "num/scalar.h"

/* Pair k = a p + b. */
static void put_pair(size_t p, uint32_t pair, slt_batch *batch, size_t row)
{
    uint32_t a = pair / (uint32_t)p, b = pair % (uint32_t)p;
    ((int32_t *)batch->input[0].data)[row] = (int32_t)a;
    ((int32_t *)batch->input[1].data)[row] = (int32_t)b;
    ((int32_t *)batch->target.data)[row] = (int32_t)((a + b) % (uint32_t)p);
}

slt_status slt_data_modular_addition(const slt_data_spec *spec, uint64_t seed,
                                     slt_data *data, slt_error *err)
{
    size_t pairs = spec->p * spec->p, train = data->train.rows;
    uint32_t *order = calloc(pairs, sizeof *order);
    if (!order)
        return slt_fail(err, SLT_RESOURCE, "out of memory for %zu pairs", pairs);
    for (size_t i = 0; i < pairs; i++)
        order[i] = (uint32_t)i;
    slt_draw_shuffle(slt_stream_of(seed, SLT_DRAW_SPLIT, 0, 0, 0, 0), order, pairs,
                     pairs);
    for (size_t i = 0; i < train; i++)
        put_pair(spec->p, order[i], &data->train, i);
    for (size_t i = train; i < pairs; i++)
        put_pair(spec->p, order[i], &data->validation, i - train);
    free(order);
    return SLT_OK;
}
