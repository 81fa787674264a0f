#include "data/data.h"

#include <stdio.h>

#include "base/assert.h"
#include "data/kinds.h"
#include "num/scalar.h"

static slt_status check_size(const char *field, size_t size, size_t most, slt_error *err)
{
    if (size >= 1 && size <= most)
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT, "data.%s: expected 1 to %zu, found %zu", field, most,
                    size);
}

/* rows is at least 1. */
static slt_status check_table(const char *what, size_t rows, size_t cols, slt_error *err)
{
    if (cols <= SLT_DATA_ELEMENTS_MAX / rows)
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT,
                    "data: %s: expected at most %zu numbers, found %zu x %zu", what,
                    SLT_DATA_ELEMENTS_MAX, rows, cols);
}

static slt_status check_teacher(const slt_data_spec *spec, slt_error *err)
{
    slt_status status = check_size("rank", spec->rank, SLT_DATA_ELEMENTS_MAX, err);
    if (status == SLT_OK)
        status = check_table("samples x rank", spec->samples, spec->rank, err);
    if (status == SLT_OK)
        status = check_table("rank x inputs", spec->rank, spec->inputs, err);
    if (status == SLT_OK)
        status = check_table("outputs x rank", spec->outputs, spec->rank, err);
    return status;
}

/* floor(train_fraction * p^2), found by comparisons: exact, and without a conversion. */
static size_t count_training(const slt_data_spec *spec)
{
    uint64_t low = 0, high = (uint64_t)spec->p * spec->p;
    slt_real share = slt_real_mul(spec->train_fraction, slt_real_from_u64(high));
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        if (slt_real_less(share, slt_real_from_u64(middle)))
            high = middle - 1;
        else
            low = middle;
    }
    return (size_t)low;
}

size_t slt_data_samples(const slt_data_spec *spec)
{
    return spec->kind == SLT_DATA_MODULAR_ADDITION ? count_training(spec) : spec->samples;
}

static slt_status check_modular(const slt_data_spec *spec, slt_error *err)
{
    if (spec->p < 2 || spec->p > SLT_MODULUS_MAX)
        return slt_fail(err, SLT_FORMAT, "data.p: expected 2 to %zu, found %zu",
                        SLT_MODULUS_MAX, spec->p);
    if (slt_real_less(slt_real_from_u64(1), spec->train_fraction) ||
        count_training(spec) < 1)
        return slt_fail(err, SLT_FORMAT,
                        "data.train_fraction: expected at most 1, and one pair of %zu at "
                        "least",
                        spec->p * spec->p);
    return SLT_OK;
}

slt_status slt_data_check(const slt_data_spec *spec, slt_error *err)
{
    if (spec->kind == SLT_DATA_MODULAR_ADDITION)
        return check_modular(spec, err);
    slt_status status = check_size("samples", spec->samples, SLT_SAMPLES_MAX, err);
    if (status == SLT_OK)
        status = check_size("inputs", spec->inputs, SLT_DATA_ELEMENTS_MAX, err);
    if (status == SLT_OK)
        status = check_size("outputs", spec->outputs, SLT_DATA_ELEMENTS_MAX, err);
    if (status == SLT_OK)
        status = check_table("samples x inputs", spec->samples, spec->inputs, err);
    if (status == SLT_OK)
        status = check_table("samples x outputs", spec->samples, spec->outputs, err);
    if (status == SLT_OK && spec->kind == SLT_DATA_LINEAR_TEACHER)
        status = check_teacher(spec, err);
    return status;
}

static void shape_modular(size_t p, size_t rows, slt_batch *shape)
{
    const slt_tensor index = {.arithmetic = SLT_INDEX, .rows = rows, .cols = 1};
    *shape = (slt_batch){.rows = rows,
                         .inputs = 2,
                         .input_name = {"a", "b"},
                         .input = {index, index},
                         .target = index,
                         .input_range = {p, p},
                         .target_range = p};
}

void slt_data_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                    slt_batch *shape)
{
    if (spec->kind == SLT_DATA_MODULAR_ADDITION) {
        shape_modular(spec->p, slt_data_samples(spec), shape);
        return;
    }
    *shape = (slt_batch){.rows = spec->samples, .inputs = 1};
    snprintf(shape->input_name[0], SLT_NAME_MAX, "x");
    shape->input[0] = (slt_tensor){
        .arithmetic = arithmetic, .rows = spec->samples, .cols = spec->inputs};
    shape->target = (slt_tensor){
        .arithmetic = arithmetic, .rows = spec->samples, .cols = spec->outputs};
}

/* Turns a shape into a batch of zeros. */
static slt_status create_batch(slt_batch *batch, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < batch->inputs && status == SLT_OK; i++)
        status = slt_tensor_create(&batch->input[i], batch->input[i].arithmetic,
                                   batch->rows, batch->input[i].cols, err);
    if (status == SLT_OK)
        status = slt_tensor_create(&batch->target, batch->target.arithmetic, batch->rows,
                                   batch->target.cols, err);
    return status;
}

static slt_status fill(const slt_data_spec *spec, uint64_t seed, slt_data *data,
                       slt_error *err)
{
    if (spec->kind == SLT_DATA_LINEAR_TEACHER)
        return slt_data_linear_teacher(spec, seed, data, err);
    if (spec->kind == SLT_DATA_MODULAR_ADDITION)
        return slt_data_modular_addition(spec, seed, data, err);
    SLT_ASSERT(spec->kind == SLT_DATA_CONSTANT);
    slt_data_constant(spec, data);
    return SLT_OK;
}

slt_status slt_data_make(const slt_data_spec *spec, slt_arithmetic arithmetic,
                         uint64_t seed, slt_data *data, slt_error *err)
{
    *data = (slt_data){0};
    slt_status status = slt_data_check(spec, err);
    if (status != SLT_OK)
        return status;
    slt_data_shape(spec, arithmetic, &data->train);
    status = create_batch(&data->train, err);
    size_t rest = spec->p * spec->p - data->train.rows;
    if (status == SLT_OK && spec->kind == SLT_DATA_MODULAR_ADDITION && rest) {
        shape_modular(spec->p, rest, &data->validation);
        status = create_batch(&data->validation, err);
    }
    if (status == SLT_OK)
        status = fill(spec, seed, data, err);
    if (status != SLT_OK)
        slt_data_free(data);
    return status;
}

void slt_data_free(slt_data *data)
{
    slt_batch_free(&data->train);
    slt_batch_free(&data->validation);
    for (size_t i = 0; i < 2; i++)
        slt_tensor_free(&data->teacher[i]);
    *data = (slt_data){0};
}

slt_function_set slt_data_functions(const slt_data_spec *spec, slt_arithmetic arithmetic)
{
    return spec->kind == SLT_DATA_LINEAR_TEACHER ? slt_functions_of_normals(arithmetic)
                                                 : 0;
}
