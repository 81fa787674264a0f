/* Householder QR in the order of docs/spec/12-linear-algebra.md, by the operations of
 * scalar.h.  Matrices are worked on column by column: column j is w[j * rows],
 * contiguous. Sums are single fma chains. */
#include <stdlib.h>

#include "base/assert.h"
#include "base/world.h"
#include "num/linalg.h"
#include "num/scalar.h"

#define ZERO ((slt_real){0})
#define ONE ((slt_real){UINT64_C(0x3ff) << 52})
#define DEPENDENT ((slt_real){UINT64_C(0x3d7) << 52}) /* 2^-40 */

typedef struct work {
    size_t rows, cols;
    slt_real *w;     /* the columns of a and, as the last one, b; later R and Q'b */
    slt_real *v, *z; /* a reflector; the solution, then columns of R^-1 */
} work;

static slt_real chain(const slt_real *x, const slt_real *y, size_t first, size_t end)
{
    slt_real sum = ZERO;
    for (size_t i = first; i < end; i++)
        sum = slt_real_fma(x[i], y[i], sum);
    return sum;
}

/* Makes column j upper triangular and reflects the later columns and b. */
static void reflect(work *k, size_t j)
{
    slt_real *x = k->w + j * k->rows, *v = k->v;
    slt_real norm = slt_real_sqrt(chain(x, x, j, k->rows));
    slt_real alpha = slt_real_less(ZERO, x[j]) ? slt_real_neg(norm) : norm;
    for (size_t i = j; i < k->rows; i++)
        v[i] = x[i];
    v[j] = slt_real_sub(x[j], alpha);
    slt_real length = chain(v, v, j, k->rows);
    x[j] = alpha;
    for (size_t c = j + 1; c <= k->cols && slt_real_less(ZERO, length); c++) {
        slt_real *y = k->w + c * k->rows, half = chain(v, y, j, k->rows);
        slt_real factor = slt_real_neg(slt_real_div(slt_real_add(half, half), length));
        for (size_t i = j; i < k->rows; i++)
            y[i] = slt_real_fma(factor, v[i], y[i]);
    }
}

static slt_real element(const work *k, size_t row, size_t col)
{
    return k->w[col * k->rows + row];
}

static slt_real size_of(slt_real x)
{
    return (slt_real){x.bits & INT64_MAX};
}

static slt_status check_rank(const work *k, slt_error *err)
{
    slt_real largest = ZERO;
    for (size_t j = 0; j < k->cols; j++)
        if (slt_real_less(largest, size_of(element(k, j, j))))
            largest = size_of(element(k, j, j));
    for (size_t j = 0; j < k->cols; j++)
        if (!slt_real_less(slt_real_mul(DEPENDENT, largest), size_of(element(k, j, j))))
            return slt_fail(err, SLT_FORMAT,
                            "least squares: expected independent columns, found that "
                            "column %zu depends on those before it",
                            j + 1);
    return SLT_OK;
}

/* z[0 .. end] = R^-1 y for an upper triangle of end + 1 columns; z may be y. */
static void solve_triangle(const work *k, size_t end, const slt_real *y, slt_real *z)
{
    for (size_t j = end + 1; j-- > 0;) {
        slt_real sum = y[j];
        for (size_t l = j + 1; l <= end; l++)
            sum = slt_real_fma(slt_real_neg(element(k, j, l)), z[l], sum);
        z[j] = slt_real_div(sum, element(k, j, j));
    }
}

/* errors[j] = sqrt(s2 d_j), d_j the chain over columns k of (R^-1)_jk^2, k ascending. */
static void find_errors(const work *k, slt_real s2, slt_real *errors)
{
    for (size_t j = 0; j < k->cols; j++)
        errors[j] = ZERO;
    for (size_t c = 0; c < k->cols; c++) {
        for (size_t j = 0; j <= c; j++)
            k->z[j] = j == c ? ONE : ZERO;
        solve_triangle(k, c, k->z, k->z);
        for (size_t j = 0; j <= c; j++)
            errors[j] = slt_real_fma(k->z[j], k->z[j], errors[j]);
    }
    for (size_t j = 0; j < k->cols; j++)
        errors[j] = slt_real_sqrt(slt_real_mul(s2, errors[j]));
}

