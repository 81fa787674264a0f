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

static void draw_values(const slt_data_spec *spec, slt_stream stream, slt_tensor *value)
{
    const slt_real one = slt_real_from_u64(1);
    if (spec->value_uniform)
        slt_draw_uniform(stream, value, slt_real_from_u64(0), one);
    for (size_t s = 0; !spec->value_uniform && s < value->rows; s++)
        slt_tensor_set(value, s, one);
}

static void one_hot_room(const slt_data_spec *spec, size_t cols[SLT_DATA_ROOM_MAX])
{
    (void)spec;
    cols[0] = 1; /* the values */
}

static void one_hot_draw(const slt_data_spec *spec, const slt_data_draws *draws,
                         slt_batch *batch)
{
    const slt_stream features = slt_data_draws_stream(draws, DRAW_FEATURE);
    slt_tensor *x = &batch->input[0], *value = &draws->room[0];
    draw_values(spec, slt_data_draws_stream(draws, DRAW_VALUE), value);
    slt_tensor_zero(x);
    for (size_t s = 0; s < x->rows; s++) {
        const size_t feature = (size_t)slt_draw_bounded(features, s, spec->features);
        slt_tensor_set(x, s * x->cols + feature, slt_tensor_get(value, s));
    }
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
    .fields = FIELD_LIST(&slt_data_field_samples, &field_features, &field_value,
                         &slt_data_field_validation),
    .check = one_hot_check,
    .shape = one_hot_shape,
    .room = one_hot_room,
    .draw = one_hot_draw,
    .target_is_x = true,
};
