#include "num/linalg.h"

#include <math.h>

#include "base/cpu.h"
#include "num/math.h"
#include "num/scalar.h"
#include "tap.h"

#ifdef SLT_HAVE_LAPACKE
#include <lapacke.h>
#endif

static slt_tensor make(size_t rows, size_t cols)
{
    slt_tensor tensor;
    if (slt_tensor_create(&tensor, SLT_F64, rows, cols, NULL) != SLT_OK)
        tap_bail("no memory");
    return tensor;
}

static double *at(const slt_tensor *t, size_t row, size_t col)
{
    return (double *)t->data + row * t->cols + col;
}

static double next_number(void)
{
    static uint64_t state = 42;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return ldexp((double)(int64_t)state, -63);
}

static slt_tensor make_random(size_t rows, size_t cols)
{
    slt_tensor t = make(rows, cols);
    for (size_t e = 0; e < rows * cols; e++)
        *at(&t, 0, e) = next_number();
    return t;
}

static bool close_to(slt_real got, double want, double tolerance)
{
    return fabs(slt_real_double(got) - want) <= tolerance * fmax(fabs(want), 1e-300);
}

/* ---- Least squares ----------------------------------------------------------------- */

/* Points (1, 1), (2, 3), (3, 2), (4, 5): by hand a = 0, b = 1.1, rss = 2.7,
 * tss = 8.75; (X'X)^-1 has 1.5 and 0.2 on its diagonal, s2 = 1.35. */
static void test_line(void)
{
    static const double y[] = {1, 3, 2, 5};
    slt_tensor a = make(4, 2), b = make(1, 4);
    slt_real x[2], errors[2];
    for (size_t i = 0; i < 4; i++) {
        *at(&a, i, 0) = 1;
        *at(&a, i, 1) = (double)i + 1;
        *at(&b, 0, i) = y[i];
    }
    slt_least_squares fit = {.x = x, .errors = errors};
    TAP_OK(slt_num_least_squares(&a, &b, &fit, NULL) == SLT_OK, "a line through four");
    TAP_OK(fabs(slt_real_double(x[0])) < 1e-14 && close_to(x[1], 1.1, 1e-14),
           "coefficients");
    TAP_OK(close_to(fit.rss, 2.7, 1e-14) && close_to(fit.tss, 8.75, 1e-15),
           "sums of squares");
    TAP_OK(close_to(errors[0], sqrt(1.35 * 1.5), 1e-14) &&
               close_to(errors[1], sqrt(1.35 * 0.2), 1e-14),
           "standard errors");
    slt_tensor_free(&a);
    slt_tensor_free(&b);
}

/* NIST's Wampler1: y = 1 + x + ... + x^5 for x = 0..20, all coefficients 1. */
static void test_wampler(void)
{
    slt_tensor a = make(21, 6), b = make(1, 21);
    slt_real x[6], errors[6];
    for (size_t i = 0; i < 21; i++) {
        double power = 1;
        for (size_t j = 0; j < 6; j++, power *= (double)i) {
            *at(&a, i, j) = power;
            *at(&b, 0, i) += power;
        }
    }
    slt_least_squares fit = {.x = x, .errors = errors};
    bool ok = slt_num_least_squares(&a, &b, &fit, NULL) == SLT_OK;
    for (int j = 0; j < 6; j++) {
        ok &= close_to(x[j], 1, 1e-9);
        ok &= slt_real_double(errors[j]) < 1e-9;
    }
    TAP_OK(ok && slt_real_double(fit.rss) < 1e-12, "Wampler1 to nine digits");
    slt_tensor_free(&a);
    slt_tensor_free(&b);
}

static void test_refusals(void)
{
    slt_error err = {0};
    slt_tensor a = make(3, 2), b = make(1, 3);
    slt_real x[2], errors[2];
    slt_least_squares fit = {.x = x, .errors = errors};
    for (size_t i = 0; i < 3; i++) {
        *at(&a, i, 0) = (double)i + 1;
        *at(&a, i, 1) = 3 * ((double)i + 1);
    }
    TAP_OK(slt_num_least_squares(&a, &b, &fit, &err) == SLT_FORMAT &&
               strstr(err.text, "column 2"),
           "dependent columns: %s", err.text);
    slt_tensor_zero(&a);
    TAP_OK(slt_num_least_squares(&a, &b, &fit, NULL) == SLT_FORMAT, "zero columns");
    slt_tensor two = slt_tensor_head(&a, 2), b2 = b;
    b2.cols = 2;
    TAP_OK(slt_num_least_squares(&two, &b2, &fit, &err) == SLT_FORMAT,
           "no room for errors: %s", err.text);
    *at(&two, 0, 0) = *at(&two, 1, 1) = 2;
    *at(&b2, 0, 1) = 3;
    fit.errors = NULL;
    TAP_OK(slt_num_least_squares(&two, &b2, &fit, NULL) == SLT_OK &&
               close_to(x[1], 1.5, 1e-15),
           "a square system without errors");
    *at(&two, 0, 0) = INFINITY;
    TAP_OK(slt_num_least_squares(&two, &b2, &fit, NULL) == SLT_FORMAT, "infinity");
    slt_tensor_free(&a);
    slt_tensor_free(&b);
}

