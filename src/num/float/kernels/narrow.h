/* The last few columns of c if the rows of op(a) lie in memory along k: lanes run along
 * the rows of c, and blocks of a are transposed in registers and used there.  Each output
 * is the same chain as in any other tile.  Only product.c includes this. */
#ifndef SLT_NUM_FLOAT_KERNELS_NARROW_H
#define SLT_NUM_FLOAT_KERNELS_NARROW_H

#include "num/float/kernels/block.h"
#include "num/float/kernels/pack.h"

/* Most columns: beyond them vectors along columns are no dearer. */
#define NARROW_COLUMNS (LANES / 2 < 1 ? 1 : LANES / 2)

/* Groups of LANES rows at once: few columns make few chains, and then several groups hide
 * the latency of an fma. */
#define NARROW_GROUPS 2
#define NARROW_GROUPS_MOST 4

/* a: rows x inner, `row` apart; b: inner x columns without gaps; c: rows x columns,
 * `row_c` apart.  At least LANES rows; PIECE numbers in inner, but for short rows. */
typedef struct narrow {
    const real *a, *b;
    size_t row, rows, inner;
    real *c;
    size_t row_c;
} narrow;

#define NARROW_UNROLL _Pragma("GCC unroll 16")

SLT_INLINE void narrow_add(int columns, const real *b, vec from_a, vec *sum)
{
    NARROW_UNROLL
    for (int j = 0; j < columns; j++)
        sum[j] = vec_fma(vec_broadcast(b[j]), from_a, sum[j]);
}

/* The chains of LANES rows over the first `depth` < PIECE numbers. */
SLT_INLINE void narrow_start(int columns, const real *a, size_t row, const real *b,
                             size_t depth, vec *sum)
{
    for (int j = 0; j < columns; j++)
        sum[j] = vec_broadcast(0);
    if (depth == 0)
        return;
    vec piece[PIECE];
    load_columns(a, row, piece);
    for (size_t i = 0; i < depth; i++)
        narrow_add(columns, b + i * columns, piece[i], sum);
}

/* One column of sums to every row of c. */
SLT_INLINE void narrow_store(vec sum, real *c, size_t row_c)
{
    real out[LANES];
    if (row_c == 1) {
        vec_store(c, sum);
        return;
    }
    vec_store(out, sum);
    for (int i = 0; i < LANES; i++)
        c[i * row_c] = out[i];
}

/* The next PIECE numbers.  Two groups go side by side, as far as registers reach; more,
 * one after the other: the processor looks ahead. */
SLT_INLINE void narrow_advance(int columns, int groups, const real *a, size_t row,
                               const real *b, vec (*sum)[NARROW_COLUMNS])
{
    const int side = groups == 2 ? 2 : 1;
    vec piece[2][PIECE];
    NARROW_UNROLL
    for (int first = 0; first < groups; first += side) {
        NARROW_UNROLL
        for (int g = 0; g < side; g++)
            load_columns(a + (first + g) * LANES * row, row, piece[g]);
        NARROW_UNROLL
        for (int e = 0; e < PIECE * side; e++)
            narrow_add(columns, b + e / side * columns, piece[e % side][e / side],
                       sum[first + e % side]);
    }
}

/* groups * LANES rows from row `first` on; columns and groups are constants. */
SLT_INLINE void narrow_tile(int columns, int groups, const narrow *p, size_t first)
{
    vec sum[NARROW_GROUPS_MOST][NARROW_COLUMNS];
    const size_t row = p->row, row_c = p->row_c, rest = p->inner % PIECE;
    const real *a = p->a + first * row, *b = p->b, *end = a + p->inner;
    NARROW_UNROLL
    for (int g = 0; g < groups; g++)
        narrow_start(columns, a + g * LANES * row, row, b, rest, sum[g]);
    b += rest * columns;
    for (a += rest; a < end; a += PIECE) {
        narrow_advance(columns, groups, a, row, b, sum);
        b += PIECE * columns;
    }
    NARROW_UNROLL
    for (int e = 0; e < groups * columns; e++)
        narrow_store(sum[e / columns][e % columns],
                     p->c + (first + e / columns * LANES) * row_c + e % columns, row_c);
}

/* count <= groups; only `columns` and `groups` are constants. */
SLT_INLINE void narrow_groups(int columns, int groups, size_t count, const narrow *p,
                              size_t first)
{
    if (groups >= 4 && count == 4)
        narrow_tile(columns, 4, p, first);
    else if (groups >= 3 && count == 3)
        narrow_tile(columns, 3, p, first);
    else if (groups >= 2 && count == 2)
        narrow_tile(columns, 2, p, first);
    else
        narrow_tile(columns, 1, p, first);
}

/* All rows, up to `groups` vectors at once, the last ones moved up to end with the last
 * row; what they compute twice, they write twice. */
SLT_INLINE void narrow_rows(int columns, int groups, const narrow *p)
{
    const size_t rows = p->rows, all = (size_t)groups;
    const size_t most = rows / LANES < all ? rows / LANES : all;
    size_t begin = 0, first, count;
    for (; begin < rows; begin = first + count * LANES) {
        count = (rows - begin + LANES - 1) / LANES;
        if (count > most)
            count = most;
        first = begin + count * LANES < rows ? begin : rows - count * LANES;
        narrow_groups(columns, groups, count, p, first);
    }
}

/* Bytes between rows up to which prefetchers follow many at once, and those of which a
 * multiple leads to few sets of the first cache. */
#define NARROW_NEAR 1400
#define NARROW_ALIAS 512

static bool narrow_is_near(const narrow *p)
{
    const size_t bytes = p->row * sizeof(real);
    return bytes <= NARROW_NEAR && bytes % NARROW_ALIAS != 0;
}

