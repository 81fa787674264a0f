/* linear-teacher: y = W_L* ... W1* x + noise, everything drawn from normals: x, W1*, W2*
 * and the noise are tensors 0, 1, 2, 3, and W_l* of l = 3, 4, ... is tensor l + 1 (std 1,
 * teacher_std, noise_std); h = x W1*', h = h W_l*', the last of which is the target (all
 * products chains), plus noise if noise_std > 0. */
#include "data/kinds_internal.h"

#include "num/ops.h"
#include "num/scalar.h"

/* Tensor numbers of the draws: part of the bits. */
enum { DRAW_X = 0, DRAW_W1 = 1, DRAW_W2 = 2, DRAW_NOISE = 3 };

static uint32_t draw_of(size_t factor)
{
    return (uint32_t)(factor < 2 ? DRAW_W1 + factor : DRAW_NOISE + factor - 1);
}

static slt_status linear_teacher_teach(const slt_data_spec *spec, slt_seed seed,
                                       slt_data *data, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < spec->depth && !status; i++) {
        const size_t rows = i + 1 < spec->depth ? spec->rank : spec->outputs;
        const size_t cols = i ? spec->rank : spec->inputs;
        status = slt_tensor_create(&data->teacher[i], data->train.target.arithmetic, rows,
                                   cols, err);
        if (!status)
            slt_draw_normal(slt_data_stream(seed, draw_of(i)), &data->teacher[i],
                            spec->teacher_std);
    }
    return status;
}

/* The tables of the room: two for what is hidden, one after the other. */
enum { ROOM_HIDDEN = 0, ROOM_NEXT = 1, ROOM_NOISE = 2 };

static void linear_teacher_room(const slt_data_spec *spec, size_t cols[SLT_DATA_ROOM_MAX])
{
    cols[ROOM_HIDDEN] = spec->rank;
    cols[ROOM_NEXT] = spec->depth > 2 ? spec->rank : 0;
    cols[ROOM_NOISE] = spec->outputs;
}

/* h = x W1*', h = h W2*', ..., y. */
static void linear_teacher_draw(const slt_data_spec *spec, const slt_data_draws *draws,
                                slt_batch *batch)
{
    slt_tensor *y = &batch->target;
    const slt_tensor *from = &batch->input[0];
    bool overflow = false;
    slt_draw_normal(slt_data_draws_stream(draws, DRAW_X), &batch->input[0],
                    slt_real_from_u64(1));
    for (size_t i = 0; i < spec->depth; i++) {
        slt_tensor *to = i + 1 < spec->depth ? &draws->room[i % 2] : y;
        slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, from, &draws->teacher[i], to);
        overflow |= draws->teacher[i].overflow || to->overflow;
        from = to;
    }
    y->overflow |= overflow;
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
    if (status == SLT_OK && spec->depth > 2)
        status = slt_data_check_table("rank x rank", spec->rank, spec->rank, err);
    if (status == SLT_OK && (spec->depth < 2 || spec->depth > SLT_TEACHER_MAX))
        status = slt_fail(err, SLT_FORMAT, "data.depth: expected 2 to %d, found %zu",
                          SLT_TEACHER_MAX, spec->depth);
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

static const slt_schema field_depth = {
    .key = "depth",
    .type = SLT_SCHEMA_INT,
    AT(slt_data_spec, depth),
    .least = 2,
    .most = SLT_TEACHER_MAX,
    PRESET(INT_VALUE(2)),
    .behind = true,
    .also = "layers|num_layers",
    .meaning = "factors of the teacher W_depth* ... W2* W1*, rank wide between"};

static const slt_schema field_x = {
    .key = "x",
    .type = SLT_SCHEMA_WORD,
    WORDS("normal"),
    PRESET(TEXT_VALUE("normal")),
    .meaning = "distribution of the entries of x: standard normal"};

const slt_data_type slt_data_linear_teacher = {
    .name = "linear-teacher",
    .meaning = "targets W2* W1* x of a random teacher, or of one with more factors",
    .fields = FIELD_LIST(&slt_data_field_samples, &slt_data_field_inputs,
                         &slt_data_field_outputs, &slt_data_field_rank,
                         &field_teacher_std, &slt_data_field_noise_std, &field_x,
                         &slt_data_field_validation, &field_depth),
    .fit = linear_teacher_fit,
    .factors = true,
    .check = linear_teacher_check,
    .shape = linear_teacher_shape,
    .teach = linear_teacher_teach,
    .room = linear_teacher_room,
    .draw = linear_teacher_draw,
    .functions = linear_teacher_functions,
};
