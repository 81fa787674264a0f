#include "net/ensemble.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "net/plan.h"
#include "num/scalar.h"

/* Bytes of values and their gradients that a block of rows may take. */
#define BLOCK_BYTES 65536
#define BLOCK_ROWS 4 /* a block has a multiple of these, but for the last one */

/* What a weight or bias gets from one op.  The first to arrive, from the last op, stands
 * in the gradient itself, the others in memory of their own until they are added. */
typedef struct contribution {
    bool wanted, first;
    slt_tensor own;
} contribution;

struct slt_ensemble_net {
    slt_plan plan;
    size_t members, rows_max; /* of a block */
    slt_tensor value_storage[SLT_VALUES_MAX], gradient_storage[SLT_VALUES_MAX];
    slt_tensor value[SLT_VALUES_MAX], gradient[SLT_VALUES_MAX];
    slt_tensor target_storage, target;
    slt_tensor part; /* a value's further contribution, before it is added */
    contribution weight[SLT_OPS_MAX], bias[SLT_OPS_MAX];
    bool used[SLT_INPUTS_MAX];
    size_t op_count; /* without a last relu that the loss takes on itself */
    size_t loss_in;
    slt_ensemble_sum sum;
};

/* ---- Ops --------------------------------------------------------------------------- */

static bool is_linear(const char *op)
{
    return strcmp(op, "linear") == 0;
}

/* Element by element: what the op does to tensors it does to those of ensembles. */
static bool is_elementwise(const char *op)
{
    static const char *const names[] = {"relu", "square", "add", "gelu"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(op, names[i]) == 0)
            return true;
    return false;
}

bool slt_ensemble_fits(const slt_model_spec *model, slt_arithmetic arithmetic)
{
    size_t products = 0;
    if (slt_ensemble_members(arithmetic) == 0 || slt_num_isa() == SLT_ISA_SCALAR ||
        strcmp(model->loss.op, "mse") != 0)
        return false;
    for (size_t i = 0; i < model->op_count; i++) {
        const slt_op_spec *op = &model->ops[i];
        if (!is_linear(op->op) && !is_elementwise(op->op))
            return false;
        const size_t weight = slt_model_weight(model, op->weight);
        if (weight < model->weight_count)
            products += model->weights[weight].rows * model->weights[weight].cols;
    }
    return products <= SLT_ENSEMBLE_PRODUCTS_MAX;
}

/* As op_linear.c has them. */
static void linear_forward(const slt_op_call *call, slt_tensor *out)
{
    const slt_transpose side = call->spec->transpose ? SLT_PLAIN : SLT_TRANSPOSED;
    slt_ensemble_product(SLT_PLAIN, side, call->in[0], call->weight, call->bias, false,
                         out);
}

static void linear_to_input(const slt_op_call *call, const slt_tensor *dout,
                            slt_tensor *gradient)
{
    const slt_transpose side = call->spec->transpose ? SLT_TRANSPOSED : SLT_PLAIN;
    slt_ensemble_product(SLT_PLAIN, side, dout, call->weight, NULL, false, gradient);
}

static void linear_to_weight(const slt_op_call *call, const slt_tensor *dout,
                             bool goes_on, slt_tensor *gradient)
{
    const slt_tensor *in = call->in[0];
    const bool transpose = call->spec->transpose;
    slt_ensemble_product(SLT_TRANSPOSED, SLT_PLAIN, transpose ? in : dout,
                         transpose ? dout : in, NULL, goes_on, gradient);
}

/* ---- Creation ---------------------------------------------------------------------- */

/* How often the ops take a value. */
static size_t count_uses(const slt_plan *plan, size_t value)
{
    size_t uses = 0;
    for (size_t i = 0; i < plan->op_count; i++)
        for (size_t j = 0; j < plan->ops[i].inputs; j++)
            uses += plan->ops[i].in[j] == value;
    return uses;
}

/* A last relu that only the loss looks at goes together with it. */
static void find_end(slt_ensemble_net *net)
{
    const slt_plan *plan = &net->plan;
    const slt_plan_op *last = &plan->ops[plan->op_count - 1];
    net->op_count = plan->op_count;
    net->loss_in = plan->loss_in;
    if (plan->op_count && strcmp(last->spec.op, "relu") == 0 &&
        last->out == plan->loss_in && count_uses(plan, last->in[0]) == 1 &&
        plan->loss_target != last->in[0] && plan->loss_target != last->out) {
        net->op_count--;
        net->loss_in = last->in[0];
    }
}

