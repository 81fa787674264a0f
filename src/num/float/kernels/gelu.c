/* GELU in its form with erf: y = x h(x), h(x) = (1 + erf(x / sqrt 2)) / 2, the normal
 * distribution function; its derivative is h(x) + x phi(x), phi the normal density. */
#include "num/float/erf_body.h"
#include "num/float/kernels/body.h"
#include "num/float/kernels/lanes.h"

#define ROOT_HALF ((real)0x1.6a09e667f3bcdp-1) /* sqrt(1/2) */
#define PHI_ZERO ((real)0x1.9884533d43651p-2)  /* 1 / sqrt(2 pi) */
#define HALF ((real)0.5)
#define CHUNK 256

SLT_INLINE real distribution(real x)
{
    return real_fma(HALF, real_erf(x * ROOT_HALF), HALF);
}

void SLT_KERNEL(gelu)(const slt_tensor *x, slt_tensor *y)
{
    const real *from = x->data;
    real *to = y->data;
    size_t count = slt_tensor_count(x);
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        to[e] = from[e] * distribution(from[e]);
}

/* phi(x) / phi(0). */
SLT_INLINE void densities(const real *x, real *density, size_t count)
{
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        density[e] = -HALF * (x[e] * x[e]);
    lanes_exp(density, density, count);
}

/* GELU and its derivative. */
SLT_INLINE void slopes(const real *x, real *y, real *slope, size_t count)
{
    real density[CHUNK];
    densities(x, density, count);
    SLT_SIMD
    for (size_t e = 0; e < count; e++) {
        real share = distribution(x[e]);
        y[e] = x[e] * share;
        slope[e] = real_fma(x[e], density[e] * PHI_ZERO, share);
    }
}

/* The second derivative, (2 - x^2) phi(x), in a form in which no infinity meets a 0. */
SLT_INLINE void bends(const real *x, real *bend, size_t count)
{
    densities(x, bend, count);
    SLT_SIMD
    for (size_t e = 0; e < count; e++) {
        real density = bend[e] * PHI_ZERO;
        bend[e] = real_fma(-x[e], x[e] * density, density + density);
    }
}

static size_t chunk_size(size_t count, size_t first)
{
    return count - first < CHUNK ? count - first : CHUNK;
}

void SLT_KERNEL(gelu_slope)(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    const real *at = x->data;
    real *to = y->data, *rise = slope->data;
    size_t count = slt_tensor_count(x);
    for (size_t e = 0; e < count; e += CHUNK)
        slopes(at + e, to + e, rise + e, chunk_size(count, e));
}

void SLT_KERNEL(gelu_back)(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    const real *at = x->data, *from = dy->data;
    real *to = dx->data, slope[CHUNK], unused[CHUNK];
    size_t count = slt_tensor_count(x);
    for (size_t e = 0; e < count; e += CHUNK) {
        size_t size = chunk_size(count, e);
        slopes(at + e, unused, slope, size);
        SLT_SIMD
        for (size_t i = 0; i < size; i++)
            to[e + i] = from[e + i] * slope[i];
    }
}

void SLT_KERNEL(gelu_second)(const slt_tensor *x, const slt_tensor *dy,
                             const slt_tensor *change, slt_tensor *dx)
{
    const real *at = x->data, *from = dy->data, *by = change->data;
    real *to = dx->data, bend[CHUNK];
    size_t count = slt_tensor_count(x);
    for (size_t e = 0; e < count; e += CHUNK) {
        size_t size = chunk_size(count, e);
        bends(at + e, bend, size);
        SLT_SIMD
        for (size_t i = 0; i < size; i++)
            to[e + i] = from[e + i] * by[e + i] * bend[i];
    }
}
