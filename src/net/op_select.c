/* select: of the first axis of positions one, which takes the axis away (`at`), `count`
 * of them that follow one another (`from`), or one of each `every` (`from` in each). */
#include "net/op.h"

#include "base/assert.h"
#include "base/schema_rows.h"
#include "num/ops.h"

/* The first position that is selected, and how many of them. */
typedef struct range {
    size_t first, count;
} range;

/* How many parts of the axis are selected from alike. */
static size_t count_groups(const slt_op_spec *spec, const slt_positions *positions)
{
    return spec->every ? positions->size[0] / spec->every : 1;
}

/* In a group. */
static range find_range(const slt_op_spec *spec, const slt_positions *positions)
{
    const size_t size = positions->size[0];
    if (spec->every)
        return (range){spec->from, 1};
    if (spec->selects_last)
        return (range){size - 1, 1};
    if (spec->selects_one)
        return (range){spec->at, 1};
    return (range){spec->from, spec->count         ? spec->count
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
    if (spec->every && (spec->selects_one || spec->count))
        return slt_op_fail(site, err, "`every` goes with `from` alone");
    if (spec->every && (in->size[0] % spec->every || spec->from >= spec->every))
        return slt_op_fail(site, err,
                           "every: expected a divisor of the %zu positions of %s, above "
                           "`from`; found %zu",
                           in->size[0], spec->in[0], spec->every);
    const size_t groups = count_groups(spec, in);
    const range selected = find_range(spec, in);
    if (!selected.count || selected.first >= in->size[0] ||
        selected.count > in->size[0] - selected.first)
        return slt_op_fail(site, err, "expected some of the %zu positions of %s, from 0",
                           in->size[0], spec->in[0]);
    if (!spec->selects_one) {
        out->positions.size[0] = groups * selected.count;
        return SLT_OK;
    }
    out->positions = (slt_positions){.axes = in->axes - 1};
    for (size_t i = 1; i < in->axes; i++)
        out->positions.size[i - 1] = in->size[i];
    return SLT_OK;
}

/* All groups of a batch, each like a sample of its own. */
static size_t all_groups(const slt_op_call *call)
{
    return call->samples * count_groups(call->spec, &call->positions);
}

/* The place in a group of the first number that is selected. */
static size_t first_number(const slt_op_call *call, const slt_tensor *whole)
{
    const size_t numbers = slt_tensor_count(whole) / call->samples;
    return find_range(call->spec, &call->positions).first *
           (numbers / call->positions.size[0]);
}

static void forward_select(const slt_op_call *call, slt_tensor *out)
{
    slt_num_take_part(call->in[0], all_groups(call), first_number(call, call->in[0]),
                      out);
}

static void backward_select(const slt_op_call *call, const slt_tensor *dout,
                            slt_op_argument argument, slt_tensor *gradient)
{
    (void)argument;
    slt_tensor_zero(gradient);
    slt_num_put_part(dout, all_groups(call), first_number(call, gradient), gradient);
}

static void tangent_select(const slt_op_call *call, slt_op_argument argument,
                           const slt_tensor *change, slt_tensor *out)
{
    (void)argument;
    slt_num_take_part(change, all_groups(call), first_number(call, change), out);
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

static const slt_schema field_from = {.key = "from",
                                      .type = SLT_SCHEMA_INT,
                                      AT(slt_op_spec, from),
                                      .least = 0,
                                      .most = WIDTH_MAX,
                                      PRESET(INT_VALUE(0)),
                                      .also = "start|first|begin",
                                      .meaning =
                                          "in place of at: the first of the positions"};

static const slt_schema field_count = {.key = "count",
                                       .type = SLT_SCHEMA_INT,
                                       AT(slt_op_spec, count),
                                       .least = 1,
                                       .most = WIDTH_MAX,
                                       .optional = true,
                                       .also = "n|number|length",
                                       .meaning = "how many; absent: all from there on"};

static const slt_schema field_every = {
    .key = "every",
    .type = SLT_SCHEMA_INT,
    AT(slt_op_spec, every),
    .least = 2,
    .most = WIDTH_MAX,
    .optional = true,
    .also = "step|stride",
    .meaning = "in place of count: one of each so many positions, from `from` on; a "
               "divisor of their number"};

const slt_op_type slt_op_select = {
    .name = "select",
    .fields = FIELD_LIST(&field_at, &field_from, &field_count, &field_every),
    .inputs_min = 1,
    .inputs_max = 1,
    .multiaffine = true,
    .polynomial = true,
    .shape = shape_select,
    .forward = forward_select,
    .backward = backward_select,
    .tangent = tangent_select,
};
