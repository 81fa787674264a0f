/* c = op(a) op(b): exact sums of products of blocks rounded beforehand.
 *
 * c is cut into strips of up to TILE_VECTORS vectors of columns and these into tiles of
 * up to TILE_ROWS rows, whose sums stay in registers while k runs.  Sums are exact, so
 * neither the cutting nor the order of k can change them.
 *
 * The rounded a is read in place, a number at a time.  The rounded b is read in place
 * if the rows of op(b) lie in memory, otherwise it is transposed strip by strip.  Lanes
 * beyond the last column compute with whatever follows in scratch memory and are not
 * stored.  A product of few columns is computed as its transpose.  If the rows of both
 * factors lie along k, they are rounded and used part by part, and sums wait in c. */
#include "base/assert.h"
#include "num/fixed/kernels/pack.h"
#include "num/fixed/kernels/vector.h"
#include "num/scratch.h"

#define STRIP_COLUMNS ((size_t)(TILE_VECTORS * LANES))

/* op(a), op(b) and c: rows x inner, inner x cols, rows x cols; inner is a part of k. */
typedef struct problem {
    operand a, b;
    size_t rows, cols, inner;
    bool first; /* sums start here, else they go on from c */
    int64_t *c;
} problem;

typedef struct strip {
    operand a;        /* from the strip's first row */
    const int32_t *b; /* element (k, j) at b[k * step_b + j] */
    size_t step_b;
    size_t inner;
    bool first;
    size_t last; /* lanes used of the last vector */
    int64_t *c;
    size_t row_c;
} strip;

/* Callers that inline this pass constants for rows, vectors and unit (a's row stride is
 * 1). */
SLT_INLINE void tile(int rows, int vectors, bool unit, const strip *s, const int32_t *a,
                     int64_t *c)
{
    vec sum[TILE_ROWS][TILE_VECTORS];
    const size_t row = unit ? 1 : s->a.row, step = unit ? s->a.step : 1;
    const size_t inner = s->inner, step_b = s->step_b, last = s->last, row_c = s->row_c;
    const int32_t *b = s->b;
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++)
            sum[r][v] = s->first ? vec_zero()
                        : v == vectors - 1 && last < LANES
                            ? vec_load_part(c + r * row_c + v * LANES, last)
                            : vec_load(c + r * row_c + v * LANES);
    for (size_t k = 0; k < inner; k++) {
        factors from_b[TILE_VECTORS];
        for (int v = 0; v < vectors; v++)
            from_b[v] = factors_load(b + v * LANES);
        for (int r = 0; r < rows; r++) {
            factors from_a = factors_broadcast(a[r * row]);
            for (int v = 0; v < vectors; v++)
                sum[r][v] = vec_add_product(sum[r][v], from_a, from_b[v]);
        }
        a += step;
        b += step_b;
    }
    for (int r = 0; r < rows; r++) {
        int64_t *to = c + r * row_c;
        for (int v = 0; v < vectors - 1; v++)
            vec_store(to + v * LANES, sum[r][v]);
        if (last == LANES)
            vec_store(to + (vectors - 1) * LANES, sum[r][vectors - 1]);
        else
            vec_store_part(to + (vectors - 1) * LANES, sum[r][vectors - 1], last);
    }
}

#include "num/tiles.h"

/* turned: room for inner * STRIP_COLUMNS numbers. */
static void run_strips(const problem *p, int32_t *turned)
{
    cut strips = cut_evenly(vectors_in(p->cols), TILE_VECTORS);
    size_t column = 0;
    for (size_t i = 0; i < strips.count; i++) {
        size_t vectors = strips.size - (i >= strips.larger), width = vectors * LANES;
        size_t columns = p->cols - column < width ? p->cols - column : width;
        strip s = {.a = p->a,
                   .b = p->b.at + column * p->b.row,
                   .step_b = p->b.step,
                   .inner = p->inner,
                   .first = p->first,
                   .last = columns - (vectors - 1) * LANES,
                   .c = p->c + column,
                   .row_c = p->cols};
        if (p->b.row != 1) {
            turn(s.b, p->b.row, p->inner, columns, width, turned);
            s.b = turned;
            s.step_b = width;
        }
        run_strip(s, p->rows, vectors);
        column += columns;
    }
}

