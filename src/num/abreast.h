/* Small problems side by side: column t of every tensor is of problem t.  SLT_F64, by
 * hardware alone: asserts slt_num_by_hardware. */
#ifndef SLT_NUM_ABREAST_H
#define SLT_NUM_ABREAST_H

#include "num/tensor.h"

/* Points in two balls from normals, in place, in the order of docs/spec/07-data.md, equal
 * in every bit: x has a row for each coordinate of each sample, drawn a row of
 * exponentials for each sample.  The first half of the samples goes to the side of gap,
 * the rest to that of -gap. */
void slt_num_balls_abreast(const slt_tensor *drawn, slt_real gap, slt_tensor *x);

/* The end of a flow that moves a bias: bias = (curvature chain(target - x weight)) /
 * rate, the chain over the samples; weight and targets are the same for all problems. In
 * the order of docs/spec/09-training.md, equal in every bit. */
void slt_num_bias_abreast(const slt_tensor *x, const slt_tensor *weight,
                          const slt_tensor *targets, slt_real curvature, slt_real rate,
                          slt_tensor *bias);

/* The end of a flow that moves a weight: the solution of (curvature x'x + l2) w =
 * curvature x' targets, up to rounding, by Cholesky's factors.  Each number is within
 * 2^-36 of the length of the solution; NaN where the condition may be too bad for that,
 * above 2^12, or l2 is not above 0. */
void slt_num_ridge_abreast(const slt_tensor *x, const slt_tensor *targets,
                           slt_real curvature, slt_real l2, slt_tensor *w);

/* The first number of each column divided by its length, up to rounding. */
void slt_num_cosines_abreast(const slt_tensor *w, slt_tensor *cosines);

#endif
