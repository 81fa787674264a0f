/* What losses share that are factor * S / D: S a sum over samples and outputs, of squared
 * errors or of others, D the product of the numbers that `mean_over` names. */
#ifndef SLT_NET_LOSS_SQUARES_H
#define SLT_NET_LOSS_SQUARES_H

#include "net/op.h"

extern const slt_schema slt_loss_mean_over, slt_loss_factor;

/* D, for a batch of `rows` samples and a value of `cols` outputs. */
slt_real slt_loss_divisor(const slt_loss_spec *spec, size_t rows, size_t cols);
/* 2 factor / D: of squared errors the loss's derivative is so many times the error. */
slt_real slt_loss_curvature(const slt_loss_spec *spec, size_t rows, size_t cols);
/* factor * sum / D. */
slt_real slt_loss_of_sum(const slt_loss_spec *spec, size_t rows, size_t cols,
                             slt_real sum);

#endif
