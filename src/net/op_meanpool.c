/* meanpool: of each channel the sum of what a window sees, zeros beyond the edge, times 1
 * / places, which is rounded to the run's format. */
#include "base/schema_rows.h"
#include "net/image.h"
#include "num/ops.h"
#include "num/scalar.h"
#include "num/window_plan.h"

static slt_real share_of(const slt_window *window)
{
    return slt_real_div(slt_real_from_u64(1),
                        slt_real_from_u64(slt_window_places(window)));
}

static void find_means(const slt_op_call *call, const slt_tensor *x, slt_tensor *out)
{
    const slt_window window = slt_image_pool_of(call->spec, &call->positions);
    slt_num_window_sums(&window, x, out);
    slt_num_scale(share_of(&window), out, out);
}

static void forward_meanpool(const slt_op_call *call, slt_tensor *out)
{
    find_means(call, call->in[0], out);
}

static void backward_meanpool(const slt_op_call *call, const slt_tensor *dout,
                              slt_op_argument argument, slt_tensor *gradient)
{
    const slt_window window = slt_image_pool_of(call->spec, &call->positions);
    (void)argument;
    slt_num_window_spread(&window, dout, gradient);
    slt_num_scale(share_of(&window), gradient, gradient);
}

static void tangent_meanpool(const slt_op_call *call, slt_op_argument argument,
                             const slt_tensor *change, slt_tensor *out)
{
    (void)argument;
    find_means(call, change, out);
}

static uint64_t scratch_meanpool(const slt_op_call *call, bool to_input, bool to_weight)
{
    const slt_window window = slt_image_pool_of(call->spec, &call->positions);
    (void)to_weight;
    return slt_num_window_scratch(&window, call->in[0], to_input);
}

const slt_op_type slt_op_meanpool = {
    .name = "meanpool",
    .fields = FIELD_LIST(&slt_image_window, &slt_image_stride, &slt_image_padding),
    .inputs_min = 1,
    .inputs_max = 1,
    .multiaffine = true,
    .shape = slt_image_pool,
    .forward = forward_meanpool,
    .backward = backward_meanpool,
    .tangent = tangent_meanpool,
    .scratch = scratch_meanpool,
};
