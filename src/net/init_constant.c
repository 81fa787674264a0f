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

const slt_init_type slt_init_kind_constant = {
    .name = "constant",
    .fill = fill_constant,
};
