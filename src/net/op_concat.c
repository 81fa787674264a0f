/* concat: the columns of in0, behind them those of in1, ... */
#include "net/op.h"
#include "num/ops.h"

static slt_status shape_concat(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    out->cols = 0;
    for (size_t i = 0; i < site->spec->inputs; i++)
        if (__builtin_add_overflow(out->cols, site->in[i].cols, &out->cols))
            return slt_op_fail(site, err, "input %s: more columns than there can be",
                               site->spec->in[i]);
    return SLT_OK;
}

static void forward_concat(const slt_op_call *call, slt_tensor *out)
{
    slt_num_concat(call->in, call->inputs, out);
}

/* The column of out with which an input's begin. */
static size_t first_column(const slt_op_call *call, slt_op_argument argument)
{
    size_t first = 0;
    for (size_t i = 0; i < argument - SLT_TO_INPUT; i++)
        first += call->in[i]->cols;
    return first;
}

static void backward_concat(const slt_op_call *call, const slt_tensor *dout,
                            slt_op_argument argument, slt_tensor *gradient)
{
    slt_num_take_columns(dout, first_column(call, argument), gradient);
}

static void tangent_concat(const slt_op_call *call, slt_op_argument argument,
                           const slt_tensor *change, slt_tensor *out)
{
    slt_num_place_columns(change, first_column(call, argument), out);
}

const slt_op_type slt_op_concat = {
    .name = "concat",
    .inputs_min = 2,
    .inputs_max = SLT_OP_INPUTS_MAX,
    .streams = true,
    .elementwise = true,
    .multiaffine = true,
    .polynomial = true,
    .shape = shape_concat,
    .forward = forward_concat,
    .backward = backward_concat,
    .tangent = tangent_concat,
};
