/* The natural logarithm. */
#include "num/fixed/constants.h"
#include "num/fixed/fixed.h"
#include "num/fixed/functions.h"

slt_wide slt_log_of(slt_wide value, int frac)
{
    int bits = slt_wide_bits(value);
    int64_t y = (int64_t)slt_wide_scaled(value, 63 - bits, 63).low; /* [1, 2) at 62 */
    int i = (int)(y >> 55 & 127);
    int64_t f = slt_mul_shift(y, fixed_inverse[i], 62) - ((int64_t)1 << 62);
    slt_wide whole = slt_wide_mul(bits - 1 - frac, SLT_FIXED_LN2);
    return slt_wide_add(whole, slt_wide_of(fixed_log[i] + slt_fixed_log_near_one(f)));
}

/* At exponent 52, rounded to nearest, halves up. */
static int64_t log_of(int64_t m, int frac)
{
    slt_wide half = slt_wide_of((int64_t)1 << (61 - SLT_LOG_FRAC));
    slt_wide sum = slt_wide_add(slt_log_of(slt_wide_of(m), frac), half);
    return (int64_t)slt_wide_floor(sum, 62 - SLT_LOG_FRAC).low;
}

/* Zero and negative numbers have no logarithm: they latch overflow. */
void slt_fixed_log(const slt_tensor *x, slt_tensor *y)
{
    const int64_t *m = x->data;
    int64_t *to = y->data;
    int frac = x->frac;
    y->overflow |= x->overflow;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++) {
        y->overflow |= m[e] <= 0;
        to[e] = m[e] > 0 ? log_of(m[e], frac) : 0;
    }
    y->frac = SLT_LOG_FRAC;
}
