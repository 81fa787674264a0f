/* rmsnorm: each row divided by sqrt(mean of its squares + eps); then times the weight,
 * plus the bias, column by column. */
#include "base/schema_rows.h"
#include "net/norm.h"

const slt_op_type slt_op_rmsnorm = {
    .name = "rmsnorm",
    SLT_OP_NORM,
};
