/* Lanczos quadrature on matrices whose spectra are known. */
#include "tap.h"

#include <math.h>

#include "random.h"
#include "theory/lanczos.h"
#include "theory/spectrum.h"

enum { SIZE = 60 };

typedef struct dense {
    size_t size, products, products_max;
    double entries[SIZE * SIZE];
} dense;

static slt_status multiply(void *context, const double *x, double *y, slt_error *err)
{
    dense *d = context;
    if (d->products++ == d->products_max)
        return slt_fail(err, SLT_INTERRUPTED, "stopped");
    for (size_t i = 0; i < d->size; i++) {
        y[i] = 0;
        for (size_t j = 0; j < d->size; j++)
            y[i] += d->entries[i * d->size + j] * x[j];
    }
    return SLT_OK;
}

static double uniform(void)
{
    return (double)(random_word() >> 11) * 0x1p-53;
}

/* Q diag(values) Q' with Q of random reflections. */
static dense *with_spectrum(const double *values, size_t size, uint64_t seed)
{
    random_state = seed;
    dense *d = calloc(1, sizeof *d);
    if (!d)
        abort();
    d->size = size;
    d->products_max = SIZE_MAX;
    for (size_t i = 0; i < size; i++)
        d->entries[i * size + i] = values[i];
    for (int pass = 0; pass < 4; pass++) {
        double v[SIZE], length = 0;
        for (size_t i = 0; i < size; i++) {
            v[i] = uniform() - .5;
            length += v[i] * v[i];
        }
        for (int side = 0; side < 2; side++) /* (1 - 2 v v'/v'v) on either side */
            for (size_t i = 0; i < size; i++) {
                double dot = 0;
                for (size_t j = 0; j < size; j++)
                    dot += v[j] * d->entries[side ? j * size + i : i * size + j];
                for (size_t j = 0; j < size; j++)
                    d->entries[side ? j * size + i : i * size + j] -=
                        2 * dot * v[j] / length;
            }
    }
    return d;
}

/* u'f(H)u / u'u by the quadrature, f given. */
static double by_quadrature(const slt_tridiagonal *t, size_t steps, double (*f)(double))
{
    double node[SIZE], weight[SIZE], sum = 0;
    slt_error err;
    if (slt_tridiagonal_gauss(t, steps, node, weight, &err))
        return NAN;
    for (size_t k = 0; k < steps; k++)
        sum += weight[k] * f(node[k]);
    return sum;
}

static double one(double h)
{
    (void)h;
    return 1;
}
static double identity(double h)
{
    return h;
}
static double cube(double h)
{
    return h * h * h;
}
static double bend(double h)
{
    return 20 * h / (20 * h + 5);
}

static void test_moments(void)
{
    double values[SIZE], start[SIZE], once[SIZE], twice[SIZE];
    random_state = 11;
    slt_error err;
    for (size_t i = 0; i < SIZE; i++) {
        values[i] = i < 10 ? 0 : pow(1.2, (double)i) * 1e-3;
        start[i] = uniform() < .5 ? 1 : -1;
    }
    dense *d = with_spectrum(values, SIZE, 3);
    const slt_theory_matrix matrix = {SIZE, multiply, d};
    double first = 0, third = 0;
    multiply(d, start, once, &err);
    multiply(d, once, twice, &err);
    for (size_t i = 0; i < SIZE; i++) {
        first += start[i] * once[i] / SIZE;
        third += once[i] * twice[i] / SIZE;
    }
    slt_tridiagonal t;
    TAP_OK(!slt_theory_lanczos(&matrix, start, 20, &t, &err) && t.steps == 20,
           "20 steps");
    for (size_t steps = 2; steps <= 20; steps += 9)
        TAP_OK(fabs(by_quadrature(&t, steps, one) - 1) < 1e-13 &&
                   fabs(by_quadrature(&t, steps, identity) / first - 1) < 1e-12 &&
                   fabs(by_quadrature(&t, steps, cube) / third - 1) < 1e-12,
               "moments 0, 1 and 3 of %zu steps", steps);
    slt_tridiagonal_free(&t);
    free(d);
}

/* Sums over the spectrum by SIZE starts that are its coordinates: exact whatever the
 * steps are where the space closes. */
