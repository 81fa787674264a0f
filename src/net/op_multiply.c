/* multiply: out = in0 in1, element by element. */
#include "net/op.h"
#include "num/ops.h"

static void forward_multiply(const slt_op_call *call, slt_tensor *out)
{
    slt_num_multiply(call->in[0], call->in[1], out);
}

/* The derivative by either input is the other. */
static void backward_multiply(const slt_op_call *call, const slt_tensor *dout,
                              slt_op_argument argument, slt_tensor *gradient)
{
    slt_num_multiply(dout, call->in[argument == SLT_TO_INPUT], gradient);
}

/* A number's slope is the same in both directions. */
static void tangent_multiply(const slt_op_call *call, slt_op_argument argument,
                             const slt_tensor *change, slt_tensor *out)
{
    backward_multiply(call, change, argument, out);
}

static bool second_multiply(const slt_op_call *call, const slt_tensor *dout,
                            slt_op_argument argument, slt_op_argument moved,
                            const slt_tensor *change, slt_tensor *gradient)
{
    (void)call;
    if (argument == moved)
        return false;
    slt_num_multiply(dout, change, gradient);
    return true;
}

const slt_op_type slt_op_multiply = {
    .name = "multiply",
    .inputs_min = 2,
    .inputs_max = 2,
    .streams = true,
    .elementwise = true,
    .multiaffine = true,
    .polynomial = true,
    .shape = slt_op_same_width,
    .forward = forward_multiply,
    .backward = backward_multiply,
    .tangent = tangent_multiply,
    .second = second_multiply,
};
