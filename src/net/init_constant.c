/* constant: every element is `value`. */
#include "net/init_internal.h"

static slt_status fill_constant(const slt_init_site *site, slt_tensor *weight,
                                slt_error *err)
{
    (void)err;
    for (size_t i = 0; i < slt_tensor_count(weight); i++)
        slt_tensor_set(weight, i, site->spec->value);
    return SLT_OK;
}

static const slt_schema field_value = {.key = "value",
                                       .type = SLT_SCHEMA_REAL,
                                       AT(slt_init_spec, value),
                                       .meaning = "every element"};

const slt_init_type slt_init_kind_constant = {
    .name = "constant",
    .meaning = "value",
    .fields = FIELD_LIST(&field_value),
    .fill = fill_constant,
};
