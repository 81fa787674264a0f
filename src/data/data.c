#include "data/data.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/schema_kinds.h"
#include "data/kinds_internal.h"
#include "num/scalar.h"

#define DECLARE(constant, name) extern const slt_data_type slt_data_##name;
SLT_DATA_KINDS(DECLARE)

#define ROW(constant, name) [SLT_DATA_##constant] = &slt_data_##name,
static const slt_data_type *const types[] = {SLT_DATA_KINDS(ROW)};
#define TYPES (sizeof types / sizeof *types)

static const slt_data_type *type_of(const slt_data_spec *spec)
{
    SLT_ASSERT((size_t)spec->kind < TYPES);
    return types[spec->kind];
}

SLT_SCHEMA_KINDS(slt_data, types)

size_t slt_data_factors(const slt_data_spec *spec)
{
    return type_of(spec)->factors ? spec->depth : 0;
}

bool slt_data_signs(const slt_data_spec *spec)
{
    return type_of(spec)->signs;
}

slt_status slt_data_error_check(const slt_data_spec *spec, slt_error *err)
{
    const slt_data_type *type = type_of(spec);
    if (!type->error)
        return slt_fail(err, SLT_FORMAT, "data of kind %s have no law of two classes",
                        type->name);
    return type->error_check ? type->error_check(spec, err) : SLT_OK;
}

slt_real slt_data_error(const slt_data_spec *spec, const slt_tensor *weight,
                        slt_real bias)
{
    SLT_ASSERT(type_of(spec)->error);
    return type_of(spec)->error(spec, weight, bias);
}

bool slt_data_goes_abreast(const slt_data_spec *spec)
{
    const slt_data_type *type = type_of(spec);
    return type->make_abreast && (!type->goes_abreast || type->goes_abreast(spec));
}

slt_status slt_data_make_abreast(const slt_data_spec *spec, slt_seed seed, slt_tensor *x,
                                 slt_error *err)
{
    SLT_ASSERT(slt_data_goes_abreast(spec) && slt_num_by_hardware());
    return type_of(spec)->make_abreast(spec, seed, x, err);
}

void slt_data_bound_errors(const slt_data_spec *spec, const slt_tensor *weight,
                           const slt_tensor *bias, bool near, size_t count, slt_real *low,
                           slt_real *high)
{
    for (size_t t = 0; t < count; t++) {
        low[t] = slt_real_from_u64(0);
        high[t] = slt_real_from_u64(1);
    }
    if (type_of(spec)->bound_errors)
        type_of(spec)->bound_errors(spec, weight, bias, near, count, low, high);
}

slt_function_set slt_data_error_functions(const slt_data_spec *spec)
{
    return type_of(spec)->error_functions;
}

slt_status slt_data_fit(const slt_data_spec *spec, const char **field, slt_error *err)
{
    const slt_data_type *type = type_of(spec);
    return type->fit ? type->fit(spec, field, err) : SLT_OK;
}

slt_status slt_data_hashed(const slt_data_spec *spec, const char *folder,
                           const char **field, slt_error *err)
{
    const slt_data_type *type = type_of(spec);
    return type->hashed ? type->hashed(spec, folder, field, err) : SLT_OK;
}

size_t slt_data_files(const slt_data_spec *spec)
{
    const slt_data_type *type = type_of(spec);
    return type->files ? type->files(spec) : 0;
}

slt_status slt_data_look(const slt_data_spec *spec, const char *folder,
                         slt_arithmetic arithmetic, size_t index, slt_data_found *file,
                         slt_error *err)
{
    const slt_data_type *type = type_of(spec);
    *file = (slt_data_found){0};
    return type->look ? type->look(spec, folder, arithmetic, index, file, err) : SLT_OK;
}

/* The positions of axes, whose last is the width. */
static slt_positions positions_of(const size_t *shape, size_t axes)
{
    slt_positions positions = {.axes = axes ? axes - 1 : 0};
    memcpy(positions.size, shape, positions.axes * sizeof *shape);
    return positions;
}

static slt_status check_axes(const char *field, const char *what, const size_t *shape,
                             size_t axes, size_t width, slt_error *err)
{
    size_t left = width, i = 0;
    while (i < axes && shape[i] && left % shape[i] == 0)
        left /= shape[i++];
    return !axes || (i == axes && left == 1)
               ? SLT_OK
               : slt_fail(err, SLT_FORMAT,
                          "data.%s: expected axes whose product is %zu, the numbers of a "
                          "sample of %s",
                          field, width, what);
}

