#include "net/plant.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/schema_kinds.h"
#include "base/world.h"
#include "net/init_file.h"
#include "net/op.h"
#include "net/plant_internal.h"
#include "num/ops.h"
#include "num/scalar.h"

#define DECLARE(constant, name) extern const slt_plant_type slt_plant_kind_##name;
SLT_PLANT_KINDS(DECLARE)

#define ROW(constant, name) [SLT_PLANT_##constant] = &slt_plant_kind_##name,
static const slt_plant_type *const types[] = {SLT_PLANT_KINDS(ROW)};
#define TYPES (sizeof types / sizeof *types)

static const slt_plant_type *type_of(const slt_plant_spec *spec)
{
    SLT_ASSERT((size_t)spec->kind < TYPES);
    return types[spec->kind];
}

SLT_SCHEMA_KINDS(slt_plant, types)

const slt_program_op *slt_plant_last(const slt_program *program)
{
    for (size_t i = 0; i < program->op_count; i++) {
        const slt_program_op *op = &program->ops[i];
        if (op->out == program->loss_in)
            return op->type->affine && !op->spec.transpose ? op : NULL;
    }
    return NULL;
}

/* The model with the planted weights alone as trainable ones. */
static slt_model_spec *copy_model(const slt_model_spec *model, slt_error *err)
{
    slt_model_spec *copy = slt_world.malloc(sizeof *copy);
    if (!copy) {
        slt_fail(err, SLT_RESOURCE, "out of memory for a model");
        return NULL;
    }
    *copy = *model;
    for (size_t i = 0; i < model->weight_count; i++) {
        const size_t owner = slt_model_owner(model, i);
        copy->weights[i].trainable = type_of(&model->plant)->plants(model, owner);
    }
    return copy;
}

/* ---- What a manifest says ---------------------------------------------------------- */

static slt_status check_program(const slt_model_spec *model, const slt_batch *shape,
                                const char **field, slt_error *err)
{
    slt_program *program = slt_world.malloc(sizeof *program);
    if (!program)
        return slt_fail(err, SLT_RESOURCE, "out of memory for a model's plan");
    slt_status status = slt_program_make(model, shape, SLT_F64, program, NULL, err);
    for (size_t i = 0; i < program->value_count && !status; i++)
        if (program->values[i].shape.positions.axes)
            status = slt_fail(err, SLT_FORMAT,
                              "the value %s has positions, for which no weights are "
                              "solved",
                              program->values[i].name);
    if (!status && !program->loss->squares)
        status = slt_fail(err, SLT_FORMAT,
                          "the loss %s is no sum of squares, for which weights could be "
                          "solved",
                          program->loss->name);
    if (!status)
        status = type_of(&model->plant)->check(&model->plant, program, field, err);
    free(program);
    return status;
}

static slt_status check_integers(const slt_model_spec *model, slt_error *err)
{
    const slt_function_set set = slt_plant_functions(model);
    for (int f = 0; f < SLT_FN_COUNT; f++)
        if (set >> f & 1 && !slt_function_in_integers((slt_function)f))
            return slt_fail(err, SLT_FORMAT,
                            "arithmetic fixed solves in integers, which have no %s of "
                            "binary64; plant in f64 and name its weights as files",
                            slt_function_name((slt_function)f));
    return SLT_OK;
}

slt_status slt_plant_check(const slt_model_spec *model, const slt_batch *shape,
                           slt_arithmetic arithmetic, const char **field, slt_error *err)
{
    *field = "kind";
    if (!model->plant.given)
        return SLT_OK;
    slt_model_spec *copy = copy_model(model, err);
    slt_status status = copy ? check_program(copy, shape, field, err) : SLT_RESOURCE;
    free(copy);
    return status || arithmetic != SLT_FIXED ? status : check_integers(model, err);
}

static uint64_t weight_bytes(const slt_model_spec *model)
{
    uint64_t numbers = 0; /* at most SLT_WEIGHTS_MAX times SLT_WEIGHT_ELEMENTS_MAX */
    for (size_t i = 0; i < model->weight_count; i++)
        if (!model->weights[i].tied[0])
            numbers += (uint64_t)model->weights[i].rows * model->weights[i].cols;
    return numbers * slt_arithmetic_size(SLT_F64);
}

slt_status slt_plant_bytes(const slt_model_spec *model, const slt_batch *shape,
                           uint64_t *bytes, slt_error *err)
{
    *bytes = 0;
    if (!model->plant.given)
        return SLT_OK;
    const uint64_t weights = weight_bytes(model);
    slt_model_spec *copy = copy_model(model, err);
    slt_status status =
        copy ? type_of(&model->plant)->bytes(copy, shape, weights, bytes, err)
             : SLT_RESOURCE;
    free(copy);
    if (!status && __builtin_add_overflow(*bytes, weights, bytes))
        *bytes = UINT64_MAX;
    return status;
}

