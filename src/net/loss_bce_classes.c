/* bce-classes: binary cross entropy of one logit with a target of two classes, 0 and 1.
 */
#include "base/schema_rows.h"
#include "net/logits.h"

static slt_status shape_bce_classes(const slt_loss_spec *spec, slt_shape value,
                                    slt_shape target, slt_error *err)
{
    if (target.cols != 1 || target.range != 2)
        return slt_fail(err, SLT_FORMAT,
                        "loss (%s): expected a target of 2 classes, found %zu", spec->op,
                        target.range);
    if (value.cols != 1)
        return slt_fail(err, SLT_FORMAT,
                        "loss (%s): %s: expected width 1, the logit of class 1, found "
                        "%zu",
                        spec->op, spec->in, value.cols);
    return SLT_OK;
}

const slt_loss_type slt_loss_bce_classes = {
    .name = "bce-classes",
    .meaning = "the same of one logit with a target of two classes, 0 and 1",
    .fields = FIELD_LIST(&slt_loss_mean_over, &slt_loss_factor),
    .index_target = true,
    .logit = true,
    .in_place = true,
    .terms = SLT_LOSS_OF_NUMBERS,
    .shape = shape_bce_classes,
    .loss = slt_logits_loss,
    .second = slt_logits_second,
    .cost = slt_logits_cost,
    .functions = slt_functions_of_cross_entropy,
};
