/* bce: binary cross entropy of logits with numbers from 0 to 1, ln(1 + e^y) - y t,
 * summed, times `factor`, divided by what `mean_over` names: samples, outputs. */
#include "base/schema_rows.h"
#include "net/loss_squares.h"
#include "num/ops.h"
#include "num/scalar.h"

static slt_real scale_bce(const slt_loss_spec *spec, const slt_tensor *value)
{
    return slt_real_div(spec->factor, slt_loss_divisor(spec, value->rows, value->cols));
}

static slt_real loss_bce(const slt_loss_spec *spec, const slt_tensor *value,
                         const slt_tensor *target, slt_tensor *dvalue)
{
    const size_t rows = value->rows, cols = value->cols;
    slt_real sum = slt_num_bce(value, target, scale_bce(spec, value), dvalue);
    return slt_loss_of_sum(spec, rows, cols, sum);
}

/* The slope of the logistic function, whatever the target. */
static void second_bce(const slt_loss_spec *spec, const slt_tensor *value,
                       const slt_tensor *target, const slt_tensor *change,
                       slt_tensor *gradient)
{
    (void)target;
    slt_num_sigmoid(value, NULL, gradient);
    slt_num_multiply(gradient, change, gradient);
    slt_num_scale(scale_bce(spec, value), gradient, gradient);
}

static void count_bce(const slt_cost_site *site, slt_cost *cost)
{
    cost->functions += site->out * 2;
}

const slt_loss_type slt_loss_bce = {
    .name = "bce",
    .meaning = "binary cross entropy of logits with a target of numbers from 0 to 1, "
               "divided as mean_over says",
    .fields = FIELD_LIST(&slt_loss_mean_over, &slt_loss_factor),
    .in_place = true,
    .shape = slt_loss_check_numbers,
    .loss = loss_bce,
    .second = second_bce,
    .cost = count_bce,
    .functions = slt_functions_of_cross_entropy,
};
