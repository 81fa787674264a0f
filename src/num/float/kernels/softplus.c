/* Softplus: ln(1 + e^x) = max(x, 0) + ln(1 + q), q = e^-|x|.  With u the rounded 1 + q,
 * log(u) (q / (u - 1)) is ln(1 + q) to a few last places however small q is. */
#include "num/float/kernels/shares.h"

void SLT_KERNEL(softplus)(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    const real *at = x->data;
    real *to = y ? y->data : NULL, *rise = slope ? slope->data : NULL;
    real q[CHUNK], r[CHUNK], log[CHUNK];
    for (size_t e = 0, count = slt_tensor_count(x); e < count; e += CHUNK) {
        const size_t size = chunk_size(count, e);
        shares(at + e, q, r, size);
        if (rise) {
            SLT_SIMD
            for (size_t i = 0; i < size; i++)
                rise[e + i] = at[e + i] < 0 ? q[i] * r[i] : r[i];
        }
        if (!to)
            continue;
        SLT_SIMD
        for (size_t i = 0; i < size; i++)
            r[i] = ONE + q[i];
        lanes_log(r, log, size);
        SLT_SIMD
        for (size_t i = 0; i < size; i++) {
            const real more = log[i] * (q[i] / (r[i] - ONE));
            const real part = r[i] == ONE ? q[i] : more;
            to[e + i] = at[e + i] > 0 ? at[e + i] + part : part;
        }
    }
}
