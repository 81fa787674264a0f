/* c = op(a) op(b): each output one fma chain over k, ascending from +0.
 *
 * c is cut into strips of up to TILE_VECTORS vectors of columns and these into tiles of
 * up to TILE_ROWS rows, whose accumulators stay in registers while k runs over a block;
 * between blocks of k they wait in c.  Cutting moves no operation of a chain.
 *
 * a is read in place, a number at a time.  b is read in place if the rows of op(b) lie in
 * memory, otherwise it is copied strip by strip into scratch memory.  Columns left over
 * beside whole vectors are computed with vectors along columns: as a product of the
 * transposed factors if the columns of op(a) lie in memory, otherwise by narrow.h. */
#include "num/float/kernels/narrow.h"
#include "num/float/kernels/pack.h"
#include "num/float/kernels/vector.h"
#include "num/scratch.h"

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
    size_t row_c;
    const real *bias; /* NULL, or what is added to the columns of c after the chains */
    bool goes_on;     /* chains go on from c, where runs of strips are all that is done */
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
    const real *bias; /* NULL if the chains do not end here, or have none */
} strip;

/* Whether masked loads and stores are as fast as others. */
#ifdef SLT_VARIANT_AVX512
#define MASKS 1
#else
#define MASKS 0
#endif

/* One or two rows alone make few chains: strips of more vectors, as many in all, then
 * hide the latency of an fma.  Each number of b is used once, so b is fetched ahead. */
#define WIDE_ROWS 2
#define WIDE_VECTORS 16
#define WIDE_AHEAD 6 /* rows of b */

/* Whether b can be read in place up to the end of a row that is not a whole vector's, by
 * a mask: AVX2 has the register for it where rows are few. */
#if defined(SLT_VARIANT_AVX512) || defined(SLT_VARIANT_SCALAR)
#define READS_ENDS(rows) true
#elif defined(SLT_VARIANT_AVX2)
#define READS_ENDS(rows) ((rows) <= WIDE_ROWS)
#else
#define READS_ENDS(rows) false
#endif

/* Lanes beyond a strip's last column hold +0 in packed b. */
SLT_INLINE vec load_b(const real *at, bool is_end, size_t lanes)
{
    return is_end && LANES > 1 ? vec_load_part(at, lanes) : vec_load(at);
}

SLT_INLINE vec load_c(const real *at, bool is_last, size_t lanes)
{
    return is_last && (MASKS || lanes < LANES) ? vec_load_part(at, lanes) : vec_load(at);
}

SLT_INLINE void store_c(real *at, vec value, bool is_last, size_t lanes)
{
    if (is_last && (MASKS || lanes < LANES))
        vec_store_part(at, value, lanes);
    else
        vec_store(at, value);
}

/* rows, vectors and unit (a's row stride is 1) are constants where this is inlined. */
SLT_INLINE void tile(int rows, int vectors, bool unit, const strip *s, const real *a,
                     real *c)
{
    vec sum[TILE_ROWS][WIDE_VECTORS];
    const size_t row = unit ? 1 : s->a.row, step = unit ? s->a.step : 1;
    const size_t depth = s->depth, step_b = s->step_b, last = s->last, row_c = s->row_c;
    const real *b = s->b;
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++)
            sum[r][v] = vec_broadcast(0);
    if (!s->first)
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < vectors; v++) {
                sum[r][v] = load_c(c + r * row_c + v * LANES, v == vectors - 1, last);
                __builtin_prefetch(c + (rows + r) * row_c + v * LANES, 1);
            }
    for (size_t k = 0; k < depth; k++) {
        vec from_b[WIDE_VECTORS];
        for (int v = 0; v < vectors; v++) {
            from_b[v] = load_b(b + v * LANES, READS_ENDS(rows) && v == vectors - 1, last);
            if (vectors > TILE_VECTORS)
                __builtin_prefetch(b + WIDE_AHEAD * step_b + v * LANES);
        }
        for (int r = 0; r < rows; r++) {
            vec factor = vec_broadcast(a[r * row]);
            for (int v = 0; v < vectors; v++)
                sum[r][v] = vec_fma(factor, from_b[v], sum[r][v]);
        }
        a += step;
        b += step_b;
    }
    __asm__("" : "+r"(c)); /* addresses are not worth registers while k runs */
    for (int v = 0; v < vectors && s->bias; v++) {
        vec bias = load_c(s->bias + v * LANES, v == vectors - 1, last);
        for (int r = 0; r < rows; r++)
            sum[r][v] = sum[r][v] + bias;
    }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++)
            store_c(c + r * row_c + v * LANES, sum[r][v], v == vectors - 1, last);
}

