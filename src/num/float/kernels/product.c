/* c = op(a) op(b): each output one fma chain over k, ascending from +0.
 *
 * c is cut into strips of up to TILE_VECTORS vectors of columns and these into tiles of
 * up to TILE_ROWS rows, whose accumulators stay in registers while k runs over a block;
 * between blocks of k they wait in c.  Cutting moves no operation of a chain.
 *
 * a is read in place, a number at a time.  b is read in place where the rows of op(b) lie
 * in memory, else, or where a vector would reach past a row's end, it is copied strip by
 * strip into scratch memory.  A product of few columns is computed as its transpose. */
#include "num/float/kernels/pack.h"
#include "num/scratch.h"
#include "num/float/kernels/vector.h"

/* Depth of a block: one strip of b fills about two thirds of a first-level cache. */
#define STRIP_COLUMNS (TILE_VECTORS * LANES)
#define DEPTH_MAX                                                                        \
    ((size_t)(32768 / sizeof(real) / STRIP_COLUMNS < 512                                 \
                  ? 32768 / sizeof(real) / STRIP_COLUMNS                                 \
                  : 512))

/* op(a), op(b) and c: rows x inner, inner x cols, rows x cols. */
typedef struct problem {
    operand a, b;
    size_t rows, cols, inner;
    real *c;
} problem;

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

#include "num/tiles.h"

/* Rows of c from which on copying b, even where it could be read in place, is repaid by
 * aligned loads that no two rows of b contend for. */
#define PACK_ROWS 256

static bool must_pack(const problem *p, size_t last)
{
#ifdef SLT_VARIANT_AVX512
    const bool within_row = true;
    (void)last;
#else
    const bool within_row = last == LANES;
#endif
    return p->b.row != 1 || p->rows >= PACK_ROWS || !within_row;
}

/* One block of k: all strips of c. */
static void run_block(const problem *p, size_t from, size_t depth, real *packed)
{
    cut strips = cut_evenly((p->cols + LANES - 1) / LANES, TILE_VECTORS);
    size_t column = 0;
    for (size_t i = 0; i < strips.count; i++) {
        size_t vectors = strips.size - (i >= strips.larger), width = vectors * LANES;
        size_t columns = p->cols - column < width ? p->cols - column : width;
        operand a = p->a, b = p->b;
        a.at += from * a.step;
        b.at += from * b.step + column * b.row;
        strip s = {.a = a,
                   .b = b.at,
                   .step_b = b.step,
                   .depth = depth,
                   .first = from == 0,
                   .last = columns - (vectors - 1) * LANES,
                   .c = p->c + column,
                   .row_c = p->cols};
        if (must_pack(p, s.last)) {
            pack(b, depth, columns, width, packed);
            s.b = packed;
            s.step_b = width;
        }
        run_strip(s, p->rows, vectors);
        column += columns;
    }
}

static void run(const problem *p, real *packed)
{
    cut blocks = cut_evenly(p->inner ? p->inner : 1, DEPTH_MAX);
    size_t done = 0;
    for (size_t i = 0; i < blocks.count; i++) {
        size_t depth = p->inner ? blocks.size - (i >= blocks.larger) : 0;
        run_block(p, done, depth, packed);
        done += depth;
    }
}

/* Few columns fill few lanes: then c' = op(b)' op(a)' is computed, and transposed.  It is
 * repaid where chains have some length and vectors become fewer: by half, or, where a
 * must then be packed across its rows, by a factor of 8. */
#define TURN_DEPTH 16

static bool must_turn(const problem *p)
{
    size_t factor = p->a.row == 1 ? 2 : 8;
    return p->inner >= TURN_DEPTH &&
           factor * vectors_of(p->cols, p->rows) <= vectors_of(p->rows, p->cols);
}

static void run_transposed(const problem *p, real *packed, real *turned)
{
    problem q = {p->b, p->a, p->cols, p->rows, p->inner, p->cols == 1 ? p->c : turned};
    run(&q, packed);
    operand from = {turned, p->rows, 1};
    if (p->cols > 1)
        pack(from, p->rows, p->cols, p->cols, p->c);
}

void SLT_KERNEL(product)(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                         const slt_tensor *b, slt_tensor *c)
{
    problem p = {
        .a = {a->data, a->cols, 1},
        .b = {b->data, 1, b->cols},
        .rows = c->rows,
        .cols = c->cols,
        .inner = ta == SLT_PLAIN ? a->cols : a->rows,
        .c = c->data,
    };
    if (ta == SLT_TRANSPOSED)
        p.a = (operand){a->data, 1, a->cols};
    if (tb == SLT_TRANSPOSED)
        p.b = (operand){b->data, b->cols, 1};
    if (p.rows == 0 || p.cols == 0)
        return;
    bool turned = must_turn(&p);
    size_t packed = DEPTH_MAX * STRIP_COLUMNS, spare = turned ? p.rows * p.cols : 0;
    real *scratch = slt_kernel_scratch((packed + spare) * sizeof(real));
    if (turned)
        run_transposed(&p, scratch, scratch + packed);
    else
        run(&p, scratch);
}
