/* What the logistic function and all that is made of it begin with: q = exp(-|x|), which
 * never overflows, and r = 1 / (1 + q). */
#ifndef SLT_NUM_FLOAT_KERNELS_SHARES_H
#define SLT_NUM_FLOAT_KERNELS_SHARES_H

#include "num/float/kernels/body.h"
#include "num/float/kernels/lanes.h"

#define ONE ((real)1)
#define CHUNK 256

SLT_INLINE size_t chunk_size(size_t count, size_t first)
{
    return count - first < CHUNK ? count - first : CHUNK;
}

SLT_INLINE void shares(const real *x, real *q, real *r, size_t count)
{
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        q[e] = x[e] < 0 ? x[e] : -x[e];
    lanes_exp(q, q, count);
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        r[e] = ONE / (ONE + q[e]);
}

#endif
