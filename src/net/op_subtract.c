/* subtract: out = in0 - in1, element by element. */
#include "net/op.h"
#include "num/ops.h"

static void forward_subtract(const slt_op_call *call, slt_tensor *out)
{
    slt_num_subtract(call->in[0], call->in[1], out);
}

static void backward_subtract(const slt_op_call *call, const slt_tensor *dout,
                              slt_op_argument argument, slt_tensor *gradient)
{
    (void)call;
    if (argument == SLT_TO_INPUT)
        slt_tensor_copy(gradient, dout);
    else
        slt_num_negate(dout, gradient);
}

/* A number's slope is the same in both directions. */
static void tangent_subtract(const slt_op_call *call, slt_op_argument argument,
                             const slt_tensor *change, slt_tensor *out)
{
    backward_subtract(call, change, argument, out);
}

const slt_op_type slt_op_subtract = {
    .name = "subtract",
    .inputs_min = 2,
    .inputs_max = 2,
    .streams = true,
    .elementwise = true,
    .multiaffine = true,
    .polynomial = true,
    .shape = slt_op_same_width,
    .forward = forward_subtract,
    .backward = backward_subtract,
    .tangent = tangent_subtract,
};
