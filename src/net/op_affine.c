/* affine: out = in W + b, column by column, W and b of one row: batch normalisation as it
 * is evaluated, whose means and deviations are numbers of these. */
#include "net/norm.h"

static void forward_affine(const slt_op_call *call, slt_tensor *out)
{
    slt_num_multiply_columns(call->in[0], call->weight, out);
    if (call->bias)
        slt_num_add_bias(out, call->bias);
}

static void backward_affine(const slt_op_call *call, const slt_tensor *dout,
                            slt_op_argument argument, slt_tensor *gradient)
{
    const size_t block = slt_op_block(call);
    if (argument == SLT_TO_INPUT)
        slt_num_multiply_columns(dout, call->weight, gradient);
    else if (argument == SLT_TO_WEIGHT)
        slt_num_column_dots_long(dout, call->in[0], block, gradient);
    else
        slt_num_column_sums_long(dout, block, gradient);
}

const slt_op_type slt_op_affine = {
    .name = "affine",
    .inputs_min = 1,
    .inputs_max = 1,
    .weight = SLT_TAKES_ONE,
    .bias = SLT_TAKES_OPTIONAL,
    .streams = true,
    .multiaffine = true,
    .polynomial = true,
    .shape = slt_norm_shape,
    .forward = forward_affine,
    .backward = backward_affine,
    .tangent = slt_op_tangent_bilinear,
    .second = slt_op_second_bilinear,
};
