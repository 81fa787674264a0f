#include "theory/singular.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/world.h"
#include "theory/lapack.h"

/* LAPACK's dgesdd as Fortran has it: all by reference, lengths of texts at the end. */
typedef void dgesdd(const char *jobz, const int32_t *m, const int32_t *n, double *a,
                    const int32_t *lda, double *s, double *u, const int32_t *ldu,
                    double *vt, const int32_t *ldvt, double *work, const int32_t *lwork,
                    int32_t *iwork, int32_t *info, size_t jobz_length);

static slt_status find_dgesdd(dgesdd **found, slt_error *err)
{
    return slt_lapack_find("dgesdd_", (void *)found, err);
}

slt_status slt_theory_singular_here(slt_error *err)
{
    dgesdd *found;
    return find_dgesdd(&found, err);
}

/* Fortran goes by columns: a row-major matrix is the transpose of one, which has the same
 * singular values. */
static slt_status call_dgesdd(dgesdd *solve, double *matrix, int32_t rows, int32_t cols,
                              double *values, slt_error *err)
{
    const int32_t one = 1, ask = -1;
    int32_t info = 0, size;
    double best, nothing = 0;
    int32_t *integers =
        slt_world.malloc(8 * sizeof *integers * (size_t)(rows < cols ? rows : cols));
    solve("N", &cols, &rows, matrix, &cols, values, &nothing, &one, &nothing, &one, &best,
          &ask, integers, &info, 1);
    size = info == 0 && best >= 1 && best <= INT32_MAX ? (int32_t)best : 1;
    double *work = slt_world.malloc((size_t)size * sizeof *work);
    if (!integers || !work)
        info = INT32_MAX;
    else if (!info)
        solve("N", &cols, &rows, matrix, &cols, values, &nothing, &one, &nothing, &one,
              work, &size, integers, &info, 1);
    free(work);
    free(integers);
    if (info == INT32_MAX)
        return slt_fail(err, SLT_RESOURCE, "no memory for singular values");
    if (info)
        return slt_fail(err, SLT_RESOURCE, "LAPACK's dgesdd did not converge (%d)",
                        (int)info);
    return SLT_OK;
}

slt_status slt_theory_singular_values(double *matrix, size_t rows, size_t cols,
                                      double *values, slt_error *err)
{
    dgesdd *solve;
    slt_status status = find_dgesdd(&solve, err);
    if (status)
        return status;
    for (size_t i = 0; i < rows * cols; i++)
        if (!isfinite(matrix[i]))
            return slt_fail(err, SLT_FORMAT,
                            "element %zu, %zu of a matrix of %zu x %zu is not finite",
                            i / cols, i % cols, rows, cols);
    if (rows > INT32_MAX || cols > INT32_MAX)
        return slt_fail(err, SLT_RESOURCE, "a matrix of %zu x %zu is too large", rows,
                        cols);
    return call_dgesdd(solve, matrix, (int32_t)rows, (int32_t)cols, values, err);
}
