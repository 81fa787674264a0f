/* position: out = in + W, W [positions, width] the same for every sample. */
#include "net/op.h"

#include "num/ops.h"

static slt_status shape_position(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    const slt_weight_spec *weight = site->weight;
    const slt_shape *in = &site->in[0];
    char positions[SLT_POSITIONS_TEXT_MAX];
    out->cols = in->cols;
    if (!in->positions.axes)
        return slt_op_fail(site, err, "input %s: expected positions, found none",
                           site->spec->in[0]);
    bool same = weight->dimensions == (int)in->positions.axes + 1 &&
                weight->axis[in->positions.axes] == in->cols;
    for (size_t i = 0; i < in->positions.axes; i++)
        same = same && weight->axis[i] == in->positions.size[i];
    return same ? SLT_OK
                : slt_op_fail(site, err,
                              "weight %s: expected the positions %s of %s and its width "
                              "%zu as axes",
                              weight->name, slt_positions_text(&in->positions, positions),
                              site->spec->in[0], in->cols);
}

/* All numbers of a sample as one row. */
static slt_tensor fold(const slt_op_call *call, const slt_tensor *rows)
{
    slt_tensor samples = *rows;
    samples.rows = call->samples;
    samples.cols = rows->rows / call->samples * rows->cols;
    return samples;
}

static void add_weight(const slt_op_call *call, const slt_tensor *weight, slt_tensor *out)
{
    slt_tensor samples = fold(call, out);
    slt_num_add_bias(&samples, weight);
    out->frac = samples.frac;
    out->overflow = samples.overflow;
}

static void forward_position(const slt_op_call *call, slt_tensor *out)
{
    slt_op_forward_same(call, out);
    add_weight(call, call->weight, out);
}

/* A chain over samples, as one without positions. */
static void backward_position(const slt_op_call *call, const slt_tensor *dout,
                              slt_op_argument argument, slt_tensor *gradient)
{
    const slt_tensor samples = fold(call, dout);
    if (argument == SLT_TO_WEIGHT)
        slt_num_column_sums(&samples, gradient);
    else
        slt_op_backward_same(call, dout, argument, gradient);
}

static void tangent_position(const slt_op_call *call, slt_op_argument argument,
                             const slt_tensor *change, slt_tensor *out)
{
    if (argument != SLT_TO_WEIGHT) {
        slt_op_tangent_same(call, argument, change, out);
        return;
    }
    slt_tensor_zero(out);
    add_weight(call, change, out);
}

const slt_op_type slt_op_position = {
    .name = "position",
    .inputs_min = 1,
    .inputs_max = 1,
    .weight = SLT_TAKES_ONE,
    .passes_gradient = true,
    .overwrites = true,
    .multiaffine = true,
    .polynomial = true,
    .shape = shape_position,
    .forward = forward_position,
    .backward = backward_position,
    .tangent = tangent_position,
};
