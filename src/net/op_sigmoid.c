/* sigmoid: out = 1 / (1 + e^-in), the logistic function, element by element. */
#include "net/curve.h"
#include "num/ops.h"

static const slt_op_curve sigmoid_curve = {slt_num_sigmoid, slt_num_sigmoid_bend};

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
    SLT_OP_CURVE(&sigmoid_curve),
    .in_place = true,
    .cost = count_sigmoid,
    .functions = functions_sigmoid,
};
