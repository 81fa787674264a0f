/* Singular values by integers, and the choice between that and hardware. */
#include "base/assert.h"
#include "num/linalg.h"
#include "num/math.h"
#include "num/real_integers.h"
#include "num/svd_body.h"

static bool has_shape(const slt_tensor *t, size_t rows, size_t cols)
{
    return t->arithmetic == SLT_F64 && t->rows == rows && t->cols == cols;
}

slt_status slt_num_svd_integers(const slt_tensor *a, slt_tensor *u, slt_tensor *s,
                                slt_tensor *v, slt_error *err)
{
    SLT_ASSERT(a->arithmetic == SLT_F64 && a->cols >= 1 && a->rows >= a->cols);
    SLT_ASSERT(has_shape(u, a->rows, a->cols) && has_shape(s, 1, a->cols) &&
               has_shape(v, a->cols, a->cols));
    return decompose(a, u, s, v, err);
}

slt_status slt_num_svd(const slt_tensor *a, slt_tensor *u, slt_tensor *s, slt_tensor *v,
                       slt_error *err)
{
#ifdef SLT_FLOAT
    if (slt_num_by_hardware())
        return slt_num_svd_floats(a, u, s, v, err);
#endif
    return slt_num_svd_integers(a, u, s, v, err);
}
