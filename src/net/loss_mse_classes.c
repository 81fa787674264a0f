/* mse-classes: the sum of squared errors against one-hot rows of the target's classes,
 * centred over samples or over outputs where `centre` says so.  Centring is a projection,
 * so the derivative is the centred errors' own. */
#include "base/schema_rows.h"
#include "net/loss_squares.h"

static slt_real loss_mse_classes(const slt_loss_spec *spec, const slt_tensor *value,
                                 const slt_tensor *target, slt_tensor *dvalue)
{
    const size_t rows = value->rows, cols = value->cols;
    slt_real scale = slt_loss_curvature(spec, rows, cols);
    slt_real sum = slt_num_class_error(value, target, spec->centre, scale, dvalue);
    return slt_loss_of_sum(spec, rows, cols, sum);
}

static void second_mse_classes(const slt_loss_spec *spec, const slt_tensor *value,
                               const slt_tensor *target, const slt_tensor *change,
                               slt_tensor *gradient)
{
    (void)target;
    slt_tensor_copy(gradient, change);
    slt_num_centre(spec->centre, gradient);
    slt_num_scale(slt_loss_curvature(spec, value->rows, value->cols), gradient, gradient);
}

static slt_centre centre_mse_classes(const slt_loss_spec *spec)
{
    return spec->centre;
}

static const slt_schema field_centre = {
    .key = "centre",
    .type = SLT_SCHEMA_WORD,
    AT(slt_loss_spec, centre),
    WORDS("none", "samples", "outputs"),
    PRESET(TEXT_VALUE("none")),
    .also = "center|centering",
    .meaning = "the mean that is taken off the differences before they are squared: of "
               "each output over the samples of the batch, of each sample over the "
               "outputs, or none"};

const slt_loss_type slt_loss_mse_classes = {
    .name = "mse-classes",
    .meaning =
        "the sum of squared differences from one-hot rows of the target's classes, "
        "divided as mean_over says",
    .fields = FIELD_LIST(&slt_loss_mean_over, &slt_loss_factor, &field_centre),
    .index_target = true,
    .in_place = true,
    .squares = true,
    .centre = centre_mse_classes,
    .shape = slt_loss_check_classes,
    .loss = loss_mse_classes,
    .second = second_mse_classes,
};
