/* Adam on fixed-point blocks. */
#include "base/assert.h"
#include "num/fixed/block.h"
#include "num/fixed/kernels/root.h"
#include "num/fixed/kernels/scale.h"
#include "num/fixed/kernels/term.h"
#include "num/scratch.h"

#define CHUNK 256

/* floor(sqrt(m 2^64)) of numbers 0 <= m < 2^62. */
static void adam_roots(int64_t *m, size_t count)
{
    int64_t x[CHUNK], start[CHUNK], half[CHUNK];
    for (size_t e = 0; e < count; e++) {
        rootee from = rootee_of((uint64_t)m[e]);
        x[e] = (int64_t)from.x;
        start[e] = (int64_t)from.start;
        half[e] = from.half;
    }
    for (size_t e = 0; e < count; e += LANES) {
        size_t left = count - e;
        lanes root = root_of(lanes_load(x + e, left), lanes_load(start + e, left));
        lanes none = lanes_some(lanes_load(m + e, left)) - lanes_of(1);
        lanes_store(m + e, (root >> lanes_load(half + e, left)) & ~none, left);
    }
}

/* The positive root of each element at half the exponent.  A sum of squares below 2^62,
 * as all are but the largest that two blocks can meet in. */
static void block_root(slt_tensor *v)
{
    int64_t *m = v->data;
    int odd = v->frac & 1;
    size_t n = slt_tensor_count(v);
    for (size_t e = 0; e < n; e++)
        m[e] = slt_round_shift(m[e], odd);
    v->overflow |= slt_block_bits(v) > 62;
    for (size_t e = 0; !v->overflow && e < n; e += CHUNK)
        adam_roots(m + e, n - e < CHUNK ? n - e : CHUNK);
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
                                     size->frac, &ratio[e]);
        if (step_chunk(shrink, rate, ratio, weight + first, count, weights))
            memcpy(weight + first, weights, count * sizeof *weight);
        else
            for (size_t e = 0; e < count; e++)
                step_one(shrink, rate, ratio[e], first + e, w);
    }
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
