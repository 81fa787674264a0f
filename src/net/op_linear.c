/* linear: out = in W' (+ bias), W being [outputs, inputs]; with `transpose` out = in W.
 */
#include "net/op.h"
#include "num/ops.h"

static slt_status shape(const slt_op_site *site, size_t *cols, slt_error *err)
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
    *cols = transpose ? weight->cols : weight->rows;
    return slt_op_check_bias(site, *cols, err);
}

static void forward(const slt_op_call *call, slt_tensor *out)
{
    slt_transpose side = call->spec->transpose ? SLT_PLAIN : SLT_TRANSPOSED;
    if (call->bias)
        slt_num_affine(SLT_PLAIN, side, call->in[0], call->weight, call->bias, out);
    else
        slt_num_product(SLT_PLAIN, side, call->in[0], call->weight, out);
}

static void backward(const slt_op_call *call, const slt_tensor *dout,
                     slt_op_argument argument, slt_tensor *gradient)
{
    bool transpose = call->spec->transpose;
    if (argument == SLT_TO_BIAS)
        slt_num_column_sums(dout, gradient);
    else if (argument == SLT_TO_INPUT)
        slt_num_product(SLT_PLAIN, transpose ? SLT_TRANSPOSED : SLT_PLAIN, dout,
                        call->weight, gradient);
    else if (transpose)
        slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, call->in[0], dout, gradient);
    else
        slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, dout, call->in[0], gradient);
}

const slt_op_type slt_op_linear = {
    .name = "linear",
    .inputs_min = 1,
    .inputs_max = 1,
    .weight = SLT_TAKES_ONE,
    .bias = SLT_TAKES_OPTIONAL,
    .transposes = true,
    .shape = shape,
    .forward = forward,
    .backward = backward,
};
