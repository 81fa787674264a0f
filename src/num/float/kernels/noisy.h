/* Shared by updates: the steps of samplers for a few elements whose noise has been drawn,
 * and the search for infinities and NaN in what is written. */
#ifndef SLT_NUM_FLOAT_KERNELS_NOISY_H
#define SLT_NUM_FLOAT_KERNELS_NOISY_H

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

/* Which step it is: a constant where a step is inlined. */
typedef enum noisy_kind {
    NOISY_SGLD,
    NOISY_UNDERDAMPED,
    NOISY_THERMOSTAT,
    NOISY_PRECONDITIONED, /* by the gradient */
    NOISY_ADAM            /* by the mean of gradients */
} noisy_kind;

/* Coefficients; those that are taken off have their sign changed. */
typedef struct noisy_step {
    vec nbeta, gamma;
    vec half, root;                             /* without a momentum */
    vec lose, push, before, fade, noise, after; /* NOISY_UNDERDAMPED, NOISY_THERMOSTAT */
    vec alpha, one_minus_alpha, eps, raise;     /* NOISY_PRECONDITIONED, NOISY_ADAM */
    vec beta, one_minus_beta;                   /* NOISY_ADAM */
} noisy_step;

/* What it reads and writes. */
typedef struct noisy_tensors {
    const real *g, *w0;
    real *slot, *w; /* slot: the momentum, the mean square, or NULL */
    real *mean;     /* NOISY_ADAM */
    real *heat;     /* NOISY_THERMOSTAT: what its friction has gained */
} noisy_tensors;

SLT_INLINE noisy_step noisy_sgld(const slt_sgld_step *step)
{
    return (noisy_step){.half = vec_broadcast(-real_of(step->half)),
                        .root = vec_broadcast(real_of(step->root)),
                        .nbeta = vec_broadcast(real_of(step->nbeta)),
                        .gamma = vec_broadcast(real_of(step->gamma))};
}

SLT_INLINE noisy_step noisy_underdamped(const slt_underdamped_step *step)
{
    return (noisy_step){.nbeta = vec_broadcast(real_of(step->nbeta)),
                        .gamma = vec_broadcast(real_of(step->gamma)),
                        .lose = vec_broadcast(-real_of(step->lose)),
                        .push = vec_broadcast(-real_of(step->push)),
                        .before = vec_broadcast(real_of(step->before)),
                        .fade = vec_broadcast(-real_of(step->fade)),
                        .noise = vec_broadcast(real_of(step->noise)),
                        .after = vec_broadcast(real_of(step->after))};
}

SLT_INLINE noisy_step noisy_preconditioned(const slt_preconditioned_step *step)
{
    noisy_step c = noisy_sgld(&step->sgld);
    c.alpha = vec_broadcast(real_of(step->alpha));
    c.one_minus_alpha = vec_broadcast(real_of(step->one_minus_alpha));
    c.eps = vec_broadcast(real_of(step->eps));
    c.raise = vec_broadcast(real_of(step->raise));
    c.beta = vec_broadcast(real_of(step->beta));
    c.one_minus_beta = vec_broadcast(real_of(step->one_minus_beta));
    return c;
}

SLT_INLINE noisy_tensors noisy_tensors_of(const slt_tensor *g, const slt_tensor *w0,
                                          slt_tensor *slot, slt_tensor *w)
{
    return (noisy_tensors){
        .g = g->data, .w0 = w0->data, .slot = slot ? slot->data : NULL, .w = w->data};
}

/* The weights moved with a momentum, which it changes.  They are not finite where it is
 * not: what is added last is a multiple of it. */
SLT_INLINE vec moved_underdamped(const noisy_step *c, vec z, vec drift, vec w, vec *p)
{
    *p = vec_fma(c->push, drift, vec_fma(c->lose, *p, *p));
    w = vec_fma(c->before, *p, w);
    *p = vec_fma(c->noise, z, vec_fma(c->fade, *p, *p));
    return vec_fma(c->after, *p, w);
}

/* The weights moved with a momentum and its thermostat, which it changes. */
SLT_INLINE vec moved_thermostat(const noisy_step *c, vec z, vec drift, vec w, vec *p,
                                vec *x)
{
    const vec share = vec_fma(c->push, *x, c->fade);
    *p = vec_fma(c->push, drift, vec_fma(share, *p, *p));
    *p = vec_fma(c->noise, z, *p);
    *x = vec_fma(c->after, vec_fma(*p, *p, vec_broadcast(-1)), *x);
    return vec_fma(c->after, *p, w);
}

/* The weights moved with a mean square, which it changes. */
SLT_INLINE vec moved_preconditioned(const noisy_step *c, vec z, vec g, vec drift, vec w,
                                    vec *v)
{
    *v = vec_fma(c->alpha, *v, (c->one_minus_alpha * g) * g);
    const vec scale = vec_broadcast(1) / vec_fma(vec_sqrt(*v), c->raise, c->eps);
    return vec_fma(c->root, vec_sqrt(scale) * z, vec_fma(c->half, scale * drift, w));
}

/* The direction of an update: the mean of gradients, which it changes, or g. */
SLT_INLINE vec directed(noisy_kind kind, const noisy_step *c, vec g,
                        const noisy_tensors *at, size_t e, size_t left)
{
    if (kind != NOISY_ADAM)
        return g;
    const vec m =
        vec_fma(c->beta, vec_load_some(at->mean + e, left), c->one_minus_beta * g);
    vec_store_some(at->mean + e, m, left);
    return m;
}

/* n elements from e on; z holds whole vectors. */
SLT_INLINE void noisy_some(noisy_kind kind, const noisy_step *c, const vec *z,
                           const noisy_tensors *at, size_t e, size_t n, spoils *all)
{
    for (const size_t end = e + n; e < end; e += LANES, z++) {
        const size_t left = end - e;
        vec w = vec_load_some(at->w + e, left);
        const vec away = w - vec_load_some(at->w0 + e, left);
        const vec g = vec_load_some(at->g + e, left);
        const vec drift =
            vec_fma(c->nbeta, directed(kind, c, g, at, e, left), c->gamma * away);
        if (kind == NOISY_SGLD) {
            w = vec_fma(c->root, *z, vec_fma(c->half, drift, w));
        } else if (kind == NOISY_UNDERDAMPED) {
            vec p = vec_load_some(at->slot + e, left);
            w = moved_underdamped(c, *z, drift, w, &p);
            vec_store_some(at->slot + e, p, left);
        } else if (kind == NOISY_THERMOSTAT) {
            vec p = vec_load_some(at->slot + e, left);
            vec x = vec_load_some(at->heat + e, left);
            w = moved_thermostat(c, *z, drift, w, &p, &x);
            vec_store_some(at->slot + e, p, left);
            vec_store_some(at->heat + e, x, left);
            spoil(all, x);
        } else {
            vec v = vec_load_some(at->slot + e, left);
            w = moved_preconditioned(c, *z, g, drift, w, &v);
            vec_store_some(at->slot + e, v, left);
            spoil(all, v);
        }
        vec_store_some(at->w + e, w, left);
        spoil(all, w);
    }
}

#endif
