/* One element of an update, whatever its size: terms rounded to the state's exponent,
 * their sum made in 128 bits. */
#ifndef SLT_NUM_FIXED_KERNELS_TERM_H
#define SLT_NUM_FIXED_KERNELS_TERM_H

#include "num/fixed/kernels/body.h"

/* w = sum if it fits. */
static inline void settle(slt_wide sum, slt_tensor *w, int64_t *at)
{
    if (slt_wide_fits(sum))
        *at = (int64_t)sum.low;
    else
        w->overflow = true;
}

/* sum + scalar * (m 2^-frac), the product rounded to the state's exponent. */
static inline slt_wide plus(slt_wide sum, slt_scalar scalar, int64_t m, int frac,
                            bool *fits)
{
    int64_t term;
    *fits = slt_fixed_scale(scalar, m, frac, SLT_FIXED_FRAC, &term) && *fits;
    return slt_wide_add(sum, slt_wide_of(term));
}

static inline slt_scalar minus(slt_scalar scalar)
{
    return (slt_scalar){-scalar.mantissa, scalar.exponent};
}

#endif
