/* dot-attention: of queries, keys and values, whose columns are those of heads side by
 * side: shares softmax(scale q k'), and what they make of v. */
#include "base/schema_rows.h"
#include "net/heads.h"
#include "net/op.h"

#include "num/ops.h"
#include "num/scalar.h"

static slt_status check_heads(const slt_op_site *site, size_t input, slt_error *err)
{
    return site->in[input].cols % site->spec->heads == 0
               ? SLT_OK
               : slt_op_fail(site, err,
                             "input %s: expected a width that %zu heads divide, found "
                             "%zu",
                             site->spec->in[input], site->spec->heads,
                             site->in[input].cols);
}

static slt_status shape_dot_attention(const slt_op_site *site, slt_shape *out,
                                      slt_error *err)
{
    const slt_shape *q = &site->in[0], *k = &site->in[1], *v = &site->in[2];
    const size_t queries = slt_positions_count(&q->positions);
    const size_t keys = slt_positions_count(&k->positions);
    char found[SLT_POSITIONS_TEXT_MAX], wanted[SLT_POSITIONS_TEXT_MAX];
    out->cols = v->cols;
    if (q->cols != k->cols)
        return slt_op_fail(site, err,
                           "input %s: expected width %zu like %s, found %zu",
                           site->spec->in[1], q->cols, site->spec->in[0], k->cols);
    if (!slt_positions_equal(&v->positions, &k->positions))
        return slt_op_fail(site, err, "input %s: expected positions %s like %s, found %s",
                           site->spec->in[2], slt_positions_text(&k->positions, wanted),
                           site->spec->in[1], slt_positions_text(&v->positions, found));
    if (site->spec->mask == SLT_MASK_CAUSAL && queries > keys)
        return slt_op_fail(site, err,
                           "input %s: expected at most as many positions as the %zu of "
                           "%s, found %zu",
                           site->spec->in[0], keys, site->spec->in[1], queries);
    const slt_status status = check_heads(site, 0, err);
    return status ? status : check_heads(site, 2, err);
}

/* 1 / sqrt(d), each rounded to binary64, where the manifest has none. */
static slt_real scale_of(const slt_op_call *call)
{
    if (call->spec->scale_given)
        return call->spec->scale;
    const size_t width = call->in[0]->cols / call->spec->heads;
    return slt_real_div(slt_real_from_u64(1), slt_real_sqrt(slt_real_from_u64(width)));
}

static slt_dot_attention attention_of(const slt_op_call *call)
{
    return (slt_dot_attention){.q = call->in[0],
                               .k = call->in[1],
                               .v = call->in[2],
                               .samples = call->samples,
                               .heads = call->spec->heads,
                               .causal = call->spec->mask == SLT_MASK_CAUSAL,
                               .scale = scale_of(call)};
}

/* The same, with what the forward pass keeps where it is no wider than the output. */
static slt_dot_attention keeping_attention_of(const slt_op_call *call)
{
    slt_dot_attention at = attention_of(call);
    const size_t keys = at.k->rows / at.samples;
    if (call->kept && keys <= call->kept->cols / at.heads)
        at.shares = call->kept;
    return at;
}

static slt_dot_part part_of(slt_op_argument argument)
{
    static const slt_dot_part parts[] = {SLT_DOT_Q, SLT_DOT_K, SLT_DOT_V};
    return parts[argument - SLT_TO_INPUT];
}

static void forward_dot_attention(const slt_op_call *call, slt_tensor *out)
{
    const slt_dot_attention at = keeping_attention_of(call);
    slt_num_dot_attention(&at, out);
}

static void backward_dot_attention(const slt_op_call *call, const slt_tensor *dout,
                                   slt_op_argument argument, slt_tensor *gradient)
{
    const slt_dot_attention at = keeping_attention_of(call);
    slt_num_dot_attention_back(&at, dout, part_of(argument), gradient);
}

static void tangent_dot_attention(const slt_op_call *call, slt_op_argument argument,
                                  const slt_tensor *change, slt_tensor *out)
{
    const slt_dot_attention at = attention_of(call);
    slt_num_dot_attention_tangent(&at, part_of(argument), change, out);
}

static bool second_dot_attention(const slt_op_call *call, const slt_tensor *dout,
                                 slt_op_argument argument, slt_op_argument moved,
                                 const slt_tensor *change, slt_tensor *gradient)
{
    const slt_dot_attention at = attention_of(call);
    const slt_dot_part part = part_of(argument), moving = part_of(moved);
    if (part == SLT_DOT_V && moving == SLT_DOT_V)
        return false;
    slt_num_dot_attention_second(&at, dout, part, moving, change, gradient);
    return true;
}

static void count_dot_attention(const slt_cost_site *site, slt_cost *cost)
{
    cost->madds += site->last_positions *
                   (site->gradient ? 3 * (uint64_t)site->in + 4 * (uint64_t)site->out
                                   : (uint64_t)site->in + site->out);
    cost->functions += (uint64_t)site->last_positions * site->spec->heads;
}

/* exp, as the logistic function. */
static slt_function_set functions_dot_attention(const slt_op_spec *spec,
                                                slt_arithmetic arithmetic)
{
    (void)spec;
    return slt_functions_of_sigmoid(arithmetic);
}

static const slt_schema field_scale = {
    .key = "scale",
    .type = SLT_SCHEMA_REAL,
    AT(slt_op_spec, scale),
    FLAG(slt_op_spec, scale_given),
    .optional = true,
    .also = "factor|temperature",
    .meaning = "what products of queries and keys are multiplied by; absent: 1 / sqrt of "
               "the columns of a head"};

const slt_op_type slt_op_dot_attention = {
    .name = "dot-attention",
    .fields = FIELD_LIST(&slt_op_mask_field, &slt_op_heads_field, &field_scale),
    .inputs_min = 3,
    .inputs_max = 3,
    .mixes = true,
    .keeps = true,
    .shape = shape_dot_attention,
    .forward = forward_dot_attention,
    .backward = backward_dot_attention,
    .tangent = tangent_dot_attention,
    .second = second_dot_attention,
    .cost = count_dot_attention,
    .functions = functions_dot_attention,
};