/* The largest difference; a and b are overwritten.  An emulated CPU is left alone: LAPACK
 * takes it for another one. */
static double compare_with_lapack(slt_tensor *a, slt_tensor *b, const slt_real *x)
{
    double apart = 0;
#ifdef SLT_HAVE_LAPACKE
    if (slt_cpu_has_fma())
        LAPACKE_dgels(LAPACK_ROW_MAJOR, 'N', (int)a->rows, (int)a->cols, 1, a->data,
                      (int)a->cols, b->data, 1);
    for (size_t j = 0; j < a->cols && slt_cpu_has_fma(); j++)
        apart = fmax(apart, fabs(slt_real_double(x[j]) - *at(b, 0, j)));
#else
    (void)a, (void)b, (void)x;
#endif
    return apart;
}

/* The normal equations hold, and LAPACK agrees, on random systems. */
static void test_random_systems(void)
{
    double worst = 0, apart = 0;
    for (size_t cols = 1; cols <= 12; cols++) {
        size_t rows = cols + 1 + cols * cols;
        slt_tensor a = make_random(rows, cols), b = make_random(1, rows);
        slt_real x[12], errors[12];
        slt_least_squares fit = {.x = x, .errors = errors};
        if (slt_num_least_squares(&a, &b, &fit, NULL) != SLT_OK)
            worst = INFINITY;
        for (size_t j = 0; j < cols; j++) {
            double gradient = 0;
            for (size_t i = 0; i < rows; i++) {
                double rest = *at(&b, 0, i);
                for (size_t l = 0; l < cols; l++)
                    rest -= *at(&a, i, l) * slt_real_double(x[l]);
                gradient += *at(&a, i, j) * rest;
            }
            worst = fmax(worst, fabs(gradient));
        }
        apart = fmax(apart, compare_with_lapack(&a, &b, x));
        slt_tensor_free(&a);
        slt_tensor_free(&b);
    }
    TAP_OK(worst < 1e-13, "residuals are orthogonal to columns: %.2g", worst);
    TAP_OK(apart < 1e-13, "LAPACK's dgels agrees: %.2g", apart);
}

/* ---- Least norm -------------------------------------------------------------------- */

typedef struct problem {
    slt_tensor a, b, x;
    size_t rank;
} problem;

/* a is the product of random factors of that rank. */
static problem make_problem(size_t rows, size_t cols, size_t rank, size_t sides)
{
    slt_tensor left = make_random(rows, rank), right = make_random(rank, cols);
    problem p = {make(rows, cols), make_random(rows, sides), make(cols, sides), 0};
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            for (size_t l = 0; l < rank; l++)
                *at(&p.a, i, j) += *at(&left, i, l) * *at(&right, l, j);
    slt_tensor_free(&left);
    slt_tensor_free(&right);
    return p;
}

static void free_problem(problem *p)
{
    slt_tensor_free(&p->a);
    slt_tensor_free(&p->b);
    slt_tensor_free(&p->x);
}

/* The largest number of a' (b - a x). */
static double steepest(const problem *p)
{
    double worst = 0;
    for (size_t side = 0; side < p->b.cols; side++)
        for (size_t j = 0; j < p->a.cols; j++) {
            double gradient = 0;
            for (size_t i = 0; i < p->a.rows; i++) {
                double rest = *at(&p->b, i, side);
                for (size_t l = 0; l < p->a.cols; l++)
                    rest -= *at(&p->a, i, l) * *at(&p->x, l, side);
                gradient += *at(&p->a, i, j) * rest;
            }
            worst = fmax(worst, fabs(gradient));
        }
    return worst;
}

/* How far LAPACK's x of least norm is, 0 without LAPACK. */
static double norms_apart(const problem *p)
{
    double apart = 0;
#ifdef SLT_HAVE_LAPACKE
    const size_t m = p->a.rows, n = p->a.cols, r = p->b.cols, most = m > n ? m : n;
    double *a = malloc(m * n * sizeof *a), *b = calloc(most * r, sizeof *b),
           *s = malloc(most * sizeof *s);
    lapack_int rank;
    memcpy(a, p->a.data, m * n * sizeof *a);
    memcpy(b, p->b.data, m * r * sizeof *b);
    if (slt_cpu_has_fma()) {
        LAPACKE_dgelsd(LAPACK_ROW_MAJOR, (int)m, (int)n, (int)r, a, (int)n, b, (int)r, s,
                       1e-11, &rank);
        for (size_t e = 0; e < n * r; e++)
            apart = fmax(apart, fabs(b[e] - *at(&p->x, 0, e)));
        apart = (size_t)rank == p->rank ? apart : INFINITY;
    }
    free(a);
    free(b);
    free(s);
#else
    (void)p;
#endif
    return apart;
}

static bool solve_problem(problem *p, double tolerance)
{
    return slt_num_least_norm(&p->a, &p->b, slt_real_of(tolerance), &p->x, &p->rank,
                              NULL) == SLT_OK;
}

