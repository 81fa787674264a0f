/* Dominant eigenvectors by hardware, where floats are available; compiled with fma. */
#include "num/float/real_hardware.h"
#include "num/linalg.h"
#include "num/dominant_body.h"

bool slt_num_dominant_floats(const slt_tensor *a, bool by_value, slt_tensor *left,
                             slt_tensor *right)
{
    return find_dominant(a, by_value, left, right);
}
