#include "net/program.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "net/look.h"

size_t slt_program_find(const slt_program *program, const char *name)
{
    for (size_t i = 0; i < program->value_count; i++)
        if (strcmp(program->values[i].name, name) == 0)
            return i;
    return SLT_NOTHING;
}

static void add_value(slt_program *program, const char *name, slt_shape shape)
{
    SLT_ASSERT(program->value_count < SLT_VALUES_MAX);
    slt_program_value *value = &program->values[program->value_count++];
    *value = (slt_program_value){.shape = shape};
    snprintf(value->name, sizeof value->name, "%s", name);
}

static slt_shape shape_of(const slt_tensor *tensor, size_t range,
                          const slt_positions *positions)
{
    return (slt_shape){.cols = tensor->cols / slt_positions_count(positions),
                       .positions = *positions,
                       .indices = tensor->arithmetic == SLT_INDEX,
                       .range = range};
}

static void add_inputs(slt_program *program, const slt_batch *shape)
{
    SLT_ASSERT(shape->inputs <= SLT_INPUTS_MAX);
    program->inputs = shape->inputs;
    for (size_t i = 0; i < shape->inputs; i++)
        add_value(program, shape->input_name[i],
                  shape_of(&shape->input[i], shape->input_range[i],
                           &shape->input_positions[i]));
}

static void add_weights(slt_program *program, const slt_model_spec *model)
{
    program->weight_count = model->weight_count;
    for (size_t i = 0; i < model->weight_count; i++) {
        const slt_weight_spec *spec = &model->weights[i];
        slt_program_weight *weight = &program->weights[i];
        *weight = (slt_program_weight){0};
        memcpy(weight->name, spec->name, sizeof weight->name);
        weight->rows = spec->rows;
        weight->cols = spec->cols;
        memcpy(weight->axis, spec->axis, sizeof weight->axis);
        weight->trained = spec->trainable && !spec->tied[0];
    }
}

static bool is_word(const slt_op_type *type, const char *name)
{
    for (size_t i = 0; type->words[i]; i++)
        if (strcmp(type->words[i], name) == 0)
            return true;
    return false;
}

/* Resolves a weight or bias an op may, must or must not have. */
static slt_status find_argument(const slt_op_site *site, const slt_model_spec *model,
                                slt_op_takes takes, const char *what, const char *name,
                                size_t *owner, const slt_weight_spec **spec,
                                slt_error *err)
{
    *owner = SLT_NOTHING;
    *spec = NULL;
    if (!name[0])
        return takes >= SLT_TAKES_ONE ? slt_op_fail(site, err, "expected a %s", what)
                                      : SLT_OK;
    if (takes == SLT_TAKES_NO)
        return slt_op_fail(site, err, "takes no %s, found %s", what, name);
    if (takes == SLT_TAKES_ONE_OR_WORD && is_word(slt_op_find(site->spec->op), name))
        return SLT_OK;
    size_t index = slt_model_weight(model, name);
    if (index == model->weight_count)
        return slt_op_fail(site, err, "%s %s: there is no weight of that name", what,
                           name);
    *owner = slt_model_owner(model, index);
    *spec = &model->weights[index];
    return SLT_OK;
}

static slt_status find_inputs(const slt_program *program, slt_op_site *site,
                              slt_program_op *op, slt_error *err)
{
    const slt_op_spec *spec = site->spec;
    const slt_op_type *type = op->type;
    if (spec->inputs < type->inputs_min || spec->inputs > type->inputs_max)
        return slt_op_fail(site, err, "expected %zu to %zu inputs, found %zu",
                           type->inputs_min, type->inputs_max, spec->inputs);
    op->inputs = spec->inputs;
    for (size_t i = 0; i < spec->inputs; i++) {
        op->in[i] = slt_program_find(program, spec->in[i]);
        if (op->in[i] == SLT_NOTHING)
            return slt_op_fail(site, err,
                               "input %s: expected an input of the data or the output of "
                               "an earlier op",
                               spec->in[i]);
        site->in[i] = program->values[op->in[i]].shape;
        bool wants_index = type->index_inputs >> i & 1;
        if (site->in[i].indices != wants_index)
            return slt_op_fail(site, err, "input %s: expected %s, found %s", spec->in[i],
                               wants_index ? "indices" : "numbers",
                               wants_index ? "numbers" : "indices");
    }
    return SLT_OK;
}

