/* reshape: the numbers of a sample, row by row, with other axes: `shape` names them, the
 * positions first and the width last. */
#include "net/op.h"

#include <string.h>

#include "base/assert.h"
#include "base/schema_rows.h"

static slt_status shape_reshape(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    const slt_op_spec *spec = site->spec;
    const size_t numbers = slt_shape_numbers(&site->in[0]);
    SLT_ASSERT(spec->shape_axes > 0);
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

static const slt_schema size_item = {
    .type = SLT_SCHEMA_INT, ITEM(size_t), .least = 1, .most = WIDTH_MAX};

static const slt_schema field_shape = {
    .key = "shape",
    .type = SLT_SCHEMA_LIST,
    .offset = offsetof(slt_op_spec, shape),
    COUNT(slt_op_spec, shape_axes),
    ONE(size_item),
    .least = 1,
    .most = SLT_WEIGHT_AXES_MAX,
    .also = "axes|size",
    .meaning = "the axes of a sample, positions first, the width last"};

const slt_op_type slt_op_reshape = {
    .name = "reshape",
    .fields = FIELD_LIST(&field_shape),
    .inputs_min = 1,
    .inputs_max = 1,
    .passes_gradient = true,
    .overwrites = true,
    .multiaffine = true,
    .polynomial = true,
    .shape = shape_reshape,
    .forward = slt_op_forward_same,
    .backward = slt_op_backward_same,
    .tangent = slt_op_tangent_same,
};
