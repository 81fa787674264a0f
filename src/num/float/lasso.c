/* The least of a convex quadratic by hardware, where floats are available. */
#include "base/assert.h"
#include "num/float/real_hardware.h"
#include "num/linalg.h"
#include "num/math.h"
#include "num/lasso_body.h"

bool slt_num_lasso_floats(const slt_tensor *g, const slt_tensor *a, slt_real l1,
                          slt_tensor *x, slt_tensor *room)
{
    const size_t count = slt_tensor_count(a);
    SLT_ASSERT(g->arithmetic == SLT_F64 && a->arithmetic == SLT_F64 &&
               x->arithmetic == SLT_F64 && room->arithmetic == SLT_F64);
    SLT_ASSERT(g->rows == count && g->cols == count && slt_tensor_count(x) == count);
    SLT_ASSERT(slt_num_available(SLT_F64, NULL) == SLT_OK);
    return lasso(g, a, l1, x, room);
}
