#include "net/curve.h"

#include "num/ops.h"

void slt_op_curve_forward(const slt_op_curve *curve, const slt_op_call *call,
                          slt_tensor *out)
{
    curve->at(call->in[0], out, call->kept);
}

void slt_op_curve_backward(const slt_op_curve *curve, const slt_op_call *call,
                           const slt_tensor *dout, slt_tensor *gradient)
{
    if (call->kept) {
        slt_num_multiply(dout, call->kept, gradient);
        return;
    }
    curve->at(call->in[0], NULL, gradient);
    slt_num_multiply(gradient, dout, gradient);
}

bool slt_op_curve_second(const slt_op_curve *curve, const slt_op_call *call,
                         const slt_tensor *dout, const slt_tensor *change,
                         slt_tensor *gradient)
{
    curve->bend(call->in[0], gradient);
    slt_num_multiply(gradient, dout, gradient);
    slt_num_multiply(gradient, change, gradient);
    return true;
}
