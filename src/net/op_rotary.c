/* rotary: pairs of columns of each head, rotated by an angle that goes with the position:
 * position * base^(-2 i / d) for pair i of a head of d columns. */
#include "base/schema_rows.h"
#include "net/heads.h"
#include "net/op.h"

#include "num/ops.h"

static slt_status shape_rotary(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    const slt_shape *in = &site->in[0];
    out->cols = in->cols;
    if (in->positions.axes != 1)
        return slt_op_fail(site, err,
                           "input %s: expected positions on one axis, found %zu axes",
                           site->spec->in[0], in->positions.axes);
    if (in->cols % (2 * site->spec->heads) != 0)
        return slt_op_fail(site, err,
                           "input %s: expected pairs of columns in %zu heads, found "
                           "width %zu",
                           site->spec->in[0], site->spec->heads, in->cols);
    return SLT_OK;
}

static slt_rotary rotary_of(const slt_op_call *call)
{
    return (slt_rotary){.positions = call->positions.size[0],
                        .heads = call->spec->heads,
                        .base = call->spec->base,
                        .neighbours = call->spec->neighbours};
}

static void forward_rotary(const slt_op_call *call, slt_tensor *out)
{
    const slt_rotary by = rotary_of(call);
    slt_num_rotary(&by, false, call->in[0], out);
}

static void backward_rotary(const slt_op_call *call, const slt_tensor *dout,
                            slt_op_argument argument, slt_tensor *gradient)
{
    const slt_rotary by = rotary_of(call);
    (void)argument;
    slt_num_rotary(&by, true, dout, gradient);
}

static void tangent_rotary(const slt_op_call *call, slt_op_argument argument,
                           const slt_tensor *change, slt_tensor *out)
{
    const slt_rotary by = rotary_of(call);
    (void)argument;
    slt_num_rotary(&by, false, change, out);
}

static slt_function_set functions_rotary(const slt_op_spec *spec,
                                         slt_arithmetic arithmetic)
{
    (void)spec;
    (void)arithmetic;
    return slt_functions_of_rotary();
}

static const slt_schema field_base = {
    .key = "base",
    .type = SLT_SCHEMA_REAL,
    AT(slt_op_spec, base),
    .range = SLT_RANGE_POSITIVE,
    PRESET(REAL_VALUE(0x40c3880000000000)),
    .also = "theta|rope_theta",
    .meaning = "position t of pair i of a head of d columns turns by t base^(-2i/d)"};

static const slt_schema field_pairs = {
    .key = "pairs",
    .type = SLT_SCHEMA_WORD,
    AT(slt_op_spec, neighbours),
    WORDS("halves", "neighbours"),
    PRESET(TEXT_VALUE("halves")),
    .also = "interleaved|neighbors",
    .meaning = "of a head's d columns: i and i + d/2; or 2i and 2i + 1"};

const slt_op_type slt_op_rotary = {
    .name = "rotary",
    .fields = FIELD_LIST(&slt_op_heads_field, &field_base, &field_pairs),
    .inputs_min = 1,
    .inputs_max = 1,
    .multiaffine = true,
    .shape = shape_rotary,
    .forward = forward_rotary,
    .backward = backward_rotary,
    .tangent = tangent_rotary,
    .functions = functions_rotary,
};
