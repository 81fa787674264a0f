#include "net/curve.h"

#include "num/ops.h"

void slt_op_curve_forward(const slt_op_call *call, slt_tensor *out)
{
    call->type->curve->at(call->in[0], out, call->kept);
}

void slt_op_curve_backward(const slt_op_call *call, const slt_tensor *dout,
                           slt_op_argument argument, slt_tensor *gradient)
{
    (void)argument;
    if (call->kept) {
        slt_num_multiply(dout, call->kept, gradient);
        return;
    }
    call->type->curve->at(call->in[0], NULL, gradient);
    slt_num_multiply(gradient, dout, gradient);
}

/* A number's slope is the same in both directions. */
void slt_op_curve_tangent(const slt_op_call *call, slt_op_argument argument,
                          const slt_tensor *change, slt_tensor *out)
{
    slt_op_curve_backward(call, change, argument, out);
}

bool slt_op_curve_second(const slt_op_call *call, const slt_tensor *dout,
                         slt_op_argument argument, slt_op_argument moved,
                         const slt_tensor *change, slt_tensor *gradient)
{
    (void)argument;
    (void)moved;
    call->type->curve->bend(call->in[0], gradient);
    slt_num_multiply(gradient, dout, gradient);
    slt_num_multiply(gradient, change, gradient);
    return true;
}
