/* One-sided Jacobi (Hestenes) in the order of docs/spec/12-linear-algebra.md.  The
 * matrices are worked on column by column, each contiguous.  Sums are single fma chains.
 *
 * This is one body for two units, which have `real` and its operations before it: svd.c
 * by integers (real_integers.h), float/svd.c by hardware (float/real_hardware.h). */
#include <stdlib.h>

#include "base/world.h"
#include "num/linalg.h"
#include "num/real_body.h"

typedef struct work {
    size_t rows, cols;
    real *u, *v; /* a's columns after the rotations; the product of the rotations */
    real *left;  /* singular values in the order of the columns; -1 once taken */
    real tolerance;
    real least; /* the square of the length of the shortest columns that are rotated */
} work;

typedef struct rotation {
    real c, s;
} rotation;

/* The smaller root t of t^2 + 2 zeta t - 1 = 0 as cosine and sine. */
static rotation make_rotation(real alpha, real beta, real gamma)
{
    real difference = real_add(beta, real_neg(alpha));
    real zeta = real_div(difference, real_add(gamma, gamma)), size = real_size(zeta);
    real root = real_sqrt(real_fma(zeta, zeta, ONE));
    real other = real_less(size, REAL(500)) ? root : size;
    real t = real_div(ONE, real_add(size, other));
    if (real_less(zeta, ZERO))
        t = real_neg(t);
    real c = real_div(ONE, real_sqrt(real_fma(t, t, ONE)));
    return (rotation){c, real_mul(c, t)};
}

static void rotate(rotation r, real *x, real *y, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        real before = x[i];
        x[i] = real_fma(r.c, before, real_neg(real_mul(r.s, y[i])));
        y[i] = real_fma(r.s, before, real_mul(r.c, y[i]));
    }
}

/* Rotates columns p and q where they are not orthogonal; whether that was necessary. */
static bool make_orthogonal(work *k, size_t p, size_t q)
{
    real *x = k->u + p * k->rows, *y = k->u + q * k->rows;
    real alpha = real_chain(x, x, k->rows), beta = real_chain(y, y, k->rows);
    if (real_less(alpha, k->least) || real_less(beta, k->least))
        return false;
    real gamma = real_chain(x, y, k->rows);
    real scale = real_mul(real_sqrt(alpha), real_sqrt(beta));
    if (!real_less(real_mul(k->tolerance, scale), real_size(gamma)))
        return false;
    rotation r = make_rotation(alpha, beta, gamma);
    rotate(r, x, y, k->rows);
    rotate(r, k->v + p * k->cols, k->v + q * k->cols, k->cols);
    return true;
}

/* Equal columns leave columns of rounding errors, which are as little orthogonal, and
 * leave others in turn: after many sweeps they count as nothing. */
static void give_up_dust(work *k)
{
    real longest = ZERO;
    for (size_t j = 0; j < k->cols; j++) {
        const real *x = k->u + j * k->rows, square = real_chain(x, x, k->rows);
        if (real_less(longest, square))
            longest = square;
    }
    k->least = real_mul(longest, REAL(-100));
}

static bool sweep(work *k)
{
    bool turned = false;
    for (size_t p = 0; p + 1 < k->cols; p++)
        for (size_t q = p + 1; q < k->cols; q++)
            turned |= make_orthogonal(k, p, q);
    return turned;
}

/* The largest singular value not yet taken; of equal ones the first. */
static size_t find_greatest(const real *values, size_t count)
{
    size_t best = 0;
    for (size_t j = 1; j < count; j++)
        if (real_less(values[best], values[j]))
            best = j;
    return best;
}

/* Whether the first entry of largest magnitude is negative. */
static bool is_turned(const real *x, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (real_less(real_size(x[best]), real_size(x[i])))
            best = i;
    return real_less(x[best], ZERO);
}

/* Copies column `from` of the working arrays to column `to` of the results. */
static void put_column(const work *k, size_t from, size_t to, slt_tensor *u,
                       slt_tensor *v)
{
    const real *x = k->u + from * k->rows, *y = k->v + from * k->cols;
    bool turned = is_turned(x, k->rows), null = !real_less(ZERO, k->left[from]);
    for (size_t i = 0; i < k->rows; i++) {
        real unit = null ? ZERO : real_div(x[i], k->left[from]);
        real signed_unit = turned && !null ? real_neg(unit) : unit;
        slt_tensor_set(u, i * k->cols + to, real_bits(signed_unit));
    }
    for (size_t i = 0; i < k->cols; i++)
        slt_tensor_set(v, i * k->cols + to, real_bits(turned ? real_neg(y[i]) : y[i]));
}

static void put_results(const work *k, slt_tensor *u, slt_tensor *s, slt_tensor *v)
{
    for (size_t j = 0; j < k->cols; j++)
        k->left[j] =
            real_sqrt(real_chain(k->u + j * k->rows, k->u + j * k->rows, k->rows));
    for (size_t to = 0; to < k->cols; to++) {
        size_t from = find_greatest(k->left, k->cols);
        slt_tensor_set(s, to, real_bits(k->left[from]));
        put_column(k, from, to, u, v);
        k->left[from] = real_neg(ONE);
    }
}

/* Whether the squares of all elements have a finite sum. */
static bool fill_columns(work *k, const slt_tensor *a)
{
    real squares = ZERO;
    for (size_t i = 0; i < k->rows; i++)
        for (size_t j = 0; j < k->cols; j++) {
            real x = real_of(slt_tensor_get(a, i * k->cols + j));
            k->u[j * k->rows + i] = x;
            squares = real_fma(x, x, squares);
        }
    for (size_t j = 0; j < k->cols; j++)
        k->v[j * k->cols + j] = ONE;
    k->tolerance = real_mul(real_of(slt_real_from_u64(k->rows)), REAL(-53));
    return real_less(squares, REAL(1024));
}

static slt_status turn(work *k, const slt_tensor *a, slt_error *err)
{
    if (!fill_columns(k, a))
        return slt_fail(err, SLT_FORMAT,
                        "singular values: expected numbers whose squares are finite, "
                        "found otherwise");
    k->least = ZERO;
    for (int sweeps = 0; sweep(k);) {
        if (++sweeps == SLT_SVD_PATIENCE)
            give_up_dust(k);
        if (sweeps == SLT_SVD_SWEEPS)
            return slt_fail(err, SLT_FORMAT,
                            "singular values: expected convergence in %d sweeps",
                            SLT_SVD_SWEEPS);
    }
    return SLT_OK;
}

static slt_status decompose(const slt_tensor *a, slt_tensor *u, slt_tensor *s,
                            slt_tensor *v, slt_error *err)
{
    work k = {.rows = a->rows, .cols = a->cols};
    k.u = slt_world.calloc(k.rows * k.cols, sizeof *k.u);
    k.v = slt_world.calloc(k.cols * k.cols, sizeof *k.v);
    k.left = slt_world.calloc(k.cols, sizeof *k.left);
    slt_status status = k.u && k.v && k.left
                            ? turn(&k, a, err)
                            : slt_fail(err, SLT_RESOURCE,
                                       "no memory for the singular values of a %zu x %zu "
                                       "matrix",
                                       k.rows, k.cols);
    if (status == SLT_OK)
        put_results(&k, u, s, v);
    free(k.u);
    free(k.v);
    free(k.left);
    return status;
}
