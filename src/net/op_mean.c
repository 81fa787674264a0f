/* mean: over all positions of a sample, column by column: slt_num_position_sums times
 * 1 / positions, which is rounded to the run's format. */
#include "net/op.h"

#include "num/ops.h"
#include "num/scalar.h"

static slt_status shape_mean(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    *out = (slt_shape){.cols = site->in[0].cols};
    return site->in[0].positions.axes
               ? SLT_OK
               : slt_op_fail(site, err, "input %s: expected positions, found none",
                             site->spec->in[0]);
}

static slt_real share_of(const slt_op_call *call)
{
    const size_t positions = slt_positions_count(&call->positions);
    return slt_real_div(slt_real_from_u64(1), slt_real_from_u64(positions));
}

static void find_mean(const slt_op_call *call, const slt_tensor *x, slt_tensor *out)
{
    slt_num_position_sums(x, out);
    slt_num_scale(share_of(call), out, out);
}

static void forward_mean(const slt_op_call *call, slt_tensor *out)
{
    find_mean(call, call->in[0], out);
}

/* Each position gets the same, dout times 1 / positions. */
static void backward_mean(const slt_op_call *call, const slt_tensor *dout,
                          slt_op_argument argument, slt_tensor *gradient)
{
    (void)argument;
    slt_num_position_repeat(dout, gradient);
    slt_num_scale(share_of(call), gradient, gradient);
}

static void tangent_mean(const slt_op_call *call, slt_op_argument argument,
                         const slt_tensor *change, slt_tensor *out)
{
    (void)argument;
    find_mean(call, change, out);
}

const slt_op_type slt_op_mean = {
    .name = "mean",
    .inputs_min = 1,
    .inputs_max = 1,
    .multiaffine = true,
    .shape = shape_mean,
    .forward = forward_mean,
    .backward = backward_mean,
    .tangent = tangent_mean,
};
