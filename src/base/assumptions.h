/* Every implementation-defined behaviour that this code relies on, in one place. */
#ifndef SLT_BASE_ASSUMPTIONS_H
#define SLT_BASE_ASSUMPTIONS_H

#include <float.h>
#include <limits.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

_Static_assert(CHAR_BIT == 8, "a byte has eight bits");
_Static_assert(sizeof(float) == 4 && FLT_MANT_DIG == 24 && FLT_MAX_EXP == 128 &&
                   FLT_RADIX == 2,
               "float is IEEE 754 binary32");
_Static_assert(sizeof(double) == 8 && DBL_MANT_DIG == 53 && DBL_MAX_EXP == 1024,
               "double is IEEE 754 binary64");
_Static_assert((-1) >> 1 == -1, "right shift of a negative number is arithmetic");
_Static_assert((-1 & 3) == 3, "integers are two's complement");
_Static_assert((int8_t)(uint8_t)0x80 == -128, "conversion to signed wraps");
_Static_assert(sizeof(size_t) >= 4, "sizes have at least 32 bits");
_Static_assert(ATOMIC_INT_LOCK_FREE == 2 && ATOMIC_BOOL_LOCK_FREE == 2,
               "a signal handler may set a flag that other threads read");

#endif