/* Whether inputs go together as far as positions do. */
static slt_status check_positions(const slt_op_site *site, const slt_op_type *type,
                                  slt_error *err)
{
    static const slt_positions none;
    char found[SLT_POSITIONS_TEXT_MAX], wanted[SLT_POSITIONS_TEXT_MAX];
    const slt_positions *like = type->alone ? &none : &site->in[0].positions;
    for (size_t i = 0; i < site->spec->inputs && !type->mixes; i++)
        if (!slt_positions_equal(&site->in[i].positions, like))
            return slt_op_fail(site, err, "input %s: expected positions %s%s%s, found %s",
                               site->spec->in[i], slt_positions_text(like, wanted),
                               type->alone ? "" : " like ",
                               type->alone ? "" : site->spec->in[0],
                               slt_positions_text(&site->in[i].positions, found));
    return SLT_OK;
}

static slt_status check_output(const slt_program *program, const slt_op_site *site,
                               slt_error *err)
{
    if (!slt_name_valid(site->spec->out))
        return slt_op_fail(site, err, "expected `out` to be a name");
    if (slt_program_find(program, site->spec->out) != SLT_NOTHING)
        return slt_op_fail(site, err, "the value %s exists already", site->spec->out);
    return SLT_OK;
}

static slt_status resolve_op(slt_program *program, const slt_model_spec *model,
                             slt_op_site *site, slt_program_op *op, slt_error *err)
{
    const slt_op_spec *spec = site->spec;
    op->type = slt_op_find(spec->op);
    if (!op->type)
        return slt_op_fail(site, err, "there is no op of that name");
    if (spec->transpose && !op->type->transposes)
        return slt_op_fail(site, err, "takes no transpose");
    slt_status status = check_output(program, site, err);
    if (status == SLT_OK)
        status = find_inputs(program, site, op, err);
    if (status == SLT_OK)
        status = check_positions(site, op->type, err);
    if (status == SLT_OK)
        status = find_argument(site, model, op->type->weight, "weight", spec->weight,
                               &op->weight, &site->weight, err);
    if (status == SLT_OK)
        status = find_argument(site, model, op->type->bias, "bias", spec->bias, &op->bias,
                               &site->bias, err);
    const slt_op_further_type *further = op->type->further;
    for (size_t i = 0; i < SLT_OP_FURTHER && status == SLT_OK; i++)
        status = find_argument(site, model, further[i].takes, further[i].name,
                               spec->further[i], &op->further[i], &site->further[i], err);
    return status;
}

static slt_status add_op(slt_program *program, const slt_model_spec *model,
                         size_t position, slt_error *err)
{
    slt_op_site site = {.spec = &model->ops[position], .arithmetic = program->arithmetic};
    slt_program_op *op = &program->ops[position];
    *op = (slt_program_op){.spec = *site.spec, .out = program->value_count};
    slt_status status = resolve_op(program, model, &site, op, err);
    slt_shape out = {.positions = site.in[0].positions};
    if (status == SLT_OK)
        status = op->type->shape(&site, &out, err);
    if (status == SLT_OK)
        add_value(program, site.spec->out, out);
    return status;
}

static slt_status find_target(const slt_program *program, const slt_batch *shape,
                              slt_program_loss *loss, slt_shape *target, slt_error *err)
{
    const char *name = loss->spec.target;
    loss->target = SLT_NOTHING;
    *target = shape_of(&shape->target, shape->target_range, &shape->target_positions);
    if (!name[0] || strcmp(name, "y*") == 0)
        return SLT_OK;
    loss->target = slt_program_find(program, name);
    if (loss->target >= program->inputs)
        return slt_fail(err, SLT_FORMAT,
                        "loss (%s): target %s: expected y* or an input of the data",
                        loss->spec.op, name);
    *target = program->values[loss->target].shape;
    return SLT_OK;
}

