/* Eigenvalues of a symmetric matrix: reflections to a tridiagonal one, then implicit QL
 * steps, in the order of docs/spec/12-linear-algebra.md.  The whole matrix is kept, and
 * symmetric in every bit, so that all loops run along rows.
 *
 * This is one body for two units, which have `real` and its operations before it:
 * eigenvalues.c by integers (real_integers.h), float/eigenvalues.c by hardware
 * (float/real_hardware.h). */
#include <stdlib.h>

#include "base/world.h"
#include "num/linalg.h"
#include "num/real_body.h"

typedef struct symmetric {
    size_t size;
    real *a;               /* the matrix, row by row */
    real *reflector, *row; /* of one reflection: v and q */
    real *diagonal, *beside;
} symmetric;

/* ---- Reflections ------------------------------------------------------------------- */

/* v of column k below the diagonal, and what the reflection leaves of it; false where
 * that is nothing. */
static bool make_reflector(symmetric *s, size_t k)
{
    real *v = s->reflector;
    const real *column = s->a + k * s->size; /* the row, which is the same */
    const size_t first = k + 1, count = s->size - first;
    for (size_t i = first; i < s->size; i++)
        v[i] = column[i];
    const real norm = real_sqrt(real_chain(v + first, v + first, count));
    const real alpha = real_less(ZERO, v[first]) ? real_neg(norm) : norm;
    s->beside[k] = alpha;
    v[first] = real_add(v[first], real_neg(alpha));
    return real_less(ZERO, norm);
}

/* q = 2 / v'v (A v - v (v'A v) / v'v), each element of A v a chain along its row, which
 * is taken row by row of all of them at once. */
static void make_row(symmetric *s, size_t first)
{
    const size_t n = s->size, count = n - first;
    const real *v = s->reflector;
    real *q = s->row;
    for (size_t i = first; i < n; i++)
        q[i] = ZERO;
    for (size_t j = first; j < n; j++) {
        const real *row = s->a + j * n, by = v[j];
        for (size_t i = first; i < n; i++)
            q[i] = real_fma(row[i], by, q[i]);
    }
    const real length = real_chain(v + first, v + first, count);
    const real twice = real_div(REAL(1), length);
    for (size_t i = first; i < n; i++)
        q[i] = real_mul(q[i], twice);
    const real share =
        real_neg(real_div(real_chain(v + first, q + first, count), length));
    for (size_t i = first; i < n; i++)
        q[i] = real_fma(share, v[i], q[i]);
}

/* A - v q' - q v', element (i, j), i >= j, as its transpose has it. */
static void reflect(symmetric *s, size_t first)
{
    const size_t n = s->size;
    const real *v = s->reflector, *q = s->row;
    for (size_t r = first; r < n; r++) {
        real *row = s->a + r * n;
        const real minus_v = real_neg(v[r]), minus_q = real_neg(q[r]);
        for (size_t c = first; c < r; c++)
            row[c] = real_fma(minus_q, v[c], real_fma(minus_v, q[c], row[c]));
        for (size_t c = r; c < n; c++)
            row[c] = real_fma(minus_v, q[c], real_fma(minus_q, v[c], row[c]));
    }
}

static void make_tridiagonal(symmetric *s)
{
    const size_t n = s->size;
    for (size_t k = 0; k + 2 < n; k++)
        if (make_reflector(s, k)) {
            make_row(s, k + 1);
            reflect(s, k + 1);
        }
    if (n >= 2)
        s->beside[n - 2] = s->a[(n - 2) * n + n - 1];
    for (size_t i = 0; i < n; i++)
        s->diagonal[i] = s->a[i * n + i];
}

/* ---- QL steps ---------------------------------------------------------------------- */

/* One implicit step on the rows from l to m > l; beside[i] stands between rows i and
 * i + 1, and 0 behind the last. */
