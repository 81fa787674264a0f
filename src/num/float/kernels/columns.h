/* Sums of columns, a vector of columns in a register while rows run through. */
#ifndef SLT_NUM_FLOAT_KERNELS_COLUMNS_H
#define SLT_NUM_FLOAT_KERNELS_COLUMNS_H

#include "num/float/kernels/vector.h"

/* Sums all rows of several vectors of columns side by side, starting from +0 or, if
 * goes_on, from out.  fma(1, dy, sum) rounds dy + sum once: it is the addition.  Callers
 * that inline this pass constants for vectors and goes_on. */
SLT_INLINE void sum_vectors(size_t vectors, bool goes_on, const real *dy, size_t rows,
                            size_t cols, real *out)
{
    vec sum[4];
    for (size_t v = 0; v < vectors; v++)
        sum[v] = goes_on ? vec_load(out + v * LANES) : vec_broadcast(0);
    for (size_t i = 0; i < rows; i++)
        for (size_t v = 0; v < vectors; v++)
            sum[v] = vec_load(dy + i * cols + v * LANES) + sum[v];
    for (size_t v = 0; v < vectors; v++)
        vec_store(out + v * LANES, sum[v]);
}

/* Of the first columns, as many as fill vectors: how many. */
SLT_INLINE size_t sum_columns(bool goes_on, const real *dy, size_t rows, size_t cols,
                              real *out)
{
    size_t j = 0;
    for (; j + 4 * LANES <= cols; j += 4 * LANES)
        sum_vectors(4, goes_on, dy + j, rows, cols, out + j);
    for (; j + 2 * LANES <= cols; j += 2 * LANES)
        sum_vectors(2, goes_on, dy + j, rows, cols, out + j);
    for (; j + LANES <= cols; j += LANES)
        sum_vectors(1, goes_on, dy + j, rows, cols, out + j);
    return j;
}

#endif
