/* maxpool: of each channel the largest number that a window sees. */
#include "base/schema_rows.h"
#include "net/image.h"

static void forward_maxpool(const slt_op_call *call, slt_tensor *out)
{
    const slt_window window = slt_image_pool_of(call->spec, &call->positions);
    slt_num_window_largest(&window, call->in[0], call->in[0], out);
}

static void backward_maxpool(const slt_op_call *call, const slt_tensor *dout,
                             slt_op_argument argument, slt_tensor *gradient)
{
    const slt_window window = slt_image_pool_of(call->spec, &call->positions);
    (void)argument;
    slt_num_window_largest_back(&window, call->in[0], dout, gradient);
}

static void tangent_maxpool(const slt_op_call *call, slt_op_argument argument,
                            const slt_tensor *change, slt_tensor *out)
{
    const slt_window window = slt_image_pool_of(call->spec, &call->positions);
    (void)argument;
    slt_num_window_largest(&window, call->in[0], change, out);
}

const slt_op_type slt_op_maxpool = {
    .name = "maxpool",
    .fields = FIELD_LIST(&slt_image_window, &slt_image_stride, &slt_image_padding),
    .inputs_min = 1,
    .inputs_max = 1,
    .shape = slt_image_pool,
    .forward = forward_maxpool,
    .backward = backward_maxpool,
    .tangent = tangent_maxpool,
};
