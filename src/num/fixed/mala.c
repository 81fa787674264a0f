/* The sums of a Metropolis-adjusted step, a distance, and that along a gradient:
 * inner products of differences of states, which are exact. */
#include "num/fixed/fixed.h"

#include "base/assert.h"
#include "num/scalar.h"
#include "num/scratch.h"

#define INFINITE ((slt_real){(uint64_t)0x7ff << 52})

/* Coefficients of an SGLD step's two terms, as the step has them. */
typedef struct drift {
    slt_scalar spring, force;
} drift;

/* A tensor of state of w's size in scratch memory. */
static slt_tensor room_like(const slt_tensor *w)
{
    slt_tensor room = *w;
    SLT_ASSERT(w->frac == SLT_FIXED_FRAC);
    room.overflow = false;
    room.data = slt_kernel_scratch(slt_tensor_count(w) * sizeof(int64_t));
    return room;
}

static void subtract(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    const int64_t *x = a->data, *y = b->data;
    int64_t *to = out->data;
    SLT_ASSERT(a->frac == SLT_FIXED_FRAC && b->frac == SLT_FIXED_FRAC);
    for (size_t e = 0, n = slt_tensor_count(out); e < n; e++)
        out->overflow |= __builtin_sub_overflow(x[e], y[e], &to[e]);
}

/* out += half gamma (w - w0) + half nbeta g. */
static void add_drift(drift c, const slt_tensor *w0, const slt_tensor *w,
                      const slt_tensor *g, slt_tensor *out)
{
    const int64_t *home = w0->data, *at = w->data, *slope = g->data;
    int64_t *to = out->data;
    for (size_t e = 0, n = slt_tensor_count(out); e < n; e++) {
        int64_t away, pull, push;
        bool lost = __builtin_sub_overflow(at[e], home[e], &away);
        lost |= !slt_fixed_scale(c.spring, away, SLT_FIXED_FRAC, SLT_FIXED_FRAC, &pull);
        lost |= !slt_fixed_scale(c.force, slope[e], g->frac, SLT_FIXED_FRAC, &push);
        lost |= __builtin_add_overflow(to[e], pull, &to[e]);
        lost |= __builtin_add_overflow(to[e], push, &to[e]);
        out->overflow |= lost;
    }
}

static slt_real square(const slt_tensor *block)
{
    return block->overflow ? INFINITE : slt_num_dot(block, block);
}

slt_real slt_fixed_distance(const slt_tensor *w0, const slt_tensor *w)
{
    slt_tensor room = room_like(w);
    subtract(w, w0, &room);
    return square(&room);
}

/* Of the step from w, where the gradient is g, to w1: its noise, squared. */
static slt_real noise_of(drift c, const slt_tensor *w0, const slt_tensor *w,
                         const slt_tensor *g, const slt_tensor *w1)
{
    slt_tensor room = room_like(w);
    room.overflow = g->overflow;
    subtract(w1, w, &room);
    add_drift(c, w0, w, g, &room);
    return square(&room);
}

slt_mala_terms slt_fixed_mala(const slt_sgld_step *step, const slt_tensor *w0,
                              const slt_tensor *w, const slt_tensor *g,
                              const slt_tensor *w1, const slt_tensor *g1)
{
    drift c = {
        slt_scalar_of(slt_real_mul(step->half, step->gamma)),
        slt_scalar_of(slt_real_mul(step->half, step->nbeta)),
    };
    return (slt_mala_terms){
        .forward = noise_of(c, w0, w, g, w1),
        .backward = noise_of(c, w0, w1, g1, w),
        .spring0 = slt_fixed_distance(w0, w),
        .spring1 = slt_fixed_distance(w0, w1),
    };
}

slt_real slt_fixed_displacement(const slt_tensor *g, const slt_tensor *w0,
                                const slt_tensor *w)
{
    slt_tensor room = room_like(w);
    room.overflow = g->overflow;
    subtract(w, w0, &room);
    return room.overflow ? INFINITE : slt_num_dot(g, &room);
}
