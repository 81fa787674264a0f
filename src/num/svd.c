/* One-sided Jacobi (Hestenes) in the order of REPRODUCING.md, "Linear algebra".  The
 * matrices are worked on column by column, each contiguous.  Sums are single fma chains.
 * This unit is compiled with hardware fma and refuses to run without. */
#include <math.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/float_assumptions.h"
#include "num/linalg.h"
#include "num/math.h"

typedef struct work {
    size_t rows, cols;
    double *u, *v; /* a's columns, turned; the turns */
} work;

typedef struct rotation {
    double c, s;
} rotation;

static double chain(const double *x, const double *y, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum = __builtin_fma(x[i], y[i], sum);
    return sum;
}

/* The smaller root t of t^2 + 2 zeta t - 1 = 0 as cosine and sine. */
static rotation make_rotation(double alpha, double beta, double gamma)
{
    double zeta = (beta - alpha) / (gamma + gamma), size = fabs(zeta);
    double root = sqrt(__builtin_fma(zeta, zeta, 1));
    double t = 1 / (size < 0x1p500 ? size + root : size + size);
    if (zeta < 0)
        t = -t;
    double c = 1 / sqrt(__builtin_fma(t, t, 1));
    return (rotation){c, c * t};
}

static void rotate(rotation r, double *x, double *y, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double before = x[i];
        x[i] = __builtin_fma(r.c, before, -(r.s * y[i]));
        y[i] = __builtin_fma(r.s, before, r.c * y[i]);
    }
}

/* Whether columns p and q had to be turned. */
static bool make_orthogonal(work *k, size_t p, size_t q)
{
    double *x = k->u + p * k->rows, *y = k->u + q * k->rows;
    double alpha = chain(x, x, k->rows), beta = chain(y, y, k->rows);
    double gamma = chain(x, y, k->rows);
    double tolerance = (double)k->rows * 0x1p-53;
    if (fabs(gamma) <= tolerance * (sqrt(alpha) * sqrt(beta)))
        return false;
    rotation r = make_rotation(alpha, beta, gamma);
    rotate(r, x, y, k->rows);
    rotate(r, k->v + p * k->cols, k->v + q * k->cols, k->cols);
    return true;
}

static bool sweep(work *k)
{
    bool turned = false;
    for (size_t p = 0; p + 1 < k->cols; p++)
        for (size_t q = p + 1; q < k->cols; q++)
            turned |= make_orthogonal(k, p, q);
    return turned;
}

/* The greatest of the columns not taken, the lowest of equals. */
static size_t find_greatest(const double *values, size_t count)
{
    size_t best = 0;
    for (size_t j = 1; j < count; j++)
        if (values[j] > values[best])
            best = j;
    return best;
}

static double find_sign(const double *x, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (fabs(x[i]) > fabs(x[best]))
            best = i;
    return x[best] < 0 ? -1 : 1;
}

/* Column `from` of the work becomes column `to` of the results. */
static void put_column(const work *k, size_t from, size_t to, double value, double *u,
                       double *v)
{
    const double *x = k->u + from * k->rows, *y = k->v + from * k->cols;
    double sign = find_sign(x, k->rows);
    for (size_t i = 0; i < k->rows; i++)
        u[i * k->cols + to] = value > 0 ? sign * (x[i] / value) : 0;
    for (size_t i = 0; i < k->cols; i++)
        v[i * k->cols + to] = sign * y[i];
}

/* left holds the singular values in the order of the work; taken ones become -1. */
static void put_results(const work *k, double *left, slt_tensor *u, slt_tensor *s,
                        slt_tensor *v)
{
    double *value = s->data;
    for (size_t j = 0; j < k->cols; j++)
        left[j] = sqrt(chain(k->u + j * k->rows, k->u + j * k->rows, k->rows));
    for (size_t to = 0; to < k->cols; to++) {
        size_t from = find_greatest(left, k->cols);
        value[to] = left[from];
        put_column(k, from, to, left[from], u->data, v->data);
        left[from] = -1;
    }
}

static slt_status fill(work *k, const double *a, slt_error *err)
{
    double squares = 0;
    for (size_t i = 0; i < k->rows; i++)
        for (size_t j = 0; j < k->cols; j++) {
            double x = a[i * k->cols + j];
            k->u[j * k->rows + i] = x;
            squares = __builtin_fma(x, x, squares);
        }
    for (size_t j = 0; j < k->cols; j++)
        k->v[j * k->cols + j] = 1;
    if (!slt_real_finite(slt_real_of(squares)))
        return slt_fail(err, SLT_FORMAT,
                        "singular values: expected numbers whose squares are finite, "
                        "found otherwise");
    return SLT_OK;
}

static slt_status decompose(work *k, const slt_tensor *a, slt_tensor *u, slt_tensor *s,
                            slt_tensor *v, slt_error *err)
{
    slt_status status = fill(k, a->data, err);
    if (status != SLT_OK)
        return status;
    int sweeps = 0;
    while (sweep(k))
        if (++sweeps == SLT_SVD_SWEEPS)
            return slt_fail(err, SLT_FORMAT,
                            "singular values: expected convergence in %d sweeps",
                            SLT_SVD_SWEEPS);
    double *left = calloc(k->cols, sizeof *left);
    if (!left)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu singular values", k->cols);
    put_results(k, left, u, s, v);
    free(left);
    return SLT_OK;
}

static bool has_shape(const slt_tensor *t, size_t rows, size_t cols)
{
    return t->arithmetic == SLT_F64 && t->rows == rows && t->cols == cols;
}

slt_status slt_num_svd(const slt_tensor *a, slt_tensor *u, slt_tensor *s, slt_tensor *v,
                       slt_error *err)
{
    work k = {.rows = a->rows, .cols = a->cols};
    SLT_ASSERT(a->arithmetic == SLT_F64 && k.cols >= 1 && k.rows >= k.cols);
    SLT_ASSERT(has_shape(u, k.rows, k.cols) && has_shape(s, 1, k.cols) &&
               has_shape(v, k.cols, k.cols));
    slt_status status = slt_num_available(SLT_F64, err);
    if (status != SLT_OK)
        return status;
    k.u = calloc(k.rows * k.cols, sizeof *k.u);
    k.v = calloc(k.cols * k.cols, sizeof *k.v);
    status = k.u && k.v ? decompose(&k, a, u, s, v, err)
                        : slt_fail(err, SLT_RESOURCE,
                                   "no memory for the singular values "
                                   "of a %zu x %zu matrix",
                                   k.rows, k.cols);
    free(k.u);
    free(k.v);
    return status;
}
