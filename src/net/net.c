#include "net/net_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/world.h"
#include "num/ops.h"
#include "num/scalar.h"

slt_status slt_net_check(const slt_model_spec *model, const slt_batch *shape,
                         slt_arithmetic arithmetic, slt_net_fault *fault, slt_error *err)
{
    *fault = (slt_net_fault){.part = SLT_NET_MODEL};
    slt_program *program = slt_world.malloc(sizeof *program);
    if (!program)
        return slt_fail(err, SLT_RESOURCE, "out of memory for a model's plan");
    slt_status status = slt_program_make(model, shape, arithmetic, program, fault, err);
    free(program);
    return status;
}

static size_t larger_of(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Rows at a time of a loss alone. */
#define BLOCK_ROWS 128

/* Samples of values.  A sample of a value depends on that sample of others alone, in
 * floats; in fixed point all share an exponent. */
static size_t rows_of_values(slt_net_rows rows, slt_arithmetic arithmetic)
{
    const size_t block =
        arithmetic == SLT_FIXED || rows.loss < BLOCK_ROWS ? rows.loss : BLOCK_ROWS;
    return larger_of(rows.gradient, block);
}

static size_t rows_of_value(const slt_program *program, size_t value, slt_net_rows rows)
{
    return slt_program_compared(program, value)
               ? larger_of(rows.gradient, rows.loss)
               : rows_of_values(rows, program->arithmetic);
}

/* Room for any contribution that is not the first of its value or weight. */
static size_t count_part(const slt_program *program, slt_net_rows rows)
{
    size_t count = 0;
    for (size_t i = 0; i < program->value_count; i++)
        if (program->values[i].gradient && program->values[i].uses > 1)
            count = larger_of(count, rows.gradient * slt_program_numbers(program, i));
    for (size_t i = 0; i < program->weight_count; i++)
        if (program->weights[i].trained && program->weights[i].uses > 1)
            count = larger_of(count, program->weights[i].rows * program->weights[i].cols);
    return count;
}

/* Whether a net has memory of its own for a value. */
static bool stores(const slt_program *program, size_t value)
{
    return value >= program->inputs && program->values[value].memory == value;
}

/* Tensors without memory for all values. */
static slt_status create_values(slt_net *net, slt_error *err)
{
    slt_tensor **const lists[] = {&net->value_storage, &net->gradient_storage,
                                  &net->kept_storage,  &net->value,
                                  &net->gradient,      &net->kept};
    const size_t count = net->program.value_count, each = sizeof lists / sizeof *lists;
    slt_tensor *all = slt_world.calloc(each * count, sizeof *all);
    if (!all)
        return slt_fail(err, SLT_RESOURCE, "out of memory for the values of a net");
    for (size_t i = 0; i < each; i++)
        *lists[i] = all + i * count;
    return SLT_OK;
}

static slt_status create_storage(slt_net *net, slt_arithmetic arithmetic, slt_error *err)
{
    const slt_program *program = &net->program;
    const size_t most = larger_of(net->most.gradient, net->most.loss);
    slt_status status = SLT_OK;
    for (size_t i = 0; i < program->value_count && status == SLT_OK; i++) {
        size_t cols = slt_program_numbers(program, i);
        if (cols && most > SIZE_MAX / 8 / cols)
            return slt_fail(err, SLT_RESOURCE, "value %s: %zu rows of %zu are too many",
                            program->values[i].name, most, cols);
        if (stores(program, i))
            status = slt_tensor_create(&net->value_storage[i], arithmetic,
                                       rows_of_value(program, i, net->most), cols, err);
        if (status == SLT_OK && slt_program_keeps(program, i))
            status = slt_tensor_create(&net->gradient_storage[i], arithmetic,
                                       net->most.gradient, cols, err);
    }
    return status;
}

/* Whether an op keeps something for the backward pass; in floats alone. */
static bool keeps(const slt_program *program, const slt_program_op *op)
{
    return op->type->keeps && program->values[op->out].gradient &&
           program->arithmetic != SLT_FIXED;
}

static slt_status create_kept(slt_net *net, slt_arithmetic arithmetic, slt_error *err)
{
    const slt_program *program = &net->program;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < program->op_count && status == SLT_OK; i++) {
        size_t out = program->ops[i].out;
        if (keeps(program, &program->ops[i]))
            status =
                slt_tensor_create(&net->kept_storage[out], arithmetic, net->most.gradient,
                                  slt_program_numbers(program, out), err);
    }
    return status;
}

