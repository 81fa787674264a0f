/* mala: the Metropolis-adjusted Langevin algorithm.  SGLD's step on all samples is a
 * proposal, taken with the probability that makes the posterior its exact stationary law,
 * whatever the step size. */
#include "base/schema_rows.h"
#include "learn/adapt.h"
#include "learn/langevin.h"
#include "learn/mala.h"

static slt_status mala_fit(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                           slt_error *err)
{
    if (spec->batch.order != SLT_BATCH_FULL)
        return slt_fail(err, SLT_FORMAT,
                        "sampler: mala needs batch: full: its test compares losses on "
                        "all samples");
    if (spec->orthogonal)
        return slt_fail(err, SLT_FORMAT,
                        "sampler: mala keeps to no hyperplane: steps that are moved "
                        "back are no Langevin proposals");
    const slt_status status = slt_adapt_fit(spec, err);
    return status ? status : slt_langevin_fit(spec, arithmetic, err);
}

const slt_sampler_type slt_sampler_mala = {
    .name = "mala",
    .title = "MALA",
    .meaning = "SGLD's steps on all samples, each taken with the probability that leaves "
               "no error of their size; needs batch: full",
    .fields = FIELD_LIST(&slt_adapt_field),
    .fit = mala_fit,
    .step = slt_langevin_step,
    .acceptance = slt_mala_acceptance,
    .acceptance_kind = SLT_QUANTITY_MALA_ACCEPTANCE,
    .corrects = true,
    .adapts_to = {UINT64_C(0x3fe25e353f7ced91)}, /* .574 */
    .work = SLT_LANGEVIN_WORK,
};
