#include "theory/lanczos.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"

static double lanczos_dot(const double *a, const double *b, size_t count)
{
    double sum[4] = {0};
    size_t i = 0;
    for (; i + 4 <= count; i += 4)
        for (size_t j = 0; j < 4; j++)
            sum[j] += a[i + j] * b[i + j];
    for (; i < count; i++)
        sum[0] += a[i] * b[i];
    return sum[0] + sum[1] + (sum[2] + sum[3]);
}

/* y += scale x. */
static void lanczos_add(double scale, const double *x, double *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] += scale * x[i];
}

/* Takes what lies along the first `count` vectors of the basis out of x, twice: once is
 * not enough where most of x lies along them. */
static void lanczos_clean(const double *basis, size_t count, double *x, size_t size)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < count; k++)
            lanczos_add(-lanczos_dot(basis + k * size, x, size), basis + k * size, x,
                        size);
}

/* Bytes of so many vectors; SIZE_MAX where they would not fit into memory. */
static size_t lanczos_bytes(size_t size, size_t vectors)
{
    return size <= SIZE_MAX / sizeof(double) / vectors ? vectors * size * sizeof(double)
                                                       : SIZE_MAX;
}

/* What is left of a product by rounding alone: far above its unit, as a vector that was
 * short before it was normalised has the rounding errors of longer ones. */
#define CLOSED 1e-12

/* basis has room for steps + 1 vectors. */
static slt_status lanczos_walk(const slt_theory_matrix *matrix, size_t steps,
                               double *basis, slt_tridiagonal *found, slt_error *err)
{
    const size_t size = matrix->size;
    double scale = 0;
    for (size_t k = 0; k < steps; k++) {
        const double *at = basis + k * size;
        double *next = basis + (k + 1) * size;
        slt_status status = matrix->apply(matrix->context, at, next, err);
        if (status)
            return status;
        found->diagonal[k] = lanczos_dot(at, next, size);
        lanczos_clean(basis, k + 1, next, size);
        found->beside[k] = sqrt(lanczos_dot(next, next, size));
        found->steps = k + 1;
        const double row = fabs(found->diagonal[k]) + found->beside[k];
        if (!isfinite(row))
            return slt_fail(err, SLT_FORMAT, "a product with the matrix is not finite");
        scale = fmax(scale, row);
        if (found->beside[k] <= CLOSED * scale)
            break;
        for (size_t i = 0; i < size; i++)
            next[i] /= found->beside[k];
    }
    return SLT_OK;
}

slt_status slt_theory_lanczos(const slt_theory_matrix *matrix, const double *start,
                              size_t steps, slt_tridiagonal *found, slt_error *err)
{
    const size_t size = matrix->size, most = steps < size ? steps : size;
    const size_t bytes = lanczos_bytes(size, most + 1);
    double *basis = bytes < SIZE_MAX ? slt_world.malloc(bytes) : NULL;
    *found = (slt_tridiagonal){.diagonal = slt_world.calloc(most, sizeof(double)),
                               .beside = slt_world.calloc(most, sizeof(double))};
    slt_status status = SLT_OK;
    if (!basis || !found->diagonal || !found->beside)
        status =
            slt_fail(err, SLT_RESOURCE,
                     "no memory for %zu Lanczos vectors of %zu numbers", most + 1, size);
    if (!status) {
        double length = sqrt(lanczos_dot(start, start, size));
        for (size_t i = 0; i < size; i++)
            basis[i] = start[i] / length;
        status = lanczos_walk(matrix, most, basis, found, err);
    }
    free(basis);
    return status;
}

void slt_tridiagonal_free(slt_tridiagonal *tridiagonal)
{
    free(tridiagonal->diagonal);
    free(tridiagonal->beside);
    *tridiagonal = (slt_tridiagonal){0};
}

/* ---- Eigenvalues, and the first entry of each eigenvector -------------------------- */

enum { SWEEPS_MAX = 60 };

/* The rotation of rows i and i + 1 that takes y to 0 in (x, y). */
typedef struct rotation {
    double cosine, sine, length;
} rotation;

static rotation rotate_away(double x, double y)
{
    double length = hypot(x, y);
    return length == 0 ? (rotation){1, 0, 0} : (rotation){x / length, y / length, length};
}

/* One implicit QL sweep over the block first .. last with Wilkinson's shift; `top` is the
 * first row of the product of all rotations. */
static void ql_sweep(double *d, double *e, double *top, size_t first, size_t last)
{
    double half = (d[first + 1] - d[first]) / (2 * e[first]);
    double root = hypot(half, 1);
    double g = d[last] - d[first] + e[first] / (half + (half < 0 ? -root : root));
    double s = 1, c = 1, moved = 0;
    for (size_t i = last; i-- > first;) {
        double f = s * e[i], b = c * e[i];
        rotation r = rotate_away(g, f);
        e[i + 1] = r.length;
        if (r.length == 0) { /* the block falls apart here */
            d[i + 1] -= moved;
            e[last] = 0;
            return;
        }
        s = r.sine;
        c = r.cosine;
        g = d[i + 1] - moved;
        double turn = (d[i] - g) * s + 2 * c * b;
        moved = s * turn;
        d[i + 1] = g + moved;
        g = c * turn - b;
        double upper = top[i + 1];
        top[i + 1] = s * top[i] + c * upper;
        top[i] = c * top[i] - s * upper;
    }
    d[first] -= moved;
    e[first] = g;
    e[last] = 0;
}

/* Where the block that begins at `first` ends: e is as good as 0 there. */
static size_t block_end(const double *d, const double *e, size_t first, size_t count)
{
    size_t last = first;
    while (last + 1 < count &&
           fabs(e[last]) > DBL_EPSILON * (fabs(d[last]) + fabs(d[last + 1])))
        last++;
    return last;
}

/* d becomes the eigenvalues; e, the numbers beside the diagonal and a last one, is used
 * up. */
static bool ql_solve(double *d, double *e, double *top, size_t count)
{
    for (size_t first = 0; first < count; first++) {
        size_t last;
        for (int sweep = 0; (last = block_end(d, e, first, count)) > first; sweep++) {
            if (sweep == SWEEPS_MAX)
                return false;
            ql_sweep(d, e, top, first, last);
        }
    }
    return true;
}

slt_status slt_tridiagonal_gauss(const slt_tridiagonal *found, size_t steps, double *node,
                                 double *weight, slt_error *err)
{
    double *beside = slt_world.malloc(steps * sizeof *beside);
    if (!beside)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu nodes", steps);
    memcpy(node, found->diagonal, steps * sizeof *node);
    memcpy(beside, found->beside, steps * sizeof *beside);
    memset(weight, 0, steps * sizeof *weight);
    weight[0] = 1;
    bool solved = ql_solve(node, beside, weight, steps);
    free(beside);
    for (size_t k = 0; k < steps; k++)
        weight[k] *= weight[k];
    return solved ? SLT_OK
                  : slt_fail(err, SLT_RESOURCE,
                             "the eigenvalues of a tridiagonal matrix do not converge");
}
