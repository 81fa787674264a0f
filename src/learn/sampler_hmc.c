/* hmc: Hamiltonian Monte Carlo (Duane, Kennedy, Pendleton and Roweth 1987; Neal 2011) of
 * unit mass, each trajectory of as many leapfrog steps of length sqrt(lr), from a
 * momentum of its own, its end taken or not.  With one step that is MALA of this lr. */
#include "base/schema_rows.h"
#include "learn/adapt.h"
#include "learn/langevin.h"

typedef struct hmc {
    uint64_t leapfrog_steps;
} hmc;

static uint64_t hmc_trajectory(const slt_llc_spec *spec)
{
    return ((const hmc *)(const void *)spec->own)->leapfrog_steps;
}

static slt_status hmc_fit(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                          slt_error *err)
{
    if (spec->batch.order != SLT_BATCH_FULL)
        return slt_fail(err, SLT_FORMAT,
                        "sampler: hmc needs batch: full: its test compares losses on all "
                        "samples");
    if (spec->orthogonal)
        return slt_fail(err, SLT_FORMAT,
                        "sampler: hmc keeps to no hyperplane: trajectories that are "
                        "moved back are not those of its momenta");
    const slt_status status = slt_adapt_fit(spec, err);
    return status ? status : slt_langevin_fit(spec, arithmetic, err);
}

static const slt_schema field_leapfrog_steps = {
    .key = "leapfrog_steps",
    .type = SLT_SCHEMA_INT,
    OWN(slt_llc_spec, hmc, leapfrog_steps),
    .least = 1,
    .most = 1024,
    PRESET(INT_VALUE(10)),
    .also = "num_leapfrog_steps|n_leapfrog|num_integration_steps|L",
    .meaning = "steps of a trajectory, which is one update and takes as many gradients"};

const slt_sampler_type slt_sampler_hmc = {
    .name = "hmc",
    .title = "HMC",
    .meaning = "Hamiltonian Monte Carlo, an update a trajectory of leapfrog steps of "
               "length sqrt(lr) whose end is taken or not; needs batch: full",
    .fields = FIELD_LIST(&field_leapfrog_steps, &slt_adapt_field),
    .fit = hmc_fit,
    .trajectory = hmc_trajectory,
    .acceptance_kind = SLT_QUANTITY_HMC_ACCEPTANCE,
    .corrects = true,
    .adapts_to = {UINT64_C(0x3fe999999999999a)}, /* .8 */
    .work = 28,
};
