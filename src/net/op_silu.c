/* silu: out = in s(in), s the logistic function, element by element. */
#include "net/curve.h"
#include "num/ops.h"

static const slt_op_curve silu_curve = {slt_num_silu, slt_num_silu_bend};

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
    SLT_OP_CURVE(&silu_curve),
    .in_place = true,
    .cost = count_silu,
    .functions = functions_silu,
};
