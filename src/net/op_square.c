/* square: out = in in, element by element. */
#include "net/op.h"
#include "num/ops.h"

static void forward_square(const slt_op_call *call, slt_tensor *out)
{
    slt_num_square(call->in[0], out);
}

static void backward_square(const slt_op_call *call, const slt_tensor *dout,
                            slt_op_argument argument, slt_tensor *gradient)
{
    (void)argument;
    slt_num_square_back(call->in[0], dout, gradient);
}

/* A number's slope is the same in both directions. */
static void tangent_square(const slt_op_call *call, slt_op_argument argument,
                           const slt_tensor *change, slt_tensor *out)
{
    backward_square(call, change, argument, out);
}

/* 2 change dout. */
static bool second_square(const slt_op_call *call, const slt_tensor *dout,
                          slt_op_argument argument, slt_op_argument moved,
                          const slt_tensor *change, slt_tensor *gradient)
{
    (void)call;
    (void)argument;
    (void)moved;
    slt_num_square_back(change, dout, gradient);
    return true;
}

const slt_op_type slt_op_square = {
    .name = "square",
    .inputs_min = 1,
    .inputs_max = 1,
    .in_place = true,
    .streams = true,
    .elementwise = true,
    .polynomial = true,
    .shape = slt_op_same_width,
    .forward = forward_square,
    .backward = backward_square,
    .tangent = tangent_square,
    .second = second_square,
};
