/* constant: every entry of x and of the target is the same number. */
#include "data/kinds_internal.h"

static void fill_constant(slt_tensor *tensor, slt_real value)
{
    for (size_t i = 0; i < slt_tensor_count(tensor); i++)
        slt_tensor_set(tensor, i, value);
}

static void constant_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                           slt_batch *shape)
{
    slt_data_shape_numbers(shape, arithmetic, spec->inputs, spec->outputs);
}

static slt_status constant_make(const slt_data_spec *spec, slt_seed seed, slt_data *data,
                                slt_error *err)
{
    (void)seed, (void)err;
    fill_constant(&data->train.input[0], spec->x_value);
    fill_constant(&data->train.target, spec->target_value);
    return SLT_OK;
}

static const slt_schema field_x_value = {.key = "x_value",
                                         .type = SLT_SCHEMA_REAL,
                                         AT(slt_data_spec, x_value),
                                         PRESET(REAL_VALUE(0x3ff0000000000000)),
                                         .meaning = "every entry of x"};

static const slt_schema field_target_value = {.key = "target_value",
                                              .type = SLT_SCHEMA_REAL,
                                              AT(slt_data_spec, target_value),
                                              PRESET(REAL_VALUE(0x0)),
                                              .meaning = "every entry of the target"};

const slt_data_type slt_data_constant = {
    .name = "constant",
    .meaning = "every entry of x and of the target is the same",
    .fields = FIELD_LIST(&slt_data_field_samples, &slt_data_field_inputs,
                         &slt_data_field_outputs, &field_x_value, &field_target_value),
    .check = slt_data_check_widths,
    .shape = constant_shape,
    .make = constant_make,
};
