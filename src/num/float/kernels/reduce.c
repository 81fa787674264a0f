/* Reductions to one binary64 number (64 partials and the tree), and the finite test. */
#include "num/float/kernels/body.h"
#include "num/float/reduce.h"

#define PARTIALS SLT_REDUCE_PARTIALS

SLT_INLINE void add_squares(const real *y, const real *t, size_t count, double *partial)
{
    SLT_SIMD
    for (size_t j = 0; j < count; j++) {
        real error = y[j] - t[j];
        partial[j] = __builtin_fma((double)error, (double)error, partial[j]);
    }
}

SLT_INLINE void add_squares_and_scale(const real *y, const real *t, real scale,
                                      size_t count, double *partial, real *dy)
{
    SLT_SIMD
    for (size_t j = 0; j < count; j++) {
        real error = y[j] - t[j];
        partial[j] = __builtin_fma((double)error, (double)error, partial[j]);
        dy[j] = scale * error;
    }
}

slt_real SLT_KERNEL(squared_error)(const slt_tensor *y, const slt_tensor *t,
                                   slt_real scale, slt_tensor *dy)
{
    const real *value = y->data, *target = t->data;
    real *to = dy ? dy->data : NULL, factor = real_of(scale);
    double partial[PARTIALS] = {0};
    size_t count = slt_tensor_count(y), whole = count - count % PARTIALS, e;
    for (e = 0; e < whole && !to; e += PARTIALS)
        add_squares(value + e, target + e, PARTIALS, partial);
    for (; e < whole; e += PARTIALS)
        add_squares_and_scale(value + e, target + e, factor, PARTIALS, partial, to + e);
    if (to)
        add_squares_and_scale(value + e, target + e, factor, count - e, partial, to + e);
    else
        add_squares(value + e, target + e, count - e, partial);
    return slt_real_of(slt_reduce_tree(partial));
}

SLT_INLINE void add_products(const real *a, const real *b, size_t count, double *partial)
{
    SLT_SIMD
    for (size_t j = 0; j < count; j++)
        partial[j] = __builtin_fma((double)a[j], (double)b[j], partial[j]);
}

slt_real SLT_KERNEL(dot)(const slt_tensor *a, const slt_tensor *b)
{
    const real *left = a->data, *right = b->data;
    double partial[PARTIALS] = {0};
    size_t count = slt_tensor_count(a), whole = count - count % PARTIALS, e;
    for (e = 0; e < whole; e += PARTIALS)
        add_products(left + e, right + e, PARTIALS, partial);
    add_products(left + e, right + e, count - e, partial);
    return slt_real_of(slt_reduce_tree(partial));
}

SLT_INLINE void add_displacements(const real *g, const real *w0, const real *w,
                                  size_t count, double *partial)
{
    SLT_SIMD
    for (size_t j = 0; j < count; j++) {
        double away = (double)w[j] - (double)w0[j];
        partial[j] = __builtin_fma((double)g[j], away, partial[j]);
    }
}

slt_real SLT_KERNEL(displacement)(const slt_tensor *g, const slt_tensor *w0,
                                  const slt_tensor *w)
{
    const real *slope = g->data, *from = w0->data, *to = w->data;
    double partial[PARTIALS] = {0};
    size_t count = slt_tensor_count(w), whole = count - count % PARTIALS, e;
    for (e = 0; e < whole; e += PARTIALS)
        add_displacements(slope + e, from + e, to + e, PARTIALS, partial);
    add_displacements(slope + e, from + e, to + e, count - e, partial);
    return slt_real_of(slt_reduce_tree(partial));
}

bool SLT_KERNEL(finite)(const slt_tensor *tensor)
{
    return real_all_finite(tensor->data, slt_tensor_count(tensor));
}