static void test_least_norm(size_t rows, size_t cols, size_t rank)
{
    problem p = make_problem(rows, cols, rank, 3);
    bool solved = solve_problem(&p, 1e-12);
    double slope = steepest(&p), apart = norms_apart(&p);
    TAP_OK(solved && p.rank == rank && slope < 1e-11,
           "%zu x %zu of rank %zu: a residual orthogonal to a: %.2g", rows, cols, rank,
           slope);
    TAP_OK(apart < 1e-10, "LAPACK's dgelsd has this x: %.2g", apart);
    free_problem(&p);
}

/* x + y = 2 and twice that, with numbers in another column that are small or 0. */
static void test_least_norm_small(void)
{
    problem p = {make(2, 3), make(2, 1), make(3, 1), 9};
    slt_error err = {0};
    TAP_OK(solve_problem(&p, 0) && p.rank == 0 && *at(&p.x, 0, 0) == 0 &&
               *at(&p.x, 2, 0) == 0,
           "of 0: 0");
    *at(&p.a, 0, 0) = *at(&p.a, 0, 1) = 1;
    *at(&p.a, 1, 0) = *at(&p.a, 1, 1) = 2;
    *at(&p.b, 0, 0) = 2;
    *at(&p.b, 1, 0) = 4;
    TAP_OK(solve_problem(&p, 1e-12) && p.rank == 1 && fabs(*at(&p.x, 0, 0) - 1) < 1e-15 &&
               fabs(*at(&p.x, 1, 0) - 1) < 1e-15 && *at(&p.x, 2, 0) == 0,
           "shared by equal columns");
    *at(&p.a, 1, 2) = 1e-6;
    *at(&p.b, 1, 0) = 5;
    TAP_OK(solve_problem(&p, 1e-4) && p.rank == 1, "a small column is left out");
    TAP_OK(solve_problem(&p, 1e-8) && p.rank == 2 && fabs(*at(&p.x, 2, 0) - 1e6) < 1e-3,
           "and is not where the tolerance is smaller");
    *at(&p.a, 1, 2) = 1e200;
    TAP_OK(slt_num_least_norm(&p.a, &p.b, slt_real_of(0), &p.x, NULL, &err) == SLT_FORMAT,
           "refused: %s", err.text);
    *at(&p.a, 1, 2) = 0;
    *at(&p.b, 1, 0) = NAN;
    TAP_OK(slt_num_least_norm(&p.a, &p.b, slt_real_of(0), &p.x, NULL, &err) == SLT_FORMAT,
           "refused: no number");
    free_problem(&p);
}

/* ---- Singular values --------------------------------------------------------------- */

typedef struct svd {
    slt_tensor a, u, s, v;
} svd;

static svd make_svd(slt_tensor a)
{
    return (svd){a, make(a.rows, a.cols), make(1, a.cols), make(a.cols, a.cols)};
}

static void free_svd(svd *d)
{
    slt_tensor_free(&d->a);
    slt_tensor_free(&d->u);
    slt_tensor_free(&d->s);
    slt_tensor_free(&d->v);
}

/* Largest error of u diag(s) v' - a, of v'v - 1, and of u'u - 1 where s > least. */
static double judge(const svd *d, double least)
{
    double worst = 0;
    size_t n = d->a.cols;
    for (size_t i = 0; i < d->a.rows; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = -*at(&d->a, i, j);
            for (size_t l = 0; l < n; l++)
                sum += *at(&d->u, i, l) * *at(&d->s, 0, l) * *at(&d->v, j, l);
            worst = fmax(worst, fabs(sum));
        }
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++) {
            double uu = 0, vv = 0;
            for (size_t i = 0; i < d->a.rows; i++)
                uu += *at(&d->u, i, p) * *at(&d->u, i, q);
            for (size_t i = 0; i < n; i++)
                vv += *at(&d->v, i, p) * *at(&d->v, i, q);
            worst = fmax(worst, fabs(vv - (p == q)));
            if (*at(&d->s, 0, p) > least && *at(&d->s, 0, q) > least)
                worst = fmax(worst, fabs(uu - (p == q)));
        }
    return worst;
}

static bool ordered(const svd *d)
{
    bool ok = true;
    for (size_t j = 0; j < d->a.cols; j++) {
        double largest = 0, first = 0;
        for (size_t i = 0; i < d->a.rows; i++)
            if (fabs(*at(&d->u, i, j)) > largest) {
                first = *at(&d->u, i, j);
                largest = fabs(first);
            }
        ok &= first >= 0 && (j == 0 || *at(&d->s, 0, j - 1) >= *at(&d->s, 0, j));
    }
    return ok;
}

/* [[3, 0], [4, 5]] has singular values sqrt(45) and sqrt(5). */
static void test_known(void)
{
    svd d = make_svd(make(2, 2));
    *at(&d.a, 0, 0) = 3;
    *at(&d.a, 1, 0) = 4;
    *at(&d.a, 1, 1) = 5;
    TAP_OK(slt_num_svd(&d.a, &d.u, &d.s, &d.v, NULL) == SLT_OK &&
               fabs(*at(&d.s, 0, 0) - sqrt(45)) < 1e-14 &&
               fabs(*at(&d.s, 0, 1) - sqrt(5)) < 1e-14,
           "two by two");
    TAP_OK(judge(&d, 0) < 1e-14 && ordered(&d), "its factors");
    free_svd(&d);
}

