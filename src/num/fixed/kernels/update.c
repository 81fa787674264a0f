/* Updates of fixed-point state.  If the terms of a chunk are small, as they are unless a
 * run is about to overflow, they are summed in lanes of 64 bits; otherwise element by
 * element in 128 bits.  A sum that does not fit the state's 64 bits latches overflow. */
#include "base/assert.h"
#include "num/fixed/block.h"
#include "num/fixed/kernels/scale.h"
#include "num/fixed/kernels/term.h"
#include "num/scalar.h"

#define CHUNK 256

/* Four terms within these bits and their sum fit 63. */
#define TERM_BITS 60
_Static_assert(TERM_BITS + 2 < 63, "sums of four terms fit");

/* ---- SGD --------------------------------------------------------------------------- */

typedef struct descent {
    slt_scalar rate, decay, momentum;
    const int64_t *gradient;
    int frac;        /* of gradient */
    int64_t *moment; /* NULL without momentum */
    bool plain;      /* neither momentum nor decay: the gradient is the direction */
} descent;

static void descend_one(const descent *by, size_t e, slt_tensor *m, slt_tensor *w)
{
    bool fits = true;
    int64_t d = by->gradient[e], *weight = (int64_t *)w->data + e;
    int frac = by->frac;
    if (!by->plain) {
        slt_wide sum = plus(slt_wide_of(0), (slt_scalar){1, 0}, d, frac, &fits);
        sum = plus(sum, by->decay, *weight, SLT_FIXED_FRAC, &fits);
        if (by->moment) {
            sum = plus(sum, by->momentum, by->moment[e], SLT_FIXED_FRAC, &fits);
            settle(sum, m, &by->moment[e]);
        }
        fits = slt_wide_fits(sum) && fits;
        d = (int64_t)sum.low;
        frac = SLT_FIXED_FRAC;
    }
    slt_wide next = plus(slt_wide_of(*weight), by->rate, d, frac, &fits);
    w->overflow |= !fits;
    settle(next, w, weight);
}

/* The new weights and moments of up to CHUNK elements from `first`; false if they may not
 * fit. */
static bool descend_chunk(const descent *by, const int64_t *weight, size_t first,
                          size_t count, int64_t *moments, int64_t *weights)
{
    reach all = {lanes_of(0), lanes_of(0)};
    scaling one = scaling_of((slt_scalar){1, 0}, by->frac, SLT_FIXED_FRAC);
    scaling decay = scaling_of(by->decay, SLT_FIXED_FRAC, SLT_FIXED_FRAC);
    scaling keep = scaling_of(by->momentum, SLT_FIXED_FRAC, SLT_FIXED_FRAC);
    scaling rate =
        scaling_of(by->rate, by->plain ? by->frac : SLT_FIXED_FRAC, SLT_FIXED_FRAC);
    for (size_t e = 0; e < count; e += LANES) {
        lanes w = lanes_load(weight + first + e, count - e);
        lanes d = lanes_load(by->gradient + first + e, count - e);
        if (!by->plain)
            d = scaled(&one, d, &all) + scaled(&decay, w, &all);
        if (by->moment) {
            d += scaled(&keep, lanes_load(by->moment + first + e, count - e), &all);
            lanes_store(moments + e, d, count - e);
        }
        reach_add(&all, w);
        lanes_store(weights + e, w + scaled(&rate, d, &all), count - e);
    }
    return reach_within(&all, TERM_BITS);
}

bool SLT_FIXED(sgd)(const slt_sgd_step *step, const slt_tensor *g, slt_tensor *m,
                    slt_tensor *w)
{
    descent by = {.rate = minus(slt_scalar_of(step->lr)),
                  .decay = slt_scalar_of(step->weight_decay),
                  .momentum = slt_scalar_of(step->momentum),
                  .gradient = g->data,
                  .frac = g->frac};
    int64_t *weight = w->data, moments[CHUNK], weights[CHUNK];
    by.moment = by.momentum.mantissa ? m->data : NULL;
    by.plain = !by.moment && !by.decay.mantissa;
    if (by.moment)
        m->frac = SLT_FIXED_FRAC;
    SLT_ASSERT(w->frac == SLT_FIXED_FRAC);
    for (size_t first = 0, n = slt_tensor_count(w); first < n; first += CHUNK) {
        size_t count = n - first < CHUNK ? n - first : CHUNK;
        if (descend_chunk(&by, weight, first, count, moments, weights)) {
            memcpy(weight + first, weights, count * sizeof *weight);
            if (by.moment)
                memcpy(by.moment + first, moments, count * sizeof *moments);
        } else {
            for (size_t e = first; e < first + count; e++)
                descend_one(&by, e, m, w);
        }
    }
    w->overflow |= g->overflow;
    return !w->overflow;
}

