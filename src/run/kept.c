#include "run/kept.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/world.h"

void slt_kept_free(slt_kept *kept)
{
    free(kept->steps);
    slt_buffer_free(&kept->bytes);
    *kept = (slt_kept){0};
}

size_t slt_kept_size(const slt_params *weights)
{
    size_t size = 0;
    for (size_t i = 0; i < weights->count; i++)
        size += weights->owned[i] ? slt_tensor_bytes(&weights->tensor[i]) : 0;
    return size;
}

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the weights of a checkpoint");
}

static slt_status add_step(slt_kept *kept, uint64_t step, slt_error *err)
{
    SLT_ASSERT(!kept->count || kept->steps[kept->count - 1] < step);
    uint64_t *steps = slt_world.realloc(kept->steps, (kept->count + 1) * sizeof *steps);
    if (!steps)
        return no_memory(err);
    kept->steps = steps;
    kept->steps[kept->count++] = step;
    return SLT_OK;
}

slt_status slt_kept_add_bytes(slt_kept *kept, uint64_t step, const uint8_t *bytes,
                              size_t size, slt_error *err)
{
    slt_buffer_append(&kept->bytes, bytes, size);
    return kept->bytes.failed ? no_memory(err) : add_step(kept, step, err);
}

slt_status slt_kept_add(slt_kept *kept, uint64_t step, const slt_params *weights,
                        slt_error *err)
{
    for (size_t i = 0; i < weights->count; i++) {
        if (!weights->owned[i])
            continue;
        uint8_t *at =
            slt_buffer_extend(&kept->bytes, slt_tensor_bytes(&weights->tensor[i]));
        if (!at)
            return no_memory(err);
        slt_tensor_store(&weights->tensor[i], at);
    }
    return add_step(kept, step, err);
}

size_t slt_kept_from(const slt_kept *kept, uint64_t step)
{
    size_t at = 0;
    while (at < kept->count && kept->steps[at] < step)
        at++;
    return at;
}

slt_status slt_kept_load(const slt_kept *kept, size_t index, slt_params *weights,
                         slt_error *err)
{
    const uint8_t *from = kept->bytes.data + index * slt_kept_size(weights);
    slt_status status = SLT_OK;
    SLT_ASSERT(index < kept->count);
    for (size_t i = 0; i < weights->count && !status; i++) {
        if (!weights->owned[i])
            continue;
        size_t size = slt_tensor_bytes(&weights->tensor[i]);
        status = slt_tensor_load(&weights->tensor[i], from, size, err);
        from += size;
    }
    slt_params_share(weights);
    return status;
}