static void test_degenerate(void)
{
    svd d = make_svd(make(3, 3));
    TAP_OK(slt_num_svd(&d.a, &d.u, &d.s, &d.v, NULL) == SLT_OK, "a zero matrix");
    bool zero = true, unit = true;
    for (size_t e = 0; e < 9; e++) {
        zero &= slt_tensor_get(&d.u, e).bits == 0;
        unit &= *at(&d.v, 0, e) == (e % 4 == 0);
    }
    TAP_OK(zero && unit, "has u = 0 and v = 1");
    for (size_t i = 0; i < 3; i++)
        *at(&d.a, i, i) = i == 1 ? -2 : 2;
    TAP_OK(slt_num_svd(&d.a, &d.u, &d.s, &d.v, NULL) == SLT_OK && *at(&d.u, 0, 0) == 1 &&
               *at(&d.u, 1, 1) == 1 && *at(&d.v, 1, 1) == -1 && *at(&d.u, 2, 2) == 1,
           "equal values keep their order, signs go to v");
    slt_error err = {0};
    *at(&d.a, 0, 1) = INFINITY;
    TAP_OK(slt_num_svd(&d.a, &d.u, &d.s, &d.v, &err) == SLT_FORMAT, "infinity: %s",
           err.text);
    free_svd(&d);
}

/* 24 columns, each one of `kinds`: what is left of the others is rounding errors. */
static void test_equal_columns(size_t kinds, bool random)
{
    svd d = make_svd(make(32, 24));
    for (size_t j = 0; j < 24; j++)
        for (size_t i = 0; i < 32; i++)
            *at(&d.a, i, j) = j >= kinds ? *at(&d.a, i, j - kinds)
                              : random   ? next_number()
                                         : (i / 4 == j % 8) / sqrt(2);
    const bool found = slt_num_svd(&d.a, &d.u, &d.s, &d.v, NULL) == SLT_OK;
    TAP_OK(found && *at(&d.s, 0, kinds - 1) > 0.1 && *at(&d.s, 0, kinds) < 1e-14 &&
               ordered(&d),
           "%zu kinds of columns%s", kinds, random ? "" : ", orthogonal");
    free_svd(&d);
}

/* Columns of very different length: zeta overflows when squared. */
static void test_graded(void)
{
    svd d = make_svd(make_random(6, 4));
    static const double scales[] = {1, 1e-140, 1e-100, 1e-30};
    for (size_t e = 0; e < 24; e++)
        *at(&d.a, 0, e) *= scales[e % 4];
    TAP_OK(slt_num_svd(&d.a, &d.u, &d.s, &d.v, NULL) == SLT_OK && judge(&d, 0) < 1e-13 &&
               ordered(&d) && *at(&d.s, 0, 3) > 1e-142,
           "columns from 1 to 1e-140");
    free_svd(&d);
}

static void test_random_matrices(size_t rows, size_t cols, size_t rank)
{
    slt_tensor left = make_random(rows, rank), right = make_random(rank, cols);
    svd d = make_svd(make(rows, cols));
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            for (size_t l = 0; l < rank; l++)
                *at(&d.a, i, j) += *at(&left, i, l) * *at(&right, l, j);
    slt_status status = slt_num_svd(&d.a, &d.u, &d.s, &d.v, NULL);
    double error = judge(&d, 1e-10), apart = 0;
    bool rank_found = rank == cols || *at(&d.s, 0, rank) < 1e-12;
    TAP_OK(status == SLT_OK && error < 1e-12 && ordered(&d) && rank_found,
           "%zu x %zu of rank %zu: %.2g", rows, cols, rank, error);
#ifdef SLT_HAVE_LAPACKE
    double *s = malloc(cols * sizeof *s), *work = malloc(cols * sizeof *work);
    if (slt_cpu_has_fma())
        LAPACKE_dgesvd(LAPACK_ROW_MAJOR, 'N', 'N', (int)rows, (int)cols, d.a.data,
                       (int)cols, s, NULL, 1, NULL, 1, work);
    for (size_t j = 0; j < cols && slt_cpu_has_fma(); j++)
        apart = fmax(apart, fabs(s[j] - *at(&d.s, 0, j)));
    free(s);
    free(work);
#endif
    TAP_OK(apart < 1e-12, "LAPACK's dgesvd agrees: %.2g", apart);
    slt_tensor_free(&left);
    slt_tensor_free(&right);
    free_svd(&d);
}

/* ---- Dominant eigenvectors --------------------------------------------------------- */

