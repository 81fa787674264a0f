/* floor(sqrt(v 2^64)) of many v: slt_fixed_sqrt, without its digits. */
#ifndef SLT_NUM_FIXED_KERNELS_ROOT_H
#define SLT_NUM_FIXED_KERNELS_ROOT_H

#include "num/fixed/constants.h"
#include "num/fixed/kernels/lanes.h"

/* v < 2^62 times 4^half, in [2^60, 2^62), and the first guess of its root; 0 counts as
 * 1. */
typedef struct rootee {
    uint64_t x, start;
    int half;
} rootee;

SLT_INLINE rootee rootee_of(uint64_t v)
{
    v = v ? v : 1;
    int half = (62 - slt_bits_u64(v)) / 2;
    uint64_t x = v << 2 * half;
    return (rootee){x, fixed_root_start[(x >> 54) - 64], half};
}

/* floor(sqrt(x 2^64)) from start, 1 / sqrt(x 2^-62) at 15 bits.
 *
 * Two steps of Newton's method on the reciprocal give it 28 bits and more; two on the
 * root itself, with exact remainders, the other bits but for a rest far below 1, which is
 * added: what comes out is the floor, or one more. */
SLT_INLINE lanes root_of(lanes x, lanes start)
{
    lanes top = x >> 30; /* x 2^-62 at 32 bits */
    lanes y = start;
    lanes error = lanes_of((uint64_t)3 << 62) - lanes_mul_u32(top, lanes_mul_u32(y, y));
    y = lanes_mul_u32(y, error >> 32) >> 16; /* at 30 bits, as below */
    error = lanes_of((uint64_t)3 << 61) - lanes_mul_u32(top, lanes_mul_u32(y, y) >> 31);
    y = lanes_mul_u32(y, error >> 31) >> 31;

    lanes high = lanes_mul_u32(top, y) >> 31;
    lanes rest = x - lanes_mul_u32(high, high);
    y = y >> 1;
    lanes root = (high << 32) + lanes_sra(lanes_mul_i32(lanes_sra(rest, 5), y), 24);

    lanes_wide square = lanes_mul(lanes_halves(root), lanes_halves(root));
    rest = ((x - square.high) << 32) - (square.low >> 32); /* at -32 bits */
    root += lanes_sra(lanes_mul_i32(lanes_sra(rest, 10), y) + lanes_of((uint64_t)1 << 41),
                      51);

    square = lanes_mul(lanes_halves(root), lanes_halves(root));
    return root + lanes_sign(x - square.high - lanes_some(square.low));
}

#endif