#include "num/tiles.h"

#define WIDE_RUN(rows, vectors)                                                          \
    static void wide_##rows##_##vectors(const strip *s)                                  \
    {                                                                                    \
        tile(rows, vectors, true, s, s->a.at, s->c);                                     \
    }
/* clang-format off */
#define WIDE_EACH(X, rows)                                                               \
    X(rows, 1) X(rows, 2) X(rows, 3) X(rows, 4)                                          \
    X(rows, 5) X(rows, 6) X(rows, 7) X(rows, 8)                                          \
    X(rows, 9) X(rows, 10) X(rows, 11) X(rows, 12)                                       \
    X(rows, 13) X(rows, 14) X(rows, 15) X(rows, 16)
/* clang-format on */
#define WIDE_ENTRY(rows, vectors) wide_##rows##_##vectors,

WIDE_EACH(WIDE_RUN, 1)
WIDE_EACH(WIDE_RUN, 2)

static void run_wide(const strip *s, size_t rows, size_t vectors)
{
    static void (*const runs[WIDE_ROWS][WIDE_VECTORS])(const strip *) = {
        {WIDE_EACH(WIDE_ENTRY, 1)}, {WIDE_EACH(WIDE_ENTRY, 2)}};
    runs[rows - 1][vectors - 1](s);
}

/* Rows of c from which on copying b, even where it could be read in place, is repaid by
 * aligned loads that no two rows of b contend for. */
#define PACK_ROWS 256

static bool must_pack(const problem *p)
{
    const bool within_row = READS_ENDS(p->rows) || p->cols % LANES == 0;
    return p->b.row != 1 || p->rows >= PACK_ROWS || !within_row;
}

/* What run_block is told. */
typedef struct pass {
    bool first;  /* chains start here, else they go on from c */
    bool last;   /* chains end here */
    bool far;    /* every strip of b is packed, one after the other */
    bool packed; /* ... already */
    real *strips;
} pass;

/* `depth` numbers along k, from number `from` on. */
static void run_block(const problem *p, size_t from, size_t depth, pass how)
{
    const bool packs = how.far || must_pack(p);
    const bool wide = !packs && p->rows <= WIDE_ROWS && (p->rows == 1 || p->a.row == 1);
    const size_t most = wide ? WIDE_VECTORS / p->rows : TILE_VECTORS;
    cut strips = cut_evenly(vectors_in(p->cols), most);
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
                   .first = how.first,
                   .last = columns - (vectors - 1) * LANES,
                   .c = p->c + column,
                   .row_c = p->row_c,
                   .bias = p->bias && how.last ? p->bias + column : NULL};
        if (packs) {
            real *to = how.strips + (how.far ? column * depth : 0);
            if (!how.packed)
                pack(b, depth, columns, width, to);
            s.b = to;
            s.step_b = width;
        }
        if (wide)
            run_wide(&s, p->rows, vectors);
        else
            run_strip(s, p->rows, vectors);
        column += columns;
    }
}

/* Factors that a second-level cache cannot hold.  Strip after strip would read a anew
 * from farther away, and its rows contend for lines.  So a block of b is packed whole,
 * and used by as many rows of a at a time as fit when copied. */
#define FAR_BYTES ((size_t)512 << 10)
#define FAR_ROWS 128
#define FAR_DEPTH 512

static bool is_far(const problem *p)
{
    const bool widest = LANES * sizeof(real) == 64; /* for others it is no bottleneck */
    return widest && p->rows * p->inner * sizeof(real) > FAR_BYTES &&
           p->cols > 2 * STRIP_COLUMNS;
}

