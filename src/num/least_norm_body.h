/* Least squares of least norm by a complete orthogonal decomposition, in the order of
 * docs/spec/12-linear-algebra.md: A P = Q [R S; 0 0] by Householder reflections from the
 * left with pivots, [R S] = [T 0] Z by others from the right.  Columns are contiguous:
 * column j of a, and behind them those of b.  Sums are single fma chains.
 *
 * This is one body for two units, which have `real` and its operations before it:
 * least_norm.c by integers (real_integers.h), float/least_norm.c by hardware
 * (float/real_hardware.h). */
#include <stdlib.h>

#include "base/world.h"
#include "num/linalg.h"
#include "num/real_body.h"

typedef struct work {
    size_t rows, cols, sides, rank;
    real *w;        /* cols columns of a, then `sides` of b, each of `rows` numbers */
    real *v;        /* a reflector */
    real *z, *sums; /* rank reflectors from the right, each of 1 + cols - rank numbers,
                       and the sums of their squares */
    real *x;        /* a solution in the order of the pivots */
    size_t *order;  /* of the columns */
} work;

static real chain(const real *x, const real *y, size_t first, size_t end)
{
    real sum = ZERO;
    for (size_t i = first; i < end; i++)
        sum = real_fma(x[i], y[i], sum);
    return sum;
}

/* What a reflection takes off: -(2 (v'y)) / length. */
static real reflection(real product, real length)
{
    return real_neg(real_div(real_add(product, product), length));
}

/* The reflected number has the sign that loses no digits. */
static real reflected(real x, real norm)
{
    return real_less(ZERO, x) ? real_neg(norm) : norm;
}

/* ---- From the left ----------------------------------------------------------------- */

/* The column from j on of which most is left below row j; of equal ones the first. */
static size_t find_pivot(const work *k, size_t j, real *square)
{
    size_t best = j;
    *square = ZERO;
    for (size_t c = j; c < k->cols; c++) {
        const real *x = k->w + c * k->rows;
        real left = chain(x, x, j, k->rows);
        if (real_less(*square, left)) {
            *square = left;
            best = c;
        }
    }
    return best;
}

static void take_column(work *k, size_t j, size_t pivot)
{
    real *x = k->w + j * k->rows, *y = k->w + pivot * k->rows;
    for (size_t i = 0; i < k->rows && pivot != j; i++) {
        real held = x[i];
        x[i] = y[i];
        y[i] = held;
    }
    size_t held = k->order[j];
    k->order[j] = k->order[pivot];
    k->order[pivot] = held;
}

/* Makes column j upper triangular and reflects the later columns and b's. */
static void reflect_column(work *k, size_t j, real norm)
{
    real *x = k->w + j * k->rows, *v = k->v;
    real alpha = reflected(x[j], norm);
    for (size_t i = j; i < k->rows; i++)
        v[i] = x[i];
    v[j] = real_add(x[j], real_neg(alpha));
    real length = chain(v, v, j, k->rows);
    x[j] = alpha;
    for (size_t c = j + 1; c < k->cols + k->sides; c++) {
        real *y = k->w + c * k->rows;
        real factor = reflection(chain(v, y, j, k->rows), length);
        for (size_t i = j; i < k->rows; i++)
            y[i] = real_fma(factor, v[i], y[i]);
    }
}

static void triangulate(work *k, real tolerance)
{
    const size_t most = k->rows < k->cols ? k->rows : k->cols;
    real bound = ZERO;
    for (k->rank = 0; k->rank < most; k->rank++) {
        real square;
        size_t pivot = find_pivot(k, k->rank, &square);
        real norm = real_sqrt(square);
        if (!k->rank)
            bound = real_mul(tolerance, norm);
        if (!real_less(bound, norm))
            return;
        take_column(k, k->rank, pivot);
        reflect_column(k, k->rank, norm);
    }
}

/* ---- From the right ---------------------------------------------------------------- */

static real *element(const work *k, size_t row, size_t col)
{
    return k->w + col * k->rows + row;
}

/* Numbers row, row - 1, ... of a row: that on the diagonal, then those right of R. */
static real *along(const work *k, size_t row, size_t diagonal, size_t i)
{
    return element(k, row, i ? k->rank + i - 1 : diagonal);
}

/* Makes row i zero right of R, by a reflection that rows above it share. */
static void reflect_row(work *k, size_t i)
{
    const size_t size = 1 + k->cols - k->rank;
    real *v = k->z + i * size, square = ZERO;
    for (size_t c = 0; c < size; c++) {
        v[c] = *along(k, i, i, c);
        square = real_fma(v[c], v[c], square);
    }
    real alpha = reflected(v[0], real_sqrt(square));
    v[0] = real_add(v[0], real_neg(alpha));
    k->sums[i] = chain(v, v, 0, size);
    *element(k, i, i) = alpha;
    for (size_t row = 0; row < i; row++) {
        real product = ZERO;
        for (size_t c = 0; c < size; c++)
            product = real_fma(v[c], *along(k, row, i, c), product);
        real factor = reflection(product, k->sums[i]);
        for (size_t c = 0; c < size; c++) {
            real *y = along(k, row, i, c);
            *y = real_fma(factor, v[c], *y);
        }
    }
}

