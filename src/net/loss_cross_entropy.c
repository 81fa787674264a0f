/* cross-entropy: -log softmax(y)[target], the mean over the rows of the batch that it
 * looks at, times `factor`. */
#include "base/schema_rows.h"
#include "net/loss_squares.h"
#include "num/ops.h"
#include "num/scalar.h"

/* factor / R, R the number of samples. */
static slt_real scale_cross_entropy(const slt_loss_spec *spec, const slt_tensor *value)
{
    return slt_real_div(spec->factor, slt_real_from_u64(value->rows));
}

static slt_real loss_cross_entropy(const slt_loss_spec *spec, const slt_tensor *value,
                                   const slt_tensor *target, slt_tensor *dvalue)
{
    slt_real sum =
        slt_num_cross_entropy(value, target, scale_cross_entropy(spec, value), dvalue);
    return slt_real_div(slt_real_mul(spec->factor, sum), slt_real_from_u64(value->rows));
}

static void second_cross_entropy(const slt_loss_spec *spec, const slt_tensor *value,
                                 const slt_tensor *target, const slt_tensor *change,
                                 slt_tensor *gradient)
{
    (void)target;
    slt_num_cross_entropy_second(value, change, scale_cross_entropy(spec, value),
                                 gradient);
}

/* A number added to all logits of a sample changes no probability. */
static slt_centre centre_cross_entropy(const slt_loss_spec *spec)
{
    (void)spec;
    return SLT_CENTRE_OUTPUTS;
}

static void count_cross_entropy(const slt_cost_site *site, slt_cost *cost)
{
    cost->functions += site->out * (site->gradient ? 2 : 1);
}

static const slt_schema field_ignore = {
    .key = "ignore",
    .type = SLT_SCHEMA_INT,
    AT(slt_loss_spec, ignored),
    FLAG(slt_loss_spec, ignores),
    .least = 0,
    .most = WIDTH_MAX,
    .optional = true,
    .also = "ignore_index|padding|pad",
    .meaning = "a class whose samples, or positions, are not looked at; absent: none"};

const slt_loss_type slt_loss_cross_entropy = {
    .name = "cross-entropy",
    .meaning = "of the softmax with a target of classes, mean over samples",
    .fields = FIELD_LIST(&slt_loss_factor, &field_ignore),
    .index_target = true,
    .terms = SLT_LOSS_OF_ROWS,
    .centre = centre_cross_entropy,
    .shape = slt_loss_check_classes,
    .loss = loss_cross_entropy,
    .second = second_cross_entropy,
    .cost = count_cross_entropy,
    .functions = slt_functions_of_cross_entropy,
};
