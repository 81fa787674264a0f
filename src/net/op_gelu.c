/* gelu: out = in Phi(in), Phi the normal distribution function, element by element. */
#include "net/op.h"
#include "num/ops.h"

static void forward(const slt_op_call *call, slt_tensor *out)
{
    if (call->kept)
        slt_num_gelu_slope(call->in[0], out, call->kept);
    else
        slt_num_gelu(call->in[0], out);
}

static void backward(const slt_op_call *call, const slt_tensor *dout,
                     slt_op_argument argument, slt_tensor *gradient)
{
    (void)argument;
    if (call->kept)
        slt_num_multiply(dout, call->kept, gradient);
    else
        slt_num_gelu_back(call->in[0], dout, gradient);
}

const slt_op_type slt_op_gelu = {
    .name = "gelu",
    .inputs_min = 1,
    .inputs_max = 1,
    .in_place = true,
    .keeps = true,
    .shape = slt_op_same_width,
    .forward = forward,
    .backward = backward,
    .functions = slt_functions_of_gelu,
};