/* ---- SGLD -------------------------------------------------------------------------- */

typedef struct langevin {
    slt_scalar spring, force, noise;
    const int64_t *gradient, *home;
    int frac; /* of gradient */
} langevin;

static void move_one(const langevin *by, int64_t normal, size_t e, slt_tensor *w)
{
    int64_t *weight = (int64_t *)w->data + e;
    slt_wide away =
        slt_wide_add(slt_wide_of(*weight), slt_wide_neg(slt_wide_of(by->home[e])));
    bool fits = slt_wide_fits(away);
    slt_wide next = slt_wide_of(*weight);
    next = plus(next, by->spring, (int64_t)away.low, SLT_FIXED_FRAC, &fits);
    next = plus(next, by->force, by->gradient[e], by->frac, &fits);
    next = plus(next, by->noise, normal, SLT_NORMAL_FRAC, &fits);
    w->overflow |= !fits;
    settle(next, w, weight);
}

/* As descend_chunk. */
static bool langevin_chunk(const langevin *by, const int64_t *normals,
                           const int64_t *weight, size_t first, size_t count,
                           int64_t *weights)
{
    reach all = {lanes_of(0), lanes_of(0)};
    scaling spring = scaling_of(by->spring, SLT_FIXED_FRAC, SLT_FIXED_FRAC);
    scaling force = scaling_of(by->force, by->frac, SLT_FIXED_FRAC);
    scaling noise = scaling_of(by->noise, SLT_NORMAL_FRAC, SLT_FIXED_FRAC);
    for (size_t e = 0; e < count; e += LANES) {
        lanes w = lanes_load(weight + first + e, count - e);
        lanes home = lanes_load(by->home + first + e, count - e);
        lanes g = lanes_load(by->gradient + first + e, count - e);
        reach_add(&all, w);
        reach_add(&all, home);
        lanes next = w + scaled(&spring, w - home, &all) + scaled(&force, g, &all) +
                     scaled(&noise, lanes_load(normals + e, count - e), &all);
        lanes_store(weights + e, next, count - e);
    }
    return reach_within(&all, TERM_BITS);
}

bool SLT_FIXED(sgld)(const slt_sgld_step *step, slt_stream stream, const slt_tensor *g,
                     const slt_tensor *w0, slt_tensor *w)
{
    langevin by = {
        .spring = minus(slt_scalar_of(slt_real_mul(step->half, step->gamma))),
        .force = minus(slt_scalar_of(slt_real_mul(step->half, step->nbeta))),
        .noise = slt_scalar_of(step->root),
        .gradient = g->data,
        .home = w0->data,
        .frac = g->frac,
    };
    int64_t *weight = w->data, normals[CHUNK], weights[CHUNK];
    SLT_ASSERT(w->frac == SLT_FIXED_FRAC && w0->frac == SLT_FIXED_FRAC);
    for (size_t first = 0, n = slt_tensor_count(w); first < n; first += CHUNK) {
        size_t count = n - first < CHUNK ? n - first : CHUNK;
        SLT_FIXED(normals)(stream, first, normals, count);
        if (langevin_chunk(&by, normals, weight, first, count, weights))
            memcpy(weight + first, weights, count * sizeof *weight);
        else
            for (size_t e = 0; e < count; e++)
                move_one(&by, normals[e], first + e, w);
    }
    w->overflow |= g->overflow;
    return !w->overflow;
}

/* ---- Steps with a momentum --------------------------------------------------------- */

typedef struct inertia {
    slt_scalar lose, spring, force, before, fade, noise, after;
    const int64_t *gradient, *home;
    int frac; /* of gradient */
    int64_t *momentum;
} inertia;