static bool is_used(const slt_plan *plan, size_t value)
{
    return count_uses(plan, value) || plan->loss_in == value ||
           plan->loss_target == value;
}

static size_t rows_of_block(const slt_ensemble_net *net)
{
    const slt_plan *plan = &net->plan;
    size_t numbers = 1;
    for (size_t i = 0; i < plan->value_count; i++)
        if (i >= plan->inputs || net->used[i])
            numbers += plan->values[i].shape.cols * (plan->values[i].gradient ? 2 : 1);
    const size_t rows = BLOCK_BYTES / SLT_MEMBERS_BYTES / numbers;
    return rows < BLOCK_ROWS ? BLOCK_ROWS : rows / BLOCK_ROWS * BLOCK_ROWS;
}

static slt_status create_value(slt_ensemble_net *net, size_t value, slt_error *err)
{
    const slt_plan *plan = &net->plan;
    const size_t cols = plan->values[value].shape.cols * net->members;
    slt_status status = slt_tensor_create(&net->value_storage[value], plan->arithmetic,
                                          net->rows_max, cols, err);
    if (!status && plan->values[value].gradient)
        status = slt_tensor_create(&net->gradient_storage[value], plan->arithmetic,
                                   net->rows_max, cols, err);
    return status;
}

static slt_status create_values(slt_ensemble_net *net, slt_error *err)
{
    const slt_plan *plan = &net->plan;
    size_t widest = 0;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < plan->value_count && !status; i++) {
        if (i < plan->inputs && !net->used[i])
            continue;
        if (plan->values[i].shape.cols > widest)
            widest = plan->values[i].shape.cols;
        status = create_value(net, i, err);
    }
    if (!status)
        status = slt_tensor_create(&net->part, plan->arithmetic, net->rows_max,
                                   widest * net->members, err);
    if (!status && plan->loss_target == SLT_NOTHING)
        status =
            slt_tensor_create(&net->target_storage, plan->arithmetic, net->rows_max,
                              plan->values[plan->loss_in].shape.cols * net->members, err);
    return status;
}

static slt_status create_contribution(const slt_ensemble_net *net, size_t weight,
                                      bool *met, contribution *to, slt_error *err)
{
    if (weight == SLT_NOTHING || !net->plan.weights[weight].trained)
        return SLT_OK;
    const slt_plan_weight *of = &net->plan.weights[weight];
    *to = (contribution){.wanted = true, .first = !met[weight]};
    met[weight] = true;
    return to->first ? SLT_OK
                     : slt_tensor_create(&to->own, net->plan.arithmetic, of->rows,
                                         of->cols * net->members, err);
}

/* In the order of the backward pass. */
static slt_status create_contributions(slt_ensemble_net *net, slt_error *err)
{
    bool met[SLT_WEIGHTS_MAX] = {false};
    slt_status status = SLT_OK;
    for (size_t i = net->plan.op_count; i-- > 0 && !status;) {
        const slt_plan_op *op = &net->plan.ops[i];
        if (!net->plan.values[op->out].gradient)
            continue;
        status = create_contribution(net, op->weight, met, &net->weight[i], err);
        if (!status)
            status = create_contribution(net, op->bias, met, &net->bias[i], err);
    }
    return status;
}

slt_status slt_ensemble_net_create(const slt_model_spec *model, const slt_batch *shape,
                                   slt_arithmetic arithmetic, slt_ensemble_net **net,
                                   slt_error *err)
{
    SLT_ASSERT(slt_ensemble_fits(model, arithmetic));
    slt_ensemble_net *made = aligned_alloc(_Alignof(slt_ensemble_net), sizeof *made);
    *net = NULL;
    if (!made)
        return slt_fail(err, SLT_RESOURCE, "no memory for the net of an ensemble");
    memset(made, 0, sizeof *made);
    made->members = slt_ensemble_members(arithmetic);
    slt_status status = slt_plan_make(model, shape, arithmetic, &made->plan, err);
    if (!status)
        find_end(made);
    for (size_t i = 0; i < made->plan.inputs; i++)
        made->used[i] = is_used(&made->plan, i);
    made->rows_max = rows_of_block(made);
    if (!status)
        status = create_values(made, err);
    if (!status)
        status = create_contributions(made, err);
    if (status)
        slt_ensemble_net_free(made);
    else
        *net = made;
    return status;
}

