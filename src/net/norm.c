#include "net/norm.h"

#include "base/schema_rows.h"

const slt_schema slt_norm_eps = {.key = "eps",
                                 .type = SLT_SCHEMA_REAL,
                                 AT(slt_op_spec, eps),
                                 .range = SLT_RANGE_POSITIVE,
                                 PRESET(REAL_VALUE(0x3ee4f8b588e368f1)), /* 1e-5 */
                                 .also = "epsilon|variance_epsilon",
                                 .meaning = "what is added to the mean of squares"};

slt_status slt_norm_shape(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    const slt_weight_spec *weight = site->weight;
    out->cols = site->in[0].cols;
    if (weight && (weight->rows != 1 || weight->cols != out->cols))
        return slt_op_fail(site, err, "weight %s: expected shape [%zu], found [%zu, %zu]",
                           weight->name, out->cols, weight->rows, weight->cols);
    return slt_op_check_bias(site, out->cols, err);
}

/* y = y weight + bias, column by column, of those that there are, in place. */
static void finish_rows(const slt_op_call *call, slt_tensor *y)
{
    if (call->weight)
        slt_num_multiply_columns(y, call->weight, y);
    if (call->bias)
        slt_num_add_bias(y, call->bias);
}

static slt_normalize how_of(const slt_op_call *call)
{
    return (slt_normalize){.centred = call->type->centred, .eps = call->spec->eps};
}

void slt_norm_forward(const slt_op_call *call, slt_tensor *out)
{
    slt_num_normalize(how_of(call), call->in[0], out);
    finish_rows(call, out);
}

/* The gradient by the rows that were divided: dout times the weight, left in `room`. */
static const slt_tensor *slope_of(const slt_tensor *weight, const slt_tensor *dout,
                                  slt_tensor *room)
{
    if (!weight)
        return dout;
    slt_num_multiply_columns(dout, weight, room);
    return room;
}

void slt_norm_backward(const slt_op_call *call, const slt_tensor *dout,
                       slt_op_argument argument, slt_tensor *gradient)
{
    const slt_normalize how = how_of(call);
    if (argument == SLT_TO_INPUT)
        slt_num_normalize_back(how, call->in[0], slope_of(call->weight, dout, gradient),
                               gradient);
    else if (argument == SLT_TO_WEIGHT)
        slt_num_normalize_dots(how, call->in[0], dout, slt_op_block(call), gradient);
    else
        slt_num_column_sums_long(dout, slt_op_block(call), gradient);
}

void slt_norm_tangent(const slt_op_call *call, slt_op_argument argument,
                      const slt_tensor *change, slt_tensor *out)
{
    const slt_normalize how = how_of(call);
    if (argument == SLT_TO_BIAS) {
        slt_op_tangent_bias(change, out);
        return;
    }
    const slt_tensor *by = argument == SLT_TO_WEIGHT ? change : call->weight;
    if (argument == SLT_TO_WEIGHT)
        slt_num_normalize(how, call->in[0], out);
    else
        slt_num_normalize_back(how, call->in[0], change, out);
    if (by)
        slt_num_multiply_columns(out, by, out);
}

bool slt_norm_second(const slt_op_call *call, const slt_tensor *dout,
                     slt_op_argument argument, slt_op_argument moved,
                     const slt_tensor *change, slt_tensor *gradient)
{
    const slt_normalize how = how_of(call);
    const slt_tensor *x = call->in[0];
    if (argument == SLT_TO_INPUT && moved == SLT_TO_INPUT)
        slt_num_normalize_second(how, x, slope_of(call->weight, dout, gradient), change,
                                 gradient);
    else if (argument == SLT_TO_INPUT && moved == SLT_TO_WEIGHT)
        slt_num_normalize_back(how, x, slope_of(change, dout, gradient), gradient);
    else if (argument == SLT_TO_WEIGHT && moved == SLT_TO_INPUT)
        slt_num_normalize_dots_along(how, x, dout, change, slt_op_block(call), gradient);
    else
        return false;
    return true;
}

/* Forward sums twice over a row and goes through it twice; backward makes the row anew,
 * as does the gradient of the weight, and sums twice more. */
void slt_norm_cost(const slt_cost_site *site, slt_cost *cost)
{
    cost->numbers += site->out * (site->gradient ? 16 : 4);
}
