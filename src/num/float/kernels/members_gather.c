/* Rows of the members' data, brought side by side. */
#include "num/float/kernels/block.h"
#include "num/float/kernels/members.h"

/* One row of all members. */
SLT_INLINE void turn_row(const real *const *row, size_t cols, real *to)
{
    size_t j = 0;
#ifndef SLT_VARIANT_SCALAR
    for (; j + QUAD <= cols; j += QUAD)
        for (size_t m = 0; m < MEMBERS; m += LANES) {
            vec column[QUAD];
            load_quad_columns(row + m, j, column);
            for (size_t i = 0; i < QUAD; i++)
                vec_store(to + (j + i) * MEMBERS + m, column[i]);
        }
#endif
    for (; j < cols; j++)
        for (size_t m = 0; m < MEMBERS; m++)
            to[j * MEMBERS + m] = row[m][j];
}

/* Rows whose places are worked out at a time. */
#define ROWS 16

/* place[m][r]: where row index[m][first + r] of a member's data begins. */
SLT_INLINE void find_places(const uint32_t *const *index, size_t first, size_t rows,
                            uint32_t cols, uint32_t place[MEMBERS][ROWS])
{
    for (size_t m = 0; m < MEMBERS; m++) {
        SLT_SIMD
        for (size_t r = 0; r < rows; r++)
            place[m][r] = index[m][first + r] * cols;
    }
}

void SLT_KERNEL(members_gather)(const slt_tensor *const *from,
                                const uint32_t *const *index, slt_tensor *to)
{
    const size_t cols = to->cols / MEMBERS;
    const real *data[MEMBERS];
    for (size_t m = 0; m < MEMBERS; m++)
        data[m] = from[m]->data;
    for (size_t first = 0; first < to->rows; first += ROWS) {
        const size_t rows = to->rows - first < ROWS ? to->rows - first : ROWS;
        uint32_t place[MEMBERS][ROWS];
        find_places(index, first, rows, (uint32_t)cols, place);
        for (size_t r = 0; r < rows; r++) {
            const real *row[MEMBERS];
            for (size_t m = 0; m < MEMBERS; m++)
                row[m] = data[m] + place[m][r];
            turn_row(row, cols, (real *)to->data + (first + r) * to->cols);
        }
    }
}

void SLT_KERNEL(members_spread)(const slt_tensor *from, size_t first, slt_tensor *to)
{
    const real *value = (const real *)from->data + first * from->cols;
    real *at = to->data;
    for (size_t e = 0; e < to->rows * from->cols; e++) {
        SLT_SIMD
        for (size_t m = 0; m < MEMBERS; m++)
            at[e * MEMBERS + m] = value[e];
    }
}
