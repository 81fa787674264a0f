/* Scalar arithmetic on slt_real.  Every derived hyper-parameter, loss and result is made
 * by these functions.  Each is one IEEE 754 binary64 operation, rounded to nearest even,
 * made of integer instructions, so that no mode, flag or feature of a floating-point
 * unit changes a bit.  A result that is not a number is always the same quiet NaN. */
#ifndef SLT_NUM_SCALAR_H
#define SLT_NUM_SCALAR_H

#include <stdbool.h>
#include <stdint.h>

#include <sltrace/real.h>

slt_real slt_real_from_u64(uint64_t value); /* rounded to nearest even from 2^53 on */
slt_real slt_real_add(slt_real a, slt_real b);
slt_real slt_real_sub(slt_real a, slt_real b);
slt_real slt_real_mul(slt_real a, slt_real b);
slt_real slt_real_div(slt_real a, slt_real b);
slt_real slt_real_fma(slt_real a, slt_real b, slt_real c); /* a * b + c, rounded once */
slt_real slt_real_sqrt(slt_real a);
slt_real slt_real_neg(slt_real a);
bool slt_real_less(slt_real a, slt_real b); /* false where either is NaN */
/* The canonical log, exp, and sine and cosine of pi a (fingerprinted functions "log",
 * "exp" and "sincospi"). */
slt_real slt_real_log(slt_real a);
slt_real slt_real_exp(slt_real a);
typedef struct slt_real_sincos {
    slt_real sine, cosine;
} slt_real_sincos;
slt_real_sincos slt_real_sincospi(slt_real a);

/* Edge k <= bins of bins of equal width: from + k ((to - from) / bins), the last one
 * `to`. */
slt_real slt_real_edge(slt_real from, slt_real to, uint64_t bins, uint64_t k);

/* The sum of partial sums, by the fixed tree of the canonical reduction; they are
 * overwritten. */
#define SLT_REAL_PARTIALS 64
slt_real slt_real_tree(slt_real partial[SLT_REAL_PARTIALS]);

/* Sum / count, the sum by 64 interleaved partial sums, ascending, and a fixed tree (the
 * canonical reduction of the specification); count >= 1. */
slt_real slt_real_mean(const slt_real *values, size_t count);
/* The sum of products a_i b_i, each added by one fma, by the same reduction. */
slt_real slt_real_products(const slt_real *a, const slt_real *b, size_t count);
/* sqrt(sum (v - mean)^2 / (count - 1)); count >= 2. */
slt_real slt_real_sd(const slt_real *values, size_t count);

#endif
