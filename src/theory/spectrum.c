#include "theory/spectrum.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/world.h"
#include "theory/lapack.h"

/* LAPACK's dsyev as Fortran has it: all by reference, lengths of texts at the end. */
typedef void dsyev(const char *jobz, const char *uplo, const int32_t *n, double *a,
                   const int32_t *lda, double *w, double *work, const int32_t *lwork,
                   int32_t *info, size_t jobz_length, size_t uplo_length);

#define SUMS 8 /* sums side by side, which do not wait for each other */

static double dot(const double *a, const double *b, size_t count)
{
    double sum[SUMS] = {0};
    size_t i = 0;
    for (; i + SUMS <= count; i += SUMS)
        for (size_t j = 0; j < SUMS; j++)
            sum[j] += a[i + j] * b[i + j];
    for (; i < count; i++)
        sum[0] += a[i] * b[i];
    for (size_t j = 1; j < SUMS; j++)
        sum[0] += sum[j];
    return sum[0];
}

/* scale times the products of n rows of `count` numbers. */
static void fill_gram(const double *rows, size_t n, size_t count, double scale,
                      double *gram)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            gram[i * n + j] = gram[j * n + i] =
                scale * dot(rows + i * count, rows + j * count, count);
}

static void transpose(const double *x, size_t rows, size_t cols, double *out)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            out[j * rows + i] = x[i * cols + j];
}

slt_status slt_theory_symmetric(double *matrix, size_t n, bool vectors, double *values,
                                slt_error *err)
{
    if (n < 1 || n > SLT_SPECTRUM_MAX)
        return slt_fail(err, SLT_UNFIT,
                        "a spectrum by LAPACK is of 1 to %d directions, found %zu",
                        SLT_SPECTRUM_MAX, n);
    dsyev *eigenvalues;
    slt_status status = slt_lapack_find("dsyev_", (void *)&eigenvalues, err);
    if (status)
        return status;
    int32_t size = (int32_t)n, work_size = 34 * size, info = 0;
    double *work = slt_world.malloc((size_t)work_size * sizeof *work);
    if (!work)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu curvatures", n);
    eigenvalues(vectors ? "V" : "N", "U", &size, matrix, &size, values, work, &work_size,
                &info, 1, 1);
    free(work);
    if (info)
        return slt_fail(err, SLT_RESOURCE, "LAPACK's dsyev did not converge (%d)",
                        (int)info);
    return SLT_OK;
}

static slt_status solve_gram(double *gram, size_t n, double *values, slt_error *err)
{
    slt_status status = slt_theory_symmetric(gram, n, false, values, err);
    for (size_t i = 0; i < n && !status; i++)
        values[i] = values[i] > 0 ? values[i] : 0;
    return status;
}

slt_status slt_theory_spectrum(const double *x, size_t rows, size_t cols, double scale,
                               double *values, slt_error *err)
{
    size_t n = rows < cols ? rows : cols;
    if (n < 1 || n > SLT_SPECTRUM_MAX)
        return slt_fail(err, SLT_UNFIT,
                        "samples or features, the fewer, are %zu, expected 1 to %d", n,
                        SLT_SPECTRUM_MAX);
    bool wide = rows < cols;
    double *gram = slt_world.malloc(n * n * sizeof *gram);
    double *turned = wide ? NULL : slt_world.malloc(rows * cols * sizeof *turned);
    slt_status status = SLT_OK;
    if (!gram || (!wide && !turned))
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu curvatures", n);
    if (!status && !wide)
        transpose(x, rows, cols, turned);
    if (!status) {
        fill_gram(wide ? x : turned, n, wide ? cols : rows, scale, gram);
        status = solve_gram(gram, n, values, err);
    }
    free(turned);
    free(gram);
    return status;
}

double slt_theory_nbeta(double n)
{
    return n / log(n);
}
