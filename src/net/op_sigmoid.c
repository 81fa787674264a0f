/* sigmoid: out = 1 / (1 + e^-in), the logistic function, element by element. */
#include "net/curve.h"
#include "num/ops.h"

static const slt_op_curve sigmoid = {slt_num_sigmoid, slt_num_sigmoid_bend};

static void forward_sigmoid(const slt_op_call *call, slt_tensor *out)
{
    slt_op_curve_forward(&sigmoid, call, out);
}

static void backward_sigmoid(const slt_op_call *call, const slt_tensor *dout,
                             slt_op_argument argument, slt_tensor *gradient)
{
    (void)argument;
    slt_op_curve_backward(&sigmoid, call, dout, gradient);
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
    return slt_op_curve_second(&sigmoid, call, dout, change, gradient);
}

static void count_sigmoid(const slt_cost_site *site, slt_cost *cost)
{
    cost->functions += site->out;
}

static slt_function_set functions_sigmoid(const slt_op_spec *spec,
                                          slt_arithmetic arithmetic)
{
    (void)spec;
    return slt_functions_of_sigmoid(arithmetic);
}

const slt_op_type slt_op_sigmoid = {
    .name = "sigmoid",
    .inputs_min = 1,
    .inputs_max = 1,
    .in_place = true,
    .elementwise = true,
    .keeps = true,
    .shape = slt_op_same_width,
    .forward = forward_sigmoid,
    .backward = backward_sigmoid,
    .tangent = tangent_sigmoid,
    .second = second_sigmoid,
    .cost = count_sigmoid,
    .functions = functions_sigmoid,
};
