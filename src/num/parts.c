/* Parts of the samples of a tensor: positions, and ranges of them. */
#include <string.h>

#include "base/assert.h"
#include "num/ops.h"
#include "num/scratch.h"

/* Bytes of a sample of a tensor. */
static size_t bytes_of(const slt_tensor *tensor, size_t samples)
{
    const size_t count = slt_tensor_count(tensor);
    SLT_ASSERT(samples && count % samples == 0);
    return count / samples * slt_arithmetic_size(tensor->arithmetic);
}

void slt_num_take_part(const slt_tensor *from, size_t samples, size_t first,
                       slt_tensor *to)
{
    const size_t step = bytes_of(from, samples), size = bytes_of(to, samples);
    const size_t skip = first * slt_arithmetic_size(from->arithmetic);
    SLT_ASSERT(from->arithmetic == to->arithmetic && skip + size <= step);
    for (size_t i = 0; i < samples; i++)
        memcpy((char *)to->data + i * size, (const char *)from->data + i * step + skip,
               size);
    to->frac = from->frac;
    to->overflow = from->overflow;
}

void slt_num_put_part(const slt_tensor *from, size_t samples, size_t first,
                      slt_tensor *to)
{
    const size_t step = bytes_of(to, samples), size = bytes_of(from, samples);
    const size_t skip = first * slt_arithmetic_size(from->arithmetic);
    SLT_ASSERT(from->arithmetic == to->arithmetic && skip + size <= step);
    for (size_t i = 0; i < samples; i++)
        memcpy((char *)to->data + i * step + skip, (const char *)from->data + i * size,
               size);
    to->frac = from->frac;
    to->overflow = from->overflow;
}

void slt_num_position_sums(const slt_tensor *x, slt_tensor *sums)
{
    const size_t samples = sums->rows, positions = x->rows / samples;
    SLT_ASSERT(x->rows == samples * positions && x->cols == sums->cols);
    slt_tensor next = *sums;
    next.data = slt_sums_scratch(slt_tensor_count(sums) *
                                 slt_arithmetic_size(sums->arithmetic));
    slt_num_take_part(x, samples, 0, sums);
    for (size_t p = 1; p < positions; p++) {
        slt_num_take_part(x, samples, p * x->cols, &next);
        slt_num_add(sums, &next, sums);
    }
}

void slt_num_position_repeat(const slt_tensor *x, slt_tensor *out)
{
    const size_t positions = out->rows / x->rows;
    SLT_ASSERT(out->rows == x->rows * positions && x->cols == out->cols);
    for (size_t p = 0; p < positions; p++)
        slt_num_put_part(x, x->rows, p * x->cols, out);
}