/* 2 x 2 by rows: the eigenvalue found, from both sides; NAN where there is none. */
static double eigenvalue(double p, double q, double r, double s, bool by_value)
{
    slt_tensor a = make(2, 2), l = make_random(1, 2), v = make_random(2, 1);
    const double numbers[] = {p, q, r, s};
    memcpy(a.data, numbers, sizeof numbers);
    double found = NAN, error = 0;
    if (slt_num_dominant(&a, by_value, &l, &v)) {
        const double *x = l.data, *y = v.data;
        found = fabs(y[0]) > fabs(y[1]) ? (p * y[0] + q * y[1]) / y[0]
                                        : (r * y[0] + s * y[1]) / y[1];
        error += fabs(p * y[0] + q * y[1] - found * y[0]) +
                 fabs(r * y[0] + s * y[1] - found * y[1]) +
                 fabs(x[0] * p + x[1] * r - found * x[0]) +
                 fabs(x[0] * q + x[1] * s - found * x[1]);
        error += fabs(hypot(x[0], x[1]) - 1) + fabs(hypot(y[0], y[1]) - 1);
        error += (fabs(x[0]) >= fabs(x[1]) ? x[0] : x[1]) <= 0;
        error += (fabs(y[0]) >= fabs(y[1]) ? y[0] : y[1]) <= 0;
    } else {
        for (size_t e = 0; e < 2; e++)
            error += slt_tensor_get(&l, e).bits != 0 || slt_tensor_get(&v, e).bits != 0;
    }
    slt_tensor_free(&a);
    slt_tensor_free(&l);
    slt_tensor_free(&v);
    return error < 1e-14 ? found : INFINITY;
}

static void test_dominant_known(void)
{
    TAP_OK(fabs(eigenvalue(2, 1, 1, 2, false) - 3) < 1e-14, "symmetric: 3 of 3 and 1");
    TAP_OK(fabs(eigenvalue(-5, 1, 2, 3, false) + 4 + sqrt(18) - 3) < 1e-13,
           "a negative eigenvalue is the larger one");
    TAP_OK(fabs(eigenvalue(-5, 1, 2, 3, true) - sqrt(18) + 1) < 1e-13,
           "by value it is the other");
    TAP_OK(fabs(eigenvalue(1, 1e-7, 0, 1 - 1e-9, false) - 1) < 1e-14,
           "two that differ by 1e-9");
    TAP_OK(isnan(eigenvalue(0, 1, -1, 0, false)), "a rotation has none");
    TAP_OK(isnan(eigenvalue(1, -2, 3, 1, true)), "nor has a pair of complex ones");
    TAP_OK(isnan(eigenvalue(0, 1, 1, 0, false)), "nor 1 and -1");
    TAP_OK(fabs(eigenvalue(0, 1, 1, 0, true) - 1) < 1e-14, "by value that is 1");
    TAP_OK(isnan(eigenvalue(2, 0, 0, 2, false)), "nor a double one");
    TAP_OK(isnan(eigenvalue(1, 1, 0, 1, false)), "nor a double one with one vector");
    TAP_OK(isnan(eigenvalue(0, 1, 0, 0, false)), "nor a power that is 0");
    TAP_OK(isnan(eigenvalue(0, 0, 0, 0, true)), "nor 0");
    TAP_OK(isnan(eigenvalue(1e200, 0, 0, 1, false)), "nor what has no length");
    TAP_OK(isnan(eigenvalue(NAN, 0, 0, 1, false)), "nor what is no number");
}

#ifdef SLT_HAVE_LAPACKE
/* Of LAPACK: the eigenvalue that is asked for, NAN if it is not real. */
static double expected_eigenvalue(const slt_tensor *a)
{
    const size_t n = a->rows;
    double re[12], im[12], copy[144];
    memcpy(copy, a->data, n * n * sizeof *copy);
    LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', (int)n, copy, (int)n, re, im, NULL, 1, NULL,
                  1);
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (hypot(re[i], im[i]) > hypot(re[best], im[best]))
            best = i;
    return im[best] == 0 ? re[best] : NAN;
}

static void test_dominant_random(void)
{
    size_t wrong = 0, real = 0;
    for (size_t i = 0; slt_cpu_has_fma() && i < 400; i++) {
        const size_t n = 1 + i % 12;
        slt_tensor a = make_random(n, n), l = make(1, n), r = make(n, 1);
        const double want = expected_eigenvalue(&a);
        double found = 0, lr = 0;
        const bool is = slt_num_dominant(&a, false, &l, &r);
        for (size_t p = 0; p < n; p++) {
            lr += *at(&l, 0, p) * *at(&r, p, 0);
            for (size_t q = 0; q < n; q++)
                found += *at(&l, 0, p) * *at(&a, p, q) * *at(&r, q, 0);
        }
        real += is;
        wrong += is != !isnan(want) || (is && !(fabs(found / lr - want) < 1e-10));
        slt_tensor_free(&a);
        slt_tensor_free(&l);
        slt_tensor_free(&r);
    }
    TAP_OK(wrong == 0, "LAPACK's dgeev agrees on 400 matrices, %zu real", real);
}
#else
static void test_dominant_random(void)
{
    tap_skip("dominant eigenvectors of random matrices", "no LAPACK here");
}
#endif

/* ---- The least of a quadratic with l1 ---------------------------------------------- */

typedef struct quadratic {
    size_t count;
    slt_tensor g, a, x, room;
} quadratic;

