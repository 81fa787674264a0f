/* Fixed point's copy of the table of kernels.  The operations that it does not have yet
 * are refused where a run is checked (slt_num_offers). */
#include "num/fixed/fixed.h"

#include "num/kernels.h"

const slt_kernels slt_kernels_fixed = {
    .isa = "integers",
    .product = slt_fixed_product,
    .add_bias = slt_fixed_add_bias,
    .column_sums = slt_fixed_column_sums,
    .add = slt_fixed_add,
    .relu = slt_fixed_relu,
    .relu_back = slt_fixed_relu_back,
    .square = slt_fixed_square,
    .square_back = slt_fixed_square_back,
    .squared_error = slt_fixed_squared_error,
    .dot = slt_fixed_dot,
    .finite = slt_fixed_finite,
    .sgd = slt_fixed_sgd,
    .adam = slt_fixed_adam,
    .sgld = slt_fixed_sgld,
    .uniforms = slt_fixed_uniforms,
    .normals = slt_fixed_fill_normals,
};
