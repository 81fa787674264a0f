/* c = op(a) op(b): each output one fma chain over k, ascending from +0. */
#include "num/kernels/body.h"

void SLT_KERNEL(product)(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                         const slt_tensor *b, slt_tensor *c)
{
    const real *from_a = a->data, *from_b = b->data;
    real *to = c->data;
    size_t inner = ta == SLT_PLAIN ? a->cols : a->rows;
    size_t row_a = ta == SLT_PLAIN ? a->cols : 1, step_a = ta == SLT_PLAIN ? 1 : a->cols;
    size_t step_b = tb == SLT_PLAIN ? b->cols : 1, col_b = tb == SLT_PLAIN ? 1 : b->cols;
    for (size_t i = 0; i < c->rows; i++) {
        real *row = to + i * c->cols;
        for (size_t j = 0; j < c->cols; j++)
            row[j] = 0;
        for (size_t k = 0; k < inner; k++) {
            real factor = from_a[i * row_a + k * step_a];
            SLT_SIMD
            for (size_t j = 0; j < c->cols; j++)
                row[j] = real_fma(factor, from_b[k * step_b + j * col_b], row[j]);
        }
    }
}
