/* philox.h in lanes of 64 bits, for kernels.  Whoever includes this has `lanes`, a vector
 * of uint64_t or one, lanes_of, which fills all of them, and lanes_mul_u32, the products
 * of their low halves.
 *
 * Only the low half of a lane is a word.  The product of low halves is one instruction
 * and its high half one shift away; what is left above a word nothing looks at. */
#ifndef SLT_NUM_PHILOX_LANES_H
#define SLT_NUM_PHILOX_LANES_H

#include "num/draw.h"
#include "num/philox.h"

typedef struct philox_lanes {
    lanes word[4];
} philox_lanes;

/* Blocks by their indices and c1, which stand in low halves too, and a stream's rest. */
static inline __attribute__((always_inline)) philox_lanes
philox_lanes_at(slt_stream stream, lanes block, lanes c1)
{
    const lanes m0 = lanes_of(SLT_PHILOX_M0), m2 = lanes_of(SLT_PHILOX_M2);
    uint32_t k0 = (uint32_t)stream.key, k1 = (uint32_t)(stream.key >> 32);
    lanes c0 = block;
    lanes c2 = lanes_of(stream.c2), c3 = lanes_of(stream.c3);
#pragma GCC unroll 10
    for (int round = 0; round < SLT_PHILOX_ROUNDS; round++) {
        lanes p0 = lanes_mul_u32(m0, c0), p2 = lanes_mul_u32(m2, c2);
        c0 = p2 >> 32 ^ c1 ^ lanes_of(k0);
        c2 = p0 >> 32 ^ c3 ^ lanes_of(k1);
        c1 = p2;
        c3 = p0;
        k0 += SLT_PHILOX_K0;
        k1 += SLT_PHILOX_K1;
    }
    return (philox_lanes){{c0, c1, c2, c3}};
}

/* Blocks of one stream. */
static inline __attribute__((always_inline)) philox_lanes
philox_lanes_of(slt_stream stream, lanes block)
{
    return philox_lanes_at(stream, block, lanes_of(stream.c1));
}

#endif
