/* Rows of the members' data, brought side by side. */
#include "num/float/kernels/ensemble.h"
#include "num/float/kernels/vector.h"

/* Squares of SIDE x SIDE numbers are turned in blocks of 16 bytes, as many at once as a
 * vector has. */
#define SIDE (16 / sizeof(real))
#if defined(SLT_VARIANT_AVX512) || defined(SLT_VARIANT_AVX2)
#define ABREAST LANES /* rows whose columns j to j + SIDE - 1 are turned at once */

/* Those columns of rows 0, SIDE, 2 SIDE, ... */
SLT_INLINE vec load_blocks(const real *const *row, size_t j)
{
#ifdef SLT_VARIANT_AVX512
    __m512 blocks = _mm512_castps128_ps512(_mm_loadu_ps((const void *)(row[0] + j)));
    blocks = _mm512_insertf32x4(blocks, _mm_loadu_ps((const void *)(row[SIDE] + j)), 1);
    blocks =
        _mm512_insertf32x4(blocks, _mm_loadu_ps((const void *)(row[2 * SIDE] + j)), 2);
    return (vec)_mm512_insertf32x4(blocks,
                                   _mm_loadu_ps((const void *)(row[3 * SIDE] + j)), 3);
#else
    __m256 blocks = _mm256_castps128_ps256(_mm_loadu_ps((const void *)(row[0] + j)));
    return (vec)_mm256_insertf128_ps(blocks, _mm_loadu_ps((const void *)(row[SIDE] + j)),
                                     1);
#endif
}

/* to[j * MEMBERS + i] = row[i][j] for i < ABREAST, j < SIDE. */
SLT_INLINE void turn(const real *const *row, size_t j, real *to)
{
    vec in[SIDE], out[SIDE];
    for (size_t i = 0; i < SIDE; i++)
        in[i] = load_blocks(row + i, j);
#ifdef SLT_TYPE_F32
#ifdef SLT_VARIANT_AVX512
#define PAIRS(which, a, b) (vec) _mm512_unpack##which##_pd((__m512d)(a), (__m512d)(b))
#else
#define PAIRS(which, a, b) (vec) _mm256_unpack##which##_pd((__m256d)(a), (__m256d)(b))
#endif
    const vec a = VEC_OP(unpacklo)(in[0], in[1]), b = VEC_OP(unpacklo)(in[2], in[3]);
    const vec c = VEC_OP(unpackhi)(in[0], in[1]), d = VEC_OP(unpackhi)(in[2], in[3]);
    out[0] = PAIRS(lo, a, b);
    out[1] = PAIRS(hi, a, b);
    out[2] = PAIRS(lo, c, d);
    out[3] = PAIRS(hi, c, d);
#else
    out[0] = VEC_OP(unpacklo)(in[0], in[1]);
    out[1] = VEC_OP(unpackhi)(in[0], in[1]);
#endif
    for (size_t i = 0; i < SIDE; i++)
        vec_store(to + i * MEMBERS, out[i]);
}
#else
#define ABREAST SIDE
typedef real side __attribute__((vector_size(16)));

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
#endif

/* One row of all members. */
SLT_INLINE void turn_row(const real *const *row, size_t cols, real *to)
{
    size_t j = 0;
    for (; j + SIDE <= cols; j += SIDE)
        for (size_t m = 0; m < MEMBERS; m += ABREAST)
            turn(row + m, j, to + j * MEMBERS + m);
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

void SLT_KERNEL(ensemble_gather)(const slt_tensor *const *from,
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
