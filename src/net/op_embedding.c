/* embedding: out = the rows of W [numbers, width] that the input's indices name. */
#include "net/op.h"
#include "num/ops.h"

static slt_status shape_embedding(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    const slt_weight_spec *weight = site->weight;
    if (site->in[0].cols != 1)
        return slt_op_fail(site, err, "input %s: expected one index a sample, found %zu",
                           site->spec->in[0], site->in[0].cols);
    if (site->in[0].range != weight->rows)
        return slt_op_fail(site, err,
                           "weight %s: expected %zu rows for the indices of %s, found "
                           "shape [%zu, %zu]",
                           weight->name, site->in[0].range, site->spec->in[0],
                           weight->rows, weight->cols);
    out->cols = weight->cols;
    return SLT_OK;
}

static void forward_embedding(const slt_op_call *call, slt_tensor *out)
{
    slt_num_embedding(call->weight, call->in[0], out);
}

static void forward_added_embedding(const slt_op_call *call, slt_tensor *out)
{
    slt_num_embedding_added(call->weight, call->in[0], out);
}

/* Indices have no gradient: the argument is the weight. */
static void backward_embedding(const slt_op_call *call, const slt_tensor *dout,
                               slt_op_argument argument, slt_tensor *gradient)
{
    (void)argument;
    slt_num_embedding_back_long(call->in[0], dout, slt_op_block(call), gradient);
}

static void tangent_embedding(const slt_op_call *call, slt_op_argument argument,
                              const slt_tensor *change, slt_tensor *out)
{
    (void)argument;
    slt_num_embedding(change, call->in[0], out);
}

const slt_op_type slt_op_embedding = {
    .name = "embedding",
    .inputs_min = 1,
    .inputs_max = 1,
    .weight = SLT_TAKES_ONE,
    .index_inputs = 1,
    .streams = true,
    .multiaffine = true,
    .polynomial = true,
    .shape = shape_embedding,
    .forward = forward_embedding,
    .forward_added = forward_added_embedding,
    .backward = backward_embedding,
    .tangent = tangent_embedding,
};
