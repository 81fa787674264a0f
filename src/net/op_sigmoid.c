/* sigmoid: out = 1 / (1 + e^-in), the logistic function, element by element. */
#include "net/op.h"
#include "num/ops.h"

static void forward_sigmoid(const slt_op_call *call, slt_tensor *out)
{
    slt_num_sigmoid(call->in[0], out, call->kept);
}

/* The slope was kept, or is made anew. */
static void backward_sigmoid(const slt_op_call *call, const slt_tensor *dout,
                             slt_op_argument argument, slt_tensor *gradient)
{
    (void)argument;
    if (call->kept) {
        slt_num_multiply(dout, call->kept, gradient);
        return;
    }
    slt_num_sigmoid(call->in[0], NULL, gradient);
    slt_num_multiply(gradient, dout, gradient);
}

/* A number's slope is the same in both directions. */
static void tangent_sigmoid(const slt_op_call *call, slt_op_argument argument,
                            const slt_tensor *change, slt_tensor *out)
{
    backward_sigmoid(call, change, argument, out);
}

static bool second_sigmoid(const slt_op_call *call, const slt_tensor *dout,
                           slt_op_argument argument, slt_op_argument moved,
                           const slt_tensor *change, slt_tensor *gradient)
{
    (void)argument;
    (void)moved;
    slt_num_sigmoid_bend(call->in[0], gradient);
    slt_num_multiply(gradient, dout, gradient);
    slt_num_multiply(gradient, change, gradient);
    return true;
}

static void count_sigmoid(const slt_cost_site *site, slt_cost *cost)
{
    cost->functions += site->out;
}

const slt_op_type slt_op_sigmoid = {
    .name = "sigmoid",
    .inputs_min = 1,
    .inputs_max = 1,
    .elementwise = true,
    .keeps = true,
    .shape = slt_op_same_width,
    .forward = forward_sigmoid,
    .backward = backward_sigmoid,
    .tangent = tangent_sigmoid,
    .second = second_sigmoid,
    .cost = count_sigmoid,
    .functions = slt_functions_of_sigmoid,
};
