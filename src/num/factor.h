/* A factor of a product, and how it is laid out anew for reading along its columns.
 * For kernels alone: `number` is the type of its elements, defined before. */
#ifndef SLT_NUM_FACTOR_H
#define SLT_NUM_FACTOR_H

#include <stddef.h>
#include <string.h>

/* Element (i, k) of op(a) is at[i * row + k * step]; element (k, j) of op(b) is
 * at[k * step + j * row]. One of row and step is 1. */
typedef struct operand {
    const number *at;
    size_t row, step;
} operand;

typedef number quad __attribute__((vector_size(4 * sizeof(number))));
#define SHUFFLE __builtin_shufflevector

/* to[k * width + j] = from[j * row + k], j and k < 4. */
SLT_INLINE void turn_four(const number *from, size_t row, number *to, size_t width)
{
    quad in[4], half[4], out[4];
    for (int j = 0; j < 4; j++)
        memcpy(&in[j], from + j * row, sizeof in[j]);
    half[0] = SHUFFLE(in[0], in[1], 0, 4, 1, 5);
    half[1] = SHUFFLE(in[2], in[3], 0, 4, 1, 5);
    half[2] = SHUFFLE(in[0], in[1], 2, 6, 3, 7);
    half[3] = SHUFFLE(in[2], in[3], 2, 6, 3, 7);
    out[0] = SHUFFLE(half[0], half[1], 0, 1, 4, 5);
    out[1] = SHUFFLE(half[0], half[1], 2, 3, 6, 7);
    out[2] = SHUFFLE(half[2], half[3], 0, 1, 4, 5);
    out[3] = SHUFFLE(half[2], half[3], 2, 3, 6, 7);
    for (int k = 0; k < 4; k++)
        memcpy(to + k * width, &out[k], sizeof out[k]);
}

/* A matrix whose rows run along k, transposed: depth rows of `columns`, `width` apart. */
static inline void turn(const number *from, size_t row, size_t depth, size_t columns,
                        size_t width, number *to)
{
    size_t whole_k = depth - depth % 4, whole_j = columns - columns % 4;
    for (size_t j = 0; j < whole_j; j += 4) {
        for (size_t k = 0; k < whole_k; k += 4)
            turn_four(from + j * row + k, row, to + k * width + j, width);
        for (size_t k = whole_k; k < depth; k++)
            for (size_t i = j; i < j + 4; i++)
                to[k * width + i] = from[i * row + k];
    }
    for (size_t j = whole_j; j < columns; j++)
        for (size_t k = 0; k < depth; k++)
            to[k * width + j] = from[j * row + k];
}

#undef SHUFFLE

#endif