/* g = j'j / rows, of random features; a of random targets. */
static quadratic make_quadratic(size_t rows, size_t count)
{
    quadratic q = {.count = count, .g = make(count, count), .a = make(1, count)};
    slt_tensor j = make_random(rows, count), r = make_random(rows, 1);
    q.x = make(1, count);
    q.room = make(1, slt_num_lasso_room(count));
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++)
            for (size_t s = 0; s < rows; s++)
                *at(&q.g, i, k) += *at(&j, s, i) * *at(&j, s, k) / (double)rows;
    for (size_t i = 0; i < count; i++)
        for (size_t s = 0; s < rows; s++)
            *at(&q.a, 0, i) += *at(&j, s, i) * *at(&r, s, 0) / (double)rows;
    slt_tensor_free(&j);
    slt_tensor_free(&r);
    return q;
}

static void free_quadratic(quadratic *q)
{
    slt_tensor_free(&q->g);
    slt_tensor_free(&q->a);
    slt_tensor_free(&q->x);
    slt_tensor_free(&q->room);
}

/* How far the forces are from what they must be. */
static double unbalance(const quadratic *q, double l1)
{
    double worst = 0;
    for (size_t i = 0; i < q->count; i++) {
        const double x = *at(&q->x, 0, i);
        double force = *at(&q->a, 0, i);
        for (size_t k = 0; k < q->count; k++)
            force -= *at(&q->g, i, k) * *at(&q->x, 0, k);
        worst = fmax(worst,
                     x != 0 ? fabs(force - copysign(l1, x)) : fmax(fabs(force) - l1, 0));
    }
    return worst;
}

static double value_of(const quadratic *q, const double *x, double l1)
{
    double sum = 0;
    for (size_t i = 0; i < q->count; i++) {
        double row = 0;
        for (size_t k = 0; k < q->count; k++)
            row += *at(&q->g, i, k) * x[k];
        sum += x[i] * (row / 2 - *at(&q->a, 0, i)) + l1 * fabs(x[i]);
    }
    return sum;
}

static void test_lasso(void)
{
    double worst = 0;
    size_t found = 0, zeros = 0;
    bool low = true;
    for (size_t trial = 0; trial < 200; trial++) {
        const size_t count = 1 + trial % 8;
        const double l1 = trial % 5 ? ldexp(1, -(int)(trial % 9) - 2) : 0;
        quadratic q = make_quadratic(count + 2 + trial % 3, count);
        for (size_t i = 0; i < count && trial % 2; i++)
            *at(&q.x, 0, i) = next_number();
        found += slt_num_lasso(&q.g, &q.a, slt_real_of(l1), &q.x, &q.room);
        worst = fmax(worst, unbalance(&q, l1));
        double other[8];
        for (size_t i = 0; i < count; i++) {
            zeros += *at(&q.x, 0, i) == 0;
            other[i] = *at(&q.x, 0, i) + 1e-3 * next_number();
        }
        low = low && value_of(&q, q.x.data, l1) <= value_of(&q, other, l1);
        free_quadratic(&q);
    }
    TAP_OK(found == 200 && worst < 1e-12, "forces balance to %g", worst);
    TAP_OK(low && zeros > 100 && zeros < 800, "nothing near is less; %zu are 0", zeros);
}

/* Fewer samples than arguments: with l1 there is a least, which equal columns share. */
static void test_lasso_singular(void)
{
    quadratic q = make_quadratic(3, 6);
    TAP_OK(!slt_num_lasso(&q.g, &q.a, slt_real_of(0), &q.x, &q.room),
           "no pivot: not found without l1");
    for (size_t i = 0; i < 6; i++)
        *at(&q.x, 0, i) = 1;
    TAP_OK(slt_num_lasso(&q.g, &q.a, slt_real_of(1e-3), &q.x, &q.room) &&
               unbalance(&q, 1e-3) < 1e-12,
           "found with it");
    for (size_t i = 0; i < 36; i++)
        *at(&q.g, 0, i) = 1;
    for (size_t i = 0; i < 6; i++)
        *at(&q.a, 0, i) = 2;
    TAP_OK(slt_num_lasso(&q.g, &q.a, slt_real_of(0.5), &q.x, &q.room) &&
               unbalance(&q, 0.5) < 1e-12,
           "of equal columns too");
    free_quadratic(&q);
}

#ifdef SLT_FLOAT
static bool alike(const slt_tensor *a, const slt_tensor *b)
{
    return memcmp(a->data, b->data, slt_tensor_bytes(a)) == 0;
}

