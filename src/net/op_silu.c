/* silu: out = in s(in), s the logistic function, element by element. */
#include "net/curve.h"
#include "num/ops.h"

static const slt_op_curve silu = {slt_num_silu, slt_num_silu_bend};

static void forward_silu(const slt_op_call *call, slt_tensor *out)
{
    slt_op_curve_forward(&silu, call, out);
}

static void backward_silu(const slt_op_call *call, const slt_tensor *dout,
                          slt_op_argument argument, slt_tensor *gradient)
{
    (void)argument;
    slt_op_curve_backward(&silu, call, dout, gradient);
}

/* A number's slope is the same in both directions. */
static void tangent_silu(const slt_op_call *call, slt_op_argument argument,
                         const slt_tensor *change, slt_tensor *out)
{
    backward_silu(call, change, argument, out);
}

static bool second_silu(const slt_op_call *call, const slt_tensor *dout,
                        slt_op_argument argument, slt_op_argument moved,
                        const slt_tensor *change, slt_tensor *gradient)
{
    (void)argument;
    (void)moved;
    return slt_op_curve_second(&silu, call, dout, change, gradient);
}

static void count_silu(const slt_cost_site *site, slt_cost *cost)
{
    cost->functions += site->out;
}

static slt_function_set functions_silu(const slt_op_spec *spec, slt_arithmetic arithmetic)
{
    (void)spec;
    return slt_functions_of_sigmoid(arithmetic);
}

const slt_op_type slt_op_silu = {
    .name = "silu",
    .inputs_min = 1,
    .inputs_max = 1,
    .in_place = true,
    .elementwise = true,
    .keeps = true,
    .shape = slt_op_same_width,
    .forward = forward_silu,
    .backward = backward_silu,
    .tangent = tangent_silu,
    .second = second_silu,
    .cost = count_silu,
    .functions = functions_silu,
};
