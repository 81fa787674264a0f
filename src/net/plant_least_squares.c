/* least-squares: the weight [outputs, inputs] of the linear op that makes the loss's
 * value goes to where the training loss is least, all others staying as they are; of all
 * such weights it has the least norm.  With H the op's input and T what its output should
 * be, it is the transpose of H^+ T, both less their means over samples where the loss is
 * centred so. */
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "net/net.h"
#include "net/op.h"
#include "net/plant_internal.h"
#include "num/linalg.h"
#include "num/ops.h"
#include "num/scalar.h"

typedef struct least_squares {
    const slt_plant_site *site;
    slt_program *program;
    slt_net *net;
    slt_tensor features, wanted, solution; /* H, T, H^+ T */
} least_squares;

/* The residual itself, centred, of the value where the weight is 0: the loss's derivative
 * where the loss is half the sum of squares. */
static void find_residual(const least_squares *l, slt_tensor *residual)
{
    const slt_program *program = l->program;
    slt_loss_spec spec = program->loss_spec;
    spec.mean_samples = spec.mean_outputs = false;
    spec.factor = slt_real_div(slt_real_from_u64(1), slt_real_from_u64(2));
    const slt_tensor *target = &l->site->train->target;
    if (program->loss_target != SLT_NOTHING)
        target = slt_net_value(l->net, program->values[program->loss_target].name);
    program->loss->loss(&spec,
                        slt_net_value(l->net, program->values[program->loss_in].name),
                        target, residual);
}

static slt_status find_system(least_squares *l, size_t weight, slt_error *err)
{
    const slt_program *program = l->program;
    const slt_program_op *op = slt_plant_last(program);
    const slt_tensor *input;
    slt_tensor_zero(&l->site->weights->tensor[weight]);
    slt_net_forward(l->net, l->site->weights, l->site->train);
    input = slt_net_value(l->net, program->values[op->in[0]].name);
    slt_status status =
        slt_tensor_create(&l->features, SLT_F64, input->rows, input->cols, err);
    if (!status)
        status = slt_tensor_create(&l->wanted, SLT_F64, input->rows,
                                   program->values[program->loss_in].shape.cols, err);
    if (!status)
        status =
            slt_tensor_create(&l->solution, SLT_F64, input->cols, l->wanted.cols, err);
    if (status)
        return status;
    slt_tensor_copy(&l->features, input);
    if (program->loss_spec.centre == SLT_CENTRE_SAMPLES)
        slt_num_centre(SLT_CENTRE_SAMPLES, &l->features);
    find_residual(l, &l->wanted);
    slt_num_scale(slt_real_neg(slt_real_from_u64(1)), &l->wanted, &l->wanted);
    return SLT_OK;
}

static void put_transposed(const slt_tensor *from, slt_tensor *to)
{
    for (size_t i = 0; i < to->rows; i++)
        for (size_t j = 0; j < to->cols; j++)
            slt_tensor_set(to, i * to->cols + j,
                           slt_tensor_get(from, j * from->cols + i));
}

static slt_status solve_system(least_squares *l, slt_error *err)
{
    const slt_plant_site *site = l->site;
    const slt_plant_spec *spec = &site->model->plant;
    const size_t weight = slt_model_weight(site->model, spec->weight);
    slt_status status =
        slt_program_make(site->model, site->train, SLT_F64, l->program, NULL, err);
    if (!status)
        status = slt_net_create(site->model, site->train, site->train->rows, SLT_F64,
                                &l->net, err);
    if (!status)
        status = find_system(l, weight, err);
    if (!status)
        status = slt_num_least_norm(&l->features, &l->wanted, spec->tolerance,
                                    &l->solution, NULL, err);
    if (!status)
        put_transposed(&l->solution, &site->weights->tensor[weight]);
    return status;
}

static slt_status solve_least_squares(const slt_plant_site *site, slt_error *err)
{
    least_squares l = {.site = site, .program = slt_world.malloc(sizeof *l.program)};
    slt_status status =
        l.program ? solve_system(&l, err)
                  : slt_fail(err, SLT_RESOURCE, "out of memory for a model's plan");
    slt_tensor_free(&l.features);
    slt_tensor_free(&l.wanted);
    slt_tensor_free(&l.solution);
    slt_net_free(l.net);
    free(l.program);
    return status;
}

/* The network; the features twice, and reflectors as large, the targets three times, and
 * two solutions. */
static slt_status bytes_of_least_squares(const slt_model_spec *model,
                                         const slt_batch *shape, uint64_t weights,
                                         uint64_t *bytes, slt_error *err)
{
    const slt_weight_spec *weight =
        &model->weights[slt_model_weight(model, model->plant.weight)];
    const uint64_t rows = shape->rows,
                   numbers = 3 * (weight->rows + weight->cols) * rows +
                             2 * weight->rows * weight->cols;
    (void)weights;
    slt_status status = slt_net_bytes(model, shape, shape->rows, SLT_F64, bytes, err);
    if (!status &&
        __builtin_add_overflow(*bytes, numbers * slt_arithmetic_size(SLT_F64), bytes))
        *bytes = UINT64_MAX;
    return status;
}

/* ---- What a manifest says ---------------------------------------------------------- */

static bool plants_least_squares(const slt_model_spec *model, size_t weight)
{
    return slt_model_weight(model, model->plant.weight) == weight;
}

static slt_status check_least_squares(const slt_plant_spec *spec,
                                      const slt_program *program, const char **field,
                                      slt_error *err)
{
    const slt_program_op *op = slt_plant_last(program);
    *field = "weight";
    if (!op || strcmp(program->weights[op->weight].name, spec->weight) != 0)
        return slt_fail(err, SLT_FORMAT,
                        "expected the untied weight of a linear op, not transposed, that "
                        "makes the loss's value, %s; found '%s'",
                        program->values[program->loss_in].name, spec->weight);
    if (program->values[op->in[0]].differentiable || op->bias == op->weight)
        return slt_fail(err, SLT_FORMAT,
                        "%s makes the input of that op, or its bias, too: the output is "
                        "not linear in it",
                        spec->weight);
    return SLT_OK;
}

static const slt_schema field_weight = {
    .key = "weight",
    .type = SLT_SCHEMA_TENSOR_NAME,
    AT(slt_plant_spec, weight),
    .meaning = "that of the linear op that makes the loss's value"};

static const slt_schema field_tolerance = {
    .key = "tolerance",
    .type = SLT_SCHEMA_REAL,
    AT(slt_plant_spec, tolerance),
    .range = SLT_RANGE_FRACTION,
    PRESET(REAL_VALUE(0x3d719799812dea11)), /* 1e-12 */
    .also = "rcond|rank_tolerance",
    .meaning = "the share of the largest column's norm below which what is left of a "
               "column counts as 0"};

const slt_plant_type slt_plant_kind_least_squares = {
    .name = "least-squares",
    .meaning = "the output's weight of least training loss, and of least norm, all "
               "others staying at their first values",
    .fields = FIELD_LIST(&field_weight, &field_tolerance),
    .plants = plants_least_squares,
    .check = check_least_squares,
    .solve = solve_least_squares,
    .bytes = bytes_of_least_squares,
};
