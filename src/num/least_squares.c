/* Householder QR in the order of REPRODUCING.md, "Linear algebra".  Matrices are worked
 * on column by column: column j is w[j * rows], contiguous.  Sums are single fma chains.
 */
#include <math.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/float_assumptions.h"
#include "num/linalg.h"

typedef struct work {
    size_t rows, cols;
    double *w;     /* cols columns of a and, as the last, b; then R and Q'b */
    double *v, *z; /* a reflector; the solution, then columns of R^-1 */
} work;

static double chain(const double *x, const double *y, size_t first, size_t end)
{
    double sum = 0;
    for (size_t i = first; i < end; i++)
        sum = fma(x[i], y[i], sum);
    return sum;
}

/* Makes column j upper triangular and reflects the later columns and b. */
static void reflect(work *k, size_t j)
{
    double *x = k->w + j * k->rows, *v = k->v;
    double norm = sqrt(chain(x, x, j, k->rows));
    double alpha = x[j] > 0 ? -norm : norm;
    for (size_t i = j; i < k->rows; i++)
        v[i] = x[i];
    v[j] = x[j] - alpha;
    double length = chain(v, v, j, k->rows);
    x[j] = alpha;
    for (size_t c = j + 1; c <= k->cols && length > 0; c++) {
        double *y = k->w + c * k->rows;
        double twice = 2 * chain(v, y, j, k->rows), factor = -(twice / length);
        for (size_t i = j; i < k->rows; i++)
            y[i] = fma(factor, v[i], y[i]);
    }
}

static double element(const work *k, size_t row, size_t col)
{
    return k->w[col * k->rows + row];
}

static slt_status check_rank(const work *k, slt_error *err)
{
    double largest = 0;
    for (size_t j = 0; j < k->cols; j++)
        largest = fmax(largest, fabs(element(k, j, j)));
    for (size_t j = 0; j < k->cols; j++)
        if (!(fabs(element(k, j, j)) > 0x1p-40 * largest))
            return slt_fail(err, SLT_FORMAT,
                            "least squares: expected independent columns, found that "
                            "column %zu depends on those before it",
                            j + 1);
    return SLT_OK;
}

/* z[0 .. end] = R^-1 y for an upper triangle of end + 1 columns; z may be y. */
static void solve(const work *k, size_t end, const double *y, double *z)
{
    for (size_t j = end + 1; j-- > 0;) {
        double sum = y[j];
        for (size_t l = j + 1; l <= end; l++)
            sum = fma(-element(k, j, l), z[l], sum);
        z[j] = sum / element(k, j, j);
    }
}

/* errors[j] = sqrt(s2 d_j), d_j the chain over columns k of (R^-1)_jk^2, k ascending. */
static void find_errors(const work *k, double s2, slt_real *errors)
{
    for (size_t j = 0; j < k->cols; j++)
        errors[j] = slt_real_of(0);
    for (size_t c = 0; c < k->cols; c++) {
        for (size_t j = 0; j <= c; j++)
            k->z[j] = j == c;
        solve(k, c, k->z, k->z);
        for (size_t j = 0; j <= c; j++)
            errors[j] = slt_real_of(fma(k->z[j], k->z[j], slt_real_double(errors[j])));
    }
    for (size_t j = 0; j < k->cols; j++)
        errors[j] = slt_real_of(sqrt(s2 * slt_real_double(errors[j])));
}

static double residual_squares(const double *a, const double *b, const work *k)
{
    double sum = 0;
    for (size_t i = 0; i < k->rows; i++) {
        double rest = b[i];
        for (size_t j = 0; j < k->cols; j++)
            rest = fma(-a[i * k->cols + j], k->z[j], rest);
        sum = fma(rest, rest, sum);
    }
    return sum;
}

static double squares_about_mean(const double *b, size_t rows)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < rows; i++)
        sum += b[i];
    double mean = sum / (double)rows;
    for (size_t i = 0; i < rows; i++)
        squares = fma(b[i] - mean, b[i] - mean, squares);
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

static slt_status fit_columns(work *k, const double *a, const double *b,
                              slt_least_squares *fit, slt_error *err)
{
    for (size_t i = 0; i < k->rows; i++) {
        for (size_t j = 0; j < k->cols; j++)
            k->w[j * k->rows + i] = a[i * k->cols + j];
        k->w[k->cols * k->rows + i] = b[i];
    }
    for (size_t j = 0; j < k->cols; j++)
        reflect(k, j);
    slt_status status = check_rank(k, err);
    if (status != SLT_OK)
        return status;
    solve(k, k->cols - 1, k->w + k->cols * k->rows, k->z);
    for (size_t j = 0; j < k->cols; j++)
        fit->x[j] = slt_real_of(k->z[j]);
    double rss = residual_squares(a, b, k);
    fit->rss = slt_real_of(rss);
    fit->tss = slt_real_of(squares_about_mean(b, k->rows));
    if (fit->errors)
        find_errors(k, rss / (double)(k->rows - k->cols), fit->errors);
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
    k.w = calloc((k.cols + 1) * k.rows, sizeof *k.w);
    k.v = calloc(k.rows, sizeof *k.v);
    k.z = calloc(k.cols, sizeof *k.z);
    slt_status status =
        k.w && k.v && k.z
            ? fit_columns(&k, a->data, b->data, fit, err)
            : slt_fail(err, SLT_RESOURCE, "no memory for least squares of %zu x %zu",
                       k.rows, k.cols);
    free(k.w);
    free(k.v);
    free(k.z);
    return status;
}
