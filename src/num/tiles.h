/* How a product is cut into tiles: strips of up to TILE_VECTORS vectors of columns, and
 * these into tiles of up to TILE_ROWS rows (1 to 2, 4, 6 or 8).  For kernels of products
 * alone, which define before this is included
 *
 *   strip  with a (from its first row: at, row), c and row_c, and
 *   tile(rows, vectors, unit, strip, a, c), which makes one tile; the first three are
 *          constants, unit tells that a's row stride is 1. */
#ifndef SLT_NUM_TILES_H
#define SLT_NUM_TILES_H

/* `tiles` tiles of the same height, one under the other. */
typedef void (*tile_run)(const strip *s, size_t tiles);

#define TILE_NAME(rows, vectors, kind) tiles_##rows##_##vectors##_##kind
#define TILE_RUN(rows, vectors, kind, unit)                                              \
    static void TILE_NAME(rows, vectors, kind)(const strip *s, size_t tiles)             \
    {                                                                                    \
        const strip own = *s; /* a copy that no store can change */                      \
        for (size_t t = 0; t < tiles; t++)                                               \
            tile(rows, vectors, unit, &own,                                              \
                 own.a.at + t * rows * (unit ? 1 : own.a.row),                           \
                 own.c + t * rows * own.row_c);                                          \
    }
#define TILE_ENTRY(rows, vectors, kind, unit) TILE_NAME(rows, vectors, kind),

/* clang-format off */
#if TILE_ROWS == 8
#define TILE_EACH_ROWS(X, vectors, kind, unit)                                           \
    X(1, vectors, kind, unit) X(2, vectors, kind, unit) X(3, vectors, kind, unit)        \
    X(4, vectors, kind, unit) X(5, vectors, kind, unit) X(6, vectors, kind, unit)        \
    X(7, vectors, kind, unit) X(8, vectors, kind, unit)
#elif TILE_ROWS == 6
#define TILE_EACH_ROWS(X, vectors, kind, unit)                                           \
    X(1, vectors, kind, unit) X(2, vectors, kind, unit) X(3, vectors, kind, unit)        \
    X(4, vectors, kind, unit) X(5, vectors, kind, unit) X(6, vectors, kind, unit)
#elif TILE_ROWS == 4
#define TILE_EACH_ROWS(X, vectors, kind, unit)                                           \
    X(1, vectors, kind, unit) X(2, vectors, kind, unit) X(3, vectors, kind, unit)        \
    X(4, vectors, kind, unit)
#else
#define TILE_EACH_ROWS(X, vectors, kind, unit)                                           \
    X(1, vectors, kind, unit) X(2, vectors, kind, unit)
#endif

#if TILE_VECTORS == 3
#define TILE_EACH(X, kind, unit)                                                         \
    TILE_EACH_ROWS(X, 1, kind, unit)                                                     \
    TILE_EACH_ROWS(X, 2, kind, unit) TILE_EACH_ROWS(X, 3, kind, unit)
#define TILE_TABLE(kind, unit)                                                           \
    {{TILE_EACH_ROWS(TILE_ENTRY, 1, kind, unit)},                                        \
     {TILE_EACH_ROWS(TILE_ENTRY, 2, kind, unit)},                                        \
     {TILE_EACH_ROWS(TILE_ENTRY, 3, kind, unit)}}
#else
#define TILE_EACH(X, kind, unit)                                                         \
    TILE_EACH_ROWS(X, 1, kind, unit) TILE_EACH_ROWS(X, 2, kind, unit)
#define TILE_TABLE(kind, unit)                                                           \
    {{TILE_EACH_ROWS(TILE_ENTRY, 1, kind, unit)},                                        \
     {TILE_EACH_ROWS(TILE_ENTRY, 2, kind, unit)}}
#endif

TILE_EACH(TILE_RUN, along, false)
TILE_EACH(TILE_RUN, across, true)

/* clang-format on */

/* [a's rows are adjacent][vectors - 1][rows - 1] */
static const tile_run tile_runs[2][TILE_VECTORS][TILE_ROWS] = {TILE_TABLE(along, false),
                                                               TILE_TABLE(across, true)};

/* n things in the fewest groups of at most `most`, as equal as can be: `count` groups,
 * the first `larger` of them of `size`, the others of size - 1. */
typedef struct cut {
    size_t count, size, larger;
} cut;

SLT_INLINE cut cut_evenly(size_t n, size_t most)
{
    if (n <= most)
        return (cut){1, n, 1};
    size_t count = (n + most - 1) / most;
    size_t size = (n + count - 1) / count;
    return (cut){count, size, n - (size - 1) * count};
}

static void run_strip(strip s, size_t rows, size_t vectors)
{
    cut tiles = cut_evenly(rows, TILE_ROWS);
    const tile_run *runs = tile_runs[s.a.row == 1][vectors - 1];
    runs[tiles.size - 1](&s, tiles.larger);
    if (tiles.larger == tiles.count)
        return;
    size_t done = tiles.larger * tiles.size;
    s.a.at += done * s.a.row;
    s.c += done * s.row_c;
    runs[tiles.size - 2](&s, tiles.count - tiles.larger);
}

/* Vectors that hold as many numbers. */
SLT_INLINE size_t vectors_in(size_t numbers)
{
    return (numbers + LANES - 1) / LANES;
}

#endif
