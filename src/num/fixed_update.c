/* Updates of fixed-point state.  The sum of a step is made in 128 bits and must fit the
 * state's 64: what does not latches overflow. */
#include "num/fixed.h"

#include "base/assert.h"
#include "base/assumptions.h"
#include "num/fixed_block.h"
#include "num/scalar.h"

/* w = sum where it fits. */
static void settle(slt_wide sum, slt_tensor *w, int64_t *at)
{
    if (slt_wide_fits(sum))
        *at = (int64_t)sum.low;
    else
        w->overflow = true;
}

/* sum + scalar * (m 2^-frac), the product rounded to the state's exponent. */
static slt_wide plus(slt_wide sum, slt_scalar scalar, int64_t m, int frac, bool *fits)
{
    int64_t term;
    *fits = slt_fixed_scale(scalar, m, frac, SLT_FIXED_FRAC, &term) && *fits;
    return slt_wide_add(sum, slt_wide_of(term));
}

static slt_scalar minus(slt_scalar scalar)
{
    return (slt_scalar){-scalar.mantissa, scalar.exponent};
}

/* One element's direction g + weight_decay w, at the state's exponent. */
static slt_wide direction(slt_scalar decay, int64_t g, int frac, int64_t w, bool *fits)
{
    slt_wide sum = plus(slt_wide_of(0), (slt_scalar){1, 0}, g, frac, fits);
    return plus(sum, decay, w, SLT_FIXED_FRAC, fits);
}

bool slt_fixed_sgd(const slt_sgd_step *step, const slt_tensor *g, slt_tensor *m,
                   slt_tensor *w)
{
    slt_scalar rate = minus(slt_scalar_of(step->lr));
    slt_scalar decay = slt_scalar_of(step->weight_decay);
    slt_scalar momentum = slt_scalar_of(step->momentum);
    const int64_t *gradient = g->data;
    int64_t *weight = w->data;
    int64_t *moment = momentum.mantissa ? m->data : NULL;
    bool plain = !moment && !decay.mantissa;
    if (moment)
        m->frac = SLT_FIXED_FRAC;
    SLT_ASSERT(w->frac == SLT_FIXED_FRAC);
    for (size_t e = 0, n = slt_tensor_count(w); e < n; e++) {
        bool fits = true;
        int64_t d = gradient[e];
        int frac = g->frac;
        if (!plain) {
            slt_wide sum = direction(decay, d, frac, weight[e], &fits);
            if (moment) {
                sum = plus(sum, momentum, moment[e], SLT_FIXED_FRAC, &fits);
                settle(sum, m, &moment[e]);
            }
            fits = slt_wide_fits(sum) && fits;
            d = (int64_t)sum.low;
            frac = SLT_FIXED_FRAC;
        }
        slt_wide next = plus(slt_wide_of(weight[e]), rate, d, frac, &fits);
        w->overflow |= !fits;
        settle(next, w, &weight[e]);
    }
    w->overflow |= g->overflow;
    return !w->overflow;
}

bool slt_fixed_sgld(const slt_sgld_step *step, slt_stream stream, const slt_tensor *g,
                    const slt_tensor *w0, slt_tensor *w)
{
    enum { CHUNK = 256 };
    slt_scalar spring = minus(slt_scalar_of(slt_real_mul(step->half, step->gamma)));
    slt_scalar force = minus(slt_scalar_of(slt_real_mul(step->half, step->nbeta)));
    slt_scalar noise = slt_scalar_of(step->root);
    const int64_t *gradient = g->data, *home = w0->data;
    int64_t *weight = w->data, normals[CHUNK];
    SLT_ASSERT(w->frac == SLT_FIXED_FRAC && w0->frac == SLT_FIXED_FRAC);
    for (size_t e = 0, n = slt_tensor_count(w); e < n; e++) {
        if (e % CHUNK == 0)
            slt_fixed_normals(stream, e, normals, n - e < CHUNK ? n - e : CHUNK);
        bool fits = true;
        slt_wide away = slt_wide_add(slt_wide_of(weight[e]),
                                     slt_wide_neg(slt_wide_of(home[e])));
        fits = slt_wide_fits(away);
        slt_wide next = slt_wide_of(weight[e]);
        next = plus(next, spring, (int64_t)away.low, SLT_FIXED_FRAC, &fits);
        next = plus(next, force, gradient[e], g->frac, &fits);
        next = plus(next, noise, normals[e % CHUNK], SLT_NORMAL_FRAC, &fits);
        w->overflow |= !fits;
        settle(next, w, &weight[e]);
    }
    w->overflow |= g->overflow;
    return !w->overflow;
}
