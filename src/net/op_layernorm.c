/* layernorm: each row less its mean, divided by its standard deviation, sqrt(mean of
 * squares + eps); then times the weight, plus the bias, column by column. */
#include "base/schema_rows.h"
#include "net/norm.h"

const slt_op_type slt_op_layernorm = {
    .name = "layernorm",
    .centred = true,
    SLT_OP_NORM,
};
