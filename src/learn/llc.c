#include "learn/llc.h"

#include <string.h>

#include "base/assert.h"
#include "num/scalar.h"

size_t slt_llc_other(const slt_llc_spec *spec, const slt_run_spec *run)
{
    size_t at = spec->loss_on == SLT_LOSS_ON_OTHER ? 0 : run->other_count;
    while (at < run->other_count && strcmp(run->other[at].name, spec->other) != 0)
        at++;
    return at;
}

size_t slt_llc_samples(const slt_llc_spec *spec, const slt_run_spec *run)
{
    const size_t other = slt_llc_other(spec, run);
    if (other < run->other_count)
        return slt_data_samples(&run->other[other]);
    return spec->loss_on == SLT_LOSS_ON_VALIDATION ? slt_data_validation(&run->data)
                                                   : slt_data_samples(&run->data);
}

slt_data slt_llc_data(const slt_llc_spec *spec, const slt_run_spec *run,
                      const slt_data *data)
{
    const size_t other = slt_llc_other(spec, run);
    slt_data own = other < run->other_count ? data->other[other] : *data;
    if (spec->loss_on == SLT_LOSS_ON_VALIDATION)
        own.train = data->validation;
    return own;
}

size_t slt_llc_nbeta_samples(const slt_llc_spec *spec, size_t samples)
{
    return spec->nbeta_of == SLT_NBETA_BATCH ? slt_batcher_rows_max(&spec->batch, samples)
                                             : samples;
}

slt_real slt_llc_nbeta(const slt_llc_spec *spec, size_t samples)
{
    if (spec->nbeta_of == SLT_NBETA_GIVEN)
        return spec->nbeta;
    const slt_real n = slt_real_from_u64(slt_llc_nbeta_samples(spec, samples));
    return slt_real_div(n, slt_real_log(n));
}

slt_real slt_llc_of_chain(const slt_llc_setup *setup, const slt_real *losses,
                          uint64_t draws)
{
    slt_real mean = slt_real_mean(losses, (size_t)draws);
    return slt_real_mul(setup->nbeta, slt_real_sub(mean, setup->init_loss));
}

void slt_llc_combine(size_t chains, slt_llc_result *result)
{
    SLT_ASSERT(chains >= 1 && chains <= SLT_LLC_CHAINS_MAX);
    result->mean = slt_real_mean(result->chain, chains);
    result->has_sd = chains >= 2;
    result->sd = result->has_sd ? slt_real_sd(result->chain, chains) : slt_real_of(0);
}

void slt_llc_estimate(const slt_llc_spec *spec, const slt_llc_setup *setup,
                      const slt_real *const *losses, slt_llc_result *result)
{
    SLT_ASSERT(spec->num_chains <= SLT_LLC_CHAINS_MAX);
    for (size_t i = 0; i < spec->num_chains; i++)
        result->chain[i] = slt_llc_of_chain(setup, losses[i], spec->num_draws);
    slt_llc_combine(spec->num_chains, result);
}
