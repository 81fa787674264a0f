/* conv2d: out = patches W' (+ bias), patches being what a window of W's height and width
 * sees of the input, W [outputs, height, width, inputs]. */
#include "base/schema_rows.h"
#include "net/image.h"
#include "num/ops.h"
#include "num/window_plan.h"

static slt_status shape_conv2d(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    const slt_weight_spec *weight = site->weight;
    const slt_shape *in = &site->in[0];
    slt_status status = slt_image_check(site, err);
    if (status)
        return status;
    if (weight->dimensions != 4 || weight->axis[3] != in->cols)
        return slt_op_fail(site, err,
                           "weight %s: expected axes [outputs, height, width, %zu] for "
                           "the width of %s, found %d axes, the last of %zu",
                           weight->name, in->cols, site->spec->in[0], weight->dimensions,
                           weight->axis[weight->dimensions - 1]);
    const slt_window window =
        slt_image_window_of(site->spec, &in->positions, weight->axis + 1);
    out->cols = weight->rows;
    status = slt_image_place(site, &window, out, err);
    return status ? status : slt_op_check_bias(site, out->cols, err);
}

static slt_window window_of(const slt_op_call *call)
{
    return slt_image_window_of(call->spec, &call->positions, call->axes + 1);
}

static void forward_conv2d(const slt_op_call *call, slt_tensor *out)
{
    const slt_window window = window_of(call);
    slt_num_convolution(&window, call->in[0], call->weight, call->bias, out);
}

static void backward_conv2d(const slt_op_call *call, const slt_tensor *dout,
                            slt_op_argument argument, slt_tensor *gradient)
{
    const slt_window window = window_of(call);
    if (argument == SLT_TO_INPUT)
        slt_num_convolution_back(&window, dout, call->weight, gradient);
    else if (argument == SLT_TO_WEIGHT)
        slt_num_convolution_sums(&window, call->in[0], dout, gradient);
    else
        slt_num_column_sums_long(
            dout, slt_num_long_sum_block(slt_window_positions(&window)), gradient);
}

/* Patches of `places` numbers are written for each product: forward, and backward by the
 * weight and, unless the input is data, by the input. */
static void count_conv2d(const slt_cost_site *site, slt_cost *cost)
{
    const uint64_t places = site->weight / site->out;
    const uint64_t back = site->gradient ? (site->data ? 1 : 2) : 0;
    cost->madds += places * slt_cost_padded(site, site->out) +
                   back * site->out * slt_cost_padded(site, places);
    cost->numbers += (1 + back) * (places + site->out);
    cost->rows += 2 * (1 + back);
}

static uint64_t scratch_conv2d(const slt_op_call *call, bool to_input, bool to_weight)
{
    const slt_window window = window_of(call);
    return slt_num_convolution_scratch(&window, call->in[0], call->weight, to_input,
                                       to_weight);
}

const slt_op_type slt_op_conv2d = {
    .name = "conv2d",
    .fields = FIELD_LIST(&slt_image_stride, &slt_image_padding, &slt_image_dilation),
    .inputs_min = 1,
    .inputs_max = 1,
    .weight = SLT_TAKES_ONE,
    .bias = SLT_TAKES_OPTIONAL,
    .multiaffine = true,
    .polynomial = true,
    .shape = shape_conv2d,
    .forward = forward_conv2d,
    .backward = backward_conv2d,
    .tangent = slt_op_tangent_bilinear,
    .second = slt_op_second_bilinear,
    .cost = count_conv2d,
    .scratch = scratch_conv2d,
};
