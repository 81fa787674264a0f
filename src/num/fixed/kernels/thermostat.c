/* The step with a momentum and a thermostat on fixed-point state, element by element. */
#include "base/assert.h"
#include "num/fixed/kernels/term.h"
#include "num/scalar.h"

typedef struct thermostat {
    slt_scalar step, fade, spring, force, noise;
    const int64_t *gradient, *home;
    int frac; /* of gradient */
    int64_t *momentum, *heat;
} thermostat;

/* a b of two numbers of the state. */
static int64_t product_of(int64_t a, int64_t b, bool *fits)
{
    const slt_wide rounded = slt_wide_round(slt_wide_mul(a, b), SLT_FIXED_FRAC);
    *fits = slt_wide_fits(rounded) && *fits;
    return (int64_t)rounded.low;
}

static slt_wide less(int64_t a, int64_t b)
{
    return slt_wide_add(slt_wide_of(a), slt_wide_neg(slt_wide_of(b)));
}

/* All three numbers stay what they were where one of the sums does not fit. */
static void move_one(const thermostat *by, int64_t normal, size_t e, slt_tensor *w)
{
    int64_t *weight = (int64_t *)w->data + e;
    int64_t *momentum = by->momentum + e, *heat = by->heat + e;
    const slt_wide away = less(*weight, by->home[e]);
    bool fits = slt_wide_fits(away);
    const int64_t heated = product_of(*heat, *momentum, &fits);
    slt_wide p = plus(slt_wide_of(*momentum), by->fade, *momentum, SLT_FIXED_FRAC, &fits);
    p = plus(p, minus(by->step), heated, SLT_FIXED_FRAC, &fits);
    p = plus(p, by->spring, (int64_t)away.low, SLT_FIXED_FRAC, &fits);
    p = plus(p, by->force, by->gradient[e], by->frac, &fits);
    p = plus(p, by->noise, normal, SLT_NORMAL_FRAC, &fits);
    fits = fits && slt_wide_fits(p);
    const int64_t moved = (int64_t)p.low;
    const slt_wide next =
        plus(slt_wide_of(*weight), by->step, moved, SLT_FIXED_FRAC, &fits);
    const slt_wide excess =
        less(product_of(moved, moved, &fits), INT64_C(1) << SLT_FIXED_FRAC);
    fits = fits && slt_wide_fits(excess);
    const slt_wide x = plus(slt_wide_of(*heat), by->step, (int64_t)excess.low,
                            SLT_FIXED_FRAC, &fits);
    if (!fits || !slt_wide_fits(next) || !slt_wide_fits(x)) {
        w->overflow = true;
        return;
    }
    *momentum = moved;
    *heat = (int64_t)x.low;
    *weight = (int64_t)next.low;
}

bool SLT_FIXED(thermostat)(const slt_underdamped_step *step, slt_stream stream,
                           const slt_tensor *g, const slt_tensor *w0, slt_tensor *p,
                           slt_tensor *x, slt_tensor *w)
{
    enum { CHUNK = 256 };
    const thermostat by = {
        .step = slt_scalar_of(step->after),
        .fade = minus(slt_scalar_of(step->fade)),
        .spring = minus(slt_scalar_of(slt_real_mul(step->push, step->gamma))),
        .force = minus(slt_scalar_of(slt_real_mul(step->push, step->nbeta))),
        .noise = slt_scalar_of(step->noise),
        .gradient = g->data,
        .home = w0->data,
        .frac = g->frac,
        .momentum = p->data,
        .heat = x->data,
    };
    int64_t normals[CHUNK];
    SLT_ASSERT(w->frac == SLT_FIXED_FRAC && w0->frac == SLT_FIXED_FRAC);
    p->frac = x->frac = SLT_FIXED_FRAC;
    for (size_t first = 0, n = slt_tensor_count(w); first < n; first += CHUNK) {
        const size_t count = n - first < CHUNK ? n - first : CHUNK;
        SLT_FIXED(normals)(stream, first, normals, count);
        for (size_t e = 0; e < count; e++)
            move_one(&by, normals[e], first + e, w);
    }
    w->overflow |= g->overflow;
    return !w->overflow;
}
