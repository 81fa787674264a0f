/* This unit is never compiled with -mfma: fma is libm's, exact with the instruction and
 * without, because fixed-point runs on CPUs without it use these too. */
#include "num/scalar.h"

#include <math.h>

#include "base/assert.h"
#include "base/cpu.h"
#include "base/float_assumptions.h"
#include "num/float/elementary.h"
#include "num/float/reduce.h"

#define PARTIALS SLT_REDUCE_PARTIALS

slt_real slt_real_from_u64(uint64_t value)
{
    return slt_real_of((double)value);
}

slt_real slt_real_add(slt_real a, slt_real b)
{
    return slt_real_of(slt_real_double(a) + slt_real_double(b));
}

slt_real slt_real_sub(slt_real a, slt_real b)
{
    return slt_real_of(slt_real_double(a) - slt_real_double(b));
}

slt_real slt_real_mul(slt_real a, slt_real b)
{
    return slt_real_of(slt_real_double(a) * slt_real_double(b));
}

slt_real slt_real_div(slt_real a, slt_real b)
{
    return slt_real_of(slt_real_double(a) / slt_real_double(b));
}

slt_real slt_real_fma(slt_real a, slt_real b, slt_real c)
{
    return slt_real_of(fma(slt_real_double(a), slt_real_double(b), slt_real_double(c)));
}

slt_real slt_real_sqrt(slt_real a)
{
    return slt_real_of(sqrt(slt_real_double(a)));
}

slt_real slt_real_neg(slt_real a)
{
    return (slt_real){a.bits ^ UINT64_C(1) << 63};
}

bool slt_real_less(slt_real a, slt_real b)
{
    return slt_real_double(a) < slt_real_double(b);
}

/* Without hardware fma SLEEF's code would stop with an illegal instruction: callers look
 * at slt_num_available(SLT_F64) first, in fixed-point runs too. */
slt_real slt_real_log(slt_real a)
{
    SLT_ASSERT(slt_cpu_has_fma());
    return slt_real_of(slt_log(slt_real_double(a)));
}

slt_real slt_real_exp(slt_real a)
{
    SLT_ASSERT(slt_cpu_has_fma());
    return slt_real_of(slt_exp(slt_real_double(a)));
}

slt_real slt_real_sum(const slt_real *values, size_t count)
{
    double partial[PARTIALS] = {0};
    for (size_t i = 0; i < count; i++)
        partial[i % PARTIALS] += slt_real_double(values[i]);
    return slt_real_of(slt_reduce_tree(partial));
}

slt_real slt_real_mean(const slt_real *values, size_t count)
{
    SLT_ASSERT(count >= 1);
    return slt_real_div(slt_real_sum(values, count), slt_real_from_u64(count));
}

slt_real slt_real_sd(const slt_real *values, size_t count)
{
    SLT_ASSERT(count >= 2);
    double mean = slt_real_double(slt_real_mean(values, count));
    double partial[PARTIALS] = {0};
    for (size_t i = 0; i < count; i++) {
        double d = slt_real_double(values[i]) - mean;
        partial[i % PARTIALS] = fma(d, d, partial[i % PARTIALS]);
    }
    return slt_real_of(sqrt(slt_reduce_tree(partial) / (double)(count - 1)));
}