static slt_real residual_squares(const slt_tensor *a, const slt_tensor *b, const work *k)
{
    slt_real sum = ZERO;
    for (size_t i = 0; i < k->rows; i++) {
        slt_real rest = slt_tensor_get(b, i);
        for (size_t j = 0; j < k->cols; j++) {
            slt_real minus = slt_real_neg(slt_tensor_get(a, i * k->cols + j));
            rest = slt_real_fma(minus, k->z[j], rest);
        }
        sum = slt_real_fma(rest, rest, sum);
    }
    return sum;
}

static slt_real squares_about_mean(const slt_tensor *b)
{
    size_t rows = slt_tensor_count(b);
    slt_real sum = ZERO, squares = ZERO;
    for (size_t i = 0; i < rows; i++)
        sum = slt_real_add(sum, slt_tensor_get(b, i));
    slt_real mean = slt_real_div(sum, slt_real_from_u64(rows));
    for (size_t i = 0; i < rows; i++) {
        slt_real d = slt_real_sub(slt_tensor_get(b, i), mean);
        squares = slt_real_fma(d, d, squares);
    }
    return squares;
}

static bool all_finite(const slt_least_squares *fit, size_t cols)
{
    bool finite = slt_real_finite(fit->rss) && slt_real_finite(fit->tss);
    for (size_t j = 0; j < cols; j++) {
        finite &= slt_real_finite(fit->x[j]);
        finite &= !fit->errors || slt_real_finite(fit->errors[j]);
    }
    return finite;
}

static slt_status fit_columns(work *k, const slt_tensor *a, const slt_tensor *b,
                              slt_least_squares *fit, slt_error *err)
{
    for (size_t i = 0; i < k->rows; i++) {
        for (size_t j = 0; j < k->cols; j++)
            k->w[j * k->rows + i] = slt_tensor_get(a, i * k->cols + j);
        k->w[k->cols * k->rows + i] = slt_tensor_get(b, i);
    }
    for (size_t j = 0; j < k->cols; j++)
        reflect(k, j);
    slt_status status = check_rank(k, err);
    if (status != SLT_OK)
        return status;
    solve_triangle(k, k->cols - 1, k->w + k->cols * k->rows, k->z);
    for (size_t j = 0; j < k->cols; j++)
        fit->x[j] = k->z[j];
    fit->rss = residual_squares(a, b, k);
    fit->tss = squares_about_mean(b);
    if (fit->errors) {
        slt_real spare = slt_real_from_u64(k->rows - k->cols);
        find_errors(k, slt_real_div(fit->rss, spare), fit->errors);
    }
    if (!all_finite(fit, k->cols))
        return slt_fail(err, SLT_FORMAT,
                        "least squares: expected finite numbers, found infinity or NaN");
    return SLT_OK;
}

slt_status slt_num_least_squares(const slt_tensor *a, const slt_tensor *b,
                                 slt_least_squares *fit, slt_error *err)
{
    work k = {.rows = a->rows, .cols = a->cols};
    SLT_ASSERT(a->arithmetic == SLT_F64 && b->arithmetic == SLT_F64);
    SLT_ASSERT(k.cols >= 1 && slt_tensor_count(b) == k.rows);
    if (k.rows < k.cols + (fit->errors != NULL))
        return slt_fail(err, SLT_FORMAT,
                        "least squares: expected at least %zu points for %zu "
                        "coefficients%s, found %zu",
                        k.cols + (fit->errors != NULL), k.cols,
                        fit->errors ? " with standard errors" : "", k.rows);
    k.w = slt_world.calloc((k.cols + 1) * k.rows, sizeof *k.w);
    k.v = slt_world.calloc(k.rows, sizeof *k.v);
    k.z = slt_world.calloc(k.cols, sizeof *k.z);
    slt_status status =
        k.w && k.v && k.z
            ? fit_columns(&k, a, b, fit, err)
            : slt_fail(err, SLT_RESOURCE, "no memory for least squares of %zu x %zu",
                       k.rows, k.cols);
    free(k.w);
    free(k.v);
    free(k.z);
    return status;
}