static void test_sums(void)
{
    double values[SIZE], sum = 0, want = 0;
    slt_error err;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < SIZE; i++) {
        values[i] = i % 3 == 0 ? 0 : i % 3 == 1 ? 2 : -.2 - .7 * (double)(i % 2);
        want += bend(values[i]);
    }
    dense *d = with_spectrum(values, SIZE, 5);
    const slt_theory_matrix matrix = {SIZE, multiply, d};
    size_t most = 0;
    for (size_t i = 0; i < SIZE && !status; i++) {
        double start[SIZE] = {0};
        slt_tridiagonal t;
        start[i] = 3;
        status = slt_theory_lanczos(&matrix, start, SIZE, &t, &err);
        most = t.steps > most ? t.steps : most;
        if (!status)
            sum += by_quadrature(&t, t.steps, bend);
        slt_tridiagonal_free(&t);
    }
    TAP_OK(!status && most == 4, "four curvatures close the space after %zu steps", most);
    TAP_OK(fabs(sum - want) < 1e-9 * fabs(want), "the sum over all starts: %.12g %.12g",
           sum, want);
    free(d);
}

/* All of the nodes are the spectrum, as LAPACK has it. */
static void test_against_lapack(void)
{
    double values[SIZE], start[SIZE], node[SIZE], weight[SIZE], found[SIZE];
    random_state = 2;
    slt_error err;
    for (size_t i = 0; i < SIZE; i++) {
        values[i] = (double)i * (double)i - 100;
        start[i] = uniform() + .1;
    }
    dense *d = with_spectrum(values, SIZE, 9), *copy = with_spectrum(values, SIZE, 9);
    const slt_theory_matrix matrix = {SIZE, multiply, d};
    slt_tridiagonal t;
    slt_status status = slt_theory_lanczos(&matrix, start, 2 * SIZE, &t, &err);
    if (!status)
        status = slt_tridiagonal_gauss(&t, t.steps, node, weight, &err);
    double worst = 0, vectors = 0;
    for (size_t i = 0; i < SIZE && !status; i++) {
        double nearest = INFINITY;
        for (size_t k = 0; k < t.steps; k++)
            nearest = fmin(nearest, fabs(node[k] - values[i]));
        worst = fmax(worst, nearest);
    }
    TAP_OK(!status && t.steps == SIZE && worst < 1e-9,
           "%zu steps find the whole spectrum, within %.1g", t.steps, worst);
    slt_tridiagonal_free(&t);
    status = slt_theory_symmetric(copy->entries, SIZE, true, found, &err);
    if (status == SLT_UNFIT) {
        TAP_OK(true, "no LAPACK here");
    } else {
        worst = 0;
        for (size_t i = 0; i < SIZE && !status; i++) {
            double product[SIZE];
            worst = fmax(worst, fabs(found[i] - values[i]));
            multiply(d, copy->entries + i * SIZE, product, &err);
            for (size_t j = 0; j < SIZE; j++)
                vectors = fmax(vectors,
                               fabs(product[j] - found[i] * copy->entries[i * SIZE + j]));
        }
        TAP_OK(!status && worst < 1e-9 && vectors < 1e-9,
               "LAPACK's values and vectors, within %.1g and %.1g", worst, vectors);
    }
    free(copy);
    free(d);
}

static void test_errors(void)
{
    const double values[4] = {1, 2, 3, 4}, start[4] = {1, 1, 1, 1};
    slt_error err;
    slt_tridiagonal t;
    dense *d = with_spectrum(values, 4, 1);
    const slt_theory_matrix matrix = {4, multiply, d};
    d->products_max = 2;
    TAP_OK(slt_theory_lanczos(&matrix, start, 4, &t, &err) == SLT_INTERRUPTED,
           "a product that fails ends it");
    slt_tridiagonal_free(&t);
    d->products = 0;
    d->products_max = 9;
    d->entries[0] = INFINITY;
    TAP_OK(slt_theory_lanczos(&matrix, start, 4, &t, &err) == SLT_FORMAT,
           "numbers that are none are told: %s", err.text);
    slt_tridiagonal_free(&t);
    const slt_theory_matrix vast = {SIZE_MAX / 64, multiply, d};
    TAP_OK(slt_theory_lanczos(&vast, start, 90, &t, &err) == SLT_RESOURCE,
           "what fits no memory: %s", err.text);
    slt_tridiagonal_free(&t);
    double big[1];
    TAP_OK(slt_theory_symmetric(NULL, SLT_SPECTRUM_MAX + 1, false, big, &err) ==
               SLT_UNFIT,
           "LAPACK's limit: %s", err.text);
    free(d);
}

int main(void)
{
    test_moments();
    test_sums();
    test_against_lapack();
    test_errors();
    return tap_done();
}
