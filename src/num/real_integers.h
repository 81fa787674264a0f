/* `real`, a binary64 number, and its operations by integers: for units whose body stands
 * in a file NAME_body.h, which float/real_hardware.h serves too. */
#ifndef SLT_NUM_REAL_INTEGERS_H
#define SLT_NUM_REAL_INTEGERS_H

#include "num/scalar.h"

#define real slt_real
#define real_add slt_real_add
#define real_mul slt_real_mul
#define real_div slt_real_div
#define real_fma slt_real_fma
#define real_sqrt slt_real_sqrt
#define real_neg slt_real_neg
#define real_less slt_real_less
#define real_of(x) (x)
#define real_bits(x) (x)

#endif
