/* Eigenvalues by hardware, where floats are available; compiled with fma. */
#include "base/assert.h"
#include "num/float/real_hardware.h"
#include "num/linalg.h"
#include "num/math.h"
#include "num/eigenvalues_body.h"

slt_status slt_num_eigenvalues_floats(const slt_tensor *a, slt_tensor *values,
                                      slt_error *err)
{
    SLT_ASSERT(a->arithmetic == SLT_F64 && a->cols == a->rows && a->rows >= 1);
    slt_status status = slt_num_available(SLT_F64, err);
    return status == SLT_OK ? eigenvalues_of(a, values, err) : status;
}