slt_status slt_net_create_rows(const slt_model_spec *model, const slt_batch *shape,
                               slt_net_rows rows, slt_arithmetic arithmetic,
                               slt_net **net, slt_error *err)
{
    SLT_ASSERT(rows.gradient >= 1 || rows.loss >= 1);
    *net = slt_world.malloc(sizeof **net);
    if (!*net)
        return slt_fail(err, SLT_RESOURCE, "out of memory for a net");
    memset(*net, 0, offsetof(slt_net, program));
    (*net)->most = rows;
    (*net)->rows_max = rows_of_values(rows, arithmetic);
    slt_status status =
        slt_program_make(model, shape, arithmetic, &(*net)->program, NULL, err);
    if (status == SLT_OK)
        status = create_values(*net, err);
    if (status == SLT_OK)
        status = create_storage(*net, arithmetic, err);
    if (status == SLT_OK)
        status = create_kept(*net, arithmetic, err);
    if (status == SLT_OK)
        status = slt_tensor_create(&(*net)->part, arithmetic, 1,
                                   count_part(&(*net)->program, rows), err);
    if (status != SLT_OK) {
        slt_net_free(*net);
        *net = NULL;
    }
    return status;
}

slt_status slt_net_create(const slt_model_spec *model, const slt_batch *shape,
                          size_t rows_max, slt_arithmetic arithmetic, slt_net **net,
                          slt_error *err)
{
    return slt_net_create_rows(model, shape, (slt_net_rows){rows_max, rows_max},
                               arithmetic, net, err);
}

static void add_numbers(uint64_t rows, uint64_t cols, uint64_t *numbers)
{
    uint64_t more;
    if (__builtin_mul_overflow(rows, cols, &more) ||
        __builtin_add_overflow(*numbers, more, numbers))
        *numbers = UINT64_MAX;
}

/* Of what slt_net_create_rows allocates. */
static uint64_t count_numbers(const slt_program *program, slt_net_rows rows)
{
    uint64_t numbers = count_part(program, rows);
    for (size_t i = 0; i < program->value_count; i++) {
        const size_t each = slt_program_numbers(program, i);
        if (stores(program, i))
            add_numbers(rows_of_value(program, i, rows), each, &numbers);
        if (slt_program_keeps(program, i))
            add_numbers(rows.gradient, each, &numbers);
    }
    for (size_t i = 0; i < program->op_count; i++)
        if (keeps(program, &program->ops[i]))
            add_numbers(rows.gradient, slt_program_numbers(program, program->ops[i].out),
                        &numbers);
    return numbers;
}

/* Working memory of an op's calls, for its thread. */
static uint64_t scratch_of_op(const slt_program *program, const slt_program_op *op,
                              slt_net_rows rows)
{
    const slt_arithmetic arithmetic = program->arithmetic;
    const slt_program_value *in = &program->values[op->in[0]];
    const slt_program_weight none = {0};
    const slt_program_weight *w =
        op->weight == SLT_NOTHING ? &none : &program->weights[op->weight];
    const size_t samples = rows_of_values(rows, arithmetic);
    const size_t positions = slt_positions_count(&in->shape.positions);
    const slt_tensor x = {.arithmetic = arithmetic,
                          .rows = samples * positions,
                          .cols = in->shape.cols};
    const slt_tensor weight = {
        .arithmetic = arithmetic, .rows = w->rows, .cols = w->cols};
    const slt_op_call call = {.spec = &op->spec,
                              .type = op->type,
                              .samples = samples,
                              .positions = in->shape.positions,
                              .in = {&x},
                              .inputs = op->inputs,
                              .weight = &weight,
                              .axes = w->axis};
    return op->type->scratch(&call, rows.gradient && in->gradient,
                             rows.gradient && w->trained);
}

