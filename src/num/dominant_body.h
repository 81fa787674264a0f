/* Dominant eigenvectors by squaring, in the order of docs/spec/12-linear-algebra.md: the
 * powers of a matrix, each the square of the one before, tend to the product of both
 * eigenvectors where one eigenvalue is real and larger than the others.
 *
 * This is one body for two units, which have `real` and its operations before it:
 * dominant.c by integers (real_integers.h), float/dominant.c by hardware
 * (float/real_hardware.h). */
#include "num/linalg.h"
#include "num/real_body.h"
#include "num/scratch.h"

enum { SQUARINGS = 64, TOLERANCE = -16, LARGEST = 32 };

typedef struct work {
    size_t size, count; /* count = size^2 */
    real *p, *square;
} work;

static real length_of(const real *x, size_t count)
{
    return real_sqrt(real_chain(x, x, count));
}

static void divide(real *x, size_t count, real by)
{
    for (size_t i = 0; i < count; i++)
        x[i] = real_div(x[i], by);
}

static void square(const work *k)
{
    for (size_t i = 0; i < k->size; i++)
        for (size_t j = 0; j < k->size; j++) {
            real sum = ZERO;
            for (size_t l = 0; l < k->size; l++)
                sum = real_fma(k->p[i * k->size + l], k->p[l * k->size + j], sum);
            k->square[i * k->size + j] = sum;
        }
}

/* Whether a power of the matrix has a length to be divided by. */
static bool raise_power(work *k)
{
    for (int i = 0; i < SQUARINGS; i++) {
        const real length = length_of(k->p, k->count);
        if (!real_less(ZERO, length) || !real_less(length, REAL(1024)))
            return false;
        divide(k->p, k->count, length);
        square(k);
        real *held = k->p;
        k->p = k->square;
        k->square = held;
    }
    return true;
}

/* The first entry of largest magnitude. */
static size_t find_largest(const real *x, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (real_less(real_size(x[best]), real_size(x[i])))
            best = i;
    return best;
}

/* Makes of the power, divided by its trace, a projection on one direction; whether it is
 * one. */
static bool project(work *k)
{
    real trace = ZERO;
    for (size_t i = 0; i < k->size; i++)
        trace = real_add(k->p[i * k->size + i], trace);
    if (!real_less(ZERO, real_size(trace)))
        return false;
    divide(k->p, k->count, trace);
    square(k);
    const real largest = real_size(k->p[find_largest(k->p, k->count)]);
    const real bound = real_mul(REAL(TOLERANCE), largest);
    if (!real_less(largest, REAL(LARGEST))) /* left and right are all but orthogonal */
        return false;
    for (size_t e = 0; e < k->count; e++)
        if (!real_less(real_size(real_add(k->square[e], real_neg(k->p[e]))), bound))
            return false;
    return true;
}

/* Every `stride`-th number from `first` on, as a vector of length 1. */
static void put_unit(const work *k, size_t first, size_t stride, slt_tensor *to)
{
    real *x = k->square;
    for (size_t i = 0; i < k->size; i++)
        x[i] = k->p[first + i * stride];
    divide(x, k->size, length_of(x, k->size));
    const bool turned = real_less(x[find_largest(x, k->size)], ZERO);
    for (size_t i = 0; i < k->size; i++)
        slt_tensor_set(to, i, real_bits(turned ? real_neg(x[i]) : x[i]));
}

static bool find_dominant(const slt_tensor *a, bool by_value, slt_tensor *left,
                          slt_tensor *right)
{
    work k = {.size = a->rows, .count = a->rows * a->rows};
    k.p = slt_kernel_scratch(2 * k.count * sizeof *k.p);
    k.square = k.p + k.count;
    for (size_t e = 0; e < k.count; e++)
        k.p[e] = real_of(slt_tensor_get(a, e));
    const real shift = by_value ? length_of(k.p, k.count) : ZERO;
    for (size_t i = 0; i < k.size && by_value; i++)
        k.p[i * k.size + i] = real_add(k.p[i * k.size + i], shift);
    slt_tensor_zero(left);
    slt_tensor_zero(right);
    if (!raise_power(&k) || !project(&k))
        return false;
    const size_t largest = find_largest(k.p, k.count);
    put_unit(&k, largest / k.size * k.size, 1, left);
    put_unit(&k, largest % k.size, k.size, right);
    return true;
}
