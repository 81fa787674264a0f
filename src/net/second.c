#include "net/second.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/world.h"
#include "net/net_internal.h"
#include "num/ops.h"
#include "num/scalar.h"

struct slt_second {
    slt_net *net;
    const slt_params *weights; /* of the point */
    /* Of values and of their gradients: the changes along the direction at hand. */
    slt_tensor tangent_storage[SLT_VALUES_MAX], bend_storage[SLT_VALUES_MAX];
    slt_tensor tangent[SLT_VALUES_MAX], bend[SLT_VALUES_MAX];
    bool bend_begun[SLT_VALUES_MAX], weight_begun[SLT_WEIGHTS_MAX];
    bool straight; /* values as if they were linear in the weights */
    slt_tensor part;
};

/* ---- Making one -------------------------------------------------------------------- */

static bool is_trainable(const slt_model_spec *model, const char *name)
{
    const size_t index = slt_model_weight(model, name);
    return index < model->weight_count && model->weights[index].trainable;
}

/* Whether ops that have no tangents make a value that depends on trainable weights, and
 * which op. */
static const slt_op_spec *find_rigid(const slt_model_spec *model)
{
    bool moves[SLT_OPS_MAX] = {false};
    for (size_t i = 0; i < model->op_count; i++) {
        const slt_op_spec *op = &model->ops[i];
        moves[i] = is_trainable(model, op->weight) || is_trainable(model, op->bias);
        for (size_t j = 0; j < SLT_OP_FURTHER; j++)
            moves[i] |= is_trainable(model, op->further[j]);
        for (size_t j = 0; j < i; j++)
            for (size_t k = 0; moves[j] && k < op->inputs; k++)
                moves[i] |= !strcmp(op->in[k], model->ops[j].out);
        if (moves[i] && !slt_op_find(op->op)->tangent)
            return op;
    }
    return NULL;
}

slt_status slt_second_check(const slt_model_spec *model, slt_error *err)
{
    static const char lack[] = "has no second derivatives, which exact products with the "
                               "Hessian need";
    const slt_op_spec *rigid = find_rigid(model);
    if (rigid)
        return slt_fail(err, SLT_FORMAT, "op %s %s", rigid->op, lack);
    if (!slt_loss_find(model->loss.op)->second)
        return slt_fail(err, SLT_FORMAT, "loss %s %s", model->loss.op, lack);
    return SLT_OK;
}

/* The largest tensor that a contribution may have. */
static size_t count_part(const slt_program *program, size_t rows_max)
{
    size_t most = 0;
    for (size_t i = 0; i < program->value_count; i++) {
        size_t count = rows_max * slt_program_numbers(program, i);
        if (program->values[i].differentiable && count > most)
            most = count;
    }
    for (size_t i = 0; i < program->weight_count; i++) {
        size_t count = program->weights[i].rows * program->weights[i].cols;
        if (program->weights[i].trained && count > most)
            most = count;
    }
    return most;
}

static slt_status create_storage(slt_second *second, slt_error *err)
{
    const slt_net *net = second->net;
    const slt_program *program = &net->program;
    const slt_arithmetic arithmetic = program->arithmetic;
    slt_status status = slt_tensor_create(&second->part, arithmetic, 1,
                                          count_part(program, net->rows_max), err);
    for (size_t i = 0; i < program->value_count && !status; i++) {
        const size_t cols = slt_program_numbers(program, i);
        if (program->values[i].differentiable)
            status = slt_tensor_create(&second->tangent_storage[i], arithmetic,
                                       net->rows_max, cols, err);
        if (slt_program_keeps(program, i) && !status)
            status = slt_tensor_create(&second->bend_storage[i], arithmetic,
                                       net->rows_max, cols, err);
    }
    return status;
}

slt_status slt_second_create(const slt_model_spec *model, const slt_batch *shape,
                             size_t rows_max, slt_arithmetic arithmetic,
                             slt_second **second, slt_error *err)
{
    *second = slt_world.calloc(1, sizeof **second);
    if (!*second)
        return slt_fail(err, SLT_RESOURCE, "out of memory for a net of second order");
    slt_status status =
        slt_net_create(model, shape, rows_max, arithmetic, &(*second)->net, err);
    if (!status)
        status = slt_second_check(model, err);
    if (!status)
        status = create_storage(*second, err);
    if (status) {
        slt_second_free(*second);
        *second = NULL;
        return status;
    }
    (*second)->net->gradients_stay = true;
    return SLT_OK;
}