/* Ops take the same memory one after the other. */
static uint64_t scratch_bytes(const slt_program *program, slt_net_rows rows)
{
    uint64_t most = 0;
    for (size_t i = 0; i < program->op_count; i++)
        if (program->ops[i].type->scratch) {
            const uint64_t one = scratch_of_op(program, &program->ops[i], rows);
            most = one > most ? one : most;
        }
    return most;
}

slt_status slt_net_bytes_rows(const slt_model_spec *model, const slt_batch *shape,
                              slt_net_rows rows, slt_arithmetic arithmetic,
                              uint64_t *bytes, slt_error *err)
{
    slt_program *program = slt_world.malloc(sizeof *program);
    if (!program)
        return slt_fail(err, SLT_RESOURCE, "out of memory for a model's plan");
    slt_status status = slt_program_make(model, shape, arithmetic, program, NULL, err);
    if (status == SLT_OK &&
        __builtin_mul_overflow(count_numbers(program, rows),
                               slt_arithmetic_size(arithmetic), bytes))
        *bytes = UINT64_MAX;
    if (status == SLT_OK &&
        __builtin_add_overflow(*bytes, scratch_bytes(program, rows), bytes))
        *bytes = UINT64_MAX;
    free(program);
    return status;
}

slt_status slt_net_bytes(const slt_model_spec *model, const slt_batch *shape,
                         size_t rows_max, slt_arithmetic arithmetic, uint64_t *bytes,
                         slt_error *err)
{
    return slt_net_bytes_rows(model, shape, (slt_net_rows){rows_max, rows_max},
                              arithmetic, bytes, err);
}

void slt_net_free(slt_net *net)
{
    if (!net)
        return;
    for (size_t i = 0; net->value_storage && i < net->program.value_count; i++) {
        slt_tensor_free(&net->value_storage[i]);
        slt_tensor_free(&net->gradient_storage[i]);
        slt_tensor_free(&net->kept_storage[i]);
    }
    slt_tensor_free(&net->part);
    free(net->value_storage);
    free(net);
}

const slt_tensor *slt_net_value(const slt_net *net, const char *name)
{
    size_t value = slt_program_find(&net->program, name);
    return value == SLT_NOTHING ? NULL : &net->value[value];
}

bool slt_net_overflowed(slt_net *net, char name[SLT_NAME_MAX])
{
    if (!net->overflowed[0])
        return false;
    memcpy(name, net->overflowed, SLT_NAME_MAX);
    net->overflowed[0] = 0;
    return true;
}

void slt_net_note_overflow(slt_net *net, const slt_tensor *tensor,
                           const char name[SLT_NAME_MAX])
{
    if (tensor->overflow && !net->overflowed[0])
        memcpy(net->overflowed, name, SLT_NAME_MAX);
}

static const slt_tensor *weight_of(const slt_params *weights, size_t index)
{
    return index == SLT_NOTHING ? NULL : &weights->tensor[index];
}

slt_op_call slt_net_call(slt_net *net, const slt_program_op *op,
                         const slt_params *weights, bool keeps)
{
    slt_op_call call = {.spec = &op->spec,
                        .type = op->type,
                        .samples = net->rows,
                        .pool = net->pool,
                        .positions = net->program.values[op->in[0]].shape.positions,
                        .inputs = op->inputs,
                        .weight = weight_of(weights, op->weight),
                        .bias = weight_of(weights, op->bias)};
    if (op->weight != SLT_NOTHING)
        call.axes = net->program.weights[op->weight].axis;
    for (size_t i = 0; i < SLT_OP_FURTHER; i++)
        call.further[i] = weight_of(weights, op->further[i]);
    for (size_t i = 0; i < op->inputs; i++)
        call.in[i] = &net->value[op->in[i]];
    if (keeps && net->kept_storage[op->out].data) {
        net->kept[op->out] =
            slt_net_samples(net, op->out, &net->kept_storage[op->out], 0);
        call.kept = &net->kept[op->out];
    }
    return call;
}

/* ---- Tensors of a batch ------------------------------------------------------------ */

