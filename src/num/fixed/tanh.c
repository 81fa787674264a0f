/* tanh x = (1 - q) / (1 + q), q = e^(-2 |x|), with the sign of x; odd in every bit. */
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