slt_status slt_second_bytes(const slt_model_spec *model, const slt_batch *shape,
                            size_t rows_max, slt_arithmetic arithmetic, uint64_t *bytes,
                            slt_error *err)
{
    slt_status status = slt_net_bytes(model, shape, rows_max, arithmetic, bytes, err);
    slt_program *program = slt_world.malloc(sizeof *program);
    if (!program)
        return slt_fail(err, SLT_RESOURCE, "out of memory for a model's plan");
    if (!status)
        status = slt_program_make(model, shape, arithmetic, program, NULL, err);
    uint64_t columns = 0, more;
    for (size_t i = 0; i < program->value_count && !status; i++)
        columns += (uint64_t)slt_program_numbers(program, i) *
                   ((uint64_t)program->values[i].differentiable +
                    (uint64_t)slt_program_keeps(program, i));
    const uint64_t size = slt_arithmetic_size(arithmetic);
    if (!status &&
        (__builtin_mul_overflow(columns * size, rows_max, &more) ||
         __builtin_add_overflow(*bytes, more, bytes) ||
         __builtin_add_overflow(*bytes, count_part(program, rows_max) * size, bytes)))
        *bytes = UINT64_MAX;
    free(program);
    return status;
}

void slt_second_free(slt_second *second)
{
    if (!second)
        return;
    for (size_t i = 0; i < SLT_VALUES_MAX; i++) {
        slt_tensor_free(&second->tangent_storage[i]);
        slt_tensor_free(&second->bend_storage[i]);
    }
    slt_tensor_free(&second->part);
    slt_net_free(second->net);
    free(second);
}

bool slt_second_overflowed(slt_second *second, char name[SLT_NAME_MAX])
{
    return slt_net_overflowed(second->net, name);
}

/* ---- Along a direction ------------------------------------------------------------- */

slt_real slt_second_place(slt_second *second, const slt_params *weights,
                          const slt_batch *batch, slt_params *gradients)
{
    second->weights = weights;
    slt_net_run(second->net, weights, batch, SLT_NET_SECOND);
    return slt_net_backward(second->net, weights, gradients);
}

/* How an argument changes; NULL where there is none or it does not change. */
static const slt_tensor *change_of(const slt_second *second, const slt_program_op *op,
                                   slt_op_argument argument, const slt_params *direction)
{
    const slt_program *program = &second->net->program;
    if (argument < op->inputs)
        return program->values[op->in[argument]].differentiable
                   ? &second->tangent[op->in[argument]]
                   : NULL;
    const size_t weight = slt_program_argument(op, argument);
    return weight != SLT_NOTHING && program->weights[weight].trained
               ? &direction->tensor[weight]
               : NULL;
}

void slt_second_push(slt_second *second, const slt_params *direction)
{
    slt_net *net = second->net;
    const slt_program *program = &net->program;
    SLT_ASSERT(second->weights && direction->count == program->weight_count);
    for (size_t i = 0; i < program->op_count; i++) {
        const slt_program_op *op = &program->ops[i];
        if (!program->values[op->out].differentiable)
            continue;
        const slt_op_call call = slt_net_call(net, op, second->weights, true);
        slt_tensor *tangent = &second->tangent[op->out];
        bool begun = false;
        *tangent = slt_net_samples(net, op->out, &second->tangent_storage[op->out], 0);
        for (slt_op_argument a = SLT_TO_INPUT; a < SLT_OP_ARGUMENTS; a++) {
            const slt_tensor *change = change_of(second, op, a, direction);
            if (!change)
                continue;
            slt_tensor part = slt_net_room(tangent, &second->part, begun);
            op->type->tangent(&call, a, change, &part);
            slt_net_gather(&part, tangent, &begun);
        }
        slt_net_note_overflow(net, tangent, program->values[op->out].name);
    }
}

const slt_tensor *slt_second_tangent(const slt_second *second, const char *name)
{
    size_t value = slt_program_find(&second->net->program, name);
    return value != SLT_NOTHING && second->tangent[value].data ? &second->tangent[value]
                                                               : NULL;
}

/* The change of one gradient: that of the output's, then those of what the op makes it
 * with. */
