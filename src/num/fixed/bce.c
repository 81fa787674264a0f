/* Binary cross entropy of logits: ln(1 + e^-|x|) + x c, c being -t where x is below 0,
 * else 1 - t, so that no term is negative. */
#include "num/fixed/block.h"
#include "num/fixed/fixed.h"
#include "num/fixed/functions.h"
#include "num/scalar.h"
#include "num/scratch.h"

#define ONE ((int64_t)1 << SLT_SIGMOID_FRAC)
#define LOG_FRAC 58

/* ln(1 + q). */
static int64_t log_of(int64_t q)
{
    const slt_wide log = slt_log_of(slt_wide_of(ONE + q), SLT_EXP_FRAC);
    const slt_wide half = slt_wide_of((int64_t)1 << (61 - LOG_FRAC));
    return (int64_t)slt_wide_floor(slt_wide_add(log, half), 62 - LOG_FRAC).low;
}

/* 1 - 1 / (1 + q). */
static int64_t less_of(int64_t q)
{
    const slt_wide above = slt_wide_left(slt_wide_of(ONE), SLT_SIGMOID_FRAC + 1);
    return ONE - ((slt_wide_quotient(above, ONE + q) + 1) >> 1);
}

/* The block c; a one, and the number of a class, is data: 2^48 at exponent 48. */
static void complements(const slt_tensor *y, const slt_tensor *t, slt_tensor *c)
{
    const bool classes = t->arithmetic == SLT_INDEX;
    const int64_t *m = y->data, *target = t->data, one = (int64_t)1 << SLT_FIXED_FRAC;
    const int32_t *chosen = t->data;
    int64_t *to = c->data;
    const int frac_t = classes ? SLT_FIXED_FRAC : t->frac;
    const int bits = classes ? SLT_FIXED_FRAC + 1 : slt_block_bits(t);
    const int frac = slt_block_meet(SLT_FIXED_FRAC, SLT_FIXED_FRAC + 1, frac_t, bits);
    const int64_t whole = slt_block_shift(one, frac - SLT_FIXED_FRAC);
    for (size_t e = 0, n = slt_tensor_count(y); e < n; e++) {
        const int64_t at =
            slt_block_shift(classes ? chosen[e] * one : target[e], frac - frac_t);
        to[e] = m[e] < 0 ? -at : whole - at;
    }
    slt_block_place(c, frac);
    c->overflow |= t->overflow;
}

slt_real slt_fixed_bce(const slt_tensor *y, const slt_tensor *t, slt_real scale,
                       slt_tensor *dy)
{
    const int64_t *m = y->data;
    const size_t count = slt_tensor_count(y);
    slt_tensor c = *y, part = *y;
    c.data = slt_kernel_scratch(2 * count * sizeof *m);
    int64_t *w = part.data = (int64_t *)c.data + count;
    part.frac = SLT_SIGMOID_FRAC;
    slt_wide logs = slt_wide_of(0);
    complements(y, t, &c);
    for (size_t e = 0; e < count; e++) {
        const int64_t q =
            slt_power_down(slt_power_argument(slt_fixed_size(m[e]), y->frac));
        logs = slt_wide_add(logs, slt_wide_of(log_of(q)));
        w[e] = m[e] < 0 ? less_of(q) : -less_of(q);
    }
    const slt_real sum = slt_fixed_dot(y, &c);
    if (dy) {
        dy->overflow = false;
        slt_fixed_add(&part, &c, dy);
        slt_fixed_times(scale, dy, dy);
    }
    return slt_real_add(slt_fixed_real(logs, LOG_FRAC), sum);
}