/* Hardware and integers, on matrices with columns from 1 down to 2^-10 cols. */
static void test_two_ways(void)
{
    static const size_t shapes[][2] = {{1, 1}, {5, 2}, {20, 20}, {60, 35}, {9, 9}};
    bool same = true;
    if (slt_num_available(SLT_F64, NULL) != SLT_OK) {
        tap_skip("singular values by hardware", "no floats on this CPU");
        tap_skip("least norm by hardware", "no floats on this CPU");
        tap_skip("dominant eigenvectors by hardware", "no floats on this CPU");
        tap_skip("quadratics with l1 by hardware", "no floats on this CPU");
        return;
    }
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        svd one = make_svd(make_random(shapes[i][0], shapes[i][1]));
        svd two = make_svd(make(shapes[i][0], shapes[i][1]));
        for (size_t e = 0; i % 2 && e < one.a.rows * one.a.cols; e++)
            *at(&one.a, 0, e) *= ldexp(1, -10 * (int)(e % one.a.cols));
        slt_tensor_copy(&two.a, &one.a);
        same &= !slt_num_svd_floats(&one.a, &one.u, &one.s, &one.v, NULL) &&
                !slt_num_svd_integers(&two.a, &two.u, &two.s, &two.v, NULL);
        same &= alike(&one.u, &two.u) && alike(&one.s, &two.s) && alike(&one.v, &two.v);
        free_svd(&one);
        free_svd(&two);
    }
    TAP_OK(same, "integers and hardware give one result");
    static const size_t sizes[][3] = {{1, 1, 1}, {7, 4, 4}, {4, 9, 3}, {30, 24, 11}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        problem p = make_problem(sizes[i][0], sizes[i][1], sizes[i][2], 2);
        slt_tensor x = make(sizes[i][1], 2);
        slt_real tolerance = slt_real_of(1e-12);
        size_t rank;
        same &= !slt_num_least_norm_floats(&p.a, &p.b, tolerance, &p.x, &p.rank, NULL) &&
                !slt_num_least_norm_integers(&p.a, &p.b, tolerance, &x, &rank, NULL);
        same &= alike(&p.x, &x) && rank == p.rank;
        slt_tensor_free(&x);
        free_problem(&p);
    }
    TAP_OK(same, "and of least squares of least norm");
    for (size_t n = 1; n <= 12; n++) {
        slt_tensor a = make_random(n, n), l = make(1, n), r = make(n, 1);
        slt_tensor l2 = make(1, n), r2 = make(n, 1);
        same &= slt_num_dominant_floats(&a, n % 2, &l, &r) ==
                slt_num_dominant_integers(&a, n % 2, &l2, &r2);
        same &= alike(&l, &l2) && alike(&r, &r2);
        slt_tensor *all[] = {&a, &l, &r, &l2, &r2};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            slt_tensor_free(all[i]);
    }
    TAP_OK(same, "and of dominant eigenvectors");
    for (size_t trial = 0; trial < 30; trial++) {
        const size_t count = 1 + trial % 7;
        const slt_real l1 = slt_real_of(trial % 3 ? 0.05 : 0);
        quadratic q = make_quadratic(count + trial % 4, count);
        slt_tensor x = make(1, count);
        same &= slt_num_lasso_floats(&q.g, &q.a, l1, &q.x, &q.room) ==
                slt_num_lasso_integers(&q.g, &q.a, l1, &x, &q.room);
        same &= alike(&q.x, &x);
        slt_tensor_free(&x);
        free_quadratic(&q);
    }
    TAP_OK(same, "and of quadratics with l1");
}
#else
static void test_two_ways(void)
{
    tap_skip("singular values by hardware", "this build has no floats");
}
#endif

/* tests/kat/linalg.txt pins the order of operations: bits of a fixed fit and SVD. */
static void test_bits(void)
{
    svd d = make_svd(make(7, 3));
    slt_tensor b = make(1, 7);
    for (size_t e = 0; e < 21; e++)
        *at(&d.a, 0, e) = 1.0 / (double)(e + 2) + (e % 3 == 1) * 0.3;
    for (size_t e = 0; e < 7; e++)
        *at(&b, 0, e) = 1.0 / (double)(e * e + 1);
    slt_real x[3], errors[3], found[16];
    slt_least_squares fit = {.x = x, .errors = errors};
    slt_num_least_squares(&d.a, &b, &fit, NULL);
    size_t count = 0;
    for (size_t j = 0; j < 3; j++) {
        found[count++] = x[j];
        found[count++] = errors[j];
    }
    found[count++] = fit.rss;
    found[count++] = fit.tss;
    slt_num_svd(&d.a, &d.u, &d.s, &d.v, NULL);
    for (size_t j = 0; j < 3; j++) {
        found[count++] = slt_tensor_get(&d.s, j);
        found[count++] = slt_tensor_get(&d.u, 6 + j);
    }
    FILE *file = fopen(SLT_SOURCE_DIR "/tests/kat/linalg.txt", "r");
    if (!file)
        tap_bail("tests/kat/linalg.txt is missing");
    char line[128];
    size_t read = 0, wrong = 0;
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;
        wrong += read >= count || strtoull(line, NULL, 16) != found[read].bits;
        read++;
    }
    fclose(file);
    if (!TAP_OK(wrong == 0 && read == count, "the stated order, to the bit"))
        for (size_t i = 0; i < count; i++)
            tap_note("%016" PRIx64, found[i].bits);
    slt_tensor_free(&b);
    free_svd(&d);
}

/* ---- Eigenvalues ------------------------------------------------------------------- */

static slt_tensor make_symmetric(size_t size)
{
    slt_tensor a = make_random(size, size);
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < i; j++)
            *at(&a, i, j) = *at(&a, j, i);
    return a;
}

