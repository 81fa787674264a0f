/* linear-teacher: y = W2* W1* x + noise, everything drawn from normals. */
#include "data/kinds.h"

#include "num/ops.h"
#include "num/scalar.h"

/* Tensor numbers of the draws: part of the bits. */
enum { DRAW_X = 0, DRAW_W1 = 1, DRAW_W2 = 2, DRAW_NOISE = 3 };

static void draw(uint64_t seed, uint32_t tensor, slt_real std, slt_tensor *to)
{
    slt_draw_normal(slt_stream_of(seed, SLT_DRAW_DATA, tensor, 0, 0, 0), to, std);
}

static slt_status create_teacher(const slt_data_spec *spec, slt_arithmetic arithmetic,
                                 slt_data *data, slt_error *err)
{
    slt_status status =
        slt_tensor_create(&data->teacher[0], arithmetic, spec->rank, spec->inputs, err);
    if (status == SLT_OK)
        status = slt_tensor_create(&data->teacher[1], arithmetic, spec->outputs,
                                   spec->rank, err);
    return status;
}

/* h = x W1*', y = h W2*'. */
static slt_status apply_teacher(const slt_data_spec *spec, slt_data *data, slt_error *err)
{
    slt_tensor *y = &data->train.target, hidden;
    slt_status status =
        slt_tensor_create(&hidden, y->arithmetic, spec->samples, spec->rank, err);
    if (status != SLT_OK)
        return status;
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &data->train.input[0], &data->teacher[0],
                    &hidden);
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &hidden, &data->teacher[1], y);
    y->overflow |=
        hidden.overflow || data->teacher[0].overflow || data->teacher[1].overflow;
    slt_tensor_free(&hidden);
    return SLT_OK;
}

static slt_status add_noise(const slt_data_spec *spec, uint64_t seed, slt_data *data,
                            slt_error *err)
{
    slt_tensor *y = &data->train.target, noise;
    slt_status status = slt_tensor_create(&noise, y->arithmetic, y->rows, y->cols, err);
    if (status != SLT_OK)
        return status;
    draw(seed, DRAW_NOISE, spec->noise_std, &noise);
    bool overflow = y->overflow || noise.overflow;
    slt_num_add(y, &noise, y);
    y->overflow |= overflow;
    slt_tensor_free(&noise);
    return SLT_OK;
}

slt_status slt_data_linear_teacher(const slt_data_spec *spec, uint64_t seed,
                                   slt_data *data, slt_error *err)
{
    slt_status status = create_teacher(spec, data->train.target.arithmetic, data, err);
    if (status != SLT_OK)
        return status;
    draw(seed, DRAW_X, slt_real_from_u64(1), &data->train.input[0]);
    draw(seed, DRAW_W1, spec->teacher_std, &data->teacher[0]);
    draw(seed, DRAW_W2, spec->teacher_std, &data->teacher[1]);
    status = apply_teacher(spec, data, err);
    if (status == SLT_OK && slt_real_less(slt_real_from_u64(0), spec->noise_std))
        status = add_noise(spec, seed, data, err);
    return status;
}
