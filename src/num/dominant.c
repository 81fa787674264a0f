/* Dominant eigenvectors by integers, and the choice between that and hardware. */
#include "base/assert.h"
#include "num/linalg.h"
#include "num/math.h"
#include "num/real_integers.h"
#include "num/dominant_body.h"

static bool is_vector(const slt_tensor *t, size_t count)
{
    return t->arithmetic == SLT_F64 && slt_tensor_count(t) == count;
}

static void check_dominant(const slt_tensor *a, const slt_tensor *left,
                           const slt_tensor *right)
{
    SLT_ASSERT(a->arithmetic == SLT_F64 && a->rows == a->cols && a->rows >= 1);
    SLT_ASSERT(is_vector(left, a->rows) && is_vector(right, a->rows));
}

bool slt_num_dominant_integers(const slt_tensor *a, bool by_value, slt_tensor *left,
                               slt_tensor *right)
{
    check_dominant(a, left, right);
    return find_dominant(a, by_value, left, right);
}

bool slt_num_dominant(const slt_tensor *a, bool by_value, slt_tensor *left,
                      slt_tensor *right)
{
    check_dominant(a, left, right);
#ifdef SLT_FLOAT
    if (slt_num_by_hardware())
        return slt_num_dominant_floats(a, by_value, left, right);
#endif
    return slt_num_dominant_integers(a, by_value, left, right);
}
