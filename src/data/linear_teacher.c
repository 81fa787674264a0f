/* linear-teacher: y = W2* W1* x + noise, everything drawn from normals: x, W1*, W2* and
 * the noise are tensors 0, 1, 2, 3 (std 1, teacher_std, teacher_std, noise_std);
 * h = x W1*', target = h W2*' (both products chains), plus noise if noise_std > 0. */
#include "data/kinds_internal.h"

#include "num/ops.h"
#include "num/scalar.h"

/* Tensor numbers of the draws: part of the bits. */
enum { DRAW_X = 0, DRAW_W1 = 1, DRAW_W2 = 2, DRAW_NOISE = 3 };

static slt_status linear_teacher_teach(const slt_data_spec *spec, slt_seed seed,
                                       slt_data *data, slt_error *err)
{
    const slt_arithmetic arithmetic = data->train.target.arithmetic;
    slt_tensor *w1 = &data->teacher[0], *w2 = &data->teacher[1];
    slt_status status = slt_tensor_create(w1, arithmetic, spec->rank, spec->inputs, err);
    if (status == SLT_OK)
        status = slt_tensor_create(w2, arithmetic, spec->outputs, spec->rank, err);
    if (status != SLT_OK)
        return status;
    slt_draw_normal(slt_data_stream(seed, DRAW_W1), w1, spec->teacher_std);
    slt_draw_normal(slt_data_stream(seed, DRAW_W2), w2, spec->teacher_std);
    return SLT_OK;
}

/* The tables of the room. */
enum { ROOM_HIDDEN = 0, ROOM_NOISE = 1 };

static void linear_teacher_room(const slt_data_spec *spec, size_t cols[SLT_DATA_ROOM_MAX])
{
    cols[ROOM_HIDDEN] = spec->rank;
    cols[ROOM_NOISE] = spec->outputs;
}

/* h = x W1*', y = h W2*'. */
static void linear_teacher_draw(const slt_data_spec *spec, const slt_data_draws *draws,
                                slt_batch *batch)
{
    const slt_tensor *w1 = &draws->teacher[0], *w2 = &draws->teacher[1];
    slt_tensor *x = &batch->input[0], *y = &batch->target;
    slt_tensor *hidden = &draws->room[ROOM_HIDDEN];
    slt_draw_normal(slt_data_draws_stream(draws, DRAW_X), x, slt_real_from_u64(1));
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, x, w1, hidden);
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, hidden, w2, y);
    y->overflow |= hidden->overflow || w1->overflow || w2->overflow;
    slt_data_add_noise(slt_data_draws_stream(draws, DRAW_NOISE), spec->noise_std,
                       &draws->room[ROOM_NOISE], y);
}

static slt_status linear_teacher_check(const slt_data_spec *spec, slt_error *err)
{
    slt_status status = slt_data_check_widths(spec, err);
    if (status == SLT_OK)
        status = slt_data_check_size("rank", spec->rank, SLT_DATA_ELEMENTS_MAX, err);
    if (status == SLT_OK)
        status = slt_data_check_table("samples x rank", spec->samples, spec->rank, err);
    if (status == SLT_OK)
        status = slt_data_check_table("rank x inputs", spec->rank, spec->inputs, err);
    if (status == SLT_OK)
        status = slt_data_check_table("outputs x rank", spec->outputs, spec->rank, err);
    return status;
}

static slt_status linear_teacher_fit(const slt_data_spec *spec, const char **field,
                                     slt_error *err)
{
    const size_t most = spec->inputs < spec->outputs ? spec->inputs : spec->outputs;
    if (spec->rank <= most)
        return SLT_OK;
    *field = slt_data_field_rank.key;
    return slt_fail(err, SLT_FORMAT,
                    "at most the lesser of inputs and outputs, %zu; found %zu", most,
                    spec->rank);
}

static void linear_teacher_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                                 slt_batch *shape)
{
    slt_data_shape_numbers(shape, arithmetic, spec->inputs, spec->outputs);
}

static slt_function_set linear_teacher_functions(const slt_data_spec *spec,
                                                 slt_arithmetic arithmetic)
{
    (void)spec;
    return slt_functions_of_normals(arithmetic);
}

static const slt_schema field_teacher_std = {
    .key = "teacher_std",
    .type = SLT_SCHEMA_REAL,
    AT(slt_data_spec, teacher_std),
    .range = SLT_RANGE_POSITIVE,
    PRESET(REAL_VALUE(0x3ff0000000000000)),
    .meaning = "standard deviation of the entries of W1* and W2*"};

static const slt_schema field_x = {
    .key = "x",
    .type = SLT_SCHEMA_WORD,
    WORDS("normal"),
    PRESET(TEXT_VALUE("normal")),
    .meaning = "distribution of the entries of x: standard normal"};

const slt_data_type slt_data_linear_teacher = {
    .name = "linear-teacher",
    .meaning = "targets W2* W1* x of a random teacher",
    .fields =
        FIELD_LIST(&slt_data_field_samples, &slt_data_field_inputs,
                   &slt_data_field_outputs, &slt_data_field_rank, &field_teacher_std,
                   &slt_data_field_noise_std, &field_x, &slt_data_field_validation),
    .fit = linear_teacher_fit,
    .factors = true,
    .check = linear_teacher_check,
    .shape = linear_teacher_shape,
    .teach = linear_teacher_teach,
    .room = linear_teacher_room,
    .draw = linear_teacher_draw,
    .functions = linear_teacher_functions,
};
