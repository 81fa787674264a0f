/* flatten: the numbers of a sample, row by row, as one row: no positions are left. */
#include "net/op.h"

static slt_status shape_flatten(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    (void)err;
    *out = (slt_shape){.cols = slt_shape_numbers(&site->in[0])};
    return SLT_OK;
}

const slt_op_type slt_op_flatten = {
    .name = "flatten",
    .inputs_min = 1,
    .inputs_max = 1,
    .passes_gradient = true,
    .overwrites = true,
    .multiaffine = true,
    .polynomial = true,
    .shape = shape_flatten,
    .forward = slt_op_forward_same,
    .backward = slt_op_backward_same,
    .tangent = slt_op_tangent_same,
};
