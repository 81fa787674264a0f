/* Every float body includes this: the element type, names of the copy, and the few
 * primitives that must not be left to the compiler's choice. */
#ifndef SLT_NUM_FLOAT_KERNELS_BODY_H
#define SLT_NUM_FLOAT_KERNELS_BODY_H

#include "base/float_assumptions.h"
#include "num/kernels.h"

#if defined(SLT_TYPE_F32)
typedef float real;
typedef uint32_t real_bits;
#define REAL_INFINITY_BITS UINT32_C(0x7f800000)
#elif defined(SLT_TYPE_F64)
typedef double real;
typedef uint64_t real_bits;
#define REAL_INFINITY_BITS UINT64_C(0x7ff0000000000000)
#else
#error "a kernel body is compiled by kernels.cmake, per type and instruction set"
#endif

/* SLT_KERNEL(name) is slt_<name>_<type>_<variant>. */
#define SLT_KERNEL(name) SLT_KERNEL_EXPAND(name, SLT_TYPE, SLT_VARIANT)
#define SLT_KERNEL_EXPAND(name, type, variant) SLT_KERNEL_PASTE(name, type, variant)
#define SLT_KERNEL_PASTE(name, type, variant) slt_##name##_##type##_##variant

#define SLT_KERNEL_PROTOTYPE(result, name, parameters) result SLT_KERNEL(name) parameters;
SLT_KERNEL_MAP(SLT_KERNEL_PROTOTYPE)

/* Before a loop whose iterations are independent (an output may be an input at the same
 * index).  The scalar copy is left as written. */
#ifdef SLT_VARIANT_SCALAR
#define SLT_SIMD
#else
#define SLT_SIMD _Pragma("omp simd")
#endif

#define SLT_INLINE static inline __attribute__((always_inline))

/* a * b + c, rounded once. */
SLT_INLINE real real_fma(real a, real b, real c)
{
#ifdef SLT_TYPE_F32
    return __builtin_fmaf(a, b, c);
#else
    return __builtin_fma(a, b, c);
#endif
}

SLT_INLINE real real_sqrt(real a)
{
#ifdef SLT_TYPE_F32
    return __builtin_sqrtf(a);
#else
    return __builtin_sqrt(a);
#endif
}

/* A coefficient, rounded once. */
SLT_INLINE real real_of(slt_real value)
{
    return (real)slt_real_double(value);
}

/* Whether no element is infinite or NaN: the largest magnitude, on the bits. */
SLT_INLINE bool real_all_finite(const real *x, size_t count)
{
    real_bits largest = 0;
    for (size_t e = 0; e < count; e++) {
        real_bits bits;
        memcpy(&bits, &x[e], sizeof bits);
        bits &= ~(real_bits)0 >> 1;
        largest = bits > largest ? bits : largest;
    }
    return largest < REAL_INFINITY_BITS;
}

#endif
