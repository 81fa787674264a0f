/* Updates of fixed-point state.  The sum of a step is made in 128 bits and must fit the
 * state's 64: what does not latches overflow. */
#include "base/assert.h"
#include "num/fixed/block.h"
#include "num/fixed/kernels/body.h"
#include "num/scalar.h"
#include "num/scratch.h"

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

bool SLT_FIXED(sgd)(const slt_sgd_step *step, const slt_tensor *g, slt_tensor *m,
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

/* The positive root of each element: floor(sqrt(m 2^64)) at half the exponent. */
static void block_root(slt_tensor *v)
{
    int64_t *m = v->data;
    int odd = v->frac & 1;
    for (size_t e = 0, n = slt_tensor_count(v); e < n; e++)
        m[e] = slt_fixed_sqrt(slt_round_shift(m[e], odd));
    v->frac = (v->frac - odd + 64) / 2;
}

/* d = d + eps, meeting as blocks do. */
static void add_scalar(slt_tensor *d, slt_scalar eps)
{
    int64_t *m = d->data;
    int bits = slt_bits_u64((uint64_t)eps.mantissa);
    int frac = slt_block_meet(d->frac, slt_block_bits(d), -eps.exponent, bits);
    int64_t term = slt_block_shift(eps.mantissa, frac + eps.exponent);
    for (size_t e = 0, n = slt_tensor_count(d); e < n; e++)
        m[e] = slt_block_shift(m[e], frac - d->frac) + term;
    d->frac = frac;
}

/* a 2^-frac_a / (b 2^-frac_b), b > 0, at exponent QUOTIENT_FRAC, towards zero. */
#define QUOTIENT_FRAC 40
static bool quotient(int64_t a, int frac_a, int64_t b, int frac_b, int64_t *result)
{
    int shift = QUOTIENT_FRAC - frac_a + frac_b;
    slt_wide size = slt_wide_abs(slt_wide_of(a));
    *result = 0;
    if (b == 0 || (shift > 0 && slt_wide_bits(size) + shift > 126))
        return a == 0;
    size = shift > 0 ? slt_wide_left(size, shift)
                     : slt_wide_floor(size, -shift > 127 ? 127 : -shift);
    if (slt_wide_bits(size) - slt_bits_u64((uint64_t)b) > 61)
        return false;
    int64_t ratio = slt_wide_quotient(size, b);
    *result = a < 0 ? -ratio : ratio;
    return true;
}

/* m = beta1 m + (1 - beta1) g and v = beta2 v + (1 - beta2) g g, block by block. */
static void moments(const slt_adam_step *step, const slt_tensor *g, slt_tensor *m,
                    slt_tensor *v, slt_tensor *room)
{
    SLT_FIXED(times)(step->beta1, m, m);
    SLT_FIXED(times)(step->one_minus_beta1, g, room);
    SLT_FIXED(add)(m, room, m);
    SLT_FIXED(times)(step->one_minus_beta2, g, room);
    SLT_FIXED(multiply)(room, g, room);
    SLT_FIXED(times)(step->beta2, v, v);
    SLT_FIXED(add)(v, room, v);
}

/* A tensor like w whose elements are part `which` of this thread's scratch memory. */
static slt_tensor scratch_like(const slt_tensor *w, size_t which, size_t parts)
{
    size_t n = slt_tensor_count(w);
    slt_tensor room = *w;
    room.overflow = false;
    room.data = (int64_t *)slt_kernel_scratch(parts * n * sizeof(int64_t)) + which * n;
    return room;
}

bool SLT_FIXED(adam)(const slt_adam_step *step, const slt_tensor *g, slt_tensor *m,
                     slt_tensor *v, slt_tensor *w)
{
    SLT_ASSERT(w->frac == SLT_FIXED_FRAC);
    slt_tensor gradient = scratch_like(w, 0, 2), room = scratch_like(w, 1, 2);
    slt_scalar decay = slt_scalar_of(step->weight_decay);
    slt_scalar shrink = slt_scalar_of(step->shrink);
    slt_scalar rate = minus(slt_scalar_of(step->rate));
    bool decoupled = step->shrink.bits != UINT64_C(0x3ff0000000000000);
    if (decay.mantissa) {
        SLT_FIXED(times)(step->weight_decay, w, &gradient);
        SLT_FIXED(add)(&gradient, g, &gradient);
        g = &gradient;
    }
    moments(step, g, m, v, &room);
    slt_tensor_copy(&room, v);
    block_root(&room);
    SLT_FIXED(times)(step->root, &room, &room);
    add_scalar(&room, slt_scalar_of(step->eps));
    const int64_t *moment = m->data, *size = room.data;
    int64_t *weight = w->data;
    for (size_t e = 0, n = slt_tensor_count(w); e < n; e++) {
        bool fits = true;
        int64_t ratio;
        slt_wide next = slt_wide_of(weight[e]);
        if (decoupled)
            next = plus(slt_wide_of(0), shrink, weight[e], SLT_FIXED_FRAC, &fits);
        fits = quotient(moment[e], m->frac, size[e], room.frac, &ratio) && fits;
        next = plus(next, rate, ratio, QUOTIENT_FRAC, &fits);
        w->overflow |= !fits;
        settle(next, w, &weight[e]);
    }
    w->overflow |= g->overflow || m->overflow || v->overflow;
    return !w->overflow;
}

bool SLT_FIXED(sgld)(const slt_sgld_step *step, slt_stream stream, const slt_tensor *g,
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
        slt_wide away =
            slt_wide_add(slt_wide_of(weight[e]), slt_wide_neg(slt_wide_of(home[e])));
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
