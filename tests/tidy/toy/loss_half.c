/* half: half the sum of squared errors, divided by the samples. */
#include "base/schema_rows.h"
#include "net/op.h"
#include "num/ops.h"
#include "num/scalar.h"

static slt_status shape_half(const slt_loss_spec *spec, slt_shape value, slt_shape target,
                             slt_error *err)
{
    return value.cols == target.cols
               ? SLT_OK
               : slt_fail(err, SLT_FORMAT, "loss (%s): another width", spec->op);
}

static slt_real loss_half(const slt_loss_spec *spec, const slt_tensor *value,
                          const slt_tensor *target, slt_tensor *dvalue)
{
    (void)spec;
    slt_real samples = slt_real_from_u64(value->rows);
    slt_real scale = slt_real_div(slt_real_from_u64(1), samples);
    slt_real sum = slt_num_squared_error(value, target, scale, dvalue);
    return slt_real_div(sum, slt_real_mul(slt_real_from_u64(2), samples));
}

const slt_loss_type slt_loss_half = {
    .name = "half",
    .meaning = "half the sum of squared differences, mean over samples",
    .fields = FIELD_LIST(NULL),
    .in_place = true,
    .shape = shape_half,
    .loss = loss_half,
};
