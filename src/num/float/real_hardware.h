/* `real`, a binary64 number, and its operations by hardware (num/real_integers.h has them
 * by integers).  Units that include this are compiled with fma, and ask whether floats
 * are available before they run. */
#ifndef SLT_NUM_FLOAT_REAL_HARDWARE_H
#define SLT_NUM_FLOAT_REAL_HARDWARE_H

#include <math.h>

#include "base/float_assumptions.h"
#include "num/scalar.h"

typedef double real;

static inline real real_of(slt_real x)
{
    return slt_real_double(x);
}

static inline slt_real real_bits(real x)
{
    return slt_real_of(x);
}

static inline real real_add(real a, real b)
{
    return a + b;
}

static inline real real_mul(real a, real b)
{
    return a * b;
}

static inline real real_div(real a, real b)
{
    return a / b;
}

static inline real real_fma(real a, real b, real c)
{
    return __builtin_fma(a, b, c);
}

static inline real real_sqrt(real a)
{
    return sqrt(a);
}

static inline real real_neg(real a)
{
    return -a;
}

static inline bool real_less(real a, real b)
{
    return a < b;
}

#endif
