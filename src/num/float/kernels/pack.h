/* Copies of a factor of a product, laid out for reading along its columns. */
#ifndef SLT_NUM_FLOAT_KERNELS_PACK_H
#define SLT_NUM_FLOAT_KERNELS_PACK_H

#include "num/float/kernels/block.h"

typedef real number;
#include "num/factor.h"

/* turn, by whole blocks if there is room for one; the last ones overlap others. */
static inline void turn_blocks(const real *from, size_t row, size_t depth, size_t columns,
                               size_t width, real *to)
{
    if (depth < PIECE || columns < LANES) {
        turn(from, row, depth, columns, width, to);
        return;
    }
    for (size_t j = 0; j < columns; j += LANES)
        for (size_t k = 0; k < depth; k += PIECE) {
            size_t at_j = j + LANES < columns ? j : columns - LANES;
            size_t at_k = k + PIECE < depth ? k : depth - PIECE;
            vec piece[PIECE];
            load_columns(from + at_j * row + at_k, row, piece);
            for (int i = 0; i < PIECE; i++)
                vec_store(to + (at_k + i) * width + at_j, piece[i]);
        }
}

/* depth x columns of op(b) to rows of `width`, the rest of a row +0. */
static inline void pack(operand b, size_t depth, size_t columns, size_t width, real *to)
{
    if (b.row != 1)
        turn_blocks(b.at, b.row, depth, columns, width, to);
    for (size_t k = 0; k < depth; k++) {
        if (b.row == 1)
            memcpy(to + k * width, b.at + k * b.step, columns * sizeof *to);
        memset(to + k * width + columns, 0, (width - columns) * sizeof *to);
    }
}

#endif
