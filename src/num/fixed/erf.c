/* The error function, odd in every bit. */
#include "num/fixed/fixed.h"
#include "num/fixed/functions.h"

void slt_fixed_erf(const slt_tensor *x, slt_tensor *y)
{
    const int64_t *m = x->data;
    int64_t *to = y->data;
    int frac = x->frac;
    y->overflow |= x->overflow;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++) {
        slt_wide u = slt_erf_argument((slt_wide){slt_fixed_size(m[e]), 0}, frac);
        int64_t size = (slt_erf_of(u) + 2) >> (62 - SLT_ERF_FRAC);
        to[e] = slt_fixed_signed((uint64_t)size, m[e]);
    }
    y->frac = SLT_ERF_FRAC;
}