/* The solution of a column of b, in the order of the pivots. */
static void solve_side(work *k, const real *y)
{
    const size_t size = 1 + k->cols - k->rank;
    for (size_t j = k->rank; j-- > 0;) {
        real sum = y[j];
        for (size_t l = j + 1; l < k->rank; l++)
            sum = real_fma(real_neg(*element(k, j, l)), k->x[l], sum);
        k->x[j] = real_div(sum, *element(k, j, j));
    }
    for (size_t j = k->rank; j < k->cols; j++)
        k->x[j] = ZERO;
    for (size_t i = 0; i < k->rank && size > 1; i++) {
        const real *v = k->z + i * size;
        real *rest = k->x + k->rank;
        real product = real_fma(v[0], k->x[i], ZERO);
        for (size_t c = 1; c < size; c++)
            product = real_fma(v[c], rest[c - 1], product);
        real factor = reflection(product, k->sums[i]);
        k->x[i] = real_fma(factor, v[0], k->x[i]);
        for (size_t c = 1; c < size; c++)
            rest[c - 1] = real_fma(factor, v[c], rest[c - 1]);
    }
}

/* ---- The whole --------------------------------------------------------------------- */

static bool fill_columns(work *k, const slt_tensor *from, size_t first)
{
    bool finite = true;
    for (size_t j = 0; j < from->cols; j++) {
        real *x = k->w + (first + j) * k->rows;
        for (size_t i = 0; i < k->rows; i++)
            x[i] = real_of(slt_tensor_get(from, i * from->cols + j));
        finite &= slt_real_finite(real_bits(chain(x, x, 0, k->rows)));
    }
    return finite;
}

static slt_status solve_sides(work *k, slt_tensor *x, slt_error *err)
{
    for (size_t i = k->rank; k->rank < k->cols && i-- > 0;)
        reflect_row(k, i);
    for (size_t side = 0; side < k->sides; side++) {
        solve_side(k, k->w + (k->cols + side) * k->rows);
        for (size_t j = 0; j < k->cols; j++) {
            slt_real value = real_bits(k->x[j]);
            slt_tensor_set(x, k->order[j] * k->sides + side, value);
            if (!slt_real_finite(value))
                return slt_fail(err, SLT_FORMAT,
                                "least squares: expected a finite solution, found "
                                "infinity or NaN");
        }
    }
    return SLT_OK;
}

static slt_status decompose(work *k, const slt_tensor *a, const slt_tensor *b,
                            slt_real tolerance, slt_tensor *x, slt_error *err)
{
    bool finite = fill_columns(k, a, 0);
    finite &= fill_columns(k, b, k->cols);
    if (!finite)
        return slt_fail(err, SLT_FORMAT,
                        "least squares: expected numbers whose squares are finite, found "
                        "otherwise");
    for (size_t j = 0; j < k->cols; j++)
        k->order[j] = j;
    triangulate(k, real_of(tolerance));
    k->z = slt_world.calloc(k->rank * (1 + k->cols - k->rank) + 1, sizeof *k->z);
    k->sums = slt_world.calloc(k->rank + 1, sizeof *k->sums);
    slt_status status =
        k->z && k->sums
            ? solve_sides(k, x, err)
            : slt_fail(err, SLT_RESOURCE, "no memory for least squares of %zu x %zu",
                       k->rows, k->cols);
    free(k->z);
    free(k->sums);
    return status;
}

static slt_status least_norm(const slt_tensor *a, const slt_tensor *b, slt_real tolerance,
                             slt_tensor *x, size_t *rank, slt_error *err)
{
    work k = {.rows = a->rows, .cols = a->cols, .sides = b->cols};
    k.w = slt_world.calloc(k.cols + k.sides, k.rows * sizeof *k.w);
    k.v = slt_world.calloc(k.rows, sizeof *k.v);
    k.x = slt_world.calloc(k.cols, sizeof *k.x);
    k.order = slt_world.calloc(k.cols, sizeof *k.order);
    slt_status status =
        k.w && k.v && k.x && k.order
            ? decompose(&k, a, b, tolerance, x, err)
            : slt_fail(err, SLT_RESOURCE, "no memory for least squares of %zu x %zu",
                       k.rows, k.cols);
    if (rank)
        *rank = k.rank;
    free(k.w);
    free(k.v);
    free(k.x);
    free(k.order);
    return status;
}
