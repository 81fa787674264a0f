/* c = op(a) op(b): each output one fma chain over k, ascending from +0.
 *
 * c is cut into strips of up to TILE_VECTORS vectors of columns and these into tiles of
 * up to TILE_ROWS rows, whose accumulators stay in registers while k runs over a block;
 * between blocks of k they wait in c.  Cutting moves no operation of a chain.
 *
 * b is read in place, or, where its rows do not run along k (transposed) or a vector
 * would reach past a row's end, copied strip by strip into scratch memory. a is read in
 * place. */
#include "num/kernels/scratch.h"
#include "num/kernels/vector.h"

/* Depth of a block: one strip of b fills about two thirds of a first-level cache. */
#define STRIP_COLUMNS (TILE_VECTORS * LANES)
#define DEPTH_MAX                                                                        \
    ((size_t)(32768 / sizeof(real) / STRIP_COLUMNS < 512                                 \
                  ? 32768 / sizeof(real) / STRIP_COLUMNS                                 \
                  : 512))

/* Element (i, k) of op(a) is at[i * row + k * step]; element (k, j) of op(b) is
 * at[k * step + j * row]. One of row and step is 1. */
typedef struct operand {
    const real *at;
    size_t row, step;
} operand;

typedef struct strip {
    operand a;     /* from the strip's first row, first k of the block */
    const real *b; /* element (k, j) at b[k * step_b + j] */
    size_t step_b;
    size_t depth; /* of the block of k */
    bool first;   /* the chains start here, else they go on from c */
    size_t last;  /* lanes used of the last vector */
    real *c;
    size_t row_c;
} strip;

/* Lanes beyond a strip's last column hold +0 in packed b; only masks can leave them out
 * when b is read in place. */
SLT_INLINE vec load_b(const real *at, bool is_last, size_t lanes)
{
#ifdef SLT_VARIANT_AVX512
    if (is_last)
        return vec_load_part(at, lanes);
#else
    (void)is_last;
    (void)lanes;
#endif
    return vec_load(at);
}

SLT_INLINE vec load_c(const real *at, bool is_last, size_t lanes)
{
    return is_last && lanes < LANES ? vec_load_part(at, lanes) : vec_load(at);
}

SLT_INLINE void store_c(real *at, vec value, bool is_last, size_t lanes)
{
    if (is_last && lanes < LANES)
        vec_store_part(at, value, lanes);
    else
        vec_store(at, value);
}

/* rows, vectors and unit (a's row stride is 1) are constants where this is inlined. */
SLT_INLINE void tile(int rows, int vectors, bool unit, const strip *s, const real *a,
                     real *c)
{
    vec sum[TILE_ROWS][TILE_VECTORS];
    const size_t row = unit ? 1 : s->a.row, step = unit ? s->a.step : 1;
    const size_t depth = s->depth, step_b = s->step_b, last = s->last, row_c = s->row_c;
    const real *b = s->b;
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++)
            sum[r][v] = s->first
                            ? vec_broadcast(0)
                            : load_c(c + r * row_c + v * LANES, v == vectors - 1, last);
    for (size_t k = 0; k < depth; k++) {
        vec from_b[TILE_VECTORS];
        for (int v = 0; v < vectors; v++)
            from_b[v] = load_b(b + v * LANES, v == vectors - 1, last);
        for (int r = 0; r < rows; r++) {
            vec factor = vec_broadcast(a[r * row]);
            for (int v = 0; v < vectors; v++)
                sum[r][v] = vec_fma(factor, from_b[v], sum[r][v]);
        }
        a += step;
        b += step_b;
    }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++)
            store_c(c + r * row_c + v * LANES, sum[r][v], v == vectors - 1, last);
}

/* `tiles` tiles of the same height, one under the other. */
typedef void (*tile_run)(const strip *s, size_t tiles);

#define TILE_NAME(rows, vectors, kind) tiles_##rows##_##vectors##_##kind
#define TILE_RUN(rows, vectors, kind, unit)                                              \
    static void TILE_NAME(rows, vectors, kind)(const strip *s, size_t tiles)             \
    {                                                                                    \
        for (size_t t = 0; t < tiles; t++)                                               \
            tile(rows, vectors, unit, s, s->a.at + t * rows * (unit ? 1 : s->a.row),     \
                 s->c + t * rows * s->row_c);                                            \
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
#else
#define TILE_EACH_ROWS(X, vectors, kind, unit)                                           \
    X(1, vectors, kind, unit) X(2, vectors, kind, unit) X(3, vectors, kind, unit)        \
    X(4, vectors, kind, unit)
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

/* depth x columns of op(b) to rows of `width`, the rest of a row +0. */
static void pack(operand b, size_t depth, size_t columns, size_t width, real *to)
{
    for (size_t k = 0; k < depth; k++) {
        const real *from = b.at + k * b.step;
        for (size_t j = 0; j < columns; j++)
            to[k * width + j] = from[j * b.row];
        for (size_t j = columns; j < width; j++)
            to[k * width + j] = 0;
    }
}

static bool in_place(operand b, size_t last)
{
#ifdef SLT_VARIANT_AVX512
    (void)last;
    return b.row == 1;
#else
    return b.row == 1 && last == LANES;
#endif
}

/* One block of k: all strips of c. */
static void run_block(operand a, operand b, size_t depth, bool first, slt_tensor *c)
{
    cut strips = cut_evenly((c->cols + LANES - 1) / LANES, TILE_VECTORS);
    size_t column = 0;
    for (size_t i = 0; i < strips.count; i++) {
        size_t vectors = strips.size - (i >= strips.larger), width = vectors * LANES;
        size_t columns = c->cols - column < width ? c->cols - column : width;
        operand from = {b.at + column * b.row, b.row, b.step};
        strip s = {.a = a,
                   .b = from.at,
                   .step_b = b.step,
                   .depth = depth,
                   .first = first,
                   .last = columns - (vectors - 1) * LANES,
                   .c = (real *)c->data + column,
                   .row_c = c->cols};
        if (!in_place(b, s.last)) {
            real *packed = slt_kernel_scratch(depth * width * sizeof(real));
            pack(from, depth, columns, width, packed);
            s.b = packed;
            s.step_b = width;
        }
        run_strip(s, c->rows, vectors);
        column += columns;
    }
}

void SLT_KERNEL(product)(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                         const slt_tensor *b, slt_tensor *c)
{
    if (slt_tensor_count(c) == 0)
        return;
    operand left = {a->data, ta == SLT_PLAIN ? a->cols : 1,
                    ta == SLT_PLAIN ? 1 : a->cols};
    operand right = {b->data, tb == SLT_PLAIN ? 1 : b->cols,
                     tb == SLT_PLAIN ? b->cols : 1};
    size_t inner = ta == SLT_PLAIN ? a->cols : a->rows, done = 0;
    cut blocks = cut_evenly(inner ? inner : 1, DEPTH_MAX);
    for (size_t i = 0; i < blocks.count; i++) {
        size_t depth = inner ? blocks.size - (i >= blocks.larger) : 0;
        operand from_a = {left.at + done * left.step, left.row, left.step};
        operand from_b = {right.at + done * right.step, right.row, right.step};
        run_block(from_a, from_b, depth, i == 0, c);
        done += depth;
    }
}