slt_tensor slt_net_samples(const slt_net *net, size_t value, const slt_tensor *storage,
                           size_t first)
{
    const slt_shape *shape = &net->program.values[value].shape;
    const size_t positions = slt_positions_count(&shape->positions);
    slt_tensor part = *storage;
    SLT_ASSERT((first + net->rows) * positions * shape->cols <=
               slt_tensor_count(storage));
    part.rows = net->rows * positions;
    part.cols = shape->cols;
    part.data = (char *)storage->data +
                first * positions * shape->cols * slt_arithmetic_size(part.arithmetic);
    return part;
}

slt_tensor slt_net_form(const slt_net *net, size_t value, const slt_tensor *storage)
{
    const slt_shape *shape = &net->program.values[value].shape;
    if (storage->data)
        return slt_net_samples(net, value, storage, 0);
    return (slt_tensor){.arithmetic = net->program.arithmetic,
                        .rows = net->rows * slt_positions_count(&shape->positions),
                        .cols = shape->cols};
}

/* The data's tensor, of which a row is a sample, with a row for each position. */
static slt_tensor unfold(const slt_tensor *samples, const slt_positions *positions)
{
    const size_t count = slt_positions_count(positions);
    slt_tensor rows = *samples;
    SLT_ASSERT(samples->cols % count == 0);
    rows.rows *= count;
    rows.cols /= count;
    return rows;
}

/* ---- Threads ----------------------------------------------------------------------- */

#define PART_NUMBERS ((size_t)1 << 15) /* that are worth a thread */
#define PARTS_EACH 2                   /* of a thread, which may be late */

void slt_net_share(slt_net *net, slt_pool *pool)
{
    net->pool = pool;
}

size_t slt_net_parts(const slt_net *net, size_t numbers)
{
    const slt_arithmetic arithmetic = net->program.arithmetic;
    const size_t threads = slt_pool_threads(net->pool);
    if (threads == 1 || (arithmetic != SLT_F32 && arithmetic != SLT_F64))
        return 1;
    size_t parts = threads * PARTS_EACH;
    parts = parts < numbers / PART_NUMBERS ? parts : numbers / PART_NUMBERS;
    parts = parts < net->rows ? parts : net->rows;
    return larger_of(1, parts);
}

slt_tensor slt_net_part_rows(const slt_net *net, const slt_net_part_call *part,
                             const slt_tensor *whole)
{
    const size_t each = whole->rows / net->rows;
    return slt_tensor_part(whole, part->first * each, part->samples * each);
}

void slt_net_take_part(const slt_net *net, const slt_op_call *whole, size_t index,
                       size_t parts, slt_net_part_call *part)
{
    part->first = net->rows * index / parts;
    part->samples = net->rows * (index + 1) / parts - part->first;
    part->call = *whole;
    part->call.samples = part->samples;
    for (size_t i = 0; i < whole->inputs; i++) {
        part->in[i] = slt_net_part_rows(net, part, whole->in[i]);
        part->call.in[i] = &part->in[i];
    }
    if (whole->kept) {
        part->kept = slt_net_part_rows(net, part, whole->kept);
        part->call.kept = &part->kept;
    }
}

/* ---- Forward ----------------------------------------------------------------------- */

static void take_batch(slt_net *net, const slt_batch *batch)
{
    static const char target[SLT_NAME_MAX] = "y*";
    const slt_program *program = &net->program;
    SLT_ASSERT(batch->rows >= 1);
    SLT_ASSERT(batch->inputs == program->inputs);
    net->rows = batch->rows;
    net->target = net->data_target = unfold(&batch->target, &batch->target_positions);
    for (size_t i = 0; i < program->inputs; i++) {
        SLT_ASSERT(strcmp(batch->input_name[i], program->values[i].name) == 0);
        SLT_ASSERT(batch->input[i].cols == slt_program_numbers(program, i));
        net->value[i] = unfold(&batch->input[i], &program->values[i].shape.positions);
        slt_net_note_overflow(net, &net->value[i], program->values[i].name);
    }
    slt_net_note_overflow(net, &net->target, target);
    if (program->loss_target != SLT_NOTHING)
        net->target = net->value[program->loss_target];
}

/* Ops that follow one another and whose rows go through them together, so that what one
 * makes is near when the next one takes it. */
#define TOGETHER_MAX 8
#define NEAR_BYTES 16384 /* of the rows of a value */

