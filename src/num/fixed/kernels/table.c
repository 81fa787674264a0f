/* This copy's table. */
#include "num/fixed/kernels/body.h"
#include "num/kernels.h"

#define SLT_TABLE(variant) SLT_TABLE_EXPAND(variant)
#define SLT_TABLE_EXPAND(variant) slt_kernels_fixed_##variant
#define SLT_TEXT(variant) SLT_TEXT_EXPAND(variant)
#define SLT_TEXT_EXPAND(variant) #variant

extern const slt_kernels SLT_TABLE(SLT_VARIANT);
const slt_kernels SLT_TABLE(SLT_VARIANT) = {
    .isa = SLT_TEXT(SLT_VARIANT),
    /* A body per instruction set. Rows of floats only are left out. */
    .product = SLT_FIXED(product),
    .add_bias = SLT_FIXED(add_bias),
    .column_sums = SLT_FIXED(column_sums),
    .add = SLT_FIXED(add),
    .subtract = SLT_FIXED(subtract),
    .negate = slt_fixed_negate,
    .concat = slt_fixed_concat,
    .relu = SLT_FIXED(relu),
    .relu_back = SLT_FIXED(relu_back),
    .square = SLT_FIXED(square),
    .square_back = SLT_FIXED(square_back),
    .scale = SLT_FIXED(times),
    .squared_error = SLT_FIXED(squared_error),
    .centre = SLT_FIXED(centre),
    .class_error = SLT_FIXED(class_error),
    .dot = SLT_FIXED(dot),
    .gelu = SLT_FIXED(gelu),
    .gelu_back = SLT_FIXED(gelu_back),
    .gelu_second = SLT_FIXED(gelu_second),
    .multiply = SLT_FIXED(multiply),
    .bce = slt_fixed_bce,
    .cross_entropy = SLT_FIXED(cross_entropy),
    .cross_entropy_second = SLT_FIXED(cross_entropy_second),
    .softmax = SLT_FIXED(softmax),
    .softmax_along = SLT_FIXED(softmax_along),
    .softmax_bend = SLT_FIXED(softmax_bend),
    .sgd = SLT_FIXED(sgd),
    .adam = SLT_FIXED(adam),
    .sgld = SLT_FIXED(sgld),
    .uniforms = SLT_FIXED(uniforms),
    .normals = SLT_FIXED(fill_normals),
    .shuffle = SLT_FIXED(shuffle),
    /* One body for all. */
    .finite = slt_fixed_finite,
    .add_sign = slt_fixed_add_sign,
    .embedding = slt_fixed_embedding,
    .embedding_back = slt_fixed_embedding_back,
    .window_largest = slt_fixed_window_largest,
    .window_largest_back = slt_fixed_window_largest_back,
    .count_correct = slt_fixed_count_correct,
    .mala = slt_fixed_mala,
    .displacement = slt_fixed_displacement,
    .distance = slt_fixed_distance,
    .exponentials = slt_fixed_exponentials,
    .exp = slt_fixed_exp,
    .log = slt_fixed_log,
    .tanh = slt_fixed_tanh,
    .tanh_slope = slt_fixed_tanh_slope,
    .tanh_bend = slt_fixed_tanh_bend,
    .silu = slt_fixed_silu,
    .silu_bend = slt_fixed_silu_bend,
    .gelu_tanh = slt_fixed_gelu_tanh,
    .gelu_tanh_bend = slt_fixed_gelu_tanh_bend,
    .softplus = slt_fixed_softplus,
    .sigmoid = slt_fixed_sigmoid,
    .sigmoid_bend = slt_fixed_sigmoid_bend,
    .erf = slt_fixed_erf,
    .sincospi = slt_fixed_sincospi,
};
