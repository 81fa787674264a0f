/* constant: every entry of x and of the target is the same number. */
#include "data/kinds.h"

static void fill(slt_tensor *tensor, slt_real value)
{
    for (size_t i = 0; i < slt_tensor_count(tensor); i++)
        slt_tensor_set(tensor, i, value);
}

void slt_data_constant(const slt_data_spec *spec, slt_data *data)
{
    fill(&data->train.input[0], spec->x_value);
    fill(&data->train.target, spec->target_value);
}