static slt_status check_shapes(const slt_data_spec *spec, slt_error *err)
{
    slt_batch shape;
    slt_data_shape(spec, SLT_F64, &shape);
    slt_status status = check_axes("shape", shape.input_name[0], spec->shape,
                                   spec->shape_axes, shape.input[0].cols, err);
    return status ? status
                  : check_axes("target_shape", "the target", spec->target_shape,
                               spec->target_axes, shape.target.cols, err);
}

/* Tables of the samples for validation, which are drawn as those of training are. */
static slt_status check_validation(const slt_data_spec *spec, slt_error *err)
{
    slt_data_spec validation = *spec;
    validation.samples = spec->validation;
    slt_status status =
        slt_data_check_size("validation.samples", spec->validation, SLT_SAMPLES_MAX, err);
    return status ? status : type_of(spec)->check(&validation, err);
}

slt_status slt_data_check(const slt_data_spec *spec, slt_error *err)
{
    const slt_data_type *type = type_of(spec);
    slt_status status = SLT_OK;
    if (!type->samples)
        status = slt_data_check_size("samples", spec->samples, SLT_SAMPLES_MAX, err);
    if (!status)
        status = type->check(spec, err);
    if (!status && type->draw && spec->validation)
        status = check_validation(spec, err);
    return status ? status : check_shapes(spec, err);
}

size_t slt_data_validation(const slt_data_spec *spec)
{
    const slt_data_type *type = type_of(spec);
    return type->validation ? type->validation(spec) : type->draw ? spec->validation : 0;
}

size_t slt_data_terms(const slt_data_spec *spec)
{
    const slt_data_type *type = type_of(spec);
    return type->terms ? type->terms(spec) : 0;
}

size_t slt_data_samples(const slt_data_spec *spec)
{
    const slt_data_type *type = type_of(spec);
    return type->samples ? type->samples(spec) : spec->samples;
}

/* ---- Samples that are drawn -------------------------------------------------------- */

static void room_columns(const slt_data_spec *spec, size_t cols[SLT_DATA_ROOM_MAX])
{
    memset(cols, 0, SLT_DATA_ROOM_MAX * sizeof *cols);
    if (type_of(spec)->room)
        type_of(spec)->room(spec, cols);
}

size_t slt_data_room_numbers(const slt_data_spec *spec)
{
    size_t cols[SLT_DATA_ROOM_MAX], numbers = 0;
    room_columns(spec, cols);
    for (size_t i = 0; i < SLT_DATA_ROOM_MAX; i++)
        numbers += cols[i];
    return numbers;
}

slt_status slt_data_create_room(const slt_data_spec *spec, slt_arithmetic arithmetic,
                                size_t rows, slt_tensor room[SLT_DATA_ROOM_MAX],
                                slt_error *err)
{
    size_t cols[SLT_DATA_ROOM_MAX];
    slt_status status = SLT_OK;
    room_columns(spec, cols);
    for (size_t i = 0; i < SLT_DATA_ROOM_MAX && !status; i++)
        if (cols[i])
            status = slt_tensor_create(&room[i], arithmetic, rows, cols[i], err);
    if (status)
        slt_data_free_room(room);
    return status;
}

void slt_data_free_room(slt_tensor room[SLT_DATA_ROOM_MAX])
{
    for (size_t i = 0; i < SLT_DATA_ROOM_MAX; i++)
        slt_tensor_free(&room[i]);
}

static void clear_table(slt_tensor *table)
{
    slt_tensor_zero(table);
    table->overflow = false;
}

void slt_data_draw(const slt_data_spec *spec, const slt_data_draws *draws,
                   slt_batch *batch)
{
    for (size_t i = 0; i < batch->inputs; i++)
        clear_table(&batch->input[i]);
    clear_table(&batch->target);
    for (size_t i = 0; i < SLT_DATA_ROOM_MAX; i++)
        clear_table(&draws->room[i]);
    type_of(spec)->draw(spec, draws, batch);
    if (type_of(spec)->target_is_x)
        batch->target = batch->input[0];
}