static operand copy_rows(operand a, size_t rows, size_t depth, real *to)
{
    size_t count = a.row == 1 ? depth : rows, length = a.row == 1 ? rows : depth;
    for (size_t i = 0; i < count; i++)
        memcpy(to + i * length, a.at + i * (a.row == 1 ? a.step : a.row),
               length * sizeof *to);
    return a.row == 1 ? (operand){to, 1, length} : (operand){to, length, 1};
}

static void run_far_block(const problem *p, size_t from, size_t depth, real *scratch)
{
    cut parts = cut_evenly(p->rows, FAR_ROWS);
    pass how = {.first = from == 0 && !p->goes_on,
                .last = from + depth == p->inner,
                .far = true,
                .strips = scratch + FAR_ROWS * FAR_DEPTH};
    problem q = *p;
    q.b.at += from * q.b.step;
    for (size_t i = 0, row = 0; i < parts.count; i++, row += q.rows) {
        operand a = {p->a.at + from * p->a.step + row * p->a.row, p->a.row, p->a.step};
        q.rows = parts.size - (i >= parts.larger);
        q.a = copy_rows(a, q.rows, depth, scratch);
        q.c = p->c + row * p->row_c;
        run_block(&q, 0, depth, how);
        how.packed = true;
    }
}

/* All of p. */
static void run_strips(const problem *p, real *scratch)
{
    const bool far = is_far(p);
    cut blocks = cut_evenly(p->inner ? p->inner : 1, far ? FAR_DEPTH : DEPTH_MAX);
    size_t done = 0;
    for (size_t i = 0; i < blocks.count; i++) {
        size_t depth = p->inner ? blocks.size - (i >= blocks.larger) : 0;
        if (far)
            run_far_block(p, done, depth, scratch);
        else
            run_block(p, done, depth,
                      (pass){.first = done == 0 && !p->goes_on,
                             .last = done + depth == p->inner,
                             .strips = scratch});
        done += depth;
    }
}

/* Numbers of scratch memory that run_strips works in. */
static size_t numbers_of_run(const problem *p)
{
    if (is_far(p))
        return FAR_DEPTH * (FAR_ROWS + vectors_in(p->cols) * LANES);
    return must_pack(p) ? DEPTH_MAX * STRIP_COLUMNS : 0;
}

/* c' = op(b)' op(a)' in scratch memory, transposed from there. */
static void run_transposed(const problem *p)
{
    problem q = {p->b, p->a, p->cols, p->rows, p->inner, p->c, p->rows, NULL, false};
    const bool direct = p->cols == 1 && p->row_c == 1;
    const size_t work = numbers_of_run(&q), spare = direct ? 0 : p->rows * p->cols;
    real *scratch = slt_kernel_scratch((work + spare) * sizeof(real));
    if (!direct)
        q.c = scratch + work;
    run_strips(&q, scratch);
    if (!direct)
        turn(q.c, p->rows, p->rows, p->cols, p->row_c, p->c);
}

/* Columns left over when vectors run along c's rows fill few lanes.  How many of them,
 * counted from the end, are better computed with vectors along columns. */
static size_t across_columns(const problem *p)
{
    size_t columns = p->cols % LANES, vectors = vectors_in(p->rows), cost;
    if (p->cols == 1 && is_short(p->inner) && p->a.row == p->inner)
        return p->rows >= LANES;
    if (p->rows < LANES || p->inner < PIECE || columns == 0)
        return 0;
    if (p->a.row == 1) /* a further pass over a and, if it is not the only one, over b */
        cost = p->cols < LANES ? columns + 1 : columns + columns / 4 + 2;
    else if (columns <= NARROW_COLUMNS)
        cost = columns + LANES / 4 + 1;
    else
        return 0;
    return vectors * cost < p->rows ? columns : 0;
}

/* inner x columns of op(b) in scratch memory, without gaps. */
static const real *gather_columns(operand b, size_t inner, size_t columns)
{
    real *to = slt_kernel_scratch(inner * columns * sizeof(real));
    for (size_t k = 0; k < inner; k++)
        for (size_t j = 0; j < columns; j++)
            to[k * columns + j] = b.at[k * b.step + j * b.row];
    return to;
}

