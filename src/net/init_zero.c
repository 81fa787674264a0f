/* zero: every element is +0. */
#include "net/init_internal.h"

static slt_status fill_zero(const slt_init_site *site, slt_tensor *weight, slt_error *err)
{
    (void)site, (void)err;
    slt_tensor_zero(weight);
    return SLT_OK;
}

const char slt_init_default[] = "zero";

const slt_init_type slt_init_kind_zero = {
    .name = slt_init_default,
    .fields = FIELD_LIST(NULL),
    .fill = fill_zero,
};
