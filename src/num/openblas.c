/* A build without floats has no products that OpenBLAS could compute. */
#include "num/openblas.h"

#include "num/math.h"

#ifndef SLT_FLOAT
slt_status slt_openblas_start(const char *core, slt_openblas *found, slt_error *err)
{
    (void)core;
    *found = (slt_openblas){0};
    return slt_num_available(SLT_F64, err);
}
#endif
