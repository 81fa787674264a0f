/* reshape: the numbers of a sample, row by row, with other axes: `shape` names them, the
 * positions first and the width last. */
#include "net/op.h"

#include <string.h>

static slt_status shape_reshape(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    const slt_op_spec *spec = site->spec;
    const size_t numbers = slt_shape_numbers(&site->in[0]);
    if (spec->shape_axes == 0)
        return slt_op_fail(site, err, "expected a shape");
    out->positions = (slt_positions){.axes = spec->shape_axes - 1};
    memcpy(out->positions.size, spec->shape,
           out->positions.axes * sizeof *out->positions.size);
    out->cols = spec->shape[out->positions.axes];
    if (slt_positions_count(&out->positions) <= numbers / out->cols &&
        slt_shape_numbers(out) == numbers)
        return SLT_OK;
    return slt_op_fail(site, err,
                       "shape: expected sizes whose product is %zu, the numbers of a "
                       "sample of %s",
                       numbers, spec->in[0]);
}

const slt_op_type slt_op_reshape = {
    .name = "reshape",
    .inputs_min = 1,
    .inputs_max = 1,
    .reshapes = true,
    .passes_gradient = true,
    .overwrites = true,
    .multiaffine = true,
    .polynomial = true,
    .shape = shape_reshape,
    .forward = slt_op_forward_same,
    .backward = slt_op_backward_same,
    .tangent = slt_op_tangent_same,
};
