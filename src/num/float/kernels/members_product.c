/* c = op(a) op(b) for every member: each output one fma chain over k, ascending.
 *
 * c is cut into strips of columns and these into tiles of rows, whose accumulators stay
 * in registers while k runs through.  The lanes of a vector are members. */
#include "num/float/kernels/members.h"
#include "num/float/kernels/vector.h"

/* Accumulators of a tile: half of the registers. */
#if defined(SLT_VARIANT_AVX512) || defined(SLT_VARIANT_NEON)
#define TILE 16
#else
#define TILE 8
#endif

/* Element (i, k) of op(a) is a[i * a_row + k * a_step], (k, j) of op(b) is
 * b[k * b_step + j * b_col], (i, j) of c is c[i * c_row + j * MEMBERS]. */
typedef struct problem {
    const real *a, *b;
    size_t a_row, a_step, b_step, b_col;
    const real *bias; /* NULL, or what is added to the columns of c after the chains */
    real *c;
    size_t c_row;
    size_t rows, cols, inner;
    bool goes_on;
} problem;

/* rows and cols are constants where this is inlined. */
SLT_INLINE void tile(int rows, int cols, const problem *p, size_t i, size_t j)
{
    const size_t a_row = p->a_row, a_step = p->a_step, inner = p->inner;
    const size_t b_step = p->b_step, b_col = p->b_col, c_row = p->c_row;
    const real *a = p->a + i * a_row, *b = p->b + j * b_col;
    real *c = p->c + i * c_row + j * MEMBERS;
    const real *bias = p->bias ? p->bias + j * MEMBERS : NULL;
    vec sum[8][8];
    for (int r = 0; r < rows; r++)
        for (int s = 0; s < cols; s++)
            sum[r][s] =
                p->goes_on ? vec_load(c + r * c_row + s * MEMBERS) : vec_broadcast(0);
    for (size_t k = 0; k < inner; k++) {
        vec right[8];
        for (int s = 0; s < cols; s++)
            right[s] = vec_load(b + s * b_col);
        for (int r = 0; r < rows; r++) {
            vec left = vec_load(a + r * a_row);
            for (int s = 0; s < cols; s++)
                sum[r][s] = vec_fma(left, right[s], sum[r][s]);
        }
        a += a_step;
        b += b_step;
    }
    for (int r = 0; r < rows; r++)
        for (int s = 0; s < cols; s++) {
            vec result = sum[r][s];
            if (bias)
                result = result + vec_load(bias + s * MEMBERS);
            vec_store(c + r * c_row + s * MEMBERS, result);
        }
}

/* Columns j to j + cols - 1: tiles of `rows` rows, a power of two, then smaller ones. */
SLT_INLINE void strip(int rows, int cols, const problem *p, size_t j)
{
    size_t i = 0;
    for (; i + rows <= p->rows; i += rows)
        tile(rows, cols, p, i, j);
    if (rows > 4 && p->rows - i >= 4) {
        tile(4, cols, p, i, j);
        i += 4;
    }
    if (rows > 2 && p->rows - i >= 2) {
        tile(2, cols, p, i, j);
        i += 2;
    }
    if (rows > 1 && i < p->rows)
        tile(1, cols, p, i, j);
}

static void multiply(const problem *p)
{
    size_t j = 0;
    for (; j + 8 <= p->cols; j += 8)
        strip(TILE / 8, 8, p, j);
    for (; j + 4 <= p->cols; j += 4)
        strip(TILE / 4, 4, p, j);
    for (; j + 2 <= p->cols; j += 2)
        strip(TILE / 2, 2, p, j);
    for (; j < p->cols; j++)
        strip(8, 1, p, j);
}

void SLT_KERNEL(members_product)(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                                 const slt_tensor *b, const slt_tensor *bias,
                                 bool goes_on, slt_tensor *c)
{
    const bool turn_a = ta == SLT_TRANSPOSED, turn_b = tb == SLT_TRANSPOSED;
    problem p = {.a = a->data,
                 .b = b->data,
                 .a_row = turn_a ? MEMBERS : a->cols,
                 .a_step = turn_a ? a->cols : MEMBERS,
                 .b_step = turn_b ? MEMBERS : b->cols,
                 .b_col = turn_b ? b->cols : MEMBERS,
                 .bias = bias ? bias->data : NULL,
                 .c = c->data,
                 .c_row = c->cols,
                 .rows = c->rows,
                 .cols = c->cols / MEMBERS,
                 .inner = turn_a ? a->rows : a->cols / MEMBERS,
                 .goes_on = goes_on};
    for (size_t m = 0; m < MEMBERS; m += LANES) {
        multiply(&p);
        p.a += LANES;
        p.b += LANES;
        if (p.bias)
            p.bias += LANES;
        p.c += LANES;
    }
}
