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

static void tangent_affine(const slt_op_call *call, slt_op_argument argument,
                           const slt_tensor *change, slt_tensor *out)
{
    if (argument == SLT_TO_BIAS)
        slt_norm_tangent_bias(change, out);
    else if (argument == SLT_TO_WEIGHT)
        slt_num_multiply_columns(call->in[0], change, out);
    else
        slt_num_multiply_columns(change, call->weight, out);
}

/* The gradient by the input is linear in the weight, and the other way round. */
static bool second_affine(const slt_op_call *call, const slt_tensor *dout,
                          slt_op_argument argument, slt_op_argument moved,
                          const slt_tensor *change, slt_tensor *gradient)
{
    if (argument == SLT_TO_INPUT && moved == SLT_TO_WEIGHT)
        slt_num_multiply_columns(dout, change, gradient);
    else if (argument == SLT_TO_WEIGHT && moved == SLT_TO_INPUT)
        slt_num_column_dots_long(dout, change, slt_op_block(call), gradient);
    else
        return false;
    return true;
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
    .tangent = tangent_affine,
    .second = second_affine,
};
