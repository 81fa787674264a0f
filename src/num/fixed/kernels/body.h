/* Every fixed-point body includes this: names of the copy, and how its loops are written.
 *
 * A body is written once and compiled per instruction set (fixed.cmake).  The scalar
 * copy, whose names have no suffix, is the definition; since every operation on integers
 * is exact, every other copy equals it in every bit, in whatever order it adds. */
#ifndef SLT_NUM_FIXED_KERNELS_BODY_H
#define SLT_NUM_FIXED_KERNELS_BODY_H

#include "base/assumptions.h"
#include "num/fixed/fixed.h"

/* SLT_FIXED(name) is slt_fixed_<name>, or slt_fixed_<name>_<variant>. */
#ifdef SLT_VARIANT_SCALAR
#define SLT_FIXED(name) slt_fixed_##name
#else
#define SLT_FIXED(name) SLT_FIXED_EXPAND(name, SLT_VARIANT)
#define SLT_FIXED_EXPAND(name, variant) SLT_FIXED_PASTE(name, variant)
#define SLT_FIXED_PASTE(name, variant) slt_fixed_##name##_##variant

#define SLT_FIXED_PROTOTYPE(result, name, parameters) result SLT_FIXED(name) parameters;
SLT_FIXED_MAP(SLT_FIXED_PROTOTYPE)
#undef SLT_FIXED_PROTOTYPE
#endif

/* Before a loop whose iterations are independent (an output may be an input at the same
 * index). */
#ifdef SLT_VARIANT_SCALAR
#define SLT_SIMD
#else
#define SLT_SIMD _Pragma("omp simd")
#endif

#define SLT_INLINE static inline __attribute__((always_inline))

#endif
