/* Singular values by hardware, where floats are available; compiled with fma. */
#include "base/assert.h"
#include "num/float/real_hardware.h"
#include "num/linalg.h"
#include "num/math.h"
#include "num/svd_body.h"

slt_status slt_num_svd_floats(const slt_tensor *a, slt_tensor *u, slt_tensor *s,
                              slt_tensor *v, slt_error *err)
{
    SLT_ASSERT(a->arithmetic == SLT_F64 && a->cols >= 1 && a->rows >= a->cols);
    slt_status status = slt_num_available(SLT_F64, err);
    return status == SLT_OK ? decompose(a, u, s, v, err) : status;
}
