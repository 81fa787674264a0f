#include "num/float/elementary.h"

#include "base/float_assumptions.h"
#include "num/float/erf_body.h"

double slt_erf(double x)
{
    return slt_erf_f64(x);
}

float slt_erff(float x)
{
    return slt_erf_f32(x);
}
