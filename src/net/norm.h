/* What ops share that give each column a factor, their weight, and a term, their bias. */
#ifndef SLT_NET_NORM_H
#define SLT_NET_NORM_H

#include "net/op.h"
#include "num/normalize.h"

/* Their shape rule: weight and bias, where they are given, have one row with a number for
 * each column. */
slt_status slt_norm_shape(const slt_op_site *site, slt_shape *out, slt_error *err);

/* `eps`, above 0. */
extern const slt_schema slt_norm_eps;

/* The rules of ops whose rows are divided by their size, centred or not as the op's row
 * says, and then finished. */
void slt_norm_forward(const slt_op_call *call, slt_tensor *out);
void slt_norm_backward(const slt_op_call *call, const slt_tensor *dout,
                       slt_op_argument argument, slt_tensor *gradient);
void slt_norm_tangent(const slt_op_call *call, slt_op_argument argument,
                      const slt_tensor *change, slt_tensor *out);
bool slt_norm_second(const slt_op_call *call, const slt_tensor *dout,
                     slt_op_argument argument, slt_op_argument moved,
                     const slt_tensor *change, slt_tensor *gradient);
void slt_norm_cost(const slt_cost_site *site, slt_cost *cost);

/* What the rows of such ops share. */
#define SLT_OP_NORM                                                                      \
    .fields = FIELD_LIST(&slt_norm_eps), .inputs_min = 1, .inputs_max = 1,               \
    .weight = SLT_TAKES_OPTIONAL, .bias = SLT_TAKES_OPTIONAL, .streams = true,           \
    .shape = slt_norm_shape, .forward = slt_norm_forward,                                \
    .backward = slt_norm_backward, .tangent = slt_norm_tangent,                          \
    .second = slt_norm_second, .cost = slt_norm_cost

#endif
