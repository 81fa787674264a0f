/* Loss and gradient of all members, a block of rows at a time. */
#include "net/ensemble_internal.h"

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
        slt_members_spread(from[0], first, to);
        return;
    }
    for (size_t m = 0; m < net->members; m++)
        index[m] = batch->index[m] + first;
    slt_members_gather(from, index, to);
}

static void take_inputs(slt_ensemble_net *net, const slt_ensemble_batch *batch,
                        size_t first, size_t rows)
{
    const slt_tensor *from[SLT_MEMBERS_MAX];
    for (size_t i = 0; i < net->program.inputs; i++) {
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
    size_t input = net->program.loss_target;
    if (input == SLT_NOTHING && batch->target_input < net->program.inputs &&
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

static slt_op_call call_of(const slt_ensemble_net *net, const slt_program_op *op,
                           const slt_params *weights)
{
    slt_op_call call = {.spec = &op->spec, .type = op->type, .inputs = op->inputs};
    if (op->weight != SLT_NOTHING)
        call.weight = &weights->tensor[op->weight];
    if (op->bias != SLT_NOTHING)
        call.bias = &weights->tensor[op->bias];
    for (size_t i = 0; i < op->inputs; i++)
        call.in[i] = &net->value[op->in[i]];
    return call;
}

static void forward(slt_ensemble_net *net, size_t rows)
{
    for (size_t i = 0; i < net->op_count; i++) {
        const slt_program_op *op = &net->program.ops[i];
        slt_tensor *out = &net->value[op->out];
        *out = slt_tensor_head(&net->value_storage[op->out], rows);
        const slt_op_members *members = op->type->members;
        (members ? members->forward : op->type->forward)(&net->call[i], out);
    }
}

/* The first contribution of a block is stored, a later one added. */
static void contribute_value(slt_ensemble_net *net, size_t at, size_t input, bool *begun)
{
    const slt_program_op *op = &net->program.ops[at];
    const slt_op_call *call = &net->call[at];
    const size_t value = op->in[input];
    const slt_tensor *dout = &net->gradient[op->out];
    slt_tensor *gradient = &net->gradient[value];
    if (!net->program.values[value].gradient)
        return;
    slt_tensor part = head(&net->part, gradient->rows, gradient->cols);
    slt_tensor *to = begun[value] ? &part : gradient;
    slt_op_argument argument = (slt_op_argument)(SLT_TO_INPUT + input);
    if (op->type->members)
        op->type->members->backward(call, dout, argument, false, to);
    else
        op->type->backward(call, dout, argument, to);
    if (begun[value])
        slt_num_add(gradient, &part, gradient);
    begun[value] = true;
}

static void contribute_weights(slt_ensemble_net *net, size_t at, bool goes_on,
                               slt_params *gradients)
{
    const slt_program_op *op = &net->program.ops[at];
    const slt_tensor *dout = &net->gradient[op->out];
    slt_contribution *weight = &net->weight[at], *bias = &net->bias[at];
    if (weight->wanted)
        op->type->members->backward(&net->call[at], dout, SLT_TO_WEIGHT, goes_on,
                                    weight->first ? &gradients->tensor[op->weight]
                                                  : &weight->own);
    if (bias->wanted)
        op->type->members->backward(&net->call[at], dout, SLT_TO_BIAS, goes_on,
                                    bias->first ? &gradients->tensor[op->bias]
                                                : &bias->own);
}

static void backward(slt_ensemble_net *net, bool goes_on, slt_params *gradients)
{
    bool begun[SLT_VALUES_MAX] = {false};
    for (size_t i = net->op_count; i-- > 0;) {
        const slt_program_op *op = &net->program.ops[i];
        if (!net->program.values[op->out].gradient)
            continue;
        for (size_t j = 0; j < op->inputs; j++)
            contribute_value(net, i, j, begun);
        contribute_weights(net, i, goes_on, gradients);
    }
}

/* Loss and, where asked for, its derivative by the net's value. */
static void add_losses(slt_ensemble_net *net, bool derive, size_t rows)
{
    const size_t value = net->loss_in;
    for (size_t i = 0; i < net->program.value_count && derive; i++)
        if (slt_ensemble_derives(net, i) && slt_ensemble_stores(net, i))
            net->gradient[i] = slt_tensor_head(&net->gradient_storage[i], rows);
    net->gradient[value] = net->value[value];
    derive = derive && net->program.values[value].gradient;
    net->program.loss->members->add(value != net->program.loss_in, &net->value[value],
                                    &net->target, derive ? &net->gradient[value] : NULL,
                                    &net->sums);
}

/* ---- A batch ----------------------------------------------------------------------- */

static void add_contribution(const slt_contribution *from, slt_tensor *gradient)
{
    if (from->wanted && !from->first)
        slt_num_add(gradient, &from->own, gradient);
}

/* Further contributions, in the order of the backward pass; +0 if there are none. */
static void end_gradients(slt_ensemble_net *net, slt_params *gradients)
{
    bool met[SLT_WEIGHTS_MAX] = {false};
    for (size_t i = net->program.op_count; i-- > 0;) {
        const slt_program_op *op = &net->program.ops[i];
        if (net->weight[i].wanted) {
            add_contribution(&net->weight[i], &gradients->tensor[op->weight]);
            met[op->weight] = true;
        }
        if (net->bias[i].wanted) {
            add_contribution(&net->bias[i], &gradients->tensor[op->bias]);
            met[op->bias] = true;
        }
    }
    for (size_t i = 0; i < net->program.weight_count; i++)
        if (net->program.weights[i].trained && !met[i])
            slt_tensor_zero(&gradients->tensor[i]);
}

/* Rows of a batch's blocks: about equally many in each. */
static size_t block_of(const slt_ensemble_net *net, size_t rows)
{
    const size_t blocks = (rows + net->rows_max - 1) / net->rows_max;
    return ((rows + blocks - 1) / blocks + SLT_BLOCK_ROWS - 1) / SLT_BLOCK_ROWS *
           SLT_BLOCK_ROWS;
}

void slt_ensemble_net_gradient(slt_ensemble_net *net, const slt_params *weights,
                               const slt_ensemble_batch *batch, slt_params *gradients,
                               bool verdict, slt_real *losses)
{
    const slt_program *program = &net->program;
    const slt_loss_members *loss = program->loss->members;
    const size_t block = block_of(net, batch->rows);
    for (size_t i = 0; i < net->op_count; i++)
        net->call[i] = call_of(net, &net->program.ops[i], weights);
    loss->begin(&program->loss_spec, batch->rows,
                program->values[program->loss_in].shape.cols, verdict, &net->sums);
    for (size_t first = 0; first < batch->rows; first += block) {
        const size_t left = batch->rows - first, rows = left < block ? left : block;
        take_inputs(net, batch, first, rows);
        take_target(net, batch, first, rows);
        forward(net, rows);
        add_losses(net, gradients != NULL, rows);
        if (gradients)
            backward(net, first > 0, gradients);
    }
    if (gradients)
        end_gradients(net, gradients);
    loss->end(program->arithmetic, &net->sums, losses);
}
