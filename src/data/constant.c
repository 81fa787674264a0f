/* constant: every entry of x and of the target is the same number. */
#include "data/kinds.h"

static void fill(slt_tensor *tensor, slt_real value)
{
    for (size_t i = 0; i < slt_tensor_count(tensor); i++)
        slt_tensor_set(tensor, i, value);
}

static void shape(const slt_data_spec *spec, slt_arithmetic arithmetic, slt_batch *shape)
{
    slt_data_shape_numbers(shape, arithmetic, spec->inputs, spec->outputs);
}

static slt_status make(const slt_data_spec *spec, uint64_t seed, slt_data *data,
                       slt_error *err)
{
    (void)seed, (void)err;
    fill(&data->train.input[0], spec->x_value);
    fill(&data->train.target, spec->target_value);
    return SLT_OK;
}

const slt_data_type slt_data_constant = {
    .check = slt_data_check_widths, .shape = shape, .make = make};
