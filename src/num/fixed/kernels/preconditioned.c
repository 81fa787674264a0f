/* The preconditioned SGLD step on fixed-point blocks. */
#include "base/assert.h"
#include "num/fixed/kernels/ratio.h"
#include "num/fixed/kernels/term.h"
#include "num/scalar.h"

/* m = beta m + (1 - beta) g, block by block. */
static void mean(const slt_preconditioned_step *step, const slt_tensor *g, slt_tensor *m,
                 slt_tensor *room)
{
    SLT_FIXED(times)(step->one_minus_beta, g, room);
    SLT_FIXED(times)(step->beta, m, m);
    SLT_FIXED(add)(m, room, m);
}

/* v = alpha v + (1 - alpha) g g likewise. */
static void mean_square(const slt_preconditioned_step *step, const slt_tensor *g,
                        slt_tensor *v, slt_tensor *room)
{
    SLT_FIXED(times)(step->one_minus_alpha, g, room);
    SLT_FIXED(multiply)(room, g, room);
    SLT_FIXED(times)(step->alpha, v, v);
    SLT_FIXED(add)(v, room, v);
}

/* drift = (half gamma)(w - w0) + (half nbeta) p. */
static void drift_of(const slt_sgld_step *step, const slt_tensor *p, const slt_tensor *w0,
                     const slt_tensor *w, slt_tensor *drift, slt_tensor *room)
{
    const int64_t *weight = w->data, *home = w0->data;
    int64_t *away = drift->data;
    for (size_t e = 0, n = slt_tensor_count(w); e < n; e++) {
        const slt_wide d =
            slt_wide_add(slt_wide_of(weight[e]), slt_wide_neg(slt_wide_of(home[e])));
        drift->overflow |= !slt_wide_fits(d);
        away[e] = slt_wide_fits(d) ? (int64_t)d.low : 0;
    }
    drift->frac = SLT_FIXED_FRAC;
    SLT_FIXED(times)(slt_real_mul(step->half, step->gamma), drift, drift);
    SLT_FIXED(times)(slt_real_mul(step->half, step->nbeta), p, room);
    SLT_FIXED(add)(drift, room, drift);
}

static bool whole_quotient(const slt_tensor *a, const slt_tensor *b, size_t e,
                           int64_t *result)
{
    return quotient(((const int64_t *)a->data)[e], a->frac, ((const int64_t *)b->data)[e],
                    b->frac, SLT_FIXED_FRAC, result);
}

/* w = w - drift / size + noise / root. */
static void move_weights(const slt_tensor *drift, const slt_tensor *size,
                         const slt_tensor *noise, const slt_tensor *root, slt_tensor *w)
{
    int64_t *weight = w->data;
    for (size_t e = 0, n = slt_tensor_count(w); e < n; e++) {
        int64_t down = 0, up = 0;
        const bool drifts = whole_quotient(drift, size, e, &down);
        const bool fits = whole_quotient(noise, root, e, &up) && drifts;
        slt_wide next =
            slt_wide_add(slt_wide_of(weight[e]), slt_wide_neg(slt_wide_of(down)));
        next = slt_wide_add(next, slt_wide_of(up));
        w->overflow |= !fits;
        if (fits)
            settle(next, w, &weight[e]);
    }
}

bool SLT_FIXED(preconditioned)(const slt_preconditioned_step *step, slt_stream stream,
                               const slt_tensor *g, const slt_tensor *w0, slt_tensor *m,
                               slt_tensor *v, slt_tensor *w)
{
    enum { PARTS = 4 };
    slt_tensor drift = scratch_like(w, 0, PARTS), size = scratch_like(w, 1, PARTS);
    slt_tensor noise = scratch_like(w, 2, PARTS), root = scratch_like(w, 3, PARTS);
    SLT_ASSERT(w->frac == SLT_FIXED_FRAC && w0->frac == SLT_FIXED_FRAC);
    mean_square(step, g, v, &size);
    slt_tensor_copy(&size, v);
    block_root(&size);
    if (m) {
        mean(step, g, m, &noise);
        SLT_FIXED(times)(step->raise, &size, &size);
    }
    add_scalar(&size, slt_scalar_of(step->eps));
    slt_tensor_copy(&root, &size);
    block_root(&root);
    drift_of(&step->sgld, m ? m : g, w0, w, &drift, &noise);
    SLT_FIXED(normals)(stream, 0, noise.data, slt_tensor_count(w));
    noise.frac = SLT_NORMAL_FRAC;
    SLT_FIXED(times)(step->sgld.root, &noise, &noise);
    move_weights(&drift, &size, &noise, &root, w);
    w->overflow |= g->overflow || (m && m->overflow) || v->overflow || drift.overflow ||
                   size.overflow || noise.overflow || root.overflow;
    return !w->overflow;
}
