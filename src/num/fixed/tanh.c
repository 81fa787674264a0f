/* tanh x = (1 - q) / (1 + q), q = e^(-2 |x|), with the sign of x; odd in every bit.  Its
 * derivatives are made of its values: 1 - y y, and -2 y times that. */
#include "num/fixed/fixed.h"
#include "num/fixed/functions.h"

static int64_t tanh_of(uint64_t size, int frac)
{
    const int64_t one = (int64_t)1 << SLT_EXP_FRAC;
    int64_t q = slt_power_down(slt_power_argument(size, frac - 1));
    slt_wide above = slt_wide_left(slt_wide_of(one - q), SLT_TANH_FRAC + 1);
    return (slt_wide_quotient(above, one + q) + 1) >> 1;
}

void slt_fixed_tanh(const slt_tensor *x, slt_tensor *y)
{
    const int64_t *m = x->data;
    int64_t *to = y->data;
    int frac = x->frac;
    y->overflow |= x->overflow;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++) {
        int64_t size = tanh_of(slt_fixed_size(m[e]), frac);
        to[e] = slt_fixed_signed((uint64_t)size, m[e]);
    }
    y->frac = SLT_TANH_FRAC;
}

static int64_t slope_of(uint64_t size)
{
    const int64_t y = (int64_t)size;
    return ((int64_t)1 << SLT_TANH_FRAC) - slt_mul_shift(y, y, SLT_TANH_FRAC);
}

void slt_fixed_tanh_slope(const slt_tensor *y, slt_tensor *slope)
{
    const int64_t *m = y->data;
    int64_t *to = slope->data;
    for (size_t e = 0, n = slt_tensor_count(y); e < n; e++)
        to[e] = slope_of(slt_fixed_size(m[e]));
    slope->overflow |= y->overflow;
    slope->frac = SLT_TANH_FRAC;
}

void slt_fixed_tanh_bend(const slt_tensor *y, slt_tensor *bend)
{
    const int64_t *m = y->data;
    int64_t *to = bend->data;
    for (size_t e = 0, n = slt_tensor_count(y); e < n; e++) {
        uint64_t size = slt_fixed_size(m[e]);
        int64_t down = slt_mul_shift((int64_t)(2 * size), slope_of(size), SLT_TANH_FRAC);
        to[e] = -slt_fixed_signed((uint64_t)down, m[e]);
    }
    bend->overflow |= y->overflow;
    bend->frac = SLT_TANH_FRAC;
}
