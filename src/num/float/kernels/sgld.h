/* Shared by updates: the SGLD step of a few elements whose noise has been drawn, and
 * the search for infinities and NaN in what is written. */
#ifndef SLT_NUM_FLOAT_KERNELS_SGLD_H
#define SLT_NUM_FLOAT_KERNELS_SGLD_H

#include "num/float/kernels/vector.h"
#include "num/update.h"

/* The bits of x - x for all x, or'ed together: 0 if every x is finite, apart from the
 * sign, which is set when rounding goes down. */
#if LANES == 1
typedef real_bits spoils;
#else
typedef real_bits spoils __attribute__((vector_size(sizeof(vec))));
#endif

SLT_INLINE void spoil(spoils *all, vec x)
{
    vec rest = x - x;
    spoils bits;
    memcpy(&bits, &rest, sizeof bits);
    *all |= bits;
}

SLT_INLINE bool is_unspoilt(spoils all)
{
    real_bits lane[LANES], any = 0;
    memcpy(lane, &all, sizeof lane);
    for (size_t i = 0; i < LANES; i++)
        any |= lane[i];
    return any << 1 == 0;
}

typedef struct sgld_coefficients {
    vec half, root, nbeta, gamma;
} sgld_coefficients;

SLT_INLINE sgld_coefficients sgld_coefficients_of(const slt_sgld_step *step)
{
    return (sgld_coefficients){.half = vec_broadcast(-real_of(step->half)),
                               .root = vec_broadcast(real_of(step->root)),
                               .nbeta = vec_broadcast(real_of(step->nbeta)),
                               .gamma = vec_broadcast(real_of(step->gamma))};
}

SLT_INLINE vec sgld_moved(const sgld_coefficients *c, vec z, vec g, vec w0, vec w)
{
    vec drift = vec_fma(c->nbeta, g, c->gamma * (w - w0));
    return vec_fma(c->root, z, vec_fma(c->half, drift, w));
}

/* n elements; z holds whole vectors. */
SLT_INLINE void sgld_some(const sgld_coefficients *c, const vec *z, const real *g,
                          const real *w0, real *w, size_t n, spoils *all)
{
    for (size_t i = 0; i < n; i += LANES) {
        vec moved = sgld_moved(c, z[i / LANES], vec_load_some(g + i, n - i),
                               vec_load_some(w0 + i, n - i), vec_load_some(w + i, n - i));
        vec_store_some(w + i, moved, n - i);
        spoil(all, moved);
    }
}

#endif
