/* tanh: out = tanh(in), element by element. */
#include "net/op.h"
#include "num/ops.h"

static void forward_tanh(const slt_op_call *call, slt_tensor *out)
{
    slt_num_tanh(call->in[0], out);
    if (call->kept)
        slt_num_tanh_slope(out, call->kept);
}

/* The slope was kept, or is made anew. */
static void backward_tanh(const slt_op_call *call, const slt_tensor *dout,
                          slt_op_argument argument, slt_tensor *gradient)
{
    (void)argument;
    if (call->kept) {
        slt_num_multiply(dout, call->kept, gradient);
        return;
    }
    slt_num_tanh(call->in[0], gradient);
    slt_num_tanh_slope(gradient, gradient);
    slt_num_multiply(gradient, dout, gradient);
}

/* A number's slope is the same in both directions. */
static void tangent_tanh(const slt_op_call *call, slt_op_argument argument,
                         const slt_tensor *change, slt_tensor *out)
{
    backward_tanh(call, change, argument, out);
}

static bool second_tanh(const slt_op_call *call, const slt_tensor *dout,
                        slt_op_argument argument, slt_op_argument moved,
                        const slt_tensor *change, slt_tensor *gradient)
{
    (void)argument;
    (void)moved;
    slt_num_tanh(call->in[0], gradient);
    slt_num_tanh_bend(gradient, gradient);
    slt_num_multiply(gradient, dout, gradient);
    slt_num_multiply(gradient, change, gradient);
    return true;
}

static void count_tanh(const slt_cost_site *site, slt_cost *cost)
{
    cost->functions += site->out;
}

static slt_function_set functions_tanh(const slt_op_spec *spec, slt_arithmetic arithmetic)
{
    (void)spec;
    return slt_functions_of_tanh(arithmetic);
}

const slt_op_type slt_op_tanh = {
    .name = "tanh",
    .inputs_min = 1,
    .inputs_max = 1,
    .elementwise = true,
    .keeps = true,
    .shape = slt_op_same_width,
    .forward = forward_tanh,
    .backward = backward_tanh,
    .tangent = tangent_tanh,
    .second = second_tanh,
    .cost = count_tanh,
    .functions = functions_tanh,
};