static void run_narrow(const problem *p)
{
    narrow n = {p->a.at, p->b.at, p->a.row, p->rows, p->inner, p->c, p->row_c};
    bool tight = p->cols == 1 ? p->b.step == 1 : p->b.row == 1 && p->b.step == p->cols;
    if (!tight)
        n.b = gather_columns(p->b, p->inner, p->cols);
    if (p->inner < PIECE)
        short_run(&n);
    else
        narrow_run(&n, p->cols);
}

static void add_bias(const problem *p)
{
    for (size_t i = 0; i < p->rows; i++)
        for (size_t j = 0; j < p->cols; j++)
            p->c[i * p->row_c + j] = p->c[i * p->row_c + j] + p->bias[j];
}

/* The last columns of p, which it loses. */
static void run_across(problem *p, size_t columns)
{
    p->cols -= columns;
    problem q = *p;
    q.cols = columns;
    q.b.at += p->cols * p->b.row;
    q.c += p->cols;
    if (p->a.row == 1)
        run_transposed(&q);
    else
        run_narrow(&q);
    if (p->bias) {
        q.bias += p->cols;
        add_bias(&q);
    }
}

/* Chains of one fma: what takes time is c, which is written as it lies in memory. */
static bool is_outer(const problem *p)
{
    return p->inner == 1 && p->b.row == 1 && p->cols >= LANES;
}

/* Whether there is a bias is a constant where this is inlined. */
SLT_INLINE void run_outer(bool biased, const problem *p)
{
    const vec zero = vec_broadcast(0);
    for (size_t i = 0; i < p->rows; i++) {
        const vec factor = vec_broadcast(p->a.at[i * p->a.row]);
        const real *b = p->b.at, *bias = p->bias;
        real *c = p->c + i * p->row_c;
        for (size_t j = 0, cols = p->cols; j < cols; j += LANES) {
            vec sum = vec_fma(factor, vec_load_some(b + j, cols - j), zero);
            if (biased)
                sum = sum + vec_load_some(bias + j, cols - j);
            vec_store_some(c + j, sum, cols - j);
        }
    }
}

static problem problem_of(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                          const slt_tensor *b, const slt_tensor *bias, slt_tensor *c)
{
    problem p = {
        .a = {a->data, a->cols, 1},
        .b = {b->data, 1, b->cols},
        .rows = c->rows,
        .cols = c->cols,
        .inner = ta == SLT_PLAIN ? a->cols : a->rows,
        .c = c->data,
        .row_c = c->cols,
        .bias = bias ? bias->data : NULL,
    };
    if (ta == SLT_TRANSPOSED)
        p.a = (operand){a->data, 1, a->cols};
    if (tb == SLT_TRANSPOSED)
        p.b = (operand){b->data, b->cols, 1};
    return p;
}

static void run_all(const problem *p)
{
    const size_t numbers = numbers_of_run(p);
    run_strips(p, numbers ? slt_kernel_scratch(numbers * sizeof(real)) : NULL);
}

static void multiply_matrices(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                              const slt_tensor *b, const slt_tensor *bias, slt_tensor *c)
{
    problem p = problem_of(ta, tb, a, b, bias, c);
    if (p.rows == 0 || p.cols == 0)
        return;
    if (is_outer(&p)) {
        p.bias ? run_outer(true, &p) : run_outer(false, &p);
        return;
    }
    size_t across = across_columns(&p);
    if (across)
        run_across(&p, across);
    if (p.cols)
        run_all(&p);
}

void SLT_KERNEL(product)(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                         const slt_tensor *b, slt_tensor *c)
{
    multiply_matrices(ta, tb, a, b, NULL, c);
}

void SLT_KERNEL(affine)(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                        const slt_tensor *b, const slt_tensor *bias, slt_tensor *c)
{
    multiply_matrices(ta, tb, a, b, bias, c);
}

void SLT_KERNEL(product_on)(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                            const slt_tensor *b, slt_tensor *c)
{
    problem p = problem_of(ta, tb, a, b, NULL, c);
    p.goes_on = true;
    if (p.rows && p.cols && p.inner)
        run_all(&p);
}
