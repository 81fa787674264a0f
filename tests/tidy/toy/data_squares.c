/* squares: x [samples, width] of the normals of tensor 0 with standard deviation spread,
 * target x^2, element by element. */
#include "data/kinds_internal.h"

#include "num/ops.h"

typedef struct squares {
    size_t width;
    slt_real spread;
} squares;

static const squares *own_of(const slt_data_spec *spec)
{
    return (const void *)spec->own;
}

static slt_status squares_check(const slt_data_spec *spec, slt_error *err)
{
    return slt_data_check_table("samples x width", spec->samples, own_of(spec)->width,
                                err);
}

static void squares_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                          slt_batch *shape)
{
    slt_data_shape_numbers(shape, arithmetic, own_of(spec)->width, own_of(spec)->width);
}

static slt_status squares_make(const slt_data_spec *spec, slt_seed seed, slt_data *data,
                               slt_error *err)
{
    (void)err;
    slt_draw_normal(slt_data_stream(seed, 0), &data->train.input[0],
                    own_of(spec)->spread);
    slt_num_square(&data->train.input[0], &data->train.target);
    return SLT_OK;
}

static slt_function_set squares_functions(const slt_data_spec *spec,
                                          slt_arithmetic arithmetic)
{
    (void)spec;
    return slt_functions_of_normals(arithmetic);
}

static const slt_schema field_width = {.key = "width",
                                       .type = SLT_SCHEMA_INT,
                                       OWN(slt_data_spec, squares, width),
                                       .least = 1,
                                       .most = WIDTH_MAX,
                                       .meaning = "width of x and of the target"};

static const slt_schema field_spread = {.key = "spread",
                                        .type = SLT_SCHEMA_REAL,
                                        OWN(slt_data_spec, squares, spread),
                                        .range = SLT_RANGE_POSITIVE,
                                        PRESET(REAL_VALUE(0x3ff0000000000000)),
                                        .meaning = "standard deviation of x"};

const slt_data_type slt_data_squares = {
    .name = "squares",
    .meaning = "a toy",
    .fields = FIELD_LIST(&slt_data_field_samples, &field_width, &field_spread),
    .check = squares_check,
    .shape = squares_shape,
    .make = squares_make,
    .functions = squares_functions,
};
