/* bce: binary cross entropy of logits with numbers from 0 to 1, ln(1 + e^y) - y t,
 * summed, times `factor`, divided by what `mean_over` names: samples, outputs. */
#include "base/schema_rows.h"
#include "net/logits.h"

const slt_loss_type slt_loss_bce = {
    .name = "bce",
    .meaning = "binary cross entropy of logits with a target of numbers from 0 to 1, "
               "divided as mean_over says",
    .fields = FIELD_LIST(&slt_loss_mean_over, &slt_loss_factor),
    .in_place = true,
    .terms = SLT_LOSS_OF_NUMBERS,
    .shape = slt_loss_check_numbers,
    .loss = slt_logits_loss,
    .second = slt_logits_second,
    .cost = slt_logits_cost,
    .functions = slt_functions_of_cross_entropy,
};
