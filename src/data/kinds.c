/* Shared by the kinds of data: fields, sizes and shapes. */
#include "data/kinds_internal.h"

#include <stdio.h>

#include "base/assert.h"
#include "num/ops.h"
#include "num/scalar.h"

/* ---- Fields that several kinds have ------------------------------------------------ */

const slt_schema slt_data_field_samples = {.key = "samples",
                                           .type = SLT_SCHEMA_INT,
                                           AT(slt_data_spec, samples),
                                           .least = 1,
                                           .most = SAMPLES_MAX,
                                           .also = "n|num_samples|size",
                                           .sample = "100",
                                           .meaning = "number of training samples, n"};

const slt_schema slt_data_field_inputs = {.key = "inputs",
                                          .type = SLT_SCHEMA_INT,
                                          AT(slt_data_spec, inputs),
                                          .least = 1,
                                          .most = WIDTH_MAX,
                                          .also = "input|in|input_dim",
                                          .sample = "5",
                                          .meaning = "width of the input x"};

const slt_schema slt_data_field_outputs = {.key = "outputs",
                                           .type = SLT_SCHEMA_INT,
                                           AT(slt_data_spec, outputs),
                                           .least = 1,
                                           .most = WIDTH_MAX,
                                           .also = "output|out|output_dim",
                                           .sample = "5",
                                           .meaning = "width of the target"};

const slt_schema slt_data_field_rank = {
    .key = "rank",
    .type = SLT_SCHEMA_INT,
    AT(slt_data_spec, rank),
    .least = 1,
    .most = WIDTH_MAX,
    .sample = "2",
    .meaning = "rank of the teacher W2* W1*, or the subspace's dimension; at most the "
               "lesser of inputs and outputs"};

const slt_schema slt_data_field_noise_std = {
    .key = "noise_std",
    .type = SLT_SCHEMA_REAL,
    AT(slt_data_spec, noise_std),
    .range = SLT_RANGE_NOT_NEGATIVE,
    PRESET(REAL_VALUE(0x0)),
    .meaning = "standard deviation of normal noise added to the targets"};

const slt_schema slt_data_field_gap = {
    .key = "gap",
    .type = SLT_SCHEMA_REAL,
    AT(slt_data_spec, gap),
    .range = SLT_RANGE_NOT_NEGATIVE,
    .also = "eps|epsilon|margin",
    .meaning = "how far each class is moved from 0, one up and one down"};

static const slt_schema validation_fields[] = {
    {.key = "samples",
     .type = SLT_SCHEMA_INT,
     AT(slt_data_spec, validation),
     .least = 1,
     .most = SAMPLES_MAX,
     .also = "n|num_samples|size",
     .meaning = "their number"},
};

const slt_schema slt_data_field_validation = {
    .key = "validation",
    .type = SLT_SCHEMA_MAP,
    FIELDS(validation_fields),
    .optional = true,
    .also = "test|val",
    .behind = true,
    .meaning = "samples for validation, drawn as those of training are; absent: none"};

/* ---- Sizes and shapes -------------------------------------------------------------- */

slt_status slt_data_check_size(const char *field, size_t size, size_t most,
                               slt_error *err)
{
    if (size >= 1 && size <= most)
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT, "data.%s: expected 1 to %zu, found %zu", field, most,
                    size);
}

slt_status slt_data_check_table(const char *what, size_t rows, size_t cols,
                                slt_error *err)
{
    if (cols <= SLT_DATA_ELEMENTS_MAX / rows)
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT,
                    "data: %s: expected at most %zu numbers, found %zu x %zu", what,
                    SLT_DATA_ELEMENTS_MAX, rows, cols);
}

slt_status slt_data_check_widths(const slt_data_spec *spec, slt_error *err)
{
    slt_status status =
        slt_data_check_size("inputs", spec->inputs, SLT_DATA_ELEMENTS_MAX, err);
    if (status == SLT_OK)
        status =
            slt_data_check_size("outputs", spec->outputs, SLT_DATA_ELEMENTS_MAX, err);
    if (status == SLT_OK)
        status =
            slt_data_check_table("samples x inputs", spec->samples, spec->inputs, err);
    if (status == SLT_OK)
        status =
            slt_data_check_table("samples x outputs", spec->samples, spec->outputs, err);
    return status;
}

void slt_data_add_input(slt_batch *shape, slt_arithmetic arithmetic, const char *name,
                        size_t cols)
{
    SLT_ASSERT(shape->inputs < SLT_INPUTS_MAX);
    size_t i = shape->inputs++;
    snprintf(shape->input_name[i], SLT_NAME_MAX, "%s", name);
    shape->input[i] =
        (slt_tensor){.arithmetic = arithmetic, .rows = shape->rows, .cols = cols};
}

void slt_data_shape_numbers(slt_batch *shape, slt_arithmetic arithmetic, size_t inputs,
                            size_t outputs)
{
    slt_data_add_input(shape, arithmetic, "x", inputs);
    shape->target =
        (slt_tensor){.arithmetic = arithmetic, .rows = shape->rows, .cols = outputs};
}

slt_status slt_data_create_batch(slt_batch *batch, slt_error *err)
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

/* ---- Two classes ------------------------------------------------------------------- */

slt_status slt_data_halves(const slt_data_spec *spec, const char **field, slt_error *err)
{
    if (spec->samples % 2 == 0)
        return SLT_OK;
    *field = slt_data_field_samples.key;
    return slt_fail(err, SLT_FORMAT, "an even number, half of each class; found %zu",
                    spec->samples);
}

void slt_data_put_signs(slt_tensor *target, size_t positive)
{
    const slt_real signs[] = {slt_real_of(1), slt_real_of(-1)};
    for (size_t s = 0; s < target->rows; s++)
        slt_tensor_set(target, s, signs[s >= positive]);
}

slt_real slt_data_error_alike(slt_real bias)
{
    return bias.bits << 1 ? slt_real_of(0.5) : slt_real_of(1);
}

/* ---- Draws ------------------------------------------------------------------------- */

slt_stream slt_data_stream(slt_seed seed, uint32_t tensor)
{
    return slt_stream_of(seed.key, SLT_DRAW_DATA, tensor, 0, seed.trial, 0);
}

static bool positive(slt_real std)
{
    return slt_real_less(slt_real_from_u64(0), std);
}

slt_stream slt_data_draws_stream(const slt_data_draws *draws, uint32_t tensor)
{
    return slt_stream_of(draws->seed, draws->purpose, tensor, draws->chain, draws->step,
                         draws->ordinal);
}

void slt_data_add_noise(slt_stream stream, slt_real std, slt_tensor *noise, slt_tensor *y)
{
    if (!positive(std))
        return;
    slt_draw_normal(stream, noise, std);
    bool overflow = y->overflow || noise->overflow;
    slt_num_add(y, noise, y);
    y->overflow |= overflow;
}

slt_function_set slt_data_noise_functions(slt_real std, slt_arithmetic arithmetic)
{
    return positive(std) ? slt_functions_of_normals(arithmetic) : 0;
}
