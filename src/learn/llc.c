#include "learn/llc.h"

#include "base/assert.h"
#include "num/scalar.h"

void slt_llc_estimate(const slt_llc_spec *spec, const slt_llc_setup *setup,
                      const slt_real *const *losses, slt_llc_result *result)
{
    const size_t chains = spec->num_chains;
    SLT_ASSERT(chains >= 1 && chains <= SLT_LLC_CHAINS_MAX);
    for (size_t i = 0; i < chains; i++) {
        slt_real mean = slt_real_mean(losses[i], (size_t)spec->num_draws);
        result->chain[i] =
            slt_real_mul(setup->nbeta, slt_real_sub(mean, setup->init_loss));
    }
    result->mean = slt_real_mean(result->chain, chains);
    result->has_sd = chains >= 2;
    result->sd = result->has_sd ? slt_real_sd(result->chain, chains) : slt_real_of(0);
}
