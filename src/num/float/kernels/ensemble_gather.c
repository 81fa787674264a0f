/* Rows of the members' data, brought side by side. */
#include "num/float/kernels/ensemble.h"

/* Squares of SIDE x SIDE numbers are turned in registers of 16 bytes, which every
 * instruction set has. */
#define SIDE (16 / sizeof(real))
typedef real side __attribute__((vector_size(16)));

/* to[j * MEMBERS + i] = row[i][j] for i, j < SIDE. */
SLT_INLINE void turn(const real *const *row, size_t j, real *to)
{
    side in[SIDE], out[SIDE];
    for (size_t i = 0; i < SIDE; i++)
        memcpy(&in[i], row[i] + j, sizeof in[i]);
#ifdef SLT_TYPE_F32
    const side a = __builtin_shufflevector(in[0], in[1], 0, 4, 1, 5);
    const side b = __builtin_shufflevector(in[2], in[3], 0, 4, 1, 5);
    const side c = __builtin_shufflevector(in[0], in[1], 2, 6, 3, 7);
    const side d = __builtin_shufflevector(in[2], in[3], 2, 6, 3, 7);
    out[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
    out[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
    out[2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);
    out[3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);
#else
    out[0] = __builtin_shufflevector(in[0], in[1], 0, 2);
    out[1] = __builtin_shufflevector(in[0], in[1], 1, 3);
#endif
    for (size_t i = 0; i < SIDE; i++)
        memcpy(to + i * MEMBERS, &out[i], sizeof out[i]);
}

/* One row of all members. */
SLT_INLINE void turn_row(const real *const *row, size_t cols, real *to)
{
    size_t j = 0;
    for (; j + SIDE <= cols; j += SIDE)
        for (size_t m = 0; m < MEMBERS; m += SIDE)
            turn(row + m, j, to + j * MEMBERS + m);
    for (; j < cols; j++)
        for (size_t m = 0; m < MEMBERS; m++)
            to[j * MEMBERS + m] = row[m][j];
}

void SLT_KERNEL(ensemble_gather)(const slt_tensor *const *from,
                                 const uint32_t *const *index, slt_tensor *to)
{
    const size_t cols = to->cols / MEMBERS;
    for (size_t r = 0; r < to->rows; r++) {
        const real *row[MEMBERS];
        for (size_t m = 0; m < MEMBERS; m++)
            row[m] = (const real *)from[m]->data + index[m][r] * cols;
        turn_row(row, cols, (real *)to->data + r * to->cols);
    }
}

void SLT_KERNEL(ensemble_spread)(const slt_tensor *from, size_t first, slt_tensor *to)
{
    const real *value = (const real *)from->data + first * from->cols;
    real *at = to->data;
    for (size_t e = 0; e < to->rows * from->cols; e++) {
        SLT_SIMD
        for (size_t m = 0; m < MEMBERS; m++)
            at[e * MEMBERS + m] = value[e];
    }
}