void slt_ensemble_net_free(slt_ensemble_net *net)
{
    if (!net)
        return;
    for (size_t i = 0; i < SLT_VALUES_MAX; i++) {
        slt_tensor_free(&net->value_storage[i]);
        slt_tensor_free(&net->gradient_storage[i]);
    }
    for (size_t i = 0; i < SLT_OPS_MAX; i++) {
        slt_tensor_free(&net->weight[i].own);
        slt_tensor_free(&net->bias[i].own);
    }
    slt_tensor_free(&net->target_storage);
    slt_tensor_free(&net->part);
    free(net);
}

/* ---- A block of rows --------------------------------------------------------------- */

static slt_tensor head(const slt_tensor *storage, size_t rows, size_t cols)
{
    slt_tensor tensor = *storage;
    tensor.rows = rows;
    tensor.cols = cols;
    return tensor;
}

/* Rows first to first + to->rows of every member's batch of tensors. */
static void fetch(const slt_ensemble_net *net, const slt_ensemble_batch *batch,
                  const slt_tensor *const *from, size_t first, slt_tensor *to)
{
    const uint32_t *index[SLT_MEMBERS_MAX];
    if (!batch->index[0]) {
        slt_ensemble_spread(from[0], first, to);
        return;
    }
    for (size_t m = 0; m < net->members; m++)
        index[m] = batch->index[m] + first;
    slt_ensemble_gather(from, index, to);
}

static void take_inputs(slt_ensemble_net *net, const slt_ensemble_batch *batch,
                        size_t first, size_t rows)
{
    const slt_tensor *from[SLT_MEMBERS_MAX];
    for (size_t i = 0; i < net->plan.inputs; i++) {
        if (!net->used[i])
            continue;
        for (size_t m = 0; m < net->members; m++)
            from[m] = &batch->all[m]->input[i];
        net->value[i] = slt_tensor_head(&net->value_storage[i], rows);
        fetch(net, batch, from, first, &net->value[i]);
    }
}

static void take_target(slt_ensemble_net *net, const slt_ensemble_batch *batch,
                        size_t first, size_t rows)
{
    const slt_tensor *from[SLT_MEMBERS_MAX];
    size_t input = net->plan.loss_target;
    if (input == SLT_NOTHING && batch->target_input < net->plan.inputs &&
        net->used[batch->target_input])
        input = batch->target_input;
    if (input != SLT_NOTHING) {
        net->target = net->value[input];
        return;
    }
    for (size_t m = 0; m < net->members; m++)
        from[m] = &batch->all[m]->target;
    net->target = slt_tensor_head(&net->target_storage, rows);
    fetch(net, batch, from, first, &net->target);
}

static slt_op_call call_of(const slt_ensemble_net *net, const slt_plan_op *op,
                           const slt_params *weights)
{
    slt_op_call call = {.spec = &op->spec, .inputs = op->inputs};
    if (op->weight != SLT_NOTHING)
        call.weight = &weights->tensor[op->weight];
    if (op->bias != SLT_NOTHING)
        call.bias = &weights->tensor[op->bias];
    for (size_t i = 0; i < op->inputs; i++)
        call.in[i] = &net->value[op->in[i]];
    return call;
}

static void forward(slt_ensemble_net *net, const slt_params *weights, size_t rows)
{
    for (size_t i = 0; i < net->op_count; i++) {
        const slt_plan_op *op = &net->plan.ops[i];
        const slt_op_call call = call_of(net, op, weights);
        slt_tensor *out = &net->value[op->out];
        *out = slt_tensor_head(&net->value_storage[op->out], rows);
        if (is_linear(op->spec.op))
            linear_forward(&call, out);
        else
            op->type->forward(&call, out);
    }
}

/* The first contribution of a block is stored, a later one added. */
static void contribute_value(slt_ensemble_net *net, const slt_plan_op *op,
                             const slt_op_call *call, size_t input, bool *begun)
{
    const size_t value = op->in[input];
    const slt_tensor *dout = &net->gradient[op->out];
    slt_tensor *gradient = &net->gradient[value];
    if (!net->plan.values[value].gradient)
        return;
    slt_tensor part = head(&net->part, gradient->rows, gradient->cols);
    slt_tensor *to = begun[value] ? &part : gradient;
    if (is_linear(op->spec.op))
        linear_to_input(call, dout, to);
    else
        op->type->backward(call, dout, (slt_op_argument)(SLT_TO_INPUT + input), to);
    if (begun[value])
        slt_num_add(gradient, &part, gradient);
    begun[value] = true;
}

