/* Elementary functions over tensors. */
#include "num/float/erf_body.h"
#include "num/float/kernels/body.h"
#include "num/float/kernels/lanes.h"

void SLT_KERNEL(exp)(const slt_tensor *x, slt_tensor *y)
{
    lanes_exp(x->data, y->data, slt_tensor_count(x));
}

void SLT_KERNEL(log)(const slt_tensor *x, slt_tensor *y)
{
    lanes_log(x->data, y->data, slt_tensor_count(x));
}

void SLT_KERNEL(tanh)(const slt_tensor *x, slt_tensor *y)
{
    lanes_tanh(x->data, y->data, slt_tensor_count(x));
}

void SLT_KERNEL(sincospi)(const slt_tensor *x, slt_tensor *sine, slt_tensor *cosine)
{
    lanes_sincospi(x->data, sine->data, cosine->data, slt_tensor_count(x));
}

void SLT_KERNEL(erf)(const slt_tensor *x, slt_tensor *y)
{
    const real *from = x->data;
    real *to = y->data;
    size_t count = slt_tensor_count(x);
    SLT_SIMD
    for (size_t e = 0; e < count; e++)
        to[e] = real_erf(from[e]);
}
