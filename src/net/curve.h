/* What ops share that are a function of one number. */
#ifndef SLT_NET_CURVE_H
#define SLT_NET_CURVE_H

#include "net/op.h"

typedef struct slt_op_curve {
    /* The value and the derivative, of which either may be NULL. */
    void (*at)(const slt_tensor *x, slt_tensor *y, slt_tensor *slope);
    /* The second derivative. */
    void (*bend)(const slt_tensor *x, slt_tensor *bend);
} slt_op_curve;

/* These are an op's forward, backward, tangent and second (net/op.h) for its one input.
 * Forward keeps the slope where call->kept says so; backward makes it anew where nothing
 * was kept, and then gradient is not dout. */
void slt_op_curve_forward(const slt_op_curve *curve, const slt_op_call *call,
                          slt_tensor *out);
void slt_op_curve_backward(const slt_op_curve *curve, const slt_op_call *call,
                           const slt_tensor *dout, slt_tensor *gradient);
bool slt_op_curve_second(const slt_op_curve *curve, const slt_op_call *call,
                         const slt_tensor *dout, const slt_tensor *change,
                         slt_tensor *gradient);

#endif
