/* polynomial: column k of x is t^k, k = 0 .. degree, by repeated product; t of sample s
 * is element s of the uniforms of tensor 0 on [-scale, scale].  The teacher A [1, degree
 * + 1] is the uniforms of tensor 1 on [-1, 1], and target = x A' (a product, chains).  So
 * a linear op with weight A gives the same bits as the target. */
#include "data/kinds_internal.h"

#include "num/element.h"
#include "num/ops.h"
#include "num/scalar.h"

/* Tensor numbers of the draws: part of the bits. */
enum { DRAW_T = 0, DRAW_A = 1 };

static size_t polynomial_terms(const slt_data_spec *spec)
{
    return spec->degree + 1;
}

static slt_status polynomial_check(const slt_data_spec *spec, slt_error *err)
{
    slt_status status =
        slt_data_check_size("degree", spec->degree, SLT_DATA_ELEMENTS_MAX - 1, err);
    if (status == SLT_OK)
        status = slt_data_check_table("samples x (degree + 1)", spec->samples,
                                      polynomial_terms(spec), err);
    return status;
}

static void polynomial_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                             slt_batch *shape)
{
    slt_data_shape_numbers(shape, arithmetic, polynomial_terms(spec), 1);
}

/* Each power is the previous one times t, rounded once. */
static void fill_powers(const slt_tensor *t, slt_tensor *x)
{
    for (size_t s = 0; s < x->rows; s++) {
        size_t row = s * x->cols;
        slt_tensor_set(x, row, slt_real_from_u64(1));
        for (size_t k = 1; k < x->cols; k++)
            slt_num_put_product(x, row + k - 1, t, s, x, row + k);
    }
}

static slt_status polynomial_teach(const slt_data_spec *spec, slt_seed seed,
                                   slt_data *data, slt_error *err)
{
    const slt_real one = slt_real_from_u64(1);
    slt_tensor *a = &data->teacher[0];
    slt_status status = slt_tensor_create(a, data->train.target.arithmetic, 1,
                                          polynomial_terms(spec), err);
    if (!status)
        slt_draw_uniform(slt_data_stream(seed, DRAW_A), a, slt_real_neg(one), one);
    return status;
}

static void polynomial_room(const slt_data_spec *spec, size_t cols[SLT_DATA_ROOM_MAX])
{
    (void)spec;
    cols[0] = 1; /* t */
}

static void polynomial_draw(const slt_data_spec *spec, const slt_data_draws *draws,
                            slt_batch *batch)
{
    slt_tensor *x = &batch->input[0], *t = &draws->room[0];
    slt_draw_uniform(slt_data_draws_stream(draws, DRAW_T), t, slt_real_neg(spec->scale),
                     spec->scale);
    fill_powers(t, x);
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, x, &draws->teacher[0], &batch->target);
}

static const slt_schema field_degree = {
    .key = "degree",
    .type = SLT_SCHEMA_INT,
    AT(slt_data_spec, degree),
    .least = 1,
    .most = WIDTH_MAX - 1,
    .meaning = "the highest power; x has degree + 1 columns"};

static const slt_schema field_scale = {
    .key = "scale",
    .type = SLT_SCHEMA_REAL,
    AT(slt_data_spec, scale),
    .range = SLT_RANGE_POSITIVE,
    PRESET(REAL_VALUE(0x3ff0000000000000)),
    .also = "domain",
    .meaning = "the number whose powers x holds is uniform on [-scale, scale]"};

const slt_data_type slt_data_polynomial = {
    .name = "polynomial",
    .meaning = "x of powers of a number, target x A' of random coefficients A",
    .fields = FIELD_LIST(&slt_data_field_samples, &field_degree, &field_scale,
                         &slt_data_field_validation),
    .check = polynomial_check,
    .terms = polynomial_terms,
    .shape = polynomial_shape,
    .teach = polynomial_teach,
    .room = polynomial_room,
    .draw = polynomial_draw,
};
