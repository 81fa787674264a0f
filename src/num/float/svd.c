/* Singular values by hardware, where floats are available; compiled with fma. */
#include <math.h>

#include "base/assert.h"
#include "base/float_assumptions.h"
#include "num/linalg.h"
#include "num/math.h"

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

#include "num/svd_body.h"

slt_status slt_num_svd_floats(const slt_tensor *a, slt_tensor *u, slt_tensor *s,
                              slt_tensor *v, slt_error *err)
{
    SLT_ASSERT(a->arithmetic == SLT_F64 && a->cols >= 1 && a->rows >= a->cols);
    slt_status status = slt_num_available(SLT_F64, err);
    return status == SLT_OK ? decompose(a, u, s, v, err) : status;
}
