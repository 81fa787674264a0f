/* Least squares of least norm by integers, and the choice between that and hardware. */
#include "base/assert.h"
#include "num/linalg.h"
#include "num/math.h"
#include "num/real_integers.h"
#include "num/least_norm_body.h"

slt_status slt_num_least_norm_integers(const slt_tensor *a, const slt_tensor *b,
                                       slt_real tolerance, slt_tensor *x, size_t *rank,
                                       slt_error *err)
{
    SLT_ASSERT(a->arithmetic == SLT_F64 && b->arithmetic == SLT_F64 &&
               x->arithmetic == SLT_F64 && a->rows >= 1 && a->cols >= 1);
    SLT_ASSERT(b->rows == a->rows && x->rows == a->cols && x->cols == b->cols);
    return least_norm(a, b, tolerance, x, rank, err);
}

slt_status slt_num_least_norm(const slt_tensor *a, const slt_tensor *b,
                              slt_real tolerance, slt_tensor *x, size_t *rank,
                              slt_error *err)
{
#ifdef SLT_FLOAT
    if (slt_num_by_hardware())
        return slt_num_least_norm_floats(a, b, tolerance, x, rank, err);
#endif
    return slt_num_least_norm_integers(a, b, tolerance, x, rank, err);
}
