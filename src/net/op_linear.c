/* linear: out = in W' (+ bias), W being [outputs, inputs]; with `transpose` out = in W.
 */
#include "net/op.h"
#include "num/ops.h"

static slt_status shape_linear(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    const slt_weight_spec *weight = site->weight;
    bool transpose = site->spec->transpose;
    size_t inputs = transpose ? weight->rows : weight->cols;
    if (inputs != site->in[0].cols)
        return slt_op_fail(
            site, err,
            "weight %s%s: expected %zu %s for the width of %s, found shape "
            "[%zu, %zu]",
            weight->name, transpose ? " (transposed)" : "", site->in[0].cols,
            transpose ? "rows" : "columns", site->spec->in[0], weight->rows,
            weight->cols);
    out->cols = transpose ? weight->cols : weight->rows;
    return slt_op_check_bias(site, out->cols, err);
}

static void forward_linear(const slt_op_call *call, slt_tensor *out)
{
    slt_transpose side = call->spec->transpose ? SLT_PLAIN : SLT_TRANSPOSED;
    if (call->bias)
        slt_num_affine(SLT_PLAIN, side, call->in[0], call->weight, call->bias, out);
    else
        slt_num_product(SLT_PLAIN, side, call->in[0], call->weight, out);
}

static void backward_linear(const slt_op_call *call, const slt_tensor *dout,
                            slt_op_argument argument, slt_tensor *gradient)
{
    const bool transpose = call->spec->transpose;
    const size_t block = slt_op_block(call);
    if (argument == SLT_TO_BIAS)
        slt_num_column_sums_long(dout, block, gradient);
    else if (argument == SLT_TO_INPUT)
        slt_num_product(SLT_PLAIN, transpose ? SLT_TRANSPOSED : SLT_PLAIN, dout,
                        call->weight, gradient);
    else if (transpose)
        slt_num_product_long(call->in[0], dout, block, call->pool, gradient);
    else
        slt_num_product_long(dout, call->in[0], block, call->pool, gradient);
}

static void forward_members(const slt_op_call *call, slt_tensor *out)
{
    slt_transpose side = call->spec->transpose ? SLT_PLAIN : SLT_TRANSPOSED;
    slt_members_product(SLT_PLAIN, side, call->in[0], call->weight, call->bias, false,
                        out);
}

static void backward_members(const slt_op_call *call, const slt_tensor *dout,
                             slt_op_argument argument, bool goes_on, slt_tensor *gradient)
{
    const slt_tensor *in = call->in[0];
    bool transpose = call->spec->transpose;
    if (argument == SLT_TO_BIAS)
        slt_members_column_sums(dout, goes_on, gradient);
    else if (argument == SLT_TO_INPUT)
        slt_members_product(SLT_PLAIN, transpose ? SLT_TRANSPOSED : SLT_PLAIN, dout,
                            call->weight, NULL, false, gradient);
    else
        slt_members_product(SLT_TRANSPOSED, SLT_PLAIN, transpose ? in : dout,
                            transpose ? dout : in, NULL, goes_on, gradient);
}

/* Backward there are two more passes, and products by the weight and, unless the input is
 * data, by the input. */
static void count_linear(const slt_cost_site *site, slt_cost *cost)
{
    const uint64_t times = site->gradient ? 3 : 1;
    cost->madds += site->in * slt_cost_padded(site, site->out);
    cost->rows += times;
    cost->numbers += site->out * times;
    if (site->gradient)
        cost->madds += (site->data ? 1 : 2) * site->out * slt_cost_padded(site, site->in);
}

const slt_op_type slt_op_linear = {
    .name = "linear",
    .inputs_min = 1,
    .inputs_max = 1,
    .weight = SLT_TAKES_ONE,
    .bias = SLT_TAKES_OPTIONAL,
    .transposes = true,
    .affine = true,
    .multiaffine = true,
    .polynomial = true,
    .shape = shape_linear,
    .forward = forward_linear,
    .backward = backward_linear,
    .tangent = slt_op_tangent_bilinear,
    .second = slt_op_second_bilinear,
    .members = &(const slt_op_members){forward_members, backward_members},
    .cost = count_linear,
};
