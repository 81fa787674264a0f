/* What the bodies that are compiled twice have in common: constants, sizes and chains of
 * `real`, which the unit has with its operations before this (num/real_integers.h, or
 * num/float/real_hardware.h). */
#ifndef SLT_NUM_REAL_BODY_H
#define SLT_NUM_REAL_BODY_H

#include "num/scalar.h"

/* 2 to a power, -1022 to 1023. */
#define REAL(exponent) real_of((slt_real){(uint64_t)(1023 + (exponent)) << 52})
#define ZERO real_of((slt_real){0})
#define ONE REAL(0)

static inline real real_size(real x)
{
    return real_less(x, ZERO) ? real_neg(x) : x;
}

/* One fma chain from +0. */
static inline real real_chain(const real *x, const real *y, size_t count)
{
    real sum = ZERO;
    for (size_t i = 0; i < count; i++)
        sum = real_fma(x[i], y[i], sum);
    return sum;
}

#endif
