/* scale: out = factor in, element by element. */
#include "base/schema_rows.h"
#include "net/op.h"
#include "num/ops.h"

static void forward_scale(const slt_op_call *call, slt_tensor *out)
{
    slt_num_scale(call->spec->factor, call->in[0], out);
}

static void backward_scale(const slt_op_call *call, const slt_tensor *dout,
                           slt_op_argument argument, slt_tensor *gradient)
{
    (void)argument;
    slt_num_scale(call->spec->factor, dout, gradient);
}

/* A number's slope is the same in both directions. */
static void tangent_scale(const slt_op_call *call, slt_op_argument argument,
                          const slt_tensor *change, slt_tensor *out)
{
    backward_scale(call, change, argument, out);
}

static const slt_schema field_factor = {.key = "factor",
                                        .type = SLT_SCHEMA_REAL,
                                        AT(slt_op_spec, factor),
                                        .also = "by|scalar|coefficient",
                                        .meaning = "what every number is multiplied by"};

const slt_op_type slt_op_scale = {
    .name = "scale",
    .fields = FIELD_LIST(&field_factor),
    .inputs_min = 1,
    .inputs_max = 1,
    .in_place = true,
    .streams = true,
    .elementwise = true,
    .multiaffine = true,
    .polynomial = true,
    .shape = slt_op_same_width,
    .forward = forward_scale,
    .backward = backward_scale,
    .tangent = tangent_scale,
};
