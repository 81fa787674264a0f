#include "num/fixed/block.h"

#include "base/assumptions.h"

void slt_block_place_far(slt_tensor *block)
{
    int64_t *m = block->data;
    if (block->frac < 0)
        block->overflow |= slt_block_bits(block) > 0;
    for (size_t e = 0, n = slt_tensor_count(block); e < n && block->frac > 0; e++)
        m[e] = slt_round_shift(m[e], block->frac - SLT_FRAC_MAX);
    block->frac = block->frac < 0 ? -SLT_FRAC_MAX : SLT_FRAC_MAX;
}
