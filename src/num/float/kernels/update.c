/* Parameter updates.  Each goes through its tensors in chunks that stay in the first
 * cache, and looks at the chunk's bits for infinities and NaN after writing it. */
#include "num/float/kernels/body.h"

#define CHUNK 1024

SLT_INLINE size_t chunk_size(size_t count, size_t first)
{
    return count - first < CHUNK ? count - first : CHUNK;
}

/* decays is a constant where this is inlined: fma(0, w, g) is not g where g is -0. */
SLT_INLINE void sgd_plain(bool decays, real rate, real decay, const real *g, real *w,
                          size_t count)
{
    SLT_SIMD
    for (size_t e = 0; e < count; e++) {
        real slope = decays ? real_fma(decay, w[e], g[e]) : g[e];
        w[e] = real_fma(rate, slope, w[e]);
    }
}

SLT_INLINE void sgd_momentum(bool decays, real rate, real momentum, real decay,
                             const real *g, real *m, real *w, size_t count)
{
    SLT_SIMD
    for (size_t e = 0; e < count; e++) {
        real slope = decays ? real_fma(decay, w[e], g[e]) : g[e];
        m[e] = real_fma(momentum, m[e], slope);
        w[e] = real_fma(rate, m[e], w[e]);
    }
}

bool SLT_KERNEL(sgd)(const slt_sgd_step *step, const slt_tensor *g, slt_tensor *m,
                     slt_tensor *w)
{
    real rate = -real_of(step->lr), momentum = real_of(step->momentum);
    real decay = real_of(step->weight_decay);
    const real *slope = g->data;
    real *moment = momentum != 0 ? m->data : NULL, *weight = w->data;
    size_t count = slt_tensor_count(w), n;
    bool finite = true;
    for (size_t e = 0; e < count; e += n) {
        n = chunk_size(count, e);
        if (moment && decay != 0)
            sgd_momentum(true, rate, momentum, decay, slope + e, moment + e, weight + e,
                         n);
        else if (moment)
            sgd_momentum(false, rate, momentum, 0, slope + e, moment + e, weight + e, n);
        else if (decay != 0)
            sgd_plain(true, rate, decay, slope + e, weight + e, n);
        else
            sgd_plain(false, rate, 0, slope + e, weight + e, n);
        finite &= real_all_finite(weight + e, n);
    }
    return finite;
}

typedef struct adam_coefficients {
    real beta1, beta2, one_minus_beta1, one_minus_beta2, eps, rate, root, decay, shrink;
} adam_coefficients;

/* Multiplying by a shrink of exactly 1 changes no weight, so it needs no case. */
SLT_INLINE void adam_chunk(bool decays, adam_coefficients c, const real *g, real *m,
                           real *v, real *w, size_t count)
{
    SLT_SIMD
    for (size_t e = 0; e < count; e++) {
        real weight = w[e] * c.shrink;
        real slope = decays ? real_fma(c.decay, weight, g[e]) : g[e];
        real moment = real_fma(c.beta1, m[e], c.one_minus_beta1 * slope);
        real spread = real_fma(c.beta2, v[e], (c.one_minus_beta2 * slope) * slope);
        real scale = real_fma(real_sqrt(spread), c.root, c.eps);
        m[e] = moment;
        v[e] = spread;
        w[e] = real_fma(c.rate, moment / scale, weight);
    }
}

bool SLT_KERNEL(adam)(const slt_adam_step *step, const slt_tensor *g, slt_tensor *m,
                      slt_tensor *v, slt_tensor *w)
{
    adam_coefficients c = {
        .beta1 = real_of(step->beta1),
        .beta2 = real_of(step->beta2),
        .one_minus_beta1 = real_of(step->one_minus_beta1),
        .one_minus_beta2 = real_of(step->one_minus_beta2),
        .eps = real_of(step->eps),
        .rate = -real_of(step->rate),
        .root = real_of(step->root),
        .decay = real_of(step->weight_decay),
        .shrink = real_of(step->shrink),
    };
    bool finite = true;
    const real *slope = g->data;
    real *moment = m->data, *spread = v->data, *weight = w->data;
    size_t count = slt_tensor_count(w), n;
    for (size_t e = 0; e < count; e += n) {
        n = chunk_size(count, e);
        if (c.decay != 0)
            adam_chunk(true, c, slope + e, moment + e, spread + e, weight + e, n);
        else
            adam_chunk(false, c, slope + e, moment + e, spread + e, weight + e, n);
        finite &= real_all_finite(weight + e, n);
    }
    return finite;
}

SLT_INLINE void sgld_chunk(real half, real root, real nbeta, real gamma, const real *z,
                           const real *g, const real *w0, real *w, size_t count)
{
    SLT_SIMD
    for (size_t e = 0; e < count; e++) {
        real pull = gamma * (w[e] - w0[e]);
        real drift = real_fma(nbeta, g[e], pull);
        w[e] = real_fma(root, z[e], real_fma(half, drift, w[e]));
    }
}

/* CHUNK is a multiple of 4, as the place of a chunk's first normal must be. */
bool SLT_KERNEL(sgld)(const slt_sgld_step *step, slt_stream stream, const slt_tensor *g,
                      const slt_tensor *w0, slt_tensor *w)
{
    real half = -real_of(step->half), root = real_of(step->root);
    real nbeta = real_of(step->nbeta), gamma = real_of(step->gamma);
    const real *slope = g->data, *centre = w0->data;
    real *weight = w->data, noise[CHUNK];
    slt_tensor z = {.arithmetic = w->arithmetic, .rows = 1, .data = noise};
    size_t count = slt_tensor_count(w);
    bool finite = true;
    for (size_t e = 0; e < count; e += z.cols) {
        z.cols = chunk_size(count, e);
        SLT_KERNEL(normals)(stream, e, slt_real_of(1), &z);
        sgld_chunk(half, root, nbeta, gamma, noise, slope + e, centre + e, weight + e,
                   z.cols);
        finite &= real_all_finite(weight + e, z.cols);
    }
    return finite;
}
