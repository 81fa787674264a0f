/* polygon: features of a toy model of superposition on a regular polygon.  Columns
 * 0 .. corners - 1 of a weight [2, cols] stand at distance `length` and a random angle,
 * the other columns are +0; normals of standard deviation `noise` are added where that is
 * above 0.  The angle is drawn at c1 = 1, the normals at c1 = 0. */
#include "net/init_internal.h"

#include "num/element.h"
#include "num/ops.h"
#include "num/scalar.h"

static slt_status check_polygon(const slt_weight_spec *weight,
                                const slt_init_teacher *teacher, slt_error *err)
{
    (void)teacher;
    if (weight->rows != 2 || weight->cols < weight->init.corners)
        return slt_fail(err, SLT_FORMAT,
                        "init polygon needs shape [2, columns], columns >= %zu; "
                        "found [%zu, %zu]",
                        weight->init.corners, weight->rows, weight->cols);
    return SLT_OK;
}

static slt_status check_tensor(const slt_init_spec *spec, const slt_tensor *weight,
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

static slt_status fill_polygon(const slt_init_site *site, slt_tensor *weight,
                               slt_error *err)
{
    slt_status status = check_tensor(site->spec, weight, err);
    slt_stream angle = slt_init_stream(site);
    angle.c1 = 1;
    if (status == SLT_OK)
        status = put_corners(site->spec, angle, weight, err);
    if (status == SLT_OK)
        status = add_noise(site->spec, slt_init_stream(site), weight, err);
    return status;
}

static slt_function_set functions_of_polygon(const slt_init_spec *spec,
                                             slt_arithmetic arithmetic)
{
    slt_function_set set = slt_functions_of_sincospi(arithmetic);
    if (slt_real_less(slt_real_from_u64(0), spec->noise))
        set |= slt_functions_of_normals(arithmetic);
    return set;
}

static const slt_schema field_corners = {
    .key = "corners",
    .type = SLT_SCHEMA_INT,
    AT(slt_init_spec, corners),
    .least = 1,
    .most = WIDTH_MAX,
    .also = "k|sides",
    .meaning = "the first so many columns of a weight of 2 rows are the polygon's "
               "corners, the others 0"};

static const slt_schema field_length = {.key = "length",
                                        .type = SLT_SCHEMA_REAL,
                                        AT(slt_init_spec, length),
                                        .range = SLT_RANGE_POSITIVE,
                                        PRESET(REAL_VALUE(0x3ff0000000000000)),
                                        .also = "radius",
                                        .meaning =
                                            "distance of the corners from the origin"};

static const slt_schema field_noise = {
    .key = "noise",
    .type = SLT_SCHEMA_REAL,
    AT(slt_init_spec, noise),
    .range = SLT_RANGE_NOT_NEGATIVE,
    PRESET(REAL_VALUE(0x0)),
    .meaning = "standard deviation of normals added to every element"};

const slt_init_type slt_init_kind_polygon = {
    .name = "polygon",
    .meaning = "columns on a regular polygon, plus noise",
    .fields = FIELD_LIST(&field_corners, &field_length, &field_noise),
    .check = check_polygon,
    .draws_apart = true,
    .fill = fill_polygon,
    .functions = functions_of_polygon,
};
