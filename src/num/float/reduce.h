/* The canonical reduction's shape: 64 interleaved partial sums (element i to partial
 * i mod 64, ascending) and a fixed tree.  docs/spec/05-products.md. */
#ifndef SLT_NUM_FLOAT_REDUCE_H
#define SLT_NUM_FLOAT_REDUCE_H

#include "base/float_assumptions.h"

#define SLT_REDUCE_PARTIALS 64

/* The tree: p[j] += p[j + w] for j < w, w = 32, 16, 8, 4, 2, 1; overwrites partial. */
static inline double slt_reduce_tree(double partial[SLT_REDUCE_PARTIALS])
{
    for (int width = SLT_REDUCE_PARTIALS / 2; width >= 1; width /= 2)
        for (int j = 0; j < width; j++)
            partial[j] += partial[j + width];
    return partial[0];
}

#endif
