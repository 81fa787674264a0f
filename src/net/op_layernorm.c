/* layernorm: each row less its mean, divided by its standard deviation, sqrt(mean of
 * squares + eps); then times the weight, plus the bias, column by column. */
#include "base/schema_rows.h"
#include "net/norm.h"

static void forward_layernorm(const slt_op_call *call, slt_tensor *out)
{
    slt_norm_forward(call, true, out);
}

static void backward_layernorm(const slt_op_call *call, const slt_tensor *dout,
                               slt_op_argument argument, slt_tensor *gradient)
{
    slt_norm_backward(call, true, dout, argument, gradient);
}

static void tangent_layernorm(const slt_op_call *call, slt_op_argument argument,
                              const slt_tensor *change, slt_tensor *out)
{
    slt_norm_tangent(call, true, argument, change, out);
}

static bool second_layernorm(const slt_op_call *call, const slt_tensor *dout,
                             slt_op_argument argument, slt_op_argument moved,
                             const slt_tensor *change, slt_tensor *gradient)
{
    return slt_norm_second(call, true, dout, argument, moved, change, gradient);
}

const slt_op_type slt_op_layernorm = {
    .name = "layernorm",
    .fields = FIELD_LIST(&slt_norm_eps),
    .inputs_min = 1,
    .inputs_max = 1,
    .weight = SLT_TAKES_OPTIONAL,
    .bias = SLT_TAKES_OPTIONAL,
    .streams = true,
    .shape = slt_norm_shape,
    .forward = forward_layernorm,
    .backward = backward_layernorm,
    .tangent = tangent_layernorm,
    .second = second_layernorm,
    .cost = slt_norm_cost,
};