static void narrow_1(const narrow *p)
{
    if (narrow_is_near(p))
        narrow_rows(1, NARROW_GROUPS_MOST, p);
    else
        narrow_rows(1, NARROW_GROUPS, p);
}

#define NARROW_RUN(columns, groups)                                                      \
    static void narrow_##columns(const narrow *p)                                        \
    {                                                                                    \
        narrow_rows(columns, groups, p);                                                 \
    }

#if LANES / 2 >= 8
NARROW_RUN(8, NARROW_GROUPS)
NARROW_RUN(7, NARROW_GROUPS)
NARROW_RUN(6, NARROW_GROUPS)
NARROW_RUN(5, NARROW_GROUPS)
#endif
#if LANES / 2 >= 4
NARROW_RUN(4, NARROW_GROUPS)
NARROW_RUN(3, NARROW_GROUPS)
#endif
#if LANES / 2 >= 8
NARROW_RUN(2, 3)
#elif LANES / 2 >= 2
NARROW_RUN(2, NARROW_GROUPS)
#endif

/* ---- One column, and rows of a of fewer numbers than a piece, without gaps --------- */

#ifdef SLT_VARIANT_AVX512
#ifdef SLT_TYPE_F32
#define SHORT_PICKED 3
#else
#define SHORT_PICKED 1
#endif

/* How much of a row is read: blocks that are transposed read into the next rows too. */
#define SHORT_READ(inner)                                                                \
    ((inner) <= SHORT_PICKED ? (inner) : (inner) <= QUAD ? QUAD : PIECE)

#ifdef SLT_TYPE_F32
/* Two or three vectors hold LANES rows: column k of them. */
SLT_INLINE vec pick_column(int inner, int k, const vec *in)
{
    int32_t place[LANES];
    __mmask16 beyond = 0;
    __m512i from;
    NARROW_UNROLL
    for (int i = 0; i < LANES; i++) {
        place[i] = i * inner + k;
        beyond |= (__mmask16)((place[i] >= 2 * LANES) << i);
    }
    memcpy(&from, place, sizeof from);
    vec column = _mm512_permutex2var_ps(in[0], from, in[1]);
    if (inner > 2)
        column = _mm512_mask_permutexvar_ps(column, beyond, from, in[2]);
    return column;
}

SLT_INLINE void pick_columns(int inner, const real *at, vec *out)
{
    vec in[SHORT_PICKED];
    for (int i = 0; i < inner; i++)
        in[i] = vec_load(at + i * LANES);
    for (int k = 0; k < inner; k++)
        out[k] = pick_column(inner, k, in);
}
#endif

SLT_INLINE void load_short(int inner, const real *at, vec *out)
{
#ifdef SLT_TYPE_F32
    if (inner > 1 && inner <= SHORT_PICKED) {
        pick_columns(inner, at, out);
        return;
    }
#endif
    if (inner > QUAD) {
        load_columns(at, (size_t)inner, out);
        return;
    }
    const real *row[LANES];
    for (int i = 0; i < LANES; i++)
        row[i] = at + i * inner;
    load_quad_columns(row, 0, out);
}
#else
#define SHORT_READ(inner) PIECE

SLT_INLINE void load_short(int inner, const real *at, vec *out)
{
    load_columns(at, (size_t)inner, out);
}
#endif

SLT_INLINE vec short_chains(int inner, const real *a, const real *b)
{
    vec piece[PIECE], sum = vec_broadcast(0);
    load_short(inner, a, piece);
    NARROW_UNROLL
    for (int k = 0; k < inner; k++)
        narrow_add(1, b + k, piece[k], &sum);
    return sum;
}

/* inner is a constant.  The last LANES rows are computed again; if more is read than they
 * have, they are first copied to where there is room after them. */
SLT_INLINE void short_rows(int inner, const narrow *p)
{
    const size_t count = p->rows * (size_t)inner, reach = LANES * (size_t)inner;
    const size_t beyond = (size_t)(SHORT_READ(inner) - inner);
    size_t at = 0;
    real *c = p->c;
    for (; at + reach + beyond <= count; at += reach, c += LANES * p->row_c)
        narrow_store(short_chains(inner, p->a + at, p->b), c, p->row_c);
    if (at == count)
        return;
    real copy[(LANES + 1) * PIECE] = {0};
    const real *last = p->a + count - reach;
    if (beyond)
        last = memcpy(copy, last, reach * sizeof *copy);
    c = p->c + (p->rows - LANES) * p->row_c;
    narrow_store(short_chains(inner, last, p->b), c, p->row_c);
}

static bool is_short(size_t inner)
{
    return inner >= 2 && inner < PIECE;
}

/* clang-format off */
#define SHORT_CASE(inner)                                                                \
    case inner: short_rows(inner < PIECE ? inner : 1, p); break;

static void short_run(const narrow *p)
{
    switch (p->inner) {
    SHORT_CASE(2) SHORT_CASE(3) SHORT_CASE(4) SHORT_CASE(5) SHORT_CASE(6) SHORT_CASE(7)
    }
}
/* clang-format on */

/* ---- Any of them ------------------------------------------------------------------- */

static void narrow_run(const narrow *p, size_t columns)
{
    static void (*const runs[])(const narrow *) = {
        narrow_1,
#if LANES / 2 >= 2
        narrow_2,
#endif
#if LANES / 2 >= 4
        narrow_3,
        narrow_4,
#endif
#if LANES / 2 >= 8
        narrow_5,
        narrow_6,
        narrow_7,
        narrow_8,
#endif
    };
    runs[columns - 1](p);
}

#endif
