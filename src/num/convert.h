/* Conversions between fixed-point integers or binary32 and binary64, rounded to nearest
 * even, made of integer instructions alone. */
#ifndef SLT_NUM_CONVERT_H
#define SLT_NUM_CONVERT_H

#include <stdbool.h>
#include <stdint.h>

#include <sltrace/real.h>

/* The exponents of tensors, slt_tensor.frac, are at most this in size. */
#define SLT_FRAC_MAX 960

/* value 2^-frac, rounded once; |frac| <= SLT_FRAC_MAX, so that the result is zero or
 * normal. */
slt_real slt_real_from_fixed(int64_t value, int frac);

/* *value = x 2^frac, rounded to an integer.  False, with *value unchanged, where x is
 * not finite or the integer does not fit 64 bits. */
bool slt_real_to_fixed(slt_real x, int frac, int64_t *value);

/* From and to the bits of a binary32 number.  Widening is exact; narrowing rounds once,
 * to infinity from 2^128 - 2^103 on.  A NaN becomes a quiet NaN. */
slt_real slt_real_from_f32(uint32_t bits);
uint32_t slt_real_to_f32(slt_real x);

#endif
