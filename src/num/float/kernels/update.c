/* Parameter updates, which look at what they write for infinities and NaN. */
#include "num/float/kernels/noisy.h"
#include "num/float/kernels/normals.h"

typedef struct sgd_coefficients {
    vec rate, momentum, decay;
} sgd_coefficients;

/* decays and heavy are constants where this is inlined: fma(0, w, g) is not g where g is
 * -0. */
SLT_INLINE bool sgd_all(bool decays, bool heavy, const sgd_coefficients *c, const real *g,
                        real *m, real *w, size_t count)
{
    spoils all = {0};
    for (size_t e = 0; e < count; e += LANES) {
        vec weight = vec_load_some(w + e, count - e),
            slope = vec_load_some(g + e, count - e);
        if (decays)
            slope = vec_fma(c->decay, weight, slope);
        if (heavy) {
            slope = vec_fma(c->momentum, vec_load_some(m + e, count - e), slope);
            vec_store_some(m + e, slope, count - e);
        }
        weight = vec_fma(c->rate, slope, weight);
        vec_store_some(w + e, weight, count - e);
        spoil(&all, weight);
    }
    return is_unspoilt(all);
}

bool SLT_KERNEL(sgd)(const slt_sgd_step *step, const slt_tensor *g, slt_tensor *m,
                     slt_tensor *w)
{
    const real momentum = real_of(step->momentum), decay = real_of(step->weight_decay);
    const sgd_coefficients c = {
        .rate = vec_broadcast(-real_of(step->lr)),
        .momentum = vec_broadcast(momentum),
        .decay = vec_broadcast(decay),
    };
    const size_t count = slt_tensor_count(w);
    if (momentum != 0 && decay != 0)
        return sgd_all(true, true, &c, g->data, m->data, w->data, count);
    if (momentum != 0)
        return sgd_all(false, true, &c, g->data, m->data, w->data, count);
    if (decay != 0)
        return sgd_all(true, false, &c, g->data, NULL, w->data, count);
    return sgd_all(false, false, &c, g->data, NULL, w->data, count);
}

typedef struct adam_coefficients {
    vec beta1, beta2, one_minus_beta1, one_minus_beta2, eps, rate, root, decay, shrink;
} adam_coefficients;

/* Multiplying by a shrink of exactly 1 changes no weight, so it needs no case.  v is
 * looked at too: an infinite one leaves w finite, m / inf being 0. */
SLT_INLINE bool adam_all(bool decays, const adam_coefficients *c, const real *g, real *m,
                         real *v, real *w, size_t count)
{
    spoils all = {0};
    for (size_t e = 0; e < count; e += LANES) {
        const size_t left = count - e;
        vec weight = vec_load_some(w + e, left) * c->shrink;
        vec slope = vec_load_some(g + e, left);
        if (decays)
            slope = vec_fma(c->decay, weight, slope);
        vec moment =
            vec_fma(c->beta1, vec_load_some(m + e, left), c->one_minus_beta1 * slope);
        vec spread = vec_fma(c->beta2, vec_load_some(v + e, left),
                             (c->one_minus_beta2 * slope) * slope);
        vec scale = vec_fma(vec_sqrt(spread), c->root, c->eps);
        weight = vec_fma(c->rate, moment / scale, weight);
        vec_store_some(m + e, moment, left);
        vec_store_some(v + e, spread, left);
        vec_store_some(w + e, weight, left);
        spoil(&all, spread);
        spoil(&all, weight);
    }
    return is_unspoilt(all);
}

bool SLT_KERNEL(adam)(const slt_adam_step *step, const slt_tensor *g, slt_tensor *m,
                      slt_tensor *v, slt_tensor *w)
{
    const real decay = real_of(step->weight_decay);
    const adam_coefficients c = {
        .beta1 = vec_broadcast(real_of(step->beta1)),
        .beta2 = vec_broadcast(real_of(step->beta2)),
        .one_minus_beta1 = vec_broadcast(real_of(step->one_minus_beta1)),
        .one_minus_beta2 = vec_broadcast(real_of(step->one_minus_beta2)),
        .eps = vec_broadcast(real_of(step->eps)),
        .rate = vec_broadcast(-real_of(step->rate)),
        .root = vec_broadcast(real_of(step->root)),
        .decay = vec_broadcast(decay),
        .shrink = vec_broadcast(real_of(step->shrink)),
    };
    const size_t count = slt_tensor_count(w);
    if (decay != 0)
        return adam_all(true, &c, g->data, m->data, v->data, w->data, count);
    return adam_all(false, &c, g->data, m->data, v->data, w->data, count);
}

SLT_INLINE bool noisy_all(noisy_kind kind, const noisy_step *c, slt_stream stream,
                          const noisy_tensors *at, size_t count)
{
    spoils all = {0};
    vec z[DRAWN_MAX / LANES];
    for (size_t e = 0, n; e < count; e += n) {
        n = count - e < DRAWN_MAX ? count - e : DRAWN_MAX;
        draw_normals(stream, (uint32_t)(e / 4), n, z);
        noisy_some(kind, c, z, at, e, n, &all);
    }
    return is_unspoilt(all);
}

bool SLT_KERNEL(sgld)(const slt_sgld_step *step, slt_stream stream, const slt_tensor *g,
                      const slt_tensor *w0, slt_tensor *w)
{
    const noisy_step c = noisy_sgld(step);
    const noisy_tensors at = noisy_tensors_of(g, w0, NULL, w);
    return noisy_all(NOISY_SGLD, &c, stream, &at, slt_tensor_count(w));
}

bool SLT_KERNEL(underdamped)(const slt_underdamped_step *step, slt_stream stream,
                             const slt_tensor *g, const slt_tensor *w0, slt_tensor *p,
                             slt_tensor *w)
{
    const noisy_step c = noisy_underdamped(step);
    const noisy_tensors at = noisy_tensors_of(g, w0, p, w);
    return noisy_all(NOISY_UNDERDAMPED, &c, stream, &at, slt_tensor_count(w));
}

bool SLT_KERNEL(thermostat)(const slt_underdamped_step *step, slt_stream stream,
                            const slt_tensor *g, const slt_tensor *w0, slt_tensor *p,
                            slt_tensor *x, slt_tensor *w)
{
    const noisy_step c = noisy_underdamped(step);
    noisy_tensors at = noisy_tensors_of(g, w0, p, w);
    at.heat = x->data;
    return noisy_all(NOISY_THERMOSTAT, &c, stream, &at, slt_tensor_count(w));
}

bool SLT_KERNEL(preconditioned)(const slt_preconditioned_step *step, slt_stream stream,
                                const slt_tensor *g, const slt_tensor *w0, slt_tensor *m,
                                slt_tensor *v, slt_tensor *w)
{
    const noisy_step c = noisy_preconditioned(step);
    noisy_tensors at = noisy_tensors_of(g, w0, v, w);
    if (!m)
        return noisy_all(NOISY_PRECONDITIONED, &c, stream, &at, slt_tensor_count(w));
    at.mean = m->data;
    return noisy_all(NOISY_ADAM, &c, stream, &at, slt_tensor_count(w));
}
