/* The backward pass: docs/spec/06-operations.md. */
#include "net/net_internal.h"

#include <string.h>

#include "base/assert.h"
#include "num/ops.h"
#include "num/scalar.h"

#ifdef SLT_FAULT_BACKWARD
/* Test builds only: makes the backward of the op or loss that the test names wrong by one
 * part in a thousand, which it must notice. */
extern const char *slt_fault_backward;

static void spoil(const char *op, slt_tensor *gradient)
{
    slt_real factor = slt_real_div(slt_real_from_u64(1001), slt_real_from_u64(1000));
    for (size_t i = 0; !strcmp(op, slt_fault_backward) && i < slt_tensor_count(gradient);
         i++)
        slt_tensor_set(gradient, i, slt_real_mul(factor, slt_tensor_get(gradient, i)));
}
#else
#define spoil(op, gradient) ((void)0)
#endif

/* Where gradients go and which of them have their first contribution already. */
typedef struct backward_pass {
    slt_net *net;
    slt_params *gradients;
    const slt_tensor *seed; /* the loss's derivative by its value; NULL: its own */
    bool value_begun[SLT_VALUES_MAX];
    bool shared[SLT_VALUES_MAX]; /* the gradient's memory is another's too */
    bool weight_begun[SLT_WEIGHTS_MAX];
} backward_pass;

slt_tensor slt_net_room(const slt_tensor *to, const slt_tensor *part, bool begun)
{
    slt_tensor room = *to;
    room.overflow = false;
    if (begun)
        room.data = part->data;
    return room;
}

void slt_net_pass(const slt_tensor *from, slt_tensor *to)
{
    SLT_ASSERT(slt_tensor_count(from) == slt_tensor_count(to));
    to->data = from->data;
    to->frac = from->frac;
    to->overflow = from->overflow;
}

void slt_net_gather(const slt_tensor *made, slt_tensor *to, bool *begun)
{
    bool overflow = made->overflow || (*begun && to->overflow);
    if (*begun)
        slt_num_add(to, made, to);
    else
        *to = *made;
    to->overflow |= overflow;
    *begun = true;
}

/* The gradient by an input, for parts of the samples. */
typedef struct divided {
    const slt_net *net;
    const slt_program_op *op;
    const slt_op_call *call;
    const slt_tensor *dout;
    slt_op_argument argument;
    const slt_tensor *gradient;
    size_t parts;
} divided;

static void backward_part(void *argument, size_t index)
{
    const divided *d = argument;
    slt_net_part_call part;
    slt_net_take_part(d->net, d->call, index, d->parts, &part);
    const slt_tensor dout = slt_net_part_rows(d->net, &part, d->dout);
    slt_tensor gradient = slt_net_part_rows(d->net, &part, d->gradient);
    d->op->type->backward(&part.call, &dout, d->argument, &gradient);
}

static void run_backward(const slt_net *net, const slt_program_op *op,
                         const slt_op_call *call, slt_op_argument argument,
                         slt_tensor *gradient)
{
    divided d = {net, op, call, &net->gradient[op->out], argument, gradient, 1};
    if (argument < SLT_TO_WEIGHT)
        d.parts = slt_net_parts(net, slt_tensor_count(d.dout) + //
                                         slt_tensor_count(gradient));
    if (d.parts > 1)
        slt_pool_each(net->pool, d.parts, backward_part, &d);
    else
        op->type->backward(call, d.dout, argument, gradient);
}

static void contribute(backward_pass *pass, const slt_program_op *op,
                       const slt_op_call *call, slt_op_argument argument,
                       slt_tensor *gradient, bool *begun)
{
    slt_tensor part = slt_net_room(gradient, &pass->net->part, *begun);
    run_backward(pass->net, op, call, argument, &part);
    spoil(op->type->name, &part);
    slt_net_gather(&part, gradient, begun);
}

static void contribute_value(backward_pass *pass, const slt_program_op *op,
                             const slt_op_call *call, size_t input)
{
    size_t value = op->in[input];
    if (!pass->net->program.values[value].gradient)
        return;
    const bool only = pass->net->program.values[value].uses == 1;
    const slt_tensor *dout = &pass->net->gradient[op->out];
    slt_tensor *gradient = &pass->net->gradient[value];
    if (pass->net->program.values[value].passed) {
        slt_net_pass(dout, gradient);
        pass->shared[value] = pass->shared[op->out] = true;
        spoil(op->type->name, gradient);
    } else {
        if (op->type->in_place && (call->kept || !op->type->keeps) && only &&
            !pass->shared[op->out] && !pass->net->gradients_stay)
            gradient->data = dout->data; /* which is not asked for again */
        contribute(pass, op, call, (slt_op_argument)(SLT_TO_INPUT + input), gradient,
                   &pass->value_begun[value]);
    }
    slt_net_note_overflow(pass->net, gradient, pass->net->program.values[value].name);
}

