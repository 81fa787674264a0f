/* softmax: over the last axis; with `mask: causal` over what each row sees of it, rows
 * being the last axis of positions. */
#include "base/schema_rows.h"
#include "net/heads.h"
#include "net/op.h"

#include "num/ops.h"
#include "num/scratch.h"

static slt_status shape_softmax(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    const slt_shape *in = &site->in[0];
    out->cols = in->cols;
    if (site->spec->mask == SLT_MASK_NONE)
        return SLT_OK;
    const size_t axes = in->positions.axes;
    if (!axes)
        return slt_op_fail(site, err, "input %s: expected positions, found none",
                           site->spec->in[0]);
    if (in->positions.size[axes - 1] > in->cols)
        return slt_op_fail(site, err,
                           "input %s: expected at most as many positions as its width "
                           "%zu, found %zu",
                           site->spec->in[0], in->cols, in->positions.size[axes - 1]);
    return SLT_OK;
}

/* The rows of a group (num/ops.h). */
static size_t causal_of(const slt_op_call *call)
{
    return call->spec->mask == SLT_MASK_CAUSAL
               ? call->positions.size[call->positions.axes - 1]
               : 0;
}

static void forward_softmax(const slt_op_call *call, slt_tensor *out)
{
    slt_num_softmax(call->in[0], causal_of(call), out);
    if (call->kept)
        slt_tensor_copy(call->kept, out);
}

/* gradient is not dout where nothing was kept. */
static void backward_softmax(const slt_op_call *call, const slt_tensor *dout,
                             slt_op_argument argument, slt_tensor *gradient)
{
    (void)argument;
    if (!call->kept)
        slt_num_softmax(call->in[0], causal_of(call), gradient);
    slt_num_softmax_along(call->kept ? call->kept : gradient, causal_of(call), dout,
                          gradient);
}

/* The matrix of derivatives is symmetric. */
static void tangent_softmax(const slt_op_call *call, slt_op_argument argument,
                            const slt_tensor *change, slt_tensor *out)
{
    backward_softmax(call, change, argument, out);
}

static bool second_softmax(const slt_op_call *call, const slt_tensor *dout,
                           slt_op_argument argument, slt_op_argument moved,
                           const slt_tensor *change, slt_tensor *gradient)
{
    (void)argument;
    (void)moved;
    const size_t causal = causal_of(call);
    slt_tensor share = *call->in[0];
    if (call->kept) {
        share = *call->kept;
    } else {
        share.data = slt_sums_scratch(slt_tensor_count(&share) *
                                      slt_arithmetic_size(share.arithmetic));
        slt_num_softmax(call->in[0], causal, &share);
    }
    slt_num_softmax_along(&share, causal, change, gradient);
    slt_num_softmax_bend(&share, causal, dout, gradient, gradient);
    return true;
}

static void count_softmax(const slt_cost_site *site, slt_cost *cost)
{
    cost->functions += site->out;
}

/* exp, as the logistic function. */
static slt_function_set functions_softmax(const slt_op_spec *spec,
                                          slt_arithmetic arithmetic)
{
    (void)spec;
    return slt_functions_of_sigmoid(arithmetic);
}

const slt_op_type slt_op_softmax = {
    .name = "softmax",
    .fields = FIELD_LIST(&slt_op_mask_field),
    .inputs_min = 1,
    .inputs_max = 1,
    .keeps = true,
    .shape = shape_softmax,
    .forward = forward_softmax,
    .backward = backward_softmax,
    .tangent = tangent_softmax,
    .second = second_softmax,
    .cost = count_softmax,
    .functions = functions_softmax,
};
