/* Products of signed numbers of 62 bits, the steps of fixed-point polynomials: numbers
 * are cut into a signed upper and an unsigned lower part of 31 bits. */
#ifndef SLT_NUM_FIXED_KERNELS_PARTS_H
#define SLT_NUM_FIXED_KERNELS_PARTS_H

#include "num/fixed/kernels/lanes.h"

typedef struct parts {
    lanes upper, lower;
} parts;

/* -2^62 <= a < 2^62. */
SLT_INLINE parts parts_of(lanes a)
{
    return (parts){lanes_sra(a, 31), a & lanes_of(INT32_MAX)};
}

/* The product over 2^62: upper, and what is left of it times 2^31 in rest, rounded down
 * to a whole number. */
SLT_INLINE lanes parts_mul(parts a, parts b, lanes *rest)
{
    *rest = lanes_mul_i32(a.upper, b.lower) + lanes_mul_i32(a.lower, b.upper) +
            (lanes_mul_i32(a.lower, b.lower) >> 31);
    return lanes_mul_i32(a.upper, b.upper);
}

/* slt_mul_shift(a, b, 62): rounding down twice is rounding down once. */
SLT_INLINE lanes mul_62(lanes a, parts b)
{
    lanes rest, whole = parts_mul(parts_of(a), b, &rest);
    return whole + lanes_sra(rest + lanes_of((uint64_t)1 << 30), 31);
}

/* slt_mul_shift(a, b, 61). */
SLT_INLINE lanes mul_61(lanes a, parts b)
{
    lanes rest, whole = parts_mul(parts_of(a), b, &rest);
    return (whole << 1) + lanes_sra(rest + lanes_of((uint64_t)1 << 29), 30);
}

#endif
