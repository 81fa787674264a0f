/* mse: the sum of squared errors, times `factor`, divided by what `mean_over` names:
 * samples, outputs. */
#include "base/schema_rows.h"
#include "net/loss_squares.h"
#include "num/ops.h"
#include "num/scalar.h"

static slt_real loss_mse(const slt_loss_spec *spec, const slt_tensor *value,
                         const slt_tensor *target, slt_tensor *dvalue)
{
    const size_t rows = value->rows, cols = value->cols;
    slt_real scale = slt_loss_curvature(spec, rows, cols);
    slt_real sum = slt_num_squared_error(value, target, scale, dvalue);
    return slt_loss_of_sum(spec, rows, cols, sum);
}

static void second_mse(const slt_loss_spec *spec, const slt_tensor *value,
                       const slt_tensor *target, const slt_tensor *change,
                       slt_tensor *gradient)
{
    (void)target;
    slt_num_scale(slt_loss_curvature(spec, value->rows, value->cols), change, gradient);
}

/* ---- Of all members of an ensemble ------------------------------------------------- */

/* Below this factor no sum of squares of binary32 numbers leaves binary64, so that a
 * verdict on the sum is one on the loss. */
static const slt_real factor_judged = {UINT64_C(0x5ff0000000000000)}; /* 2^512 */

static void begin_members(const slt_loss_spec *spec, size_t rows, size_t cols,
                          bool verdict, slt_loss_sums *sums)
{
    sums->factor = spec->factor;
    sums->divisor = slt_loss_divisor(spec, rows, cols);
    sums->scale = slt_loss_curvature(spec, rows, cols);
    slt_members_sum_begin(verdict && slt_real_less(spec->factor, factor_judged),
                          &sums->members);
}

static void add_members(bool rectified, const slt_tensor *value, const slt_tensor *target,
                        slt_tensor *dvalue, slt_loss_sums *sums)
{
    slt_members_sum_add(rectified, value, target, sums->scale, dvalue, &sums->members);
}

static void end_members(slt_arithmetic arithmetic, slt_loss_sums *sums, slt_real *losses)
{
    slt_members_sum_end(arithmetic, &sums->members, sums->factor, sums->divisor, losses);
}

const slt_loss_type slt_loss_mse = {
    .name = "mse",
    .meaning = "the sum of squared differences, divided as mean_over says",
    .fields = FIELD_LIST(&slt_loss_mean_over, &slt_loss_factor),
    .in_place = true,
    .squares = true,
    .shape = slt_loss_check_numbers,
    .curvature = slt_loss_curvature,
    .loss = loss_mse,
    .second = second_mse,
    .members = &(const slt_loss_members){.rectifies = true,
                                         .begin = begin_members,
                                         .add = add_members,
                                         .end = end_members},
};
