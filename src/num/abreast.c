/* Where there are no floats, nothing asks for problems side by side. */
#include "num/abreast.h"

#ifndef SLT_FLOAT
#include "base/assert.h"

void slt_num_balls_abreast(const slt_tensor *drawn, slt_real gap, slt_tensor *x)
{
    (void)drawn, (void)gap, (void)x;
    SLT_ASSERT(false);
}

void slt_num_bias_abreast(const slt_tensor *x, const slt_tensor *weight,
                          const slt_tensor *targets, slt_real curvature, slt_real rate,
                          slt_tensor *bias)
{
    (void)x, (void)weight, (void)targets, (void)curvature, (void)rate, (void)bias;
    SLT_ASSERT(false);
}

void slt_num_ridge_abreast(const slt_tensor *x, const slt_tensor *targets,
                           slt_real curvature, slt_real l2, slt_tensor *w)
{
    (void)x, (void)targets, (void)curvature, (void)l2, (void)w;
    SLT_ASSERT(false);
}

void slt_num_cosines_abreast(const slt_tensor *w, slt_tensor *cosines)
{
    (void)w, (void)cosines;
    SLT_ASSERT(false);
}
#endif
