#include "net/logits.h"

#include "num/ops.h"
#include "num/scalar.h"

static slt_real logits_scale(const slt_loss_spec *spec, const slt_tensor *value)
{
    return slt_real_div(spec->factor, slt_loss_divisor(spec, value->rows, value->cols));
}

slt_real slt_logits_loss(const slt_loss_spec *spec, const slt_tensor *value,
                         const slt_tensor *target, slt_tensor *dvalue)
{
    const size_t rows = value->rows, cols = value->cols;
    slt_real sum = slt_num_bce(value, target, logits_scale(spec, value), dvalue);
    return slt_loss_of_sum(spec, rows, cols, sum);
}

/* The slope of the logistic function, whatever the target. */
void slt_logits_second(const slt_loss_spec *spec, const slt_tensor *value,
                       const slt_tensor *target, const slt_tensor *change,
                       slt_tensor *gradient)
{
    (void)target;
    slt_num_sigmoid(value, NULL, gradient);
    slt_num_multiply(gradient, change, gradient);
    slt_num_scale(logits_scale(spec, value), gradient, gradient);
}

void slt_logits_cost(const slt_cost_site *site, slt_cost *cost)
{
    cost->functions += site->out * 2;
}
