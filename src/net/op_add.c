/* add: out = ((in0 + in1) + in2) + in3, element by element. */
#include "net/op.h"
#include "num/ops.h"

static void forward_add(const slt_op_call *call, slt_tensor *out)
{
    slt_num_add(call->in[0], call->in[1], out);
    for (size_t i = 2; i < call->inputs; i++)
        slt_num_add(out, call->in[i], out);
}

static void backward_add(const slt_op_call *call, const slt_tensor *dout,
                         slt_op_argument argument, slt_tensor *gradient)
{
    (void)call;
    (void)argument;
    slt_tensor_copy(gradient, dout);
}

static void tangent_add(const slt_op_call *call, slt_op_argument argument,
                        const slt_tensor *change, slt_tensor *out)
{
    (void)call;
    (void)argument;
    slt_tensor_copy(out, change);
}

const slt_op_type slt_op_add = {
    .name = "add",
    .inputs_min = 2,
    .inputs_max = SLT_OP_INPUTS_MAX,
    .passes_gradient = true,
    .overwrites = true,
    .streams = true,
    .sums = true,
    .elementwise = true,
    .multiaffine = true,
    .polynomial = true,
    .shape = slt_op_same_width,
    .forward = forward_add,
    .backward = backward_add,
    .tangent = tangent_add,
};
