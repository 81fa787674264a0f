/* mse: the sum of squared errors, divided by what `mean_over` names: samples, outputs. */
#include "net/op.h"
#include "num/ops.h"
#include "num/scalar.h"

static slt_status shape(const slt_loss_spec *spec, slt_shape value, slt_shape target,
                        slt_error *err)
{
    if (value.cols != target.cols)
        return slt_fail(err, SLT_FORMAT,
                        "loss (%s): %s: expected width %zu like the target, found %zu",
                        spec->op, spec->in, target.cols, value.cols);
    return SLT_OK;
}

/* loss = S / D, derivative (2 / D) (y - t), with S = sum (y - t)^2. */
static slt_real loss(const slt_loss_spec *spec, const slt_tensor *value,
                     const slt_tensor *target, slt_tensor *dvalue)
{
    uint64_t samples = spec->mean_samples ? value->rows : 1;
    uint64_t outputs = spec->mean_outputs ? value->cols : 1;
    slt_real divisor = slt_real_from_u64(samples * outputs);
    slt_real scale = slt_real_div(slt_real_from_u64(2), divisor);
    slt_real sum = slt_num_squared_error(value, target, scale, dvalue);
    return slt_real_div(sum, divisor);
}

const slt_loss_type slt_loss_mse = {
    .name = "mse",
    .in_place = true,
    .shape = shape,
    .loss = loss,
};
