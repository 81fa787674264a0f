/* Ops that are a function of one number, element by element. */
#ifndef SLT_NET_CURVE_H
#define SLT_NET_CURVE_H

#include "net/op.h"

typedef struct slt_op_curve {
    /* The value and the derivative, of which either may be NULL. */
    void (*at)(const slt_tensor *x, slt_tensor *y, slt_tensor *slope);
    /* The second derivative. */
    void (*bend)(const slt_tensor *x, slt_tensor *bend);
} slt_op_curve;

/* The rules of an op (net/op.h) that is the curve of its call.  Forward keeps the slope
 * where call->kept says so; backward makes it anew where nothing was kept, and then
 * gradient is not dout. */
void slt_op_curve_forward(const slt_op_call *call, slt_tensor *out);
void slt_op_curve_backward(const slt_op_call *call, const slt_tensor *dout,
                           slt_op_argument argument, slt_tensor *gradient);
void slt_op_curve_tangent(const slt_op_call *call, slt_op_argument argument,
                          const slt_tensor *change, slt_tensor *out);
bool slt_op_curve_second(const slt_op_call *call, const slt_tensor *dout,
                         slt_op_argument argument, slt_op_argument moved,
                         const slt_tensor *change, slt_tensor *gradient);

/* What the rows of such ops share. */
#define SLT_OP_CURVE(of)                                                                 \
    .inputs_min = 1, .inputs_max = 1, .elementwise = true, .keeps = true, .curve = (of), \
    .shape = slt_op_same_width, .forward = slt_op_curve_forward,                         \
    .backward = slt_op_curve_backward, .tangent = slt_op_curve_tangent,                  \
    .second = slt_op_curve_second

#endif