typedef struct together {
    const slt_net *net;
    size_t count, parts;
    const slt_program_op *op[TOGETHER_MAX];
    slt_op_call call[TOGETHER_MAX];
} together;

static size_t rows_near(const together *ops)
{
    const slt_net *net = ops->net;
    size_t cols = 1;
    for (size_t i = 0; i < ops->count; i++)
        cols = larger_of(cols, net->program.values[ops->op[i]->out].shape.cols);
    return larger_of(1, NEAR_BYTES / slt_arithmetic_size(net->program.arithmetic) / cols);
}

static void forward_op(const slt_program_op *op, const slt_op_call *call, slt_tensor *out)
{
    if (!op->done)
        (op->added ? op->type->forward_added : op->type->forward)(call, out);
}

static void forward_rows(const slt_program_op *op, const slt_op_call *whole,
                         const slt_tensor *out, size_t first, size_t rows)
{
    slt_op_call call = *whole; /* of rows, for ops that do not ask for samples */
    slt_tensor in[SLT_OP_INPUTS_MAX], kept, to = slt_tensor_part(out, first, rows);
    for (size_t i = 0; i < call.inputs; i++) {
        in[i] = slt_tensor_part(whole->in[i], first, rows);
        call.in[i] = &in[i];
    }
    if (whole->kept) {
        kept = slt_tensor_part(whole->kept, first, rows);
        call.kept = &kept;
    }
    forward_op(op, &call, &to);
}

static void forward_together(const together *ops, size_t first, size_t end)
{
    const size_t near = rows_near(ops);
    for (; first < end; first += near) {
        const size_t left = end - first, rows = left < near ? left : near;
        for (size_t i = 0; i < ops->count; i++)
            forward_rows(ops->op[i], &ops->call[i], &ops->net->value[ops->op[i]->out],
                         first, rows);
    }
}

/* Part `index` of the samples. */
static void forward_part(void *argument, size_t index)
{
    const together *ops = argument;
    const slt_program_op *op = ops->op[0];
    const slt_tensor *out = &ops->net->value[op->out];
    const size_t each = out->rows / ops->net->rows;
    slt_net_part_call part;
    slt_net_take_part(ops->net, &ops->call[0], index, ops->parts, &part);
    if (ops->count > 1) {
        forward_together(ops, part.first * each, (part.first + part.samples) * each);
        return;
    }
    slt_tensor rows = slt_net_part_rows(ops->net, &part, out);
    forward_op(op, &part.call, &rows);
}

static size_t count_read_and_written(const together *ops)
{
    size_t numbers = 0;
    for (size_t i = 0; i < ops->count; i++) {
        numbers += slt_tensor_count(&ops->net->value[ops->op[i]->out]);
        for (size_t j = 0; j < ops->op[i]->inputs; j++)
            numbers += slt_tensor_count(ops->call[i].in[j]);
    }
    return numbers;
}

static void forward_ops(slt_net *net, together *ops)
{
    slt_tensor *out = &net->value[ops->op[0]->out];
    ops->net = net;
    ops->parts = slt_net_parts(net, count_read_and_written(ops));
    if (ops->parts > 1)
        slt_pool_each(net->pool, ops->parts, forward_part, ops);
    else if (ops->count > 1)
        forward_together(ops, 0, out->rows);
    else
        forward_op(ops->op[0], &ops->call[0], out);
}

static bool streams(const slt_program *program, const slt_program_op *op)
{
    return op->type->streams &&
           (program->arithmetic == SLT_F32 || program->arithmetic == SLT_F64);
}

static bool is_idle(const slt_program *program, const slt_program_op *op,
                    slt_net_purpose purpose)
{
    return purpose == SLT_NET_GRADIENT && !op->needed && program->arithmetic != SLT_FIXED;
}

static bool have_rows_alike(const slt_program *program, const slt_program_op *a,
                            const slt_program_op *b)
{
    return slt_positions_count(&program->values[a->out].shape.positions) ==
           slt_positions_count(&program->values[b->out].shape.positions);
}