slt_status slt_data_check_stream(const slt_data_spec *spec, size_t rows, slt_error *err)
{
    if (!type_of(spec)->draw)
        return slt_fail(err, SLT_FORMAT,
                        "order stream: samples of kind %s are a table, none can be drawn "
                        "beside them; fresh, epochs and replacement take batches of it",
                        type_of(spec)->name);
    slt_data_spec batch = *spec;
    batch.samples = rows;
    batch.validation = 0;
    slt_status status =
        rows ? SLT_OK : slt_fail(err, SLT_FORMAT, "batch.size: expected at least 1");
    return status ? status : slt_data_check(&batch, err);
}

/* A set of samples, drawn as one batch. */
static slt_status draw_set(const slt_data *data, slt_seed seed, bool validation,
                           slt_batch *set, slt_error *err)
{
    slt_tensor room[SLT_DATA_ROOM_MAX] = {{0}};
    const slt_data_draws draws = {.seed = seed.key,
                                  .purpose = validation ? SLT_DRAW_SPLIT : SLT_DRAW_DATA,
                                  .step = seed.trial,
                                  .validation = validation,
                                  .teacher = data->teacher,
                                  .room = room};
    slt_status status =
        slt_data_create_room(data->spec, set->target.arithmetic, set->rows, room, err);
    if (status)
        return status;
    if (type_of(data->spec)->target_is_x) {
        slt_tensor_free(&set->target);
        set->target = set->input[0];
    }
    slt_data_draw(data->spec, &draws, set);
    slt_data_free_room(room);
    return SLT_OK;
}

static slt_status make_drawn(const slt_data_spec *spec, slt_seed seed, slt_data *data,
                             slt_error *err)
{
    const slt_data_type *type = type_of(spec);
    const slt_arithmetic arithmetic = data->train.target.arithmetic;
    slt_status status = type->teach ? type->teach(spec, seed, data, err) : SLT_OK;
    if (!status)
        status = draw_set(data, seed, false, &data->train, err);
    if (status || !spec->validation)
        return status;
    data->validation = (slt_batch){.rows = spec->validation};
    type->shape(spec, arithmetic, &data->validation);
    status = slt_data_create_batch(&data->validation, err);
    return status ? status : draw_set(data, seed, true, &data->validation, err);
}

void slt_data_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                    slt_batch *shape)
{
    *shape = (slt_batch){.rows = slt_data_samples(spec)};
    type_of(spec)->shape(spec, arithmetic, shape);
    if (spec->shape_axes)
        shape->input_positions[0] = positions_of(spec->shape, spec->shape_axes);
    if (spec->target_axes)
        shape->target_positions = positions_of(spec->target_shape, spec->target_axes);
}

size_t slt_data_target_positions(const slt_data_spec *spec, const char *target)
{
    slt_batch shape;
    slt_data_shape(spec, SLT_F64, &shape);
    for (size_t i = 0; i < shape.inputs; i++)
        if (!strcmp(shape.input_name[i], target))
            return slt_positions_count(&shape.input_positions[i]);
    return slt_positions_count(&shape.target_positions);
}

slt_status slt_data_make(const slt_data_spec *spec, const char *folder,
                         slt_arithmetic arithmetic, slt_seed seed, slt_data *data,
                         slt_error *err)
{
    const slt_data_type *type = type_of(spec);
    *data = (slt_data){.spec = spec};
    slt_status status = slt_data_check(spec, err);
    if (status != SLT_OK)
        return status;
    slt_data_shape(spec, arithmetic, &data->train);
    status = slt_data_create_batch(&data->train, err);
    if (status == SLT_OK)
        status = type->read   ? type->read(spec, folder, arithmetic, data, err)
                 : type->draw ? make_drawn(spec, seed, data, err)
                              : type->make(spec, seed, data, err);
    memcpy(data->validation.input_positions, data->train.input_positions,
           sizeof data->train.input_positions);
    data->validation.target_positions = data->train.target_positions;
    if (status != SLT_OK)
        slt_data_free(data);
    return status;
}

void slt_data_free(slt_data *data)
{
    slt_batch_free(&data->train);
    slt_batch_free(&data->validation);
    for (size_t i = 0; i < SLT_TEACHER_MAX; i++)
        slt_tensor_free(&data->teacher[i]);
    *data = (slt_data){0};
}

slt_function_set slt_data_functions(const slt_data_spec *spec, slt_arithmetic arithmetic)
{
    const slt_data_type *type = type_of(spec);
    return type->functions ? type->functions(spec, arithmetic) : 0;
}
