/* subspace: x = z A', target = x.  z [samples, rank] and A [inputs, rank] are the
 * standard normals of tensors 0 and 1; the product's chains run over the rank. */
#include "data/kinds_internal.h"

#include "num/ops.h"
#include "num/scalar.h"

/* Tensor numbers of the draws: part of the bits. */
enum { DRAW_Z = 0, DRAW_A = 1 };

static slt_status subspace_check(const slt_data_spec *spec, slt_error *err)
{
    slt_status status =
        slt_data_check_size("inputs", spec->inputs, SLT_DATA_ELEMENTS_MAX, err);
    if (status == SLT_OK)
        status = slt_data_check_size("rank", spec->rank, SLT_DATA_ELEMENTS_MAX, err);
    if (status == SLT_OK)
        status =
            slt_data_check_table("samples x inputs", spec->samples, spec->inputs, err);
    if (status == SLT_OK)
        status = slt_data_check_table("samples x rank", spec->samples, spec->rank, err);
    if (status == SLT_OK)
        status = slt_data_check_table("inputs x rank", spec->inputs, spec->rank, err);
    return status;
}

static slt_status subspace_fit(const slt_data_spec *spec, const char **field,
                               slt_error *err)
{
    if (spec->rank <= spec->inputs)
        return SLT_OK;
    *field = slt_data_field_rank.key;
    return slt_fail(err, SLT_FORMAT, "at most inputs, %zu; found %zu", spec->inputs,
                    spec->rank);
}

static void subspace_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                           slt_batch *shape)
{
    slt_data_shape_numbers(shape, arithmetic, spec->inputs, spec->inputs);
}

/* A is what the samples have in common. */
static slt_status subspace_teach(const slt_data_spec *spec, slt_seed seed, slt_data *data,
                                 slt_error *err)
{
    slt_tensor *a = &data->teacher[0];
    slt_status status = slt_tensor_create(a, data->train.target.arithmetic, spec->inputs,
                                          spec->rank, err);
    if (!status)
        slt_draw_normal(slt_data_stream(seed, DRAW_A), a, slt_real_from_u64(1));
    return status;
}

static void subspace_room(const slt_data_spec *spec, size_t cols[SLT_DATA_ROOM_MAX])
{
    cols[0] = spec->rank; /* z */
}

static void subspace_draw(const slt_data_spec *spec, const slt_data_draws *draws,
                          slt_batch *batch)
{
    slt_tensor *z = &draws->room[0];
    (void)spec;
    slt_draw_normal(slt_data_draws_stream(draws, DRAW_Z), z, slt_real_from_u64(1));
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, z, &draws->teacher[0], &batch->input[0]);
}

static slt_function_set subspace_functions(const slt_data_spec *spec,
                                           slt_arithmetic arithmetic)
{
    (void)spec;
    return slt_functions_of_normals(arithmetic);
}

const slt_data_type slt_data_subspace = {
    .name = "subspace",
    .meaning = "x in a random subspace, target x",
    .fields = FIELD_LIST(&slt_data_field_samples, &slt_data_field_inputs,
                         &slt_data_field_rank, &slt_data_field_validation),
    .fit = subspace_fit,
    .check = subspace_check,
    .shape = subspace_shape,
    .teach = subspace_teach,
    .room = subspace_room,
    .draw = subspace_draw,
    .target_is_x = true,
    .functions = subspace_functions,
};