static void bend_argument(slt_second *second, const slt_program_op *op,
                          const slt_op_call *call, slt_op_argument argument,
                          const slt_params *direction, slt_tensor *to, bool *begun)
{
    const slt_tensor *dout = &second->net->gradient[op->out];
    slt_tensor part = slt_net_room(to, &second->part, *begun);
    op->type->backward(call, &second->bend[op->out], argument, &part);
    slt_net_gather(&part, to, begun);
    const bool curved = op->type->second && !second->straight;
    for (slt_op_argument a = SLT_TO_INPUT; curved && a < SLT_OP_ARGUMENTS; a++) {
        const slt_tensor *change = change_of(second, op, a, direction);
        part = slt_net_room(to, &second->part, true);
        if (change && op->type->second(call, dout, argument, a, change, &part))
            slt_net_gather(&part, to, begun);
    }
}

static void bend_input(slt_second *second, const slt_program_op *op,
                       const slt_op_call *call, size_t input, const slt_params *direction)
{
    const size_t index = op->in[input];
    const slt_program_value *value = &second->net->program.values[index];
    if (!value->gradient)
        return;
    if (value->passed)
        slt_net_pass(&second->bend[op->out], &second->bend[index]);
    else
        bend_argument(second, op, call, (slt_op_argument)(SLT_TO_INPUT + input),
                      direction, &second->bend[index], &second->bend_begun[index]);
    slt_net_note_overflow(second->net, &second->bend[index], value->name);
}

static void bend_weight(slt_second *second, const slt_program_op *op,
                        const slt_op_call *call, slt_op_argument argument,
                        const slt_params *direction, slt_params *product)
{
    const size_t index = slt_program_argument(op, argument);
    if (index == SLT_NOTHING || !second->net->program.weights[index].trained)
        return;
    bend_argument(second, op, call, argument, direction, &product->tensor[index],
                  &second->weight_begun[index]);
    slt_net_note_overflow(second->net, &product->tensor[index],
                          second->net->program.weights[index].name);
}

/* The change of the loss's derivative by its value, the first contribution. */
static void bend_loss(slt_second *second)
{
    slt_net *net = second->net;
    const slt_program *program = &net->program;
    const size_t value = program->loss_in;
    memset(second->bend_begun, 0, sizeof second->bend_begun);
    memset(second->weight_begun, 0, sizeof second->weight_begun);
    for (size_t i = 0; i < program->value_count; i++)
        second->bend[i] = slt_net_form(net, i, &second->bend_storage[i]);
    if (!program->values[value].gradient)
        return;
    const slt_look look = slt_net_sight(net);
    slt_look_second(&look, &second->tangent[value], &second->bend[value]);
    slt_net_note_overflow(net, &second->bend[value], program->values[value].name);
    second->bend_begun[value] = true;
}

static void second_multiply(slt_second *second, bool straight,
                            const slt_params *direction, slt_params *product)
{
    slt_net *net = second->net;
    const slt_program *program = &net->program;
    SLT_ASSERT(product->count == program->weight_count);
    second->straight = straight;
    slt_second_push(second, direction);
    bend_loss(second);
    for (size_t i = program->op_count; i-- > 0;) {
        const slt_program_op *op = &program->ops[i];
        if (!program->values[op->out].gradient)
            continue;
        const slt_op_call call = slt_net_call(net, op, second->weights, true);
        for (size_t j = 0; j < op->inputs; j++)
            bend_input(second, op, &call, j, direction);
        for (slt_op_argument a = SLT_TO_WEIGHT; a < SLT_OP_ARGUMENTS; a++)
            bend_weight(second, op, &call, a, direction, product);
    }
    for (size_t i = 0; i < program->weight_count; i++)
        if (program->weights[i].trained && !second->weight_begun[i])
            slt_tensor_zero(&product->tensor[i]);
    slt_params_share(product);
}

void slt_second_product(slt_second *second, const slt_params *direction,
                        slt_params *product)
{
    second_multiply(second, false, direction, product);
}

void slt_second_gauss_newton(slt_second *second, const slt_params *direction,
                             slt_params *product)
{
    second_multiply(second, true, direction, product);
}

slt_real slt_second_along(const slt_params *direction, const slt_params *product)
{
    slt_real sum = slt_real_from_u64(0);
    for (size_t i = 0; i < direction->count; i++)
        if (slt_params_moves(direction, i))
            sum = slt_real_add(sum,
                               slt_num_dot(&direction->tensor[i], &product->tensor[i]));
    return sum;
}
