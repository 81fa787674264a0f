/* The sums of a Metropolis-adjusted step, in binary64 throughout. */
#include "num/float/kernels/body.h"
#include "num/float/reduce.h"

#define PARTIALS SLT_REDUCE_PARTIALS

typedef struct mala_partials {
    double forward[PARTIALS], backward[PARTIALS], spring0[PARTIALS], spring1[PARTIALS];
} mala_partials;

typedef struct mala_coefficients {
    double half, nbeta, gamma;
} mala_coefficients;

SLT_INLINE void mala_block(mala_coefficients c, const real *w0, const real *w,
                           const real *g, const real *w1, const real *g1, size_t count,
                           mala_partials *sums)
{
    SLT_SIMD
    for (size_t j = 0; j < count; j++) {
        double centre = w0[j], from = w[j], to = w1[j];
        double here = from - centre, there = to - centre;
        double drift = __builtin_fma(c.nbeta, (double)g[j], c.gamma * here);
        double drift1 = __builtin_fma(c.nbeta, (double)g1[j], c.gamma * there);
        double ahead = __builtin_fma(c.half, drift, to - from);
        double back = __builtin_fma(c.half, drift1, from - to);
        sums->forward[j] = __builtin_fma(ahead, ahead, sums->forward[j]);
        sums->backward[j] = __builtin_fma(back, back, sums->backward[j]);
        sums->spring0[j] = __builtin_fma(here, here, sums->spring0[j]);
        sums->spring1[j] = __builtin_fma(there, there, sums->spring1[j]);
    }
}

slt_mala_terms SLT_KERNEL(mala)(const slt_sgld_step *step, const slt_tensor *w0,
                                const slt_tensor *w, const slt_tensor *g,
                                const slt_tensor *w1, const slt_tensor *g1)
{
    const real *centre = w0->data, *from = w->data, *slope = g->data;
    const real *to = w1->data, *slope1 = g1->data;
    mala_coefficients c = {
        slt_real_double(step->half),
        slt_real_double(step->nbeta),
        slt_real_double(step->gamma),
    };
    mala_partials sums = {{0}, {0}, {0}, {0}};
    size_t count = slt_tensor_count(w), whole = count - count % PARTIALS, e;
    for (e = 0; e < whole; e += PARTIALS)
        mala_block(c, centre + e, from + e, slope + e, to + e, slope1 + e, PARTIALS,
                   &sums);
    mala_block(c, centre + e, from + e, slope + e, to + e, slope1 + e, count - e, &sums);
    return (slt_mala_terms){
        .forward = slt_real_of(slt_reduce_tree(sums.forward)),
        .backward = slt_real_of(slt_reduce_tree(sums.backward)),
        .spring0 = slt_real_of(slt_reduce_tree(sums.spring0)),
        .spring1 = slt_real_of(slt_reduce_tree(sums.spring1)),
    };
}
