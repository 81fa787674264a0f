/* mse: the sum of squared errors, divided by what `mean_over` names: samples, outputs. */
#include "base/schema_rows.h"
#include "net/op.h"
#include "num/ops.h"
#include "num/scalar.h"

static slt_status shape_mse(const slt_loss_spec *spec, slt_shape value, slt_shape target,
                            slt_error *err)
{
    if (value.cols != target.cols)
        return slt_fail(err, SLT_FORMAT,
                        "loss (%s): %s: expected width %zu like the target, found %zu",
                        spec->op, spec->in, target.cols, value.cols);
    return SLT_OK;
}

static uint64_t divisor_mse(const slt_loss_spec *spec, size_t rows, size_t cols)
{
    uint64_t samples = spec->mean_samples ? rows : 1;
    uint64_t outputs = spec->mean_outputs ? cols : 1;
    return samples * outputs;
}

/* loss = S / D, derivative (2 / D) (y - t), with S = sum (y - t)^2. */
static slt_real loss_mse(const slt_loss_spec *spec, const slt_tensor *value,
                         const slt_tensor *target, slt_tensor *dvalue)
{
    slt_real divisor = slt_real_from_u64(divisor_mse(spec, value->rows, value->cols));
    slt_real scale = slt_real_div(slt_real_from_u64(2), divisor);
    slt_real sum = slt_num_squared_error(value, target, scale, dvalue);
    return slt_real_div(sum, divisor);
}

static void second_mse(const slt_loss_spec *spec, const slt_tensor *value,
                       const slt_tensor *target, const slt_tensor *change,
                       slt_tensor *gradient)
{
    (void)target;
    slt_real divisor = slt_real_from_u64(divisor_mse(spec, value->rows, value->cols));
    slt_num_scale(slt_real_div(slt_real_from_u64(2), divisor), change, gradient);
}

/* ---- Of all members of an ensemble ------------------------------------------------- */

static void begin_members(const slt_loss_spec *spec, size_t rows, size_t cols,
                          bool verdict, slt_loss_sums *sums)
{
    sums->divisor = slt_real_from_u64(divisor_mse(spec, rows, cols));
    sums->scale = slt_real_div(slt_real_from_u64(2), sums->divisor);
    slt_members_sum_begin(verdict, &sums->members);
}

static void add_members(bool rectified, const slt_tensor *value, const slt_tensor *target,
                        slt_tensor *dvalue, slt_loss_sums *sums)
{
    slt_members_sum_add(rectified, value, target, sums->scale, dvalue, &sums->members);
}

static void end_members(slt_arithmetic arithmetic, slt_loss_sums *sums, slt_real *losses)
{
    slt_members_sum_end(arithmetic, &sums->members, sums->divisor, losses);
}

_Static_assert(offsetof(slt_loss_spec, mean_outputs) ==
                   offsetof(slt_loss_spec, mean_samples) + sizeof(bool),
               "mean_over fills two flags");
static const slt_schema field_mean_over = {
    .key = "mean_over",
    .type = SLT_SCHEMA_SET,
    .offset = offsetof(slt_loss_spec, mean_samples),
    WORDS("samples", "outputs"),
    PRESET_LIST(2, TEXT_VALUE("samples"), TEXT_VALUE("outputs")),
    .meaning = "which numbers divide the sum: samples of the batch, width of the "
               "output"};

const slt_loss_type slt_loss_mse = {
    .name = "mse",
    .meaning = "the sum of squared differences, divided as mean_over says",
    .fields = FIELD_LIST(&field_mean_over),
    .in_place = true,
    .shape = shape_mse,
    .divisor = divisor_mse,
    .loss = loss_mse,
    .second = second_mse,
    .members = &(const slt_loss_members){.rectifies = true,
                                         .begin = begin_members,
                                         .add = add_members,
                                         .end = end_members},
};
