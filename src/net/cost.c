#include "net/cost.h"

#include <stdlib.h>

#include "base/world.h"
#include "net/program.h"

enum { VECTOR_BYTES = 64 };

static size_t positions_of(const slt_program *program, size_t value)
{
    return slt_positions_count(&program->values[value].shape.positions);
}

/* What is taken at each of so many positions. */
static void add_times(uint64_t positions, const slt_cost *one, slt_cost *cost)
{
    cost->madds += positions * one->madds;
    cost->rows += positions * one->rows;
    cost->numbers += positions * one->numbers;
    cost->functions += positions * one->functions;
}

static void add_op(const slt_program *program, const slt_program_op *op, bool gradient,
                   slt_cost *cost)
{
    const uint64_t passes = gradient ? 2 : 1;
    const uint64_t read = positions_of(program, op->in[0]),
                   made = positions_of(program, op->out);
    slt_cost one = {.rows = passes};
    const slt_cost_site site = {.in = program->values[op->in[0]].shape.cols,
                                .out = program->values[op->out].shape.cols,
                                .data = op->in[0] < program->inputs,
                                .weight = op->weight == SLT_NOTHING
                                              ? 0
                                              : program->weights[op->weight].rows *
                                                    program->weights[op->weight].cols,
                                .last_positions =
                                    positions_of(program, op->in[op->inputs - 1]),
                                .spec = &op->spec,
                                .gradient = gradient,
                                .lanes = VECTOR_BYTES /
                                         slt_arithmetic_size(program->arithmetic)};
    one.numbers = site.out * passes;
    if (op->type->cost)
        op->type->cost(&site, &one);
    add_times(made, &one, cost);
    cost->rows += read > made ? (read - made) * passes : 0;
}

static void add_loss(const slt_program *program, bool gradient, bool picked,
                     slt_cost *cost)
{
    const size_t width = program->values[program->loss_in].shape.cols;
    const slt_cost_site site = {.in = width, .out = width, .gradient = gradient};
    slt_cost one = {.rows = picked ? 8 : 2, .numbers = (picked ? 8 : 4) * width};
    if (program->loss->cost)
        program->loss->cost(&site, &one);
    add_times(positions_of(program, program->loss_in), &one, cost);
    for (size_t i = 0; i < program->inputs && picked; i++)
        cost->numbers += 4 * slt_program_numbers(program, i);
}

slt_status slt_net_cost(const slt_model_spec *model, const slt_batch *shape,
                        slt_arithmetic arithmetic, bool gradient, bool picked,
                        slt_cost *cost, slt_error *err)
{
    slt_program *program = slt_world.malloc(sizeof *program);
    *cost = (slt_cost){0};
    if (!program)
        return slt_fail(err, SLT_RESOURCE, "out of memory for a model's plan");
    slt_status status = slt_program_make(model, shape, arithmetic, program, NULL, err);
    if (status == SLT_OK) {
        for (size_t i = 0; i < program->op_count; i++)
            add_op(program, &program->ops[i], gradient, cost);
        add_loss(program, gradient, picked, cost);
    }
    free(program);
    return status;
}
