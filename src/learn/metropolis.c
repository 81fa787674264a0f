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

bool slt_metropolis_takes(slt_stream stream, uint64_t word, slt_real probability)
{
    const slt_real half_step = {UINT64_C(0x3de0000000000000)}; /* 2^-33 */
    uint32_t drawn;
    slt_draw_words(stream, word, &drawn, 1);
    const slt_real odd = slt_real_from_u64(2 * (uint64_t)drawn + 1);
    return slt_real_less(slt_real_mul(odd, half_step), probability);
}