/* Few columns fill few lanes: then c' = op(b)' op(a)' is computed, and transposed.  This
 * pays if sums have some length and the vectors become fewer: by half, or by a factor of
 * 4 if a must then be transposed too. */
#define TRANSPOSE_INNER 16

static bool must_transpose(const problem *p)
{
    size_t factor = p->a.row == 1 ? 2 : 4;
    return p->inner >= TRANSPOSE_INNER &&
           factor * p->cols * vectors_in(p->rows) <= p->rows * vectors_in(p->cols);
}

/* Numbers of both factors in a part of k: that many stay in a first-level cache. */
#define PART_NUMBERS 6144
#define PART_LEAST 64

/* Rows of a and b that a part of k takes: of a' b as many as stay near, else all. */
static size_t part_depth(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                         const slt_tensor *b)
{
    if (ta == SLT_PLAIN || tb == SLT_TRANSPOSED)
        return SIZE_MAX;
    size_t depth = PART_NUMBERS / (a->cols + b->cols + 1);
    return depth < PART_LEAST ? PART_LEAST : depth;
}

static void turn_sums(const int64_t *from, const problem *p)
{
    for (size_t i = 0; i < p->rows; i++)
        for (size_t j = 0; j < p->cols; j++)
            p->c[i * p->cols + j] = from[j * p->rows + i];
}

void SLT_FIXED(product)(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                        const slt_tensor *b, slt_tensor *c)
{
    const size_t inner = ta == SLT_PLAIN ? a->cols : a->rows, count = slt_tensor_count(c);
    const size_t depth = part_depth(ta, tb, a, b), part = depth < inner ? depth : inner;
    const size_t count_a = c->rows * part, count_b = c->cols * part;
    /* Vectors of factors are read beyond the end by less than one. */
    size_t numbers = count_a + LANES + count_b + LANES + part * STRIP_COLUMNS;
    int64_t *spare =
        slt_kernel_scratch(count * sizeof *spare + numbers * sizeof(int32_t));
    int32_t *left = (int32_t *)(spare + count), *right = left + count_a + LANES;
    int32_t *turned = right + count_b + LANES;
    int bits = slt_block_factor(inner);
    SLT_ASSERT(bits > 0 && 2 * bits + slt_block_log2(inner ? inner : 1) <= 62);
    rounding of_a = rounding_of(a, bits), of_b = rounding_of(b, bits);
    problem p = {.rows = c->rows, .cols = c->cols, .inner = inner, .c = c->data};
    p.a = ta == SLT_PLAIN ? (operand){left, a->cols, 1} : (operand){left, 1, a->cols};
    p.b = tb == SLT_PLAIN ? (operand){right, 1, b->cols} : (operand){right, b->cols, 1};
    const bool across = must_transpose(&p), elsewhere = across && p.cols > 1;
    problem q = {p.b, p.a, p.cols, p.rows, 0, true, elsewhere ? spare : p.c};
    if (!across)
        q = p;
    for (size_t from = 0; count && (from < inner || from == 0); from += part) {
        q.inner = inner - from < part ? inner - from : part;
        q.first = from == 0;
        round_part(of_a, from * c->rows, q.inner * c->rows, left);
        round_part(of_b, from * c->cols, q.inner * c->cols, right);
        run_strips(&q, turned);
        if (part == 0)
            break;
    }
    if (count && elsewhere)
        turn_sums(spare, &p);
    c->overflow |= a->overflow || b->overflow;
    slt_block_place(c, a->frac - of_a.shift + b->frac - of_b.shift);
}
