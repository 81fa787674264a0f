/* Binary cross entropy of logits: ln(1 + e^-|x|) + |x| (t where x is below 0, else 1 -
 * t), two terms that are not negative. */
#include "num/float/kernels/shares.h"
#include "num/float/reduce.h"

_Static_assert(CHUNK % SLT_REDUCE_PARTIALS == 0, "a chunk begins with the first partial");

/* c, and u = 1 + q in binary64. */
SLT_INLINE void complements(const real *x, const real *t, const real *q, size_t count,
                            real *c, double *u)
{
    SLT_SIMD
    for (size_t i = 0; i < count; i++)
        c[i] = x[i] < 0 ? -t[i] : ONE - t[i];
    SLT_SIMD
    for (size_t i = 0; i < count; i++)
        u[i] = 1 + (double)q[i];
}

/* Adds the terms of up to 64 elements, each to its partial sum. */
SLT_INLINE void add_terms(const real *x, const real *c, const real *q, const double *u,
                          const double *log, size_t count, double *partial)
{
    SLT_SIMD
    for (size_t i = 0; i < count; i++) {
        const double part = (double)q[i], more = log[i] * (part / (u[i] - 1));
        partial[i] = partial[i] +
                     __builtin_fma((double)x[i], (double)c[i], u[i] == 1 ? part : more);
    }
}

slt_real SLT_KERNEL(bce)(const slt_tensor *y, const slt_tensor *t, slt_real scale,
                         slt_tensor *dy)
{
    const bool classes = t->arithmetic == SLT_INDEX;
    const real *x = y->data, *target = t->data, factor = real_of(scale);
    const int32_t *chosen = t->data;
    double partial[SLT_REDUCE_PARTIALS] = {0}, u[CHUNK], log[CHUNK];
    real q[CHUNK], r[CHUNK], c[CHUNK], own[CHUNK];
    for (size_t e = 0, count = slt_tensor_count(y); e < count; e += CHUNK) {
        const size_t size = chunk_size(count, e);
        shares(x + e, q, r, size);
        for (size_t i = 0; classes && i < size; i++)
            own[i] = (real)chosen[e + i];
        complements(x + e, classes ? own : target + e, q, size, c, u);
        lanes_log_f64(u, log, size);
        for (size_t i = 0; i < size; i += SLT_REDUCE_PARTIALS)
            add_terms(x + e + i, c + i, q + i, u + i, log + i,
                      size - i < SLT_REDUCE_PARTIALS ? size - i : SLT_REDUCE_PARTIALS,
                      partial);
        if (!dy)
            continue;
        real *to = (real *)dy->data + e;
        SLT_SIMD
        for (size_t i = 0; i < size; i++) {
            const real part = q[i] * r[i];
            to[i] = ((x[e + i] < 0 ? part : -part) + c[i]) * factor;
        }
    }
    return slt_real_of(slt_reduce_tree(partial));
}