static void contribute_weights(slt_ensemble_net *net, size_t op, const slt_op_call *call,
                               bool goes_on, slt_params *gradients)
{
    const slt_plan_op *at = &net->plan.ops[op];
    const slt_tensor *dout = &net->gradient[at->out];
    contribution *weight = &net->weight[op], *bias = &net->bias[op];
    if (weight->wanted)
        linear_to_weight(call, dout, goes_on,
                         weight->first ? &gradients->tensor[at->weight] : &weight->own);
    if (bias->wanted)
        slt_ensemble_column_sums(dout, goes_on,
                                 bias->first ? &gradients->tensor[at->bias] : &bias->own);
}

static void backward(slt_ensemble_net *net, const slt_params *weights, bool goes_on,
                     slt_params *gradients)
{
    bool begun[SLT_VALUES_MAX] = {false};
    for (size_t i = net->op_count; i-- > 0;) {
        const slt_plan_op *op = &net->plan.ops[i];
        if (!net->plan.values[op->out].gradient)
            continue;
        const slt_op_call call = call_of(net, op, weights);
        for (size_t j = 0; j < op->inputs; j++)
            contribute_value(net, op, &call, j, begun);
        contribute_weights(net, i, &call, goes_on, gradients);
    }
}

/* Loss and, where asked for, its derivative by the net's value. */
static void add_losses(slt_ensemble_net *net, slt_real scale, bool derive, size_t rows)
{
    const size_t value = net->loss_in;
    for (size_t i = 0; i < net->plan.value_count && derive; i++)
        if (net->plan.values[i].gradient)
            net->gradient[i] = slt_tensor_head(&net->gradient_storage[i], rows);
    derive = derive && net->plan.values[value].gradient;
    slt_ensemble_sum_add(value != net->plan.loss_in, &net->value[value], &net->target,
                         scale, derive ? &net->gradient[value] : NULL, &net->sum);
}

/* ---- A batch ----------------------------------------------------------------------- */

static void add_contribution(const contribution *from, slt_tensor *gradient)
{
    if (from->wanted && !from->first)
        slt_num_add(gradient, &from->own, gradient);
}

/* Further contributions, in the order of the backward pass; +0 where there are none. */
static void end_gradients(slt_ensemble_net *net, slt_params *gradients)
{
    bool met[SLT_WEIGHTS_MAX] = {false};
    for (size_t i = net->plan.op_count; i-- > 0;) {
        const slt_plan_op *op = &net->plan.ops[i];
        if (net->weight[i].wanted) {
            add_contribution(&net->weight[i], &gradients->tensor[op->weight]);
            met[op->weight] = true;
        }
        if (net->bias[i].wanted) {
            add_contribution(&net->bias[i], &gradients->tensor[op->bias]);
            met[op->bias] = true;
        }
    }
    for (size_t i = 0; i < net->plan.weight_count; i++)
        if (net->plan.weights[i].trained && !met[i])
            slt_tensor_zero(&gradients->tensor[i]);
}

/* As loss_mse.c has it. */
static slt_real divisor_of(const slt_ensemble_net *net, size_t rows)
{
    const slt_loss_spec *spec = &net->plan.loss_spec;
    const uint64_t samples = spec->mean_samples ? rows : 1;
    const uint64_t outputs =
        spec->mean_outputs ? net->plan.values[net->plan.loss_in].shape.cols : 1;
    return slt_real_from_u64(samples * outputs);
}

/* Rows of a batch's blocks: about equally many in each. */
static size_t block_of(const slt_ensemble_net *net, size_t rows)
{
    const size_t blocks = (rows + net->rows_max - 1) / net->rows_max;
    return ((rows + blocks - 1) / blocks + BLOCK_ROWS - 1) / BLOCK_ROWS * BLOCK_ROWS;
}

void slt_ensemble_net_gradient(slt_ensemble_net *net, const slt_params *weights,
                               const slt_ensemble_batch *batch, slt_params *gradients,
                               slt_real *losses)
{
    const slt_real divisor = divisor_of(net, batch->rows);
    const slt_real scale = slt_real_div(slt_real_from_u64(2), divisor);
    const size_t block = block_of(net, batch->rows);
    slt_ensemble_sum_begin(&net->sum);
    for (size_t first = 0; first < batch->rows; first += block) {
        const size_t left = batch->rows - first, rows = left < block ? left : block;
        take_inputs(net, batch, first, rows);
        take_target(net, batch, first, rows);
        forward(net, weights, rows);
        add_losses(net, scale, gradients != NULL, rows);
        if (gradients)
            backward(net, weights, first > 0, gradients);
    }
    if (gradients)
        end_gradients(net, gradients);
    slt_ensemble_sum_end(net->plan.arithmetic, &net->sum, divisor, losses);
}
