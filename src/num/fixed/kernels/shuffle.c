/* Fisher-Yates: the targets of the swaps of a few blocks are drawn in lanes while the
 * swaps of earlier blocks are made. */
#include "num/fixed/kernels/lanes.h"
#include "num/philox_lanes.h"

/* A draw: the blocks that lanes hold, each of two swaps. */
#define SWAPS (2 * (size_t)LANES)

/* Draws ahead of the swaps, so that the arithmetic of the one runs beside the other, and
 * the room for all of them. */
#define AHEAD 3
#define ROOM (AHEAD + 1)

/* floor(u n / 2^64) of u = low + 2^32 high; n below 2^32. */
SLT_INLINE lanes bounded(lanes low, lanes high, lanes n)
{
    return (lanes_mul_u32(high, n) + (lanes_mul_u32(low, n) >> 32)) >> 32;
}

/* to[i][b]: how far from item 2 block[b] + i of n its partner lies. */
SLT_INLINE void draw(slt_stream stream, lanes block, size_t n, int64_t to[2][LANES])
{
    const lanes left = lanes_of(n) - (block << 1);
    const philox_lanes drawn = philox_lanes_of(stream, block);
    lanes_store(to[0], bounded(drawn.word[0], drawn.word[1], left), LANES);
    lanes_store(to[1], bounded(drawn.word[2], drawn.word[3], left - lanes_of(1)), LANES);
}

static inline void swap(uint32_t *a, uint32_t *b)
{
    const uint32_t kept = *a;
    *a = *b;
    *b = kept;
}

void SLT_FIXED(shuffle)(slt_stream stream, size_t n, size_t count, uint32_t *order)
{
    int64_t offset[ROOM][2][LANES], number[LANES];
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    for (int b = 0; b < LANES; b++)
        number[b] = b;
    lanes block = lanes_load(number, LANES);
    for (int i = 0; i < AHEAD; i++, block += lanes_of(LANES))
        draw(stream, block, n, offset[i]);
    size_t i = 0, at = 0;
    for (; count - i >= SWAPS; i += SWAPS, at++, block += lanes_of(LANES)) {
        uint32_t *item = order + i;
        draw(stream, block, n, offset[(at + AHEAD) % ROOM]);
#pragma GCC unroll 8
        for (int b = 0; b < LANES; b++, item += 2) {
            swap(&item[0], &item[offset[at % ROOM][0][b]]);
            swap(&item[1], &item[1 + offset[at % ROOM][1][b]]);
        }
    }
    for (; i < count; i++)
        swap(&order[i], &order[i + (size_t)offset[at % ROOM][i % 2][i / 2 % LANES]]);
}
