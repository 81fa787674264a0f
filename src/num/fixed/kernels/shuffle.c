/* Fisher-Yates: where the swaps go is drawn a few blocks at a time, in lanes. */
#include "num/fixed/kernels/lanes.h"
#include "num/philox_lanes.h"

/* Blocks drawn at a time, each of two swaps; their places stay in the first cache. */
#define BLOCKS 64

/* floor(u n / 2^64) of u = low + 2^32 high; n below 2^32. */
SLT_INLINE lanes bounded(lanes low, lanes high, lanes n)
{
    return (lanes_mul_u32(high, n) + (lanes_mul_u32(low, n) >> 32)) >> 32;
}

/* How far from items 2 (first + b) and 2 (first + b) + 1 of n their partners lie. */
static void draw_offsets(slt_stream stream, uint32_t first, size_t n,
                         int64_t offset[2][BLOCKS])
{
    int64_t number[LANES];
    for (int b = 0; b < LANES; b++)
        number[b] = b;
    for (uint32_t b = 0; b < BLOCKS; b += LANES) {
        const lanes block = lanes_load(number, LANES) + lanes_of(first + b);
        const lanes left = lanes_of(n) - (block << 1);
        const philox_lanes drawn = philox_lanes_of(stream, block);
        lanes_store(offset[0] + b, bounded(drawn.word[0], drawn.word[1], left), LANES);
        lanes_store(offset[1] + b,
                    bounded(drawn.word[2], drawn.word[3], left - lanes_of(1)), LANES);
    }
}

static void swap(uint32_t *a, uint32_t *b)
{
    const uint32_t kept = *a;
    *a = *b;
    *b = kept;
}

void SLT_FIXED(shuffle)(slt_stream stream, uint32_t *items, size_t n, size_t count)
{
    int64_t offset[2][BLOCKS];
    for (size_t first = 0; first < count; first += 2 * BLOCKS) {
        const size_t left = count - first, blocks = left / 2 < BLOCKS ? left / 2 : BLOCKS;
        uint32_t *item = items + first;
        draw_offsets(stream, (uint32_t)(first / 2), n, offset);
        for (size_t b = 0; b < blocks; b++, item += 2) {
            swap(&item[0], &item[offset[0][b]]);
            swap(&item[1], &item[1 + offset[1][b]]);
        }
        if (blocks < BLOCKS && left % 2)
            swap(&item[0], &item[offset[0][blocks]]);
    }
}
