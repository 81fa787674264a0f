/* one-hot: x = u e_i, target = x.  i of sample s is bounded integer s of tensor 0, below
 * `features`; u is 1, or element s of the uniforms of tensor 1 on [0, 1]. */
#include "data/kinds_internal.h"

#include "num/scalar.h"

/* Tensor numbers of the draws: part of the bits. */
enum { DRAW_FEATURE = 0, DRAW_VALUE = 1 };

static slt_status one_hot_check(const slt_data_spec *spec, slt_error *err)
{
    slt_status status =
        slt_data_check_size("features", spec->features, SLT_DATA_ELEMENTS_MAX, err);
    if (status == SLT_OK)
        status = slt_data_check_table("samples x features", spec->samples, spec->features,
                                      err);
    return status;
}

static void one_hot_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                          slt_batch *shape)
{
    slt_data_shape_numbers(shape, arithmetic, spec->features, spec->features);
}

static void draw_values(const slt_data_spec *spec, slt_seed seed, slt_tensor *value)
{
    const slt_real one = slt_real_from_u64(1);
    if (spec->value_uniform)
        slt_draw_uniform(slt_data_stream(seed, DRAW_VALUE), value, slt_real_from_u64(0),
                         one);
    for (size_t s = 0; !spec->value_uniform && s < value->rows; s++)
        slt_tensor_set(value, s, one);
}

static slt_status one_hot_make(const slt_data_spec *spec, slt_seed seed, slt_data *data,
                               slt_error *err)
{
    slt_tensor *x = &data->train.input[0], value;
    slt_status status = slt_tensor_create(&value, x->arithmetic, x->rows, 1, err);
    if (status != SLT_OK)
        return status;
    draw_values(spec, seed, &value);
    for (size_t s = 0; s < x->rows; s++) {
        uint64_t feature =
            slt_draw_bounded(slt_data_stream(seed, DRAW_FEATURE), s, spec->features);
        slt_tensor_set(x, s * x->cols + (size_t)feature, slt_tensor_get(&value, s));
    }
    slt_data_target_input(&data->train);
    slt_tensor_free(&value);
    return SLT_OK;
}

static const slt_schema field_features = {.key = "features",
                                          .type = SLT_SCHEMA_INT,
                                          AT(slt_data_spec, features),
                                          .least = 1,
                                          .most = WIDTH_MAX,
                                          .also = "n_features|num_features",
                                          .meaning = "width of x"};

static const slt_schema field_value = {
    .key = "value",
    .type = SLT_SCHEMA_WORD,
    AT(slt_data_spec, value_uniform),
    WORDS("one", "uniform"),
    PRESET(TEXT_VALUE("one")),
    .meaning = "the entry that is not 0: 1, or uniform on [0, 1]"};

const slt_data_type slt_data_one_hot = {
    .name = "one-hot",
    .meaning = "x with one entry that is not 0, target x",
    .fields = FIELD_LIST(&slt_data_field_samples, &field_features, &field_value),
    .check = one_hot_check,
    .shape = one_hot_shape,
    .make = one_hot_make,
};
