/* What units with floating-point arithmetic rely on beside base/assumptions.h. */
#ifndef SLT_BASE_FLOAT_ASSUMPTIONS_H
#define SLT_BASE_FLOAT_ASSUMPTIONS_H

#include <float.h>

#include "base/assumptions.h"

_Static_assert(FLT_EVAL_METHOD == 0, "float expressions are evaluated in float");
#ifdef __FAST_MATH__
#error "sltrace must not be compiled with -ffast-math"
#endif

#endif