static void ql_step(symmetric *s, size_t l, size_t m)
{
    real *d = s->diagonal, *e = s->beside, sine = ONE, cosine = ONE, p = ZERO;
    real g = real_div(real_add(d[l + 1], real_neg(d[l])), real_add(e[l], e[l]));
    real r = real_sqrt(real_fma(g, g, ONE));
    g = real_add(g, real_less(g, ZERO) ? real_neg(r) : r);
    g = real_add(real_add(d[m], real_neg(d[l])), real_div(e[l], g));
    for (size_t i = m; i-- > l;) {
        const real f = real_mul(sine, e[i]), b = real_mul(cosine, e[i]);
        r = real_sqrt(real_fma(f, f, real_mul(g, g)));
        e[i + 1] = r;
        if (!real_less(ZERO, r)) {
            d[i + 1] = real_add(d[i + 1], real_neg(p));
            e[m] = ZERO;
            return;
        }
        sine = real_div(f, r);
        cosine = real_div(g, r);
        g = real_add(d[i + 1], real_neg(p));
        const real turn = real_mul(cosine, b);
        r = real_fma(real_add(d[i], real_neg(g)), sine, real_add(turn, turn));
        p = real_mul(sine, r);
        d[i + 1] = real_add(g, p);
        g = real_add(real_mul(cosine, r), real_neg(b));
    }
    d[l] = real_add(d[l], real_neg(p));
    e[l] = g;
    e[m] = ZERO;
}

/* What counts as 0 beside the diagonal. */
static real small_of(const symmetric *s)
{
    real most = ZERO;
    for (size_t i = 0; i < s->size; i++) {
        const real both = real_add(real_size(s->diagonal[i]), real_size(s->beside[i]));
        most = real_less(most, both) ? both : most;
    }
    return real_mul(REAL(-53), most);
}

/* The end of the block that begins at row l. */
static size_t end_of_block(const symmetric *s, size_t l, real small)
{
    size_t m = l;
    while (m + 1 < s->size && real_less(small, real_size(s->beside[m])))
        m++;
    return m;
}

/* False where the steps do not suffice. */
static bool make_diagonal(symmetric *s)
{
    const real small = small_of(s);
    for (size_t l = 0; l < s->size; l++) {
        int steps = 0;
        for (size_t m; (m = end_of_block(s, l, small)) > l; steps++) {
            if (steps == SLT_EIGENVALUES_STEPS)
                return false;
            ql_step(s, l, m);
        }
    }
    return true;
}

/* ---- The whole --------------------------------------------------------------------- */

static void sort_descending(real *x, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const real taken = x[i];
        size_t at = i;
        for (; at > 0 && real_less(x[at - 1], taken); at--)
            x[at] = x[at - 1];
        x[at] = taken;
    }
}

/* Whether the squares of all elements have a finite sum. */
static bool fill_matrix(symmetric *s, const slt_tensor *a)
{
    const size_t n = s->size;
    real squares = ZERO;
    for (size_t e = 0; e < n * n; e++) {
        s->a[e] = real_of(slt_tensor_get(a, e));
        squares = real_fma(s->a[e], s->a[e], squares);
    }
    return real_less(squares, REAL(1024));
}

static slt_status find_eigenvalues(symmetric *s, const slt_tensor *a, slt_tensor *values,
                                   slt_error *err)
{
    if (!fill_matrix(s, a))
        return slt_fail(err, SLT_FORMAT,
                        "eigenvalues: expected numbers whose squares are finite, found "
                        "otherwise");
    make_tridiagonal(s);
    if (!make_diagonal(s))
        return slt_fail(err, SLT_FORMAT,
                        "eigenvalues: expected convergence in %d steps for each",
                        SLT_EIGENVALUES_STEPS);
    sort_descending(s->diagonal, s->size);
    for (size_t i = 0; i < s->size; i++)
        slt_tensor_set(values, i, real_bits(s->diagonal[i]));
    return SLT_OK;
}

static slt_status eigenvalues_of(const slt_tensor *a, slt_tensor *values, slt_error *err)
{
    symmetric s = {.size = a->rows};
    const size_t n = s.size;
    s.a = slt_world.calloc(n * n, sizeof *s.a);
    s.reflector = slt_world.calloc(n, sizeof *s.reflector);
    s.row = slt_world.calloc(n, sizeof *s.row);
    s.diagonal = slt_world.calloc(n, sizeof *s.diagonal);
    s.beside = slt_world.calloc(n, sizeof *s.beside);
    slt_status status =
        s.a && s.reflector && s.row && s.diagonal && s.beside
            ? find_eigenvalues(&s, a, values, err)
            : slt_fail(err, SLT_RESOURCE,
                       "no memory for the eigenvalues of a %zu x %zu matrix", n, n);
    free(s.a);
    free(s.reflector);
    free(s.row);
    free(s.diagonal);
    free(s.beside);
    return status;
}