static void contribute_weight(backward_pass *pass, const slt_program_op *op,
                              const slt_op_call *call, slt_op_argument argument)
{
    size_t weight = slt_program_argument(op, argument);
    if (!pass->gradients || weight == SLT_NOTHING ||
        !pass->net->program.weights[weight].trained)
        return;
    slt_tensor *gradient = &pass->gradients->tensor[weight];
    contribute(pass, op, call, argument, gradient, &pass->weight_begun[weight]);
    slt_net_note_overflow(pass->net, gradient, pass->net->program.weights[weight].name);
}

/* The loss's derivative by its value, the first contribution of the pass. */
static slt_real begin_backward(backward_pass *pass)
{
    slt_net *net = pass->net;
    size_t value = net->program.loss_in;
    for (size_t i = 0; i < net->program.value_count; i++)
        net->gradient[i] = slt_net_form(net, i, &net->gradient_storage[i]);
    if (pass->seed) {
        pass->value_begun[value] = net->program.values[value].gradient;
        if (pass->value_begun[value])
            slt_tensor_copy(&net->gradient[value], pass->seed);
        return slt_real_absent();
    }
    if (!net->program.values[value].gradient)
        return slt_net_find_loss(net, NULL);
    /* The derivative may overwrite the value.  The backward pass reads the inputs of ops,
     * and an output only where it shares its input's memory, which the loss's value never
     * does; and no op that the loss depends on has this value as an input. */
    if (net->program.loss->in_place && !net->gradients_stay)
        net->gradient[value].data = net->value[value].data;
    slt_real loss = slt_net_find_loss(net, &net->gradient[value]);
    spoil(net->program.loss->name, &net->gradient[value]);
    slt_net_note_overflow(net, &net->gradient[value], net->program.values[value].name);
    pass->value_begun[value] = true;
    return loss;
}

static void end_backward(backward_pass *pass)
{
    for (size_t i = 0; i < pass->net->program.weight_count; i++)
        if (pass->net->program.weights[i].trained && !pass->weight_begun[i])
            slt_tensor_zero(&pass->gradients->tensor[i]);
    slt_params_share(pass->gradients);
}

/* The gradients of the last run's values, and of the weights. */
static slt_real backward_run(backward_pass pass, const slt_params *weights)
{
    slt_net *net = pass.net;
    SLT_ASSERT(!pass.gradients || pass.gradients->count == net->program.weight_count);
    SLT_ASSERT(net->rows <= net->most.gradient);
    slt_real loss = begin_backward(&pass);
    for (size_t i = net->program.op_count; i-- > 0;) {
        const slt_program_op *op = &net->program.ops[i];
        if (!net->program.values[op->out].gradient)
            continue;
        slt_op_call call = slt_net_call(net, op, weights, true);
        for (size_t j = 0; j < op->inputs; j++)
            contribute_value(&pass, op, &call, j);
        for (slt_op_argument a = SLT_TO_WEIGHT; a < SLT_OP_ARGUMENTS; a++)
            contribute_weight(&pass, op, &call, a);
    }
    if (pass.gradients)
        end_backward(&pass);
    return loss;
}

slt_real slt_net_backward(slt_net *net, const slt_params *weights, slt_params *gradients)
{
    return backward_run((backward_pass){.net = net, .gradients = gradients}, weights);
}

slt_real slt_net_gradient(slt_net *net, const slt_params *weights, const slt_batch *batch,
                          slt_params *gradients)
{
    SLT_ASSERT(gradients);
    slt_net_run(net, weights, batch, SLT_NET_GRADIENT);
    return slt_net_backward(net, weights, gradients);
}

void slt_net_gradient_along(slt_net *net, const slt_params *weights,
                            const slt_batch *batch, const slt_tensor *seed,
                            slt_params *gradients)
{
    slt_net_run(net, weights, batch, SLT_NET_GRADIENT);
    backward_run((backward_pass){.net = net, .gradients = gradients, .seed = seed},
                 weights);
}
