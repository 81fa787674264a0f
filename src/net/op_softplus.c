/* softplus: out = ln(1 + e^in), element by element. */
#include "net/curve.h"
#include "num/ops.h"

/* The logistic function is the derivative, its slope the second one. */
static void bend_softplus(const slt_tensor *x, slt_tensor *bend)
{
    slt_num_sigmoid(x, NULL, bend);
}

static const slt_op_curve softplus = {slt_num_softplus, bend_softplus};

static void forward_softplus(const slt_op_call *call, slt_tensor *out)
{
    slt_op_curve_forward(&softplus, call, out);
}

static void backward_softplus(const slt_op_call *call, const slt_tensor *dout,
                              slt_op_argument argument, slt_tensor *gradient)
{
    (void)argument;
    slt_op_curve_backward(&softplus, call, dout, gradient);
}

/* A number's slope is the same in both directions. */
static void tangent_softplus(const slt_op_call *call, slt_op_argument argument,
                             const slt_tensor *change, slt_tensor *out)
{
    backward_softplus(call, change, argument, out);
}

static bool second_softplus(const slt_op_call *call, const slt_tensor *dout,
                            slt_op_argument argument, slt_op_argument moved,
                            const slt_tensor *change, slt_tensor *gradient)
{
    (void)argument;
    (void)moved;
    return slt_op_curve_second(&softplus, call, dout, change, gradient);
}

static void count_softplus(const slt_cost_site *site, slt_cost *cost)
{
    cost->functions += 2 * site->out;
}

static slt_function_set functions_softplus(const slt_op_spec *spec,
                                           slt_arithmetic arithmetic)
{
    (void)spec;
    return slt_functions_of_softplus(arithmetic);
}

const slt_op_type slt_op_softplus = {
    .name = "softplus",
    .inputs_min = 1,
    .inputs_max = 1,
    .in_place = true,
    .elementwise = true,
    .keeps = true,
    .shape = slt_op_same_width,
    .forward = forward_softplus,
    .backward = backward_softplus,
    .tangent = tangent_softplus,
    .second = second_softplus,
    .cost = count_softplus,
    .functions = functions_softplus,
};
