/* The logistic function and its derivatives, of q = exp(-|x|), which never overflows, and
 * r = 1 / (1 + q): so they lose no digits where the function is near 0 or 1. */
#include "num/float/kernels/shares.h"

void SLT_KERNEL(sigmoid)(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    const real *at = x->data;
    real *to = y ? y->data : NULL, *rise = slope ? slope->data : NULL;
    real q[CHUNK], r[CHUNK];
    for (size_t e = 0, count = slt_tensor_count(x); e < count; e += CHUNK) {
        const size_t size = chunk_size(count, e);
        shares(at + e, q, r, size);
        if (to) {
            SLT_SIMD
            for (size_t i = 0; i < size; i++)
                to[e + i] = at[e + i] < 0 ? q[i] * r[i] : r[i];
        }
        if (rise) {
            SLT_SIMD
            for (size_t i = 0; i < size; i++)
                rise[e + i] = q[i] * r[i] * r[i];
        }
    }
}

void SLT_KERNEL(sigmoid_bend)(const slt_tensor *x, slt_tensor *bend)
{
    const real *at = x->data;
    real *to = bend->data, q[CHUNK], r[CHUNK];
    for (size_t e = 0, count = slt_tensor_count(x); e < count; e += CHUNK) {
        const size_t size = chunk_size(count, e);
        shares(at + e, q, r, size);
        SLT_SIMD
        for (size_t i = 0; i < size; i++) {
            const real down = at[e + i] < 0 ? ONE - q[i] : q[i] - ONE;
            to[e + i] = q[i] * r[i] * r[i] * (down * r[i]);
        }
    }
}
