/* Adam on fixed-point blocks. */
#include "base/assert.h"
#include "num/fixed/kernels/ratio.h"
#include "num/fixed/kernels/scale.h"
#include "num/fixed/kernels/term.h"

/* The exponent of quotients. */
#define QUOTIENT_FRAC 40

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

static bool is_one(slt_scalar scalar)
{
    return scalar.mantissa == (int64_t)1 << 52 && scalar.exponent == -52;
}

/* w = shrink w - rate ratio for one element of any size. */
static void step_one(slt_scalar shrink, slt_scalar rate, int64_t ratio, size_t e,
                     slt_tensor *w)
{
    int64_t *weight = (int64_t *)w->data + e;
    bool fits = true;
    slt_wide next = slt_wide_of(*weight);
    if (!is_one(shrink))
        next = plus(slt_wide_of(0), shrink, *weight, SLT_FIXED_FRAC, &fits);
    next = plus(next, rate, ratio, QUOTIENT_FRAC, &fits);
    w->overflow |= !fits;
    settle(next, w, weight);
}

/* The same for a chunk of elements; false if a weight may not fit. */
static bool step_chunk(slt_scalar shrink, slt_scalar rate, const int64_t *ratio,
                       const int64_t *weight, size_t count, int64_t *weights)
{
    reach all = {lanes_of(0), lanes_of(0)};
    scaling keep = scaling_of(shrink, SLT_FIXED_FRAC, SLT_FIXED_FRAC);
    scaling move = scaling_of(rate, QUOTIENT_FRAC, SLT_FIXED_FRAC);
    bool kept = is_one(shrink);
    for (size_t e = 0; e < count; e += LANES) {
        lanes w = lanes_load(weight + e, count - e);
        reach_add(&all, w);
        w = kept ? w : scaled(&keep, w, &all);
        w += scaled(&move, lanes_load(ratio + e, count - e), &all);
        lanes_store(weights + e, w, count - e);
    }
    return reach_within(&all, 61);
}

/* w = shrink w - rate m / size. */
static void move_weights(slt_scalar shrink, slt_scalar rate, const slt_tensor *m,
                         const slt_tensor *size, slt_tensor *w)
{
    const int64_t *moment = m->data, *divisor = size->data;
    int64_t *weight = w->data, ratio[CHUNK], weights[CHUNK];
    for (size_t first = 0, n = slt_tensor_count(w); first < n; first += CHUNK) {
        size_t count = n - first < CHUNK ? n - first : CHUNK;
        for (size_t e = 0; e < count; e++)
            w->overflow |= !quotient(moment[first + e], m->frac, divisor[first + e],
                                     size->frac, QUOTIENT_FRAC, &ratio[e]);
        if (step_chunk(shrink, rate, ratio, weight + first, count, weights))
            memcpy(weight + first, weights, count * sizeof *weight);
        else
            for (size_t e = 0; e < count; e++)
                step_one(shrink, rate, ratio[e], first + e, w);
    }
}

bool SLT_FIXED(adam)(const slt_adam_step *step, const slt_tensor *g, slt_tensor *m,
                     slt_tensor *v, slt_tensor *w)
{
    SLT_ASSERT(w->frac == SLT_FIXED_FRAC);
    slt_tensor gradient = scratch_like(w, 0, 2), room = scratch_like(w, 1, 2);
    if (slt_scalar_of(step->weight_decay).mantissa) {
        SLT_FIXED(times)(step->weight_decay, w, &gradient);
        SLT_FIXED(add)(&gradient, g, &gradient);
        g = &gradient;
    }
    moments(step, g, m, v, &room);
    slt_tensor_copy(&room, v);
    block_root(&room);
    SLT_FIXED(times)(step->root, &room, &room);
    add_scalar(&room, slt_scalar_of(step->eps));
    move_weights(slt_scalar_of(step->shrink), minus(slt_scalar_of(step->rate)), m, &room,
                 w);
    w->overflow |= g->overflow || m->overflow || v->overflow || room.overflow;
    return !w->overflow;
}
