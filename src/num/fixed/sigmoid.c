/* The logistic function 1 / (1 + q) of x >= 0, q = e^-x, and 1 less that of -x elsewhere,
 * so that those of x and -x sum to 1 in every bit; its derivatives are made of it. */
#include "num/fixed/fixed.h"
#include "num/fixed/functions.h"

#define ONE ((int64_t)1 << SLT_SIGMOID_FRAC)

/* Of |x|, from 1/2 to 1. */
static int64_t sigmoid_of(uint64_t size, int frac)
{
    int64_t q = slt_power_down(slt_power_argument(size, frac));
    slt_wide above = slt_wide_left(slt_wide_of(ONE), SLT_SIGMOID_FRAC + 1);
    return (slt_wide_quotient(above, ONE + q) + 1) >> 1;
}

static int64_t slope_of(int64_t larger)
{
    return slt_mul_shift(larger, ONE - larger, SLT_SIGMOID_FRAC);
}

static void place(const slt_tensor *x, slt_tensor *y)
{
    y->overflow |= x->overflow;
    y->frac = SLT_SIGMOID_FRAC;
}

void slt_fixed_sigmoid(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    const int64_t *m = x->data;
    int64_t *to = y ? y->data : NULL, *rise = slope ? slope->data : NULL;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++) {
        int64_t larger = sigmoid_of(slt_fixed_size(m[e]), x->frac);
        if (to)
            to[e] = m[e] < 0 ? ONE - larger : larger;
        if (rise)
            rise[e] = slope_of(larger);
    }
    if (y)
        place(x, y);
    if (slope)
        place(x, slope);
}

void slt_fixed_sigmoid_bend(const slt_tensor *x, slt_tensor *bend)
{
    const int64_t *m = x->data;
    int64_t *to = bend->data;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++) {
        int64_t larger = sigmoid_of(slt_fixed_size(m[e]), x->frac);
        int64_t size =
            slt_mul_shift(slope_of(larger), 2 * larger - ONE, SLT_SIGMOID_FRAC);
        to[e] = m[e] < 0 ? size : -size;
    }
    place(x, bend);
}
