/* The least of a convex quadratic by integers, and the choice between that and hardware.
 */
#include "base/assert.h"
#include "num/linalg.h"
#include "num/math.h"
#include "num/real_integers.h"
#include "num/lasso_body.h"

size_t slt_num_lasso_room(size_t count)
{
    return count * (2 * count + 5);
}

bool slt_num_lasso_integers(const slt_tensor *g, const slt_tensor *a, slt_real l1,
                            slt_tensor *x, slt_tensor *room)
{
    const size_t count = slt_tensor_count(a);
    SLT_ASSERT(g->arithmetic == SLT_F64 && a->arithmetic == SLT_F64 &&
               x->arithmetic == SLT_F64 && room->arithmetic == SLT_F64);
    SLT_ASSERT(g->rows == count && g->cols == count && slt_tensor_count(x) == count);
    return lasso(g, a, l1, x, room);
}

bool slt_num_lasso(const slt_tensor *g, const slt_tensor *a, slt_real l1, slt_tensor *x,
                   slt_tensor *room)
{
#ifdef SLT_FLOAT
    if (slt_num_by_hardware())
        return slt_num_lasso_floats(g, a, l1, x, room);
#endif
    return slt_num_lasso_integers(g, a, l1, x, room);
}