/* Both numbers stay what they were where one of the sums does not fit. */
static void glide_one(const inertia *by, int64_t normal, size_t e, slt_tensor *w)
{
    int64_t *weight = (int64_t *)w->data + e, *momentum = by->momentum + e;
    slt_wide away =
        slt_wide_add(slt_wide_of(*weight), slt_wide_neg(slt_wide_of(by->home[e])));
    bool fits = slt_wide_fits(away);
    slt_wide p = plus(slt_wide_of(*momentum), by->lose, *momentum, SLT_FIXED_FRAC, &fits);
    p = plus(p, by->spring, (int64_t)away.low, SLT_FIXED_FRAC, &fits);
    p = plus(p, by->force, by->gradient[e], by->frac, &fits);
    fits = fits && slt_wide_fits(p);
    const int64_t kicked = (int64_t)p.low;
    slt_wide next = plus(slt_wide_of(*weight), by->before, kicked, SLT_FIXED_FRAC, &fits);
    p = plus(slt_wide_of(kicked), by->fade, kicked, SLT_FIXED_FRAC, &fits);
    p = plus(p, by->noise, normal, SLT_NORMAL_FRAC, &fits);
    fits = fits && slt_wide_fits(next) && slt_wide_fits(p);
    next = plus(next, by->after, (int64_t)p.low, SLT_FIXED_FRAC, &fits);
    if (!fits || !slt_wide_fits(next)) {
        w->overflow = true;
        return;
    }
    *momentum = (int64_t)p.low;
    *weight = (int64_t)next.low;
}

/* As descend_chunk. */
static bool glide_chunk(const inertia *by, const int64_t *normals, const int64_t *weight,
                        size_t first, size_t count, int64_t *momenta, int64_t *weights)
{
    reach all = {lanes_of(0), lanes_of(0)};
    const scaling lose = scaling_of(by->lose, SLT_FIXED_FRAC, SLT_FIXED_FRAC);
    const scaling spring = scaling_of(by->spring, SLT_FIXED_FRAC, SLT_FIXED_FRAC);
    const scaling force = scaling_of(by->force, by->frac, SLT_FIXED_FRAC);
    const scaling before = scaling_of(by->before, SLT_FIXED_FRAC, SLT_FIXED_FRAC);
    const scaling fade = scaling_of(by->fade, SLT_FIXED_FRAC, SLT_FIXED_FRAC);
    const scaling noise = scaling_of(by->noise, SLT_NORMAL_FRAC, SLT_FIXED_FRAC);
    const scaling after = scaling_of(by->after, SLT_FIXED_FRAC, SLT_FIXED_FRAC);
    for (size_t e = 0; e < count; e += LANES) {
        lanes w = lanes_load(weight + first + e, count - e);
        lanes home = lanes_load(by->home + first + e, count - e);
        lanes g = lanes_load(by->gradient + first + e, count - e);
        lanes p = lanes_load(by->momentum + first + e, count - e);
        reach_add(&all, w);
        reach_add(&all, home);
        reach_add(&all, p);
        p += scaled(&lose, p, &all) + scaled(&spring, w - home, &all) +
             scaled(&force, g, &all);
        reach_add(&all, p);
        w += scaled(&before, p, &all);
        p += scaled(&fade, p, &all) +
             scaled(&noise, lanes_load(normals + e, count - e), &all);
        reach_add(&all, p);
        lanes_store(momenta + e, p, count - e);
        lanes_store(weights + e, w + scaled(&after, p, &all), count - e);
    }
    return reach_within(&all, TERM_BITS);
}

bool SLT_FIXED(underdamped)(const slt_underdamped_step *step, slt_stream stream,
                            const slt_tensor *g, const slt_tensor *w0, slt_tensor *p,
                            slt_tensor *w)
{
    const inertia by = {
        .lose = minus(slt_scalar_of(step->lose)),
        .spring = minus(slt_scalar_of(slt_real_mul(step->push, step->gamma))),
        .force = minus(slt_scalar_of(slt_real_mul(step->push, step->nbeta))),
        .before = slt_scalar_of(step->before),
        .fade = minus(slt_scalar_of(step->fade)),
        .noise = slt_scalar_of(step->noise),
        .after = slt_scalar_of(step->after),
        .gradient = g->data,
        .home = w0->data,
        .frac = g->frac,
        .momentum = p->data,
    };
    int64_t *weight = w->data, normals[CHUNK], momenta[CHUNK], weights[CHUNK];
    SLT_ASSERT(w->frac == SLT_FIXED_FRAC && w0->frac == SLT_FIXED_FRAC);
    p->frac = SLT_FIXED_FRAC;
    for (size_t first = 0, n = slt_tensor_count(w); first < n; first += CHUNK) {
        size_t count = n - first < CHUNK ? n - first : CHUNK;
        SLT_FIXED(normals)(stream, first, normals, count);
        if (glide_chunk(&by, normals, weight, first, count, momenta, weights)) {
            memcpy(weight + first, weights, count * sizeof *weight);
            memcpy(by.momentum + first, momenta, count * sizeof *momenta);
        } else {
            for (size_t e = 0; e < count; e++)
                glide_one(&by, normals[e], first + e, w);
        }
    }
    w->overflow |= g->overflow;
    return !w->overflow;
}
