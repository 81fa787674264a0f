/* softplus: out = ln(1 + e^in), element by element. */
#include "net/curve.h"
#include "num/ops.h"

/* The logistic function is the derivative, its slope the second one. */
static void bend_softplus(const slt_tensor *x, slt_tensor *bend)
{
    slt_num_sigmoid(x, NULL, bend);
}

static const slt_op_curve softplus_curve = {slt_num_softplus, bend_softplus};

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
    SLT_OP_CURVE(&softplus_curve),
    .in_place = true,
    .cost = count_softplus,
    .functions = functions_softplus,
};
