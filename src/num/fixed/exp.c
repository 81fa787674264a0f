/* The exponential of a block. */
#include "num/fixed/fixed.h"

#include <string.h>

#include "num/fixed/functions.h"

static int64_t largest(const slt_tensor *x)
{
    const int64_t *m = x->data;
    int64_t most = 0;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++)
        most = m[e] > most ? m[e] : most;
    return most;
}

static slt_power power_of(int64_t m, int frac)
{
    slt_wide w = slt_power_argument(slt_fixed_size(m), frac);
    if (m < 0 && w.high >= SLT_POWER_BEYOND)
        w = (slt_wide){0, SLT_POWER_BEYOND - 1};
    return slt_power_of(m < 0 ? slt_wide_neg(w) : w);
}

void slt_fixed_exp(const slt_tensor *x, slt_tensor *y)
{
    const int64_t *m = x->data;
    int64_t *to = y->data, most = largest(x);
    int frac = x->frac;
    size_t count = slt_tensor_count(x);
    y->overflow |= x->overflow;
    y->frac = SLT_EXP_FRAC;
    if (slt_power_argument((uint64_t)most, frac).high >= SLT_POWER_BEYOND) {
        memset(to, 0, count * sizeof *to);
        y->overflow = true;
        return;
    }
    int top = power_of(most, frac).exponent;
    for (size_t e = 0; e < count; e++)
        to[e] = slt_power_round(power_of(m[e], frac), top);
    y->frac -= top;
}
