#include "learn/preconditioned.h"

#include "num/scalar.h"

slt_status slt_preconditioned_fit(const slt_llc_spec *spec, slt_real eps,
                                  slt_arithmetic arithmetic, slt_error *err)
{
    const slt_real lr = slt_real_div(spec->lr, slt_real_add(slt_real_of(1), eps));
    const slt_real noise = slt_real_mul(slt_real_sqrt(lr), spec->noise_level);
    if (spec->orthogonal)
        return slt_fail(err, SLT_FORMAT,
                        "restrict: orthogonal: not with a preconditioner, which turns "
                        "the gradient at w* out of the plane's normal");
    if (arithmetic != SLT_FIXED)
        return SLT_OK;
    if (slt_real_less(lr, SLT_FIXED_LR_LEAST))
        return slt_fail(err, SLT_FORMAT,
                        "lr / (1 + eps): at least 2^-64 in arithmetic fixed, or the "
                        "state's step of 2^-48 would bias it");
    if (slt_real_less(noise, SLT_FIXED_NOISE_LEAST))
        return slt_fail(err, SLT_FORMAT,
                        "noise_level: so small that in arithmetic fixed the noise of an "
                        "update is below 2^-32, and the state's step of 2^-48 would bias "
                        "it");
    return SLT_OK;
}
