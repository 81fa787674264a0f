#include "learn/metropolis.h"

#include "num/scalar.h"

slt_real slt_metropolis_potential(const slt_sampler *sampler, slt_real loss,
                                  slt_real spring)
{
    const slt_real half_gamma = slt_real_div(sampler->step.gamma, slt_real_of(2));
    return slt_real_fma(sampler->step.nbeta, loss, slt_real_mul(half_gamma, spring));
}

slt_real slt_metropolis_probability(slt_real log_alpha)
{
    const slt_real zero = slt_real_of(0);
    if (!slt_real_finite(log_alpha))
        return zero;
    return slt_real_less(log_alpha, zero) ? slt_real_exp(log_alpha) : slt_real_of(1);
}
