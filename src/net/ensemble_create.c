/* Which models can run as ensembles, and memory for their nets. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/world.h"
#include "net/ensemble_internal.h"
#include "num/math.h"

/* Bytes of values and their gradients that a block of rows may take. */
#define BLOCK_BYTES 81920

bool slt_ensemble_fits(const slt_model_spec *model, const slt_batch *shape,
                       slt_arithmetic arithmetic)
{
    size_t products = 0;
    const slt_loss_type *loss = slt_loss_find(model->loss.op);
    if (slt_members_count(arithmetic) == 0 || slt_num_isa() == SLT_ISA_SCALAR || !loss ||
        !loss->members || slt_batch_has_positions(shape))
        return false;
    for (size_t i = 0; i < model->op_count; i++) {
        const slt_op_spec *op = &model->ops[i];
        const slt_op_type *type = slt_op_find(op->op);
        if (!type || (!type->elementwise && !type->members))
            return false;
        const size_t weight = slt_model_weight(model, op->weight);
        if (weight < model->weight_count)
            products += model->weights[weight].rows * model->weights[weight].cols;
    }
    return products <= SLT_ENSEMBLE_PRODUCTS_MAX;
}

/* ---- Creation ---------------------------------------------------------------------- */

/* Leaves out a last op that only the loss uses and whose work the loss can do. */
static void find_end(slt_ensemble_net *net)
{
    const slt_program *program = &net->program;
    net->op_count = program->op_count;
    net->loss_in = program->loss_in;
    if (program->op_count == 0)
        return;
    const slt_program_op *last = &program->ops[program->op_count - 1];
    if (last->type->rectifies && program->loss->members->rectifies &&
        last->out == program->loss_in && slt_program_takers(program, last->in[0]) == 1 &&
        program->loss_target != last->in[0] && program->loss_target != last->out) {
        net->op_count--;
        net->loss_in = last->in[0];
    }
}

static bool is_used(const slt_program *program, size_t value)
{
    return slt_program_takers(program, value) || program->loss_in == value ||
           program->loss_target == value;
}

static size_t rows_of_block(const slt_ensemble_net *net)
{
    const slt_program *program = &net->program;
    size_t numbers = 1;
    for (size_t i = 0; i < program->value_count; i++) {
        const size_t times = slt_ensemble_derives(net, i) ? 2 : 1;
        if (slt_ensemble_stores(net, i))
            numbers += times * program->values[i].shape.cols;
    }
    const size_t rows = BLOCK_BYTES / SLT_MEMBERS_BYTES / numbers;
    return rows < SLT_BLOCK_ROWS ? SLT_BLOCK_ROWS
                                 : rows / SLT_BLOCK_ROWS * SLT_BLOCK_ROWS;
}

/* Tensors without memory for all values, and room for all ops. */
static slt_status create_lists(slt_ensemble_net *net, slt_error *err)
{
    const size_t values = net->program.value_count, ops = net->program.op_count;
    net->value_storage = slt_world.calloc(4 * values, sizeof *net->value_storage);
    net->weight = slt_world.calloc(2 * ops, sizeof *net->weight);
    net->call = slt_world.calloc(ops, sizeof *net->call);
    if (!net->value_storage || !net->weight || !net->call)
        return slt_fail(err, SLT_RESOURCE, "no memory for the values of an ensemble");
    net->gradient_storage = net->value_storage + values;
    net->value = net->gradient_storage + values;
    net->gradient = net->value + values;
    net->bias = net->weight + ops;
    return SLT_OK;
}

static slt_status create_value(slt_ensemble_net *net, size_t value, slt_error *err)
{
    const slt_program *program = &net->program;
    const size_t cols = program->values[value].shape.cols * net->members;
    slt_status status = slt_tensor_create(&net->value_storage[value], program->arithmetic,
                                          net->rows_max, cols, err);
    if (!status && slt_ensemble_derives(net, value))
        status = slt_tensor_create(&net->gradient_storage[value], program->arithmetic,
                                   net->rows_max, cols, err);
    return status;
}

static slt_status create_values(slt_ensemble_net *net, slt_error *err)
{
    const slt_program *program = &net->program;
    size_t widest = 0;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < program->value_count && !status; i++) {
        if (!slt_ensemble_stores(net, i))
            continue;
        if (program->values[i].shape.cols > widest)
            widest = program->values[i].shape.cols;
        status = create_value(net, i, err);
    }
    if (!status)
        status = slt_tensor_create(&net->part, program->arithmetic, net->rows_max,
                                   widest * net->members, err);
    if (!status && program->loss_target == SLT_NOTHING)
        status = slt_tensor_create(
            &net->target_storage, program->arithmetic, net->rows_max,
            program->values[program->loss_in].shape.cols * net->members, err);
    return status;
}

static slt_status create_contribution(const slt_ensemble_net *net, size_t weight,
                                      bool *met, slt_contribution *to, slt_error *err)
{
    if (weight == SLT_NOTHING || !net->program.weights[weight].trained)
        return SLT_OK;
    const slt_program_weight *of = &net->program.weights[weight];
    *to = (slt_contribution){.wanted = true, .first = !met[weight]};
    met[weight] = true;
    return to->first ? SLT_OK
                     : slt_tensor_create(&to->own, net->program.arithmetic, of->rows,
                                         of->cols * net->members, err);
}

/* In the order of the backward pass. */
static slt_status create_contributions(slt_ensemble_net *net, slt_error *err)
{
    bool met[SLT_WEIGHTS_MAX] = {false};
    slt_status status = SLT_OK;
    for (size_t i = net->program.op_count; i-- > 0 && !status;) {
        const slt_program_op *op = &net->program.ops[i];
        if (!net->program.values[op->out].gradient)
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
    SLT_ASSERT(slt_ensemble_fits(model, shape, arithmetic));
    slt_ensemble_net *made =
        slt_world.aligned_alloc(_Alignof(slt_ensemble_net), sizeof *made);
    *net = NULL;
    if (!made)
        return slt_fail(err, SLT_RESOURCE, "no memory for the net of an ensemble");
    memset(made, 0, offsetof(slt_ensemble_net, program));
    made->members = slt_members_count(arithmetic);
    slt_status status =
        slt_program_make(model, shape, arithmetic, &made->program, NULL, err);
    if (!status)
        find_end(made);
    for (size_t i = 0; i < made->program.inputs; i++)
        made->used[i] = is_used(&made->program, i);
    made->rows_max = rows_of_block(made);
    if (!status)
        status = create_lists(made, err);
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
    for (size_t i = 0; net->bias && i < net->program.value_count; i++) {
        slt_tensor_free(&net->value_storage[i]);
        slt_tensor_free(&net->gradient_storage[i]);
    }
    for (size_t i = 0; net->bias && i < net->program.op_count; i++) {
        slt_tensor_free(&net->weight[i].own);
        slt_tensor_free(&net->bias[i].own);
    }
    free(net->value_storage);
    free(net->weight);
    free(net->call);
    slt_tensor_free(&net->target_storage);
    slt_tensor_free(&net->part);
    free(net);
}