slt_function_set slt_plant_functions(const slt_model_spec *model)
{
    if (!model->plant.given)
        return 0;
    slt_function_set set = slt_net_functions(model, SLT_F64);
    for (size_t i = 0; i < model->weight_count; i++)
        if (!model->weights[i].tied[0])
            set |= slt_init_functions(&model->weights[i].init, SLT_F64);
    return set;
}

/* ---- Data in binary64 -------------------------------------------------------------- */

/* Indices are shared; numbers are copied, each exactly or, of fixed point, rounded. */
static slt_status widen_tensor(const slt_tensor *from, slt_tensor *to, slt_error *err)
{
    *to = *from;
    if (from->arithmetic == SLT_INDEX)
        return SLT_OK;
    slt_status status = slt_tensor_create(to, SLT_F64, from->rows, from->cols, err);
    for (size_t e = 0; !status && e < slt_tensor_count(from); e++)
        slt_tensor_set(to, e, slt_tensor_get(from, e));
    return status;
}

static void release_tensor(slt_tensor *tensor)
{
    if (tensor->arithmetic != SLT_INDEX)
        slt_tensor_free(tensor);
}

static void release_batch(slt_batch *batch)
{
    for (size_t i = 0; i < batch->inputs; i++)
        release_tensor(&batch->input[i]);
    release_tensor(&batch->target);
}

static slt_status widen_batch(const slt_batch *from, slt_batch *to, slt_error *err)
{
    *to = *from;
    to->target = (slt_tensor){.arithmetic = SLT_INDEX};
    for (size_t i = 0; i < from->inputs; i++)
        to->input[i] = to->target;
    slt_status status = widen_tensor(&from->target, &to->target, err);
    for (size_t i = 0; !status && i < from->inputs; i++)
        status = widen_tensor(&from->input[i], &to->input[i], err);
    return status;
}

/* ---- Planting ---------------------------------------------------------------------- */

static slt_status round_weight(const char *name, const slt_tensor *from, slt_tensor *to,
                               slt_error *err)
{
    for (size_t e = 0; e < slt_tensor_count(from); e++)
        slt_tensor_set(to, e, slt_tensor_get(from, e));
    if (slt_num_finite(to))
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT, "weight %s: a planted value does not fit into %s",
                    name, slt_arithmetic_name(to->arithmetic));
}

static slt_status solve_model(const slt_model_spec *model, const slt_init_source *source,
                              const slt_batch *train, slt_params *exact, slt_error *err)
{
    const slt_plant_type *type = type_of(&model->plant);
    slt_batch widened = {0};
    slt_error cause = {0};
    slt_status status = slt_params_init(model, source, exact, err);
    if (!status)
        status = widen_batch(train, &widened, err);
    const slt_plant_site site = {model, &widened, exact};
    if (!status && type->solve(&site, &cause))
        status = slt_fail(err, cause.status, "plant %s: %s", type->name, cause.text);
    release_batch(&widened);
    return status;
}

static bool plants_integers(const slt_params *params)
{
    for (size_t i = 0; i < params->count; i++)
        if (params->tensor[i].arithmetic == SLT_FIXED)
            return true;
    return false;
}

slt_status slt_plant(const slt_model_spec *model, const slt_init_source *source,
                     const slt_batch *train, slt_params *params, slt_error *err)
{
    slt_params exact = {0};
    if (!model->plant.given)
        return SLT_OK;
    slt_model_spec *copy = copy_model(model, err);
    for (size_t i = 0; copy && i < copy->weight_count; i++)
        if (slt_init_from_file(&copy->weights[i].init))
            slt_init_file_settle(&copy->weights[i].init, params->tensor[i].arithmetic);
    slt_status status =
        copy ? slt_params_create(copy, SLT_F64, &exact, err) : SLT_RESOURCE;
    slt_num_integers_alone(plants_integers(params));
    if (!status)
        status = solve_model(copy, source, train, &exact, err);
    slt_num_integers_alone(false);
    for (size_t i = 0; !status && i < exact.count; i++)
        if (slt_params_moves(&exact, i))
            status = round_weight(model->weights[i].name, &exact.tensor[i],
                                  &params->tensor[i], err);
    slt_params_share(params);
    slt_params_free(&exact);
    free(copy);
    return status;
}
