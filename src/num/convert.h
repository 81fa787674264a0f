/* Fixed-point integers and binary32 to binary64 and back, rounded to nearest even, by
 * integers alone. */
#ifndef SLT_NUM_CONVERT_H
#define SLT_NUM_CONVERT_H

#include <stdbool.h>
#include <stdint.h>

#include <sltrace/real.h>

/* Binary points that tensors may have. */
#define SLT_FRAC_MAX 960

/* value 2^-frac, |frac| <= SLT_FRAC_MAX (so the result is zero or normal). */
slt_real slt_real_from_fixed(int64_t value, int frac);

/* *value = x 2^frac rounded to an integer.  False where x is not finite or the integer
 * does not fit; *value is then untouched. */
bool slt_real_to_fixed(slt_real x, int frac, int64_t *value);

/* Bits of a binary32 number: exact, and rounded once (to infinity from 2^128 - 2^103 on).
 * NaN becomes a quiet NaN. */
slt_real slt_real_from_f32(uint32_t bits);
uint32_t slt_real_to_f32(slt_real x);

#endif
