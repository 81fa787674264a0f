/* relu: out = in where in > 0, else +0, element by element. */
#include "net/op.h"
#include "num/ops.h"

static void forward_relu(const slt_op_call *call, slt_tensor *out)
{
    slt_num_relu(call->in[0], out);
}

static void backward_relu(const slt_op_call *call, const slt_tensor *dout,
                          slt_op_argument argument, slt_tensor *gradient)
{
    (void)argument;
    slt_num_relu_back(call->in[0], dout, gradient);
}

/* A number's slope is the same in both directions, and changes at no number but 0. */
static void tangent_relu(const slt_op_call *call, slt_op_argument argument,
                         const slt_tensor *change, slt_tensor *out)
{
    backward_relu(call, change, argument, out);
}

const slt_op_type slt_op_relu = {
    .name = "relu",
    .inputs_min = 1,
    .inputs_max = 1,
    .in_place = true,
    .streams = true,
    .elementwise = true,
    .overwrites = true,
    .rectifies = true,
    .shape = slt_op_same_width,
    .forward = forward_relu,
    .backward = backward_relu,
    .tangent = tangent_relu,
};
