/* Least squares of least norm by hardware, where floats are available. */
#include "base/assert.h"
#include "num/float/real_hardware.h"
#include "num/linalg.h"
#include "num/math.h"
#include "num/least_norm_body.h"

slt_status slt_num_least_norm_floats(const slt_tensor *a, const slt_tensor *b,
                                     slt_real tolerance, slt_tensor *x, size_t *rank,
                                     slt_error *err)
{
    SLT_ASSERT(a->arithmetic == SLT_F64 && b->arithmetic == SLT_F64 &&
               x->arithmetic == SLT_F64 && a->rows >= 1 && a->cols >= 1);
    SLT_ASSERT(b->rows == a->rows && x->rows == a->cols && x->cols == b->cols);
    slt_status status = slt_num_available(SLT_F64, err);
    return status == SLT_OK ? least_norm(a, b, tolerance, x, rank, err) : status;
}
