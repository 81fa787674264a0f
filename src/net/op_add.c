/* add: out = ((in0 + in1) + in2) + in3, element by element. */
#include "net/op.h"
#include "num/ops.h"

static void forward_add(const slt_op_call *call, slt_tensor *out)
{
    slt_num_add(call->in[0], call->in[1], out);
    for (size_t i = 2; i < call->inputs; i++)
        slt_num_add(out, call->in[i], out);
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
    .backward = slt_op_backward_same,
    .tangent = slt_op_tangent_same,
};