/* The ops from the one at `first` on that go together; one op that does not is alone. */
static void gather_ops(slt_net *net, size_t first, const slt_params *weights,
                       slt_net_purpose purpose, together *ops)
{
    const slt_program *program = &net->program;
    ops->count = 0;
    for (size_t i = first; i < program->op_count && ops->count < TOGETHER_MAX; i++) {
        const slt_program_op *op = &program->ops[i];
        if (ops->count && (!streams(program, op) || is_idle(program, op, purpose) ||
                           !have_rows_alike(program, op, ops->op[0])))
            return;
        ops->op[ops->count] = op;
        ops->call[ops->count++] =
            slt_net_call(net, op, weights, purpose != SLT_NET_VALUES);
        net->value[op->out] =
            slt_net_samples(net, op->out,
                            &net->value_storage[program->values[op->out].memory],
                            slt_program_compared(program, op->out) ? net->first : 0);
        if (!streams(program, op))
            return;
    }
}

void slt_net_run(slt_net *net, const slt_params *weights, const slt_batch *batch,
                 slt_net_purpose purpose)
{
    SLT_ASSERT(weights->count == net->program.weight_count);
    SLT_ASSERT(batch->rows <= net->rows_max);
    take_batch(net, batch);
    together ops;
    for (size_t i = 0; i < net->program.op_count; i += ops.count) {
        ops.count = 1;
        if (is_idle(&net->program, &net->program.ops[i], purpose))
            continue;
        gather_ops(net, i, weights, purpose, &ops);
        forward_ops(net, &ops);
        const size_t out = ops.op[0]->out;
        slt_net_note_overflow(net, &net->value[out], net->program.values[out].name);
    }
}

void slt_net_forward(slt_net *net, const slt_params *weights, const slt_batch *batch)
{
    slt_net_run(net, weights, batch, SLT_NET_VALUES);
}

static slt_look look_at(const slt_net *net, const slt_loss_type *type,
                        const slt_loss_spec *spec, size_t value, const slt_tensor *target)
{
    return (slt_look){
        .type = type,
        .spec = spec,
        .positions = slt_positions_count(&net->program.values[value].shape.positions),
        .value = &net->value[value],
        .target = target};
}

slt_look slt_net_sight(const slt_net *net)
{
    const slt_program *program = &net->program;
    return look_at(net, program->loss, &program->loss_spec, program->loss_in,
                   &net->target);
}

slt_real slt_net_find_loss(slt_net *net, slt_tensor *dvalue)
{
    const slt_look look = slt_net_sight(net);
    return slt_look_loss(&look, dvalue);
}

/* The values that losses are taken of, of a batch of any size; of others what is left. */
static void run_in_blocks(slt_net *net, const slt_params *weights, const slt_batch *batch)
{
    const slt_program *program = &net->program;
    slt_batch block = *batch;
    for (size_t first = 0; first < batch->rows; first += block.rows) {
        const size_t left = batch->rows - first;
        block.rows = left < net->rows_max ? left : net->rows_max;
        for (size_t i = 0; i < batch->inputs; i++)
            block.input[i] = slt_tensor_part(&batch->input[i], first, block.rows);
        block.target = slt_tensor_part(&batch->target, first, block.rows);
        net->first = first;
        slt_net_run(net, weights, &block, SLT_NET_VALUES);
    }
    net->first = 0;
    take_batch(net, batch);
    for (size_t i = program->inputs; i < program->value_count; i++) {
        if (!slt_program_compared(program, i))
            continue;
        const slt_tensor last = net->value[i];
        net->value[i] = slt_net_samples(net, i, &net->value_storage[i], 0);
        net->value[i].frac = last.frac;
        net->value[i].overflow = last.overflow;
    }
}

slt_real slt_net_loss(slt_net *net, const slt_params *weights, const slt_batch *batch)
{
    SLT_ASSERT(batch->rows <= larger_of(net->most.gradient, net->most.loss));
    run_in_blocks(net, weights, batch);
    return slt_net_find_loss(net, NULL);
}