static void test_eigenvalues_known(void)
{
    static const double three[] = {2, -1, 0, -1, 2, -1, 0, -1, 2};
    slt_tensor a = make(3, 3), values = make(1, 3), one = make(1, 1), of_one = make(1, 1);
    slt_error err;
    memcpy(a.data, three, sizeof three);
    TAP_OK(slt_num_eigenvalues(&a, &values, NULL) == SLT_OK, "three springs");
    for (size_t i = 0; i < 3; i++) {
        const double want = 2 + sqrt(2) * (1 - (double)i);
        TAP_OK(fabs(*at(&values, 0, i) - want) < 1e-15, "%.17g", *at(&values, 0, i));
    }
    *at(&one, 0, 0) = -7;
    TAP_OK(slt_num_eigenvalues(&one, &of_one, NULL) == SLT_OK && *at(&of_one, 0, 0) == -7,
           "one number is its own");
    slt_tensor_zero(&a);
    TAP_OK(slt_num_eigenvalues(&a, &values, NULL) == SLT_OK && *at(&values, 0, 0) == 0 &&
               *at(&values, 0, 2) == 0,
           "of 0: 0");
    *at(&a, 1, 1) = INFINITY;
    TAP_OK(slt_num_eigenvalues(&a, &values, &err) == SLT_FORMAT, "infinity: %s",
           err.text);
    *at(&a, 1, 1) = NAN;
    TAP_OK(slt_num_eigenvalues(&a, &values, &err) == SLT_FORMAT, "no number");
    slt_tensor *all[] = {&a, &values, &one, &of_one};
    for (size_t i = 0; i < 4; i++)
        slt_tensor_free(all[i]);
}

/* Against the singular values of a b, whose squares are the eigenvalues of a' a, and the
 * sums of powers of them. */
static void test_eigenvalues_random(size_t size, size_t rank)
{
    slt_tensor b = make_random(rank, size), a = make(size, size), values = make(1, size);
    slt_tensor c = make_symmetric(size), of_c = make(1, size);
    svd d = make_svd(make(size > rank ? size : rank, size > rank ? rank : size));
    double trace = 0, squares = 0, sum = 0, sum_of_squares = 0, worst = 0;
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++)
            for (size_t k = 0; k < rank; k++)
                *at(&a, i, j) += *at(&b, k, i) * *at(&b, k, j);
    for (size_t k = 0; k < rank; k++)
        for (size_t i = 0; i < size; i++)
            *(size > rank ? at(&d.a, i, k) : at(&d.a, k, i)) = *at(&b, k, i);
    TAP_OK(slt_num_svd(&d.a, &d.u, &d.s, &d.v, NULL) == SLT_OK &&
               slt_num_eigenvalues(&a, &values, NULL) == SLT_OK &&
               slt_num_eigenvalues(&c, &of_c, NULL) == SLT_OK,
           "%zu x %zu of rank %zu", size, size, rank);
    for (size_t i = 0; i < size; i++) {
        const double want = i < d.s.cols ? pow(*at(&d.s, 0, i), 2) : 0;
        worst = fmax(worst, fabs(*at(&values, 0, i) - want) / *at(&values, 0, 0));
        trace += *at(&c, i, i);
        sum += *at(&of_c, 0, i);
        sum_of_squares += pow(*at(&of_c, 0, i), 2);
        for (size_t j = 0; j < size; j++)
            squares += pow(*at(&c, i, j), 2);
    }
    TAP_OK(worst < 1e-13, "squares of singular values, off by %g", worst);
    TAP_OK(fabs(sum - trace) < 1e-13 * (double)size &&
               fabs(sum_of_squares - squares) < 1e-12 * squares,
           "the trace, and that of the square");
    slt_tensor *all[] = {&a, &b, &c, &values, &of_c};
    for (size_t i = 0; i < 5; i++)
        slt_tensor_free(all[i]);
    free_svd(&d);
}

/* By hardware and by integers: every bit. */
static void test_eigenvalues_two_ways(void)
{
    slt_tensor a = make_symmetric(23), values = make(1, 23), again = make(1, 23);
    TAP_OK(slt_num_eigenvalues(&a, &values, NULL) == SLT_OK &&
               slt_num_eigenvalues_integers(&a, &again, NULL) == SLT_OK &&
               memcmp(values.data, again.data, 23 * sizeof(double)) == 0,
           "eigenvalues by integers have the same bits");
    slt_tensor_free(&a);
    slt_tensor_free(&values);
    slt_tensor_free(&again);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT);
    test_line();
    test_wampler();
    test_refusals();
    test_random_systems();
    test_least_norm(9, 4, 4);
    test_least_norm(4, 9, 4);
    test_least_norm(40, 40, 40);
    test_least_norm(30, 50, 12);
    test_least_norm(50, 30, 12);
    test_least_norm(1, 6, 1);
    test_least_norm_small();
    test_known();
    test_degenerate();
    test_graded();
    for (size_t kinds = 1; kinds <= 8; kinds++) {
        test_equal_columns(kinds, true);
        test_equal_columns(kinds, false);
    }
    test_random_matrices(40, 40, 40);
    test_random_matrices(100, 60, 17);
    test_random_matrices(37, 1, 1);
    test_dominant_known();
    test_dominant_random();
    test_lasso();
    test_lasso_singular();
    test_two_ways();
    test_bits();
    test_eigenvalues_known();
    test_eigenvalues_random(2, 1);
    test_eigenvalues_random(17, 40);
    test_eigenvalues_random(60, 9);
    test_eigenvalues_random(120, 120);
    test_eigenvalues_two_ways();
    return tap_done();
}
