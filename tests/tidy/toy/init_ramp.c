/* ramp: elements 0, 1, 2, ... times `slope`. */
#include "net/init_internal.h"
#include "num/scalar.h"

static slt_status fill_ramp(const slt_init_site *site, slt_tensor *weight, slt_error *err)
{
    (void)err;
    for (size_t i = 0; i < slt_tensor_count(weight); i++)
        slt_tensor_set(weight, i, slt_real_mul(slt_real_from_u64(i), site->spec->value));
    return SLT_OK;
}

static const slt_schema field_slope = {.key = "slope",
                                       .type = SLT_SCHEMA_REAL,
                                       AT(slt_init_spec, value),
                                       .meaning = "from each element to the next"};

const slt_init_type slt_init_kind_ramp = {
    .name = "ramp",
    .meaning = "0, slope, 2 slope, ...",
    .fields = FIELD_LIST(&field_slope),
    .fill = fill_ramp,
};