static slt_status resolve_loss(const slt_program *program, const slt_batch *shape,
                               const slt_loss_spec *spec, slt_program_loss *loss,
                               slt_error *err)
{
    *loss = (slt_program_loss){.spec = *spec, .type = slt_loss_find(spec->op)};
    if (!loss->type)
        return slt_fail(err, SLT_FORMAT, "loss (%s): there is no loss of that name",
                        spec->op);
    loss->in = slt_program_find(program, spec->in);
    if (loss->in == SLT_NOTHING)
        return slt_fail(err, SLT_FORMAT, "loss (%s): %s: expected the name of a value",
                        spec->op, spec->in);
    slt_shape value = program->values[loss->in].shape, target;
    slt_status status = find_target(program, shape, loss, &target, err);
    if (status != SLT_OK)
        return status;
    if (value.indices || target.indices != loss->type->index_target)
        return slt_fail(err, SLT_FORMAT, "loss (%s): expected numbers and a target of %s",
                        spec->op, loss->type->index_target ? "indices" : "numbers");
    char found[SLT_POSITIONS_TEXT_MAX], wanted[SLT_POSITIONS_TEXT_MAX];
    if (!slt_positions_equal(&value.positions, &target.positions))
        return slt_fail(
            err, SLT_FORMAT,
            "loss (%s): %s: expected positions %s like the target, found %s", spec->op,
            spec->in, slt_positions_text(&target.positions, wanted),
            slt_positions_text(&value.positions, found));
    status = slt_look_check(spec, &value, &target, err);
    return status ? status : loss->type->shape(spec, value, target, err);
}

static slt_status add_loss(slt_program *program, const slt_loss_spec *spec,
                           const slt_batch *shape, slt_error *err)
{
    slt_program_loss loss;
    slt_status status = resolve_loss(program, shape, spec, &loss, err);
    program->loss = loss.type;
    program->loss_spec = loss.spec;
    program->loss_in = loss.in;
    program->loss_target = loss.target;
    return status;
}

static slt_status add_others(slt_program *program, const slt_model_spec *model,
                             const slt_batch *shape, slt_net_fault *fault, slt_error *err)
{
    slt_status status = SLT_OK;
    program->other_count = model->other_count;
    for (size_t i = 0; i < model->other_count && !status; i++) {
        status =
            resolve_loss(program, shape, &model->others[i], &program->others[i], err);
        if (status && fault)
            *fault = (slt_net_fault){SLT_NET_OTHER_LOSS, i};
    }
    return status;
}

static bool trained(const slt_program *program, size_t weight)
{
    return weight != SLT_NOTHING && program->weights[weight].trained;
}

/* Which values lie on a path from a trainable weight to the loss. */
static void mark_gradients(slt_program *program)
{
    for (size_t i = 0; i < program->op_count; i++) {
        const slt_program_op *op = &program->ops[i];
        bool differentiable = false;
        for (slt_op_argument a = SLT_TO_WEIGHT; a < SLT_OP_ARGUMENTS; a++)
            differentiable |= trained(program, slt_program_argument(op, a));
        for (size_t j = 0; j < op->inputs; j++)
            differentiable |= program->values[op->in[j]].differentiable;
        program->values[op->out].differentiable = differentiable;
    }
    program->values[program->loss_in].gradient =
        program->values[program->loss_in].differentiable;
    for (size_t i = program->op_count; i-- > 0;) {
        const slt_program_op *op = &program->ops[i];
        for (size_t j = 0; program->values[op->out].gradient && j < op->inputs; j++)
            program->values[op->in[j]].gradient |=
                program->values[op->in[j]].differentiable;
    }
}

/* Which ops the loss depends on. */
static void mark_needed(slt_program *program)
{
    bool needed[SLT_VALUES_MAX] = {false};
    needed[program->loss_in] = true;
    for (size_t i = program->op_count; i-- > 0;) {
        slt_program_op *op = &program->ops[i];
        op->needed = needed[op->out];
        for (size_t j = 0; j < op->inputs; j++)
            needed[op->in[j]] |= op->needed;
    }
}

/* Counts the contributions that the backward pass will make. */
static void count_uses(slt_program *program)
{
    program->values[program->loss_in].uses++;
    for (size_t i = 0; i < program->op_count; i++) {
        const slt_program_op *op = &program->ops[i];
        if (!program->values[op->out].gradient)
            continue;
        for (size_t j = 0; j < op->inputs; j++)
            program->values[op->in[j]].uses++;
        for (slt_op_argument a = SLT_TO_WEIGHT; a < SLT_OP_ARGUMENTS; a++)
            if (slt_program_argument(op, a) != SLT_NOTHING)
                program->weights[slt_program_argument(op, a)].uses++;
    }
}

/* After count_uses. */
static void mark_passed(slt_program *program)
{
    for (size_t i = 0; i < program->op_count; i++) {
        const slt_program_op *op = &program->ops[i];
        for (size_t j = 0; op->type->passes_gradient && j < op->inputs; j++) {
            slt_program_value *value = &program->values[op->in[j]];
            value->passed =
                program->values[op->out].gradient && value->gradient && value->uses == 1;
        }
    }
}

