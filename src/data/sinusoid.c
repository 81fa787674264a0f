/* sinusoid: input x [samples, 1] is the uniforms of tensor 0 on [-1, 1], in units of pi;
 * input basis [samples, 2 order + 1] has the columns 1, then cos(pi k x), sin(pi k x) for
 * k = 1 .. order.  The teacher A has amplitude k at the column of sin(pi k x) and +0
 * elsewhere; target = basis A' (a product, chains), plus the normals of tensor 1 if
 * noise_std > 0. */
#include "data/kinds_internal.h"

#include "num/element.h"
#include "num/ops.h"
#include "num/scalar.h"

/* Tensor numbers of the draws: part of the bits. */
enum { DRAW_X = 0, DRAW_NOISE = 1 };

static size_t sinusoid_terms(const slt_data_spec *spec)
{
    return 2 * spec->order + 1;
}

static slt_status sinusoid_check(const slt_data_spec *spec, slt_error *err)
{
    slt_status status = slt_data_check_size("order", spec->order, SLT_ORDER_MAX, err);
    size_t most = spec->order < SLT_AMPLITUDES_MAX ? spec->order : SLT_AMPLITUDES_MAX;
    if (status == SLT_OK && (spec->amplitude_count < 1 || spec->amplitude_count > most))
        status = slt_fail(err, SLT_FORMAT,
                          "data.amplitudes: expected 1 to %zu (order) numbers, found %zu",
                          most, spec->amplitude_count);
    if (status == SLT_OK)
        status = slt_data_check_table("samples x (2 order + 1)", spec->samples,
                                      sinusoid_terms(spec), err);
    return status;
}

static void sinusoid_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                           slt_batch *shape)
{
    slt_data_shape_numbers(shape, arithmetic, 1, 1);
    slt_data_add_input(shape, arithmetic, "basis", sinusoid_terms(spec));
}

static slt_status sinusoid_teach(const slt_data_spec *spec, slt_seed seed, slt_data *data,
                                 slt_error *err)
{
    slt_tensor *a = &data->teacher[0];
    (void)seed;
    slt_status status =
        slt_tensor_create(a, data->train.target.arithmetic, 1, sinusoid_terms(spec), err);
    for (size_t k = 1; k <= spec->amplitude_count && !status; k++)
        slt_tensor_set(a, 2 * k, spec->amplitudes[k - 1]);
    return status;
}

/* The room: the columns of one k, and k itself in the first place of its table; the noise
 * where the angles were. */
enum { ROOM_ANGLE, ROOM_SINE, ROOM_COSINE, ROOM_K, ROOM_NOISE = ROOM_ANGLE };

static void sinusoid_room(const slt_data_spec *spec, size_t cols[SLT_DATA_ROOM_MAX])
{
    (void)spec;
    cols[ROOM_ANGLE] = cols[ROOM_SINE] = cols[ROOM_COSINE] = cols[ROOM_K] = 1;
}

/* The columns of cosine and sine for k; k x is rounded once. */
static void put_waves(const slt_tensor *x, size_t k, slt_tensor *room, slt_tensor *basis)
{
    slt_tensor_set(&room[ROOM_K], 0, slt_real_from_u64(k));
    for (size_t s = 0; s < x->rows; s++)
        slt_num_put_product(&room[ROOM_K], 0, x, s, &room[ROOM_ANGLE], s);
    slt_num_sincospi(&room[ROOM_ANGLE], &room[ROOM_SINE], &room[ROOM_COSINE]);
    for (size_t s = 0; s < x->rows; s++) {
        slt_num_put(&room[ROOM_COSINE], s, basis, s * basis->cols + 2 * k - 1);
        slt_num_put(&room[ROOM_SINE], s, basis, s * basis->cols + 2 * k);
    }
}

static void sinusoid_draw(const slt_data_spec *spec, const slt_data_draws *draws,
                          slt_batch *batch)
{
    const slt_real one = slt_real_from_u64(1);
    slt_tensor *x = &batch->input[0], *basis = &batch->input[1], *y = &batch->target;
    slt_draw_uniform(slt_data_draws_stream(draws, DRAW_X), x, slt_real_neg(one), one);
    for (size_t s = 0; s < basis->rows; s++)
        slt_tensor_set(basis, s * basis->cols, one);
    for (size_t k = 1; k <= spec->order; k++)
        put_waves(x, k, draws->room, basis);
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, basis, &draws->teacher[0], y);
    slt_data_add_noise(slt_data_draws_stream(draws, DRAW_NOISE), spec->noise_std,
                       &draws->room[ROOM_NOISE], y);
}

static slt_function_set sinusoid_functions(const slt_data_spec *spec,
                                           slt_arithmetic arithmetic)
{
    return slt_functions_of_sincospi(arithmetic) |
           slt_data_noise_functions(spec->noise_std, arithmetic);
}

static const slt_schema field_order = {
    .key = "order",
    .type = SLT_SCHEMA_INT,
    AT(slt_data_spec, order),
    .least = 1,
    .most = SLT_ORDER_MAX,
    .also = "frequencies|harmonics",
    .meaning = "the highest frequency of basis, whose columns are 1, then cos(pi k x), "
               "sin(pi k x) for k from 1 to order"};

static const slt_schema amplitude_item = {.type = SLT_SCHEMA_REAL, ITEM(slt_real)};

static const slt_schema field_amplitudes = {
    .key = "amplitudes",
    .type = SLT_SCHEMA_LIST,
    .offset = offsetof(slt_data_spec, amplitudes),
    COUNT(slt_data_spec, amplitude_count),
    ONE(amplitude_item),
    .least = 1,
    .most = SLT_AMPLITUDES_MAX,
    PRESET_LIST(1, REAL_VALUE(0x3ff0000000000000)),
    .meaning = "of sin(pi k x) in the target, k = 1, 2, ...; at most order of them"};

const slt_data_type slt_data_sinusoid = {
    .name = "sinusoid",
    .meaning = "x, and its Fourier columns as the input basis, target a sum of sines",
    .fields = FIELD_LIST(&slt_data_field_samples, &slt_data_field_noise_std, &field_order,
                         &field_amplitudes, &slt_data_field_validation),
    .check = sinusoid_check,
    .terms = sinusoid_terms,
    .shape = sinusoid_shape,
    .teach = sinusoid_teach,
    .room = sinusoid_room,
    .draw = sinusoid_draw,
    .functions = sinusoid_functions,
};
