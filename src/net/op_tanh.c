/* tanh: out = tanh(in), element by element. */
#include "net/curve.h"
#include "num/ops.h"

/* Both derivatives are made of the value. */
static void at_tanh(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    slt_tensor *value = y ? y : slope;
    slt_num_tanh(x, value);
    if (slope)
        slt_num_tanh_slope(value, slope);
}

static void bend_tanh(const slt_tensor *x, slt_tensor *bend)
{
    slt_num_tanh(x, bend);
    slt_num_tanh_bend(bend, bend);
}

static const slt_op_curve tanh_curve = {at_tanh, bend_tanh};

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
    SLT_OP_CURVE(&tanh_curve),
    .cost = count_tanh,
    .functions = functions_tanh,
};
