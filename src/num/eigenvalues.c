/* Eigenvalues by integers, and the choice between that and hardware. */
#include "base/assert.h"
#include "num/linalg.h"
#include "num/math.h"
#include "num/real_integers.h"
#include "num/eigenvalues_body.h"

slt_status slt_num_eigenvalues_integers(const slt_tensor *a, slt_tensor *values,
                                        slt_error *err)
{
    SLT_ASSERT(a->arithmetic == SLT_F64 && a->cols == a->rows && a->rows >= 1);
    SLT_ASSERT(values->arithmetic == SLT_F64 && slt_tensor_count(values) == a->rows);
    return eigenvalues_of(a, values, err);
}

slt_status slt_num_eigenvalues(const slt_tensor *a, slt_tensor *values, slt_error *err)
{
#ifdef SLT_FLOAT
    if (slt_num_by_hardware())
        return slt_num_eigenvalues_floats(a, values, err);
#endif
    return slt_num_eigenvalues_integers(a, values, err);
}
