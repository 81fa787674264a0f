/* select: of the first axis of positions one, which takes the axis away (`at`), or
 * `count` of them that follow one another (`from`). */
#include "net/op.h"

#include "base/assert.h"
#include "base/schema_rows.h"
#include "num/ops.h"

/* The first position that is selected, and how many of them. */
typedef struct range {
    size_t first, count;
} range;

static range find_range(const slt_op_spec *spec, const slt_positions *positions)
{
    const size_t size = positions->size[0];
    if (spec->selects_last)
        return (range){size - 1, 1};
    if (spec->selects_one)
        return (range){spec->at, 1};
    return (range){spec->from, spec->count            ? spec->count
                               : spec->from < size ? size - spec->from
                                                   : 0};
}

static slt_status shape_select(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    const slt_op_spec *spec = site->spec;
    const slt_positions *in = &site->in[0].positions;
    out->cols = site->in[0].cols;
    if (!in->axes)
        return slt_op_fail(site, err, "input %s: expected positions, found none",
                           spec->in[0]);
    if (spec->selects_one && (spec->from || spec->count))
        return slt_op_fail(site, err, "expected `at`, or `from` and `count`, not both");
    const range selected = find_range(spec, in);
    if (!selected.count || selected.first >= in->size[0] ||
        selected.count > in->size[0] - selected.first)
        return slt_op_fail(site, err, "expected some of the %zu positions of %s, from 0",
                           in->size[0], spec->in[0]);
    if (!spec->selects_one) {
        out->positions.size[0] = selected.count;
        return SLT_OK;
    }
    out->positions = (slt_positions){.axes = in->axes - 1};
    for (size_t i = 1; i < in->axes; i++)
        out->positions.size[i - 1] = in->size[i];
    return SLT_OK;
}

/* The place in a sample of the first number that is selected. */
static size_t first_number(const slt_op_call *call, const slt_tensor *whole)
{
    const size_t numbers = slt_tensor_count(whole) / call->samples;
    return find_range(call->spec, &call->positions).first *
           (numbers / call->positions.size[0]);
}

static void forward_select(const slt_op_call *call, slt_tensor *out)
{
    slt_num_take_part(call->in[0], call->samples, first_number(call, call->in[0]), out);
}

static void backward_select(const slt_op_call *call, const slt_tensor *dout,
                            slt_op_argument argument, slt_tensor *gradient)
{
    (void)argument;
    slt_tensor_zero(gradient);
    slt_num_put_part(dout, call->samples, first_number(call, gradient), gradient);
}

static void tangent_select(const slt_op_call *call, slt_op_argument argument,
                           const slt_tensor *change, slt_tensor *out)
{
    (void)argument;
    slt_num_take_part(change, call->samples, first_number(call, change), out);
}

static const slt_schema at_forms[] = {
    {.type = SLT_SCHEMA_WORD, AT(slt_op_spec, selects_last), .first = 1, WORDS("last")},
    {.type = SLT_SCHEMA_INT, AT(slt_op_spec, at), .least = 0, .most = WIDTH_MAX},
};

static const slt_schema field_at = {
    .key = "at",
    .type = SLT_SCHEMA_EITHER,
    FIELDS(at_forms),
    FLAG(slt_op_spec, selects_one),
    .optional = true,
    .also = "index|which",
    .meaning = "one position of the first axis, from 0, or last"};

static const slt_schema field_from = {
    .key = "from",
    .type = SLT_SCHEMA_INT,
    AT(slt_op_spec, from),
    .least = 0,
    .most = WIDTH_MAX,
    PRESET(INT_VALUE(0)),
    .also = "start|first|begin",
    .meaning = "in place of at: the first of the positions"};

static const slt_schema field_count = {.key = "count",
                                       .type = SLT_SCHEMA_INT,
                                       AT(slt_op_spec, count),
                                       .least = 1,
                                       .most = WIDTH_MAX,
                                       .optional = true,
                                       .also = "n|number|length",
                                       .meaning =
                                           "how many; absent: all from there on"};

const slt_op_type slt_op_select = {
    .name = "select",
    .fields = FIELD_LIST(&field_at, &field_from, &field_count),
    .inputs_min = 1,
    .inputs_max = 1,
    .multiaffine = true,
    .polynomial = true,
    .shape = shape_select,
    .forward = forward_select,
    .backward = backward_select,
    .tangent = tangent_select,
};
