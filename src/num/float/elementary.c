#include "num/float/elementary.h"

#include "base/float_assumptions.h"
#include "num/float/sleef.h"

double slt_exp(double x)
{
    return Sleef_finz_expd1_u10purecfma(x);
}

float slt_expf(float x)
{
    return Sleef_finz_expf1_u10purecfma(x);
}

double slt_log(double x)
{
    return Sleef_finz_logd1_u10purecfma(x);
}

float slt_logf(float x)
{
    return Sleef_finz_logf1_u10purecfma(x);
}

double slt_tanh(double x)
{
    return Sleef_finz_tanhd1_u10purecfma(x);
}

float slt_tanhf(float x)
{
    return Sleef_finz_tanhf1_u10purecfma(x);
}

slt_sincos slt_sincospi(double x)
{
    Sleef_double_2 both = Sleef_finz_sincospid1_u35purecfma(x);
    return (slt_sincos){both.x, both.y};
}

slt_sincosf slt_sincospif(float x)
{
    Sleef_float_2 both = Sleef_finz_sincospif1_u35purecfma(x);
    return (slt_sincosf){both.x, both.y};
}
