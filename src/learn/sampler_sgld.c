/* sgld: stochastic gradient Langevin dynamics.  No state beside the weights; its steps
 * may be judged as MALA proposals. */
#include "base/schema_rows.h"
#include "learn/langevin.h"
#include "learn/mala.h"

static slt_status sgld_fit(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                           slt_error *err)
{
    const slt_status status = slt_langevin_fit(spec, arithmetic, err);
    if (status)
        return status;
    if (spec->mala_acceptance && spec->batch.order != SLT_BATCH_FULL)
        return slt_fail(err, SLT_FORMAT, "mala_acceptance needs batch: full");
    if (spec->orthogonal && spec->mala_acceptance)
        return slt_fail(err, SLT_FORMAT,
                        "restrict: orthogonal has no mala_acceptance: its steps are no "
                        "Langevin proposals");
    return SLT_OK;
}

static bool sgld_accepts(const slt_llc_spec *spec)
{
    return spec->mala_acceptance;
}

static const slt_schema field_mala_acceptance = {
    .key = "mala_acceptance",
    .type = SLT_SCHEMA_BOOL,
    AT(slt_llc_spec, mala_acceptance),
    PRESET_NO,
    .also = "acceptance|mala",
    .meaning = "record how often its steps would be accepted as MALA proposals; needs "
               "batch: full"};

const char slt_sampler_default[] = "sgld";

const slt_sampler_type slt_sampler_sgld = {
    .name = "sgld",
    .title = "SGLD",
    .meaning = "stochastic gradient Langevin dynamics",
    .fields = FIELD_LIST(&field_mala_acceptance),
    .fit = sgld_fit,
    .step = slt_langevin_step,
    .step_members = slt_langevin_step_members,
    .accepts = sgld_accepts,
    .acceptance = slt_mala_acceptance,
    .acceptance_kind = SLT_QUANTITY_MALA_ACCEPTANCE,
    .langevin = true,
    .work = SLT_LANGEVIN_WORK,
};