size_t slt_program_takers(const slt_program *program, size_t value)
{
    size_t takers = 0;
    for (size_t i = 0; i < program->op_count; i++)
        for (size_t j = 0; j < program->ops[i].inputs; j++)
            takers += program->ops[i].in[j] == value;
    return takers;
}

bool slt_program_compared(const slt_program *program, size_t value)
{
    bool found = value == program->loss_in || value == program->read;
    for (size_t i = 0; i < program->other_count && !found; i++)
        found = program->others[i].in == value;
    return found;
}

/* Whether the inputs of a sum behind its first can be added to that, whose memory the sum
 * has, by the ops that make them. */
static bool can_be_added(const slt_program *program, const slt_program_op *sum)
{
    if (!sum->type->sums || program->values[sum->out].memory == sum->out ||
        (program->arithmetic != SLT_F32 && program->arithmetic != SLT_F64))
        return false;
    for (size_t i = 1; i < sum->inputs; i++) {
        const size_t in = sum->in[i]; /* ops make values in their order */
        if (in <= sum->in[i - 1] || slt_program_compared(program, in) ||
            program->values[in].memory != in || slt_program_takers(program, in) != 1 ||
            !program->ops[in - program->inputs].type->forward_added)
            return false;
    }
    return true;
}

static void add_inputs_of(slt_program *program, slt_program_op *sum)
{
    for (size_t i = 1; i < sum->inputs; i++) {
        program->ops[sum->in[i] - program->inputs].added = true;
        program->values[sum->in[i]].memory = program->values[sum->out].memory;
    }
    sum->done = true;
}

/* Whether the op that made a value of its input's memory looks at it once more in the
 * backward pass, which one that passes gradients on does not. */
static bool is_looked_at(const slt_program *program, size_t value)
{
    return program->values[value].memory != value &&
           !program->ops[value - program->inputs].type->passes_gradient;
}

/* Lets an op write its output over its input where its type can, the input is not data
 * and nothing else uses it.  A loss may write its derivative over its value and wants all
 * rows of it, so that may be neither of the two. */
static void find_memory(slt_program *program)
{
    for (size_t i = 0; i < program->value_count; i++)
        program->values[i].memory = i;
    for (size_t i = 0; i < program->op_count; i++) {
        slt_program_op *op = &program->ops[i];
        const size_t in = op->in[0];
        if (op->type->overwrites && in >= program->inputs &&
            slt_program_takers(program, in) == 1 && !slt_program_compared(program, in) &&
            !slt_program_compared(program, op->out) && !is_looked_at(program, in))
            program->values[op->out].memory = program->values[in].memory;
        if (can_be_added(program, op))
            add_inputs_of(program, op);
    }
}

/* An error of the op at this position. */
static slt_status fail_at(size_t position, slt_status status, slt_net_fault *fault,
                          slt_error *err)
{
    if (fault)
        *fault = (slt_net_fault){SLT_NET_OP, position};
    else if (err) {
        const slt_error own = *err;
        slt_fail(err, status, "ops[%zu] %s", position, own.text);
    }
    return status;
}

slt_status slt_program_make(const slt_model_spec *model, const slt_batch *shape,
                            slt_arithmetic arithmetic, slt_program *program,
                            slt_net_fault *fault, slt_error *err)
{
    program->arithmetic = arithmetic;
    program->value_count = program->op_count = program->weight_count = 0;
    program->other_count = 0;
    slt_status status = slt_model_check(model, err);
    if (status == SLT_OK && model->op_count > SLT_OPS_MAX)
        status = slt_fail(err, SLT_FORMAT, "expected at most %d ops, found %zu",
                          SLT_OPS_MAX, model->op_count);
    if (status != SLT_OK)
        return status;
    add_inputs(program, shape);
    add_weights(program, model);
    program->op_count = model->op_count;
    for (size_t i = 0; i < model->op_count; i++) {
        status = add_op(program, model, i, err);
        if (status != SLT_OK)
            return fail_at(i, status, fault, err);
    }
    status = add_loss(program, &model->loss, shape, err);
    if (status != SLT_OK && fault)
        *fault = (slt_net_fault){.part = SLT_NET_LOSS};
    if (status == SLT_OK)
        status = add_others(program, model, shape, fault, err);
    if (status != SLT_OK)
        return status;
    program->read = model->read[0] ? slt_program_find(program, model->read) : SLT_NOTHING;
    mark_gradients(program);
    mark_needed(program);
    count_uses(program);
    mark_passed(program);
    find_memory(program);
    return SLT_OK;
}