void slt_net_sample_losses(const slt_net *net, slt_real *losses)
{
    const slt_look all = slt_net_sight(net);
    const size_t each = all.value->rows / net->rows;
    for (size_t i = 0; i < net->rows; i++) {
        const slt_tensor value = slt_tensor_part(all.value, i * each, each);
        const slt_tensor target = slt_tensor_part(all.target, i * each, each);
        slt_look one = all;
        one.value = &value;
        one.target = &target;
        losses[i] = slt_look_loss(&one, NULL);
    }
}

/* Whether each sample has one term in the loss's sum, divided by their number. */
static bool adds_up(const slt_program *program)
{
    const slt_loss_spec *loss = &program->loss_spec;
    const slt_shape *value = &program->values[program->loss_in].shape;
    return program->arithmetic != SLT_FIXED &&
           slt_positions_count(&value->positions) == 1 && !slt_look_chooses(loss) &&
           loss->factor.bits == slt_real_of(1).bits &&
           (program->loss->terms == SLT_LOSS_OF_ROWS ||
            (program->loss->terms == SLT_LOSS_OF_NUMBERS && value->cols == 1 &&
             loss->mean_samples));
}

slt_status slt_net_adds_up(const slt_model_spec *model, const slt_batch *shape,
                           slt_arithmetic arithmetic, bool *adds, slt_error *err)
{
    slt_program *program = slt_world.malloc(sizeof *program);
    slt_status status =
        program ? slt_program_make(model, shape, arithmetic, program, NULL, err)
                : slt_fail(err, SLT_RESOURCE, "no memory for a model");
    *adds = !status && adds_up(program);
    free(program);
    return status;
}

slt_real slt_net_other_loss(const slt_net *net, size_t index)
{
    const slt_program_loss *loss = &net->program.others[index];
    SLT_ASSERT(index < net->program.other_count);
    const slt_look look =
        look_at(net, loss->type, &loss->spec, loss->in,
                loss->target == SLT_NOTHING ? &net->data_target
                                            : &net->value[loss->target]);
    return slt_look_loss(&look, NULL);
}

bool slt_net_loss_classifies(const char *loss)
{
    return slt_loss_find(loss)->index_target;
}

bool slt_net_classifies(const slt_net *net)
{
    return net->program.loss->index_target;
}

slt_real slt_net_accuracy(const slt_net *net)
{
    SLT_ASSERT(slt_net_classifies(net));
    slt_look look = slt_net_sight(net);
    slt_tensor value, target;
    if (!slt_look_rows(&look, &value, &target))
        return (slt_real){0};
    uint64_t correct = net->program.loss->logit ? slt_num_count_logits(&value, &target)
                                                : slt_num_count_correct(&value, &target);
    return slt_real_div(slt_real_from_u64(correct), slt_real_from_u64(value.rows));
}

slt_real slt_net_differences(const slt_net *net, slt_tensor *differences)
{
    const slt_program *program = &net->program;
    const slt_tensor *value = &net->value[program->loss_in], *target = &net->target;
    SLT_ASSERT(differences->arithmetic == SLT_F64 &&
               slt_tensor_count(differences) == slt_tensor_count(value));
    for (size_t i = 0; i < slt_tensor_count(value); i++)
        slt_tensor_set(differences, i,
                       slt_real_sub(slt_tensor_get(target, i), slt_tensor_get(value, i)));
    return program->loss->curvature(&program->loss_spec, value->rows, value->cols);
}

slt_real slt_net_sign_error(const slt_net *net)
{
    SLT_ASSERT(!slt_net_classifies(net));
    slt_look look = slt_net_sight(net);
    slt_tensor value, target;
    if (!slt_look_rows(&look, &value, &target))
        return (slt_real){0};
    uint64_t correct = slt_num_count_signs(&value, &target);
    return slt_real_div(slt_real_from_u64(value.rows - correct),
                        slt_real_from_u64(value.rows));
}

slt_net_residual slt_net_look(const slt_net *net)
{
    const slt_program *program = &net->program;
    const slt_loss_type *loss = program->loss;
    const slt_shape *shape = &program->values[program->loss_in].shape;
    return (slt_net_residual){.outputs = slt_program_numbers(program, program->loss_in),
                              .width = shape->cols,
                              .squares = loss->squares,
                              .centre = loss->centre ? loss->centre(&program->loss_spec)
                                                     : SLT_CENTRE_NONE};
}
