/* twice: out = in + in, element by element. */
#include "net/op.h"
#include "num/ops.h"

static void forward_twice(const slt_op_call *call, slt_tensor *out)
{
    slt_num_add(call->in[0], call->in[0], out);
}

static void backward_twice(const slt_op_call *call, const slt_tensor *dout,
                           slt_op_argument argument, slt_tensor *gradient)
{
    (void)call;
    (void)argument;
    slt_num_add(dout, dout, gradient);
}

static void count_twice(const slt_cost_site *site, slt_cost *cost)
{
    cost->madds += 1000 * site->out;
}

const slt_op_type slt_op_twice = {
    .name = "twice",
    .inputs_min = 1,
    .inputs_max = 1,
    .in_place = true,
    .elementwise = true,
    .shape = slt_op_same_width,
    .forward = forward_twice,
    .backward = backward_twice,
    .cost = count_twice,
};
