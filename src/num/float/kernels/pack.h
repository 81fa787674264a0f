/* Copies of a factor of a product, laid out for reading along its columns. */
#ifndef SLT_NUM_FLOAT_KERNELS_PACK_H
#define SLT_NUM_FLOAT_KERNELS_PACK_H

#include "num/float/kernels/body.h"

typedef real number;
#include "num/factor.h"

/* depth x columns of op(b) to rows of `width`, the rest of a row +0. */
static inline void pack(operand b, size_t depth, size_t columns, size_t width, real *to)
{
    if (b.row != 1)
        turn(b.at, b.row, depth, columns, width, to);
    for (size_t k = 0; k < depth; k++) {
        if (b.row == 1)
            memcpy(to + k * width, b.at + k * b.step, columns * sizeof *to);
        memset(to + k * width + columns, 0, (width - columns) * sizeof *to);
    }
}

#endif
