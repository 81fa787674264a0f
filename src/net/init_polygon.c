/* Features of a toy model of superposition that start on a regular polygon. */
#include "net/init.h"

#include "num/draw.h"
#include "num/element.h"
#include "num/ops.h"
#include "num/scalar.h"

static slt_status check(const slt_init_spec *spec, const slt_tensor *weight,
                        slt_error *err)
{
    if (weight->rows != 2 || spec->corners < 1 || spec->corners > weight->cols)
        return slt_fail(err, SLT_FORMAT,
                        "init: kind polygon: expected 2 rows and %zu columns or more, "
                        "found %zu x %zu",
                        spec->corners, weight->rows, weight->cols);
    return SLT_OK;
}

/* In units of pi: phi + 2 j / corners, the quotient in binary64, rounded once, then one
 * sum in the arithmetic. */
static slt_status draw_angles(slt_stream stream, slt_tensor *angle, slt_error *err)
{
    const slt_real one = slt_real_from_u64(1);
    size_t corners = angle->cols;
    slt_tensor phi, turn;
    slt_status status = slt_tensor_create(&phi, angle->arithmetic, 1, 1, err);
    if (status != SLT_OK)
        return status;
    status = slt_tensor_create(&turn, angle->arithmetic, 1, corners, err);
    if (status == SLT_OK) {
        slt_draw_uniform(stream, &phi, slt_real_neg(one), one);
        for (size_t j = 0; j < corners; j++) {
            slt_tensor_set(angle, j, slt_tensor_get(&phi, 0));
            slt_tensor_set(
                &turn, j,
                slt_real_div(slt_real_from_u64(2 * j), slt_real_from_u64(corners)));
        }
        slt_num_add(angle, &turn, angle);
        slt_tensor_free(&turn);
    }
    slt_tensor_free(&phi);
    return status;
}

static void put_row(const slt_tensor *side, const slt_tensor *length, size_t row,
                    slt_tensor *weight)
{
    for (size_t j = 0; j < side->cols; j++)
        slt_num_put_product(length, 0, side, j, weight, row * weight->cols + j);
}

static slt_status put_corners(const slt_init_spec *spec, slt_stream stream,
                              slt_tensor *weight, slt_error *err)
{
    slt_tensor part[4] = {{0}}; /* angle, sine, cosine, length */
    slt_status status = SLT_OK;
    for (size_t i = 0; i < 4 && status == SLT_OK; i++)
        status = slt_tensor_create(&part[i], weight->arithmetic, 1,
                                   i < 3 ? spec->corners : 1, err);
    if (status == SLT_OK)
        status = draw_angles(stream, &part[0], err);
    if (status == SLT_OK) {
        slt_tensor_set(&part[3], 0, spec->length);
        slt_num_sincospi(&part[0], &part[1], &part[2]);
        slt_tensor_zero(weight);
        put_row(&part[2], &part[3], 0, weight);
        put_row(&part[1], &part[3], 1, weight);
    }
    for (size_t i = 0; i < 4; i++)
        slt_tensor_free(&part[i]);
    return status;
}

static slt_status add_noise(const slt_init_spec *spec, slt_stream stream,
                            slt_tensor *weight, slt_error *err)
{
    slt_tensor noise;
    if (!slt_real_less(slt_real_from_u64(0), spec->noise))
        return SLT_OK;
    slt_status status =
        slt_tensor_create(&noise, weight->arithmetic, weight->rows, weight->cols, err);
    if (status != SLT_OK)
        return status;
    slt_draw_normal(stream, &noise, spec->noise);
    slt_num_add(weight, &noise, weight);
    slt_tensor_free(&noise);
    return SLT_OK;
}

slt_status slt_init_polygon(const slt_init_spec *spec, uint64_t seed, uint32_t index,
                            slt_tensor *weight, slt_error *err)
{
    slt_stream noise = slt_stream_of(seed, SLT_DRAW_INIT, index, 0, 0, 0);
    slt_stream angle = slt_stream_of(seed, SLT_DRAW_INIT, index, 0, 1, 0);
    slt_status status = check(spec, weight, err);
    if (status == SLT_OK)
        status = put_corners(spec, angle, weight, err);
    return status ? status : add_noise(spec, noise, weight, err);
}
