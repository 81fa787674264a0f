/* Exact rationals over int64.  An operation that leaves the range latches `failed`; later
 * operations on that value keep it, so that a formula is checked once, at its end. */
#ifndef SLT_THEORY_RATIONAL_H
#define SLT_THEORY_RATIONAL_H

#include <stdbool.h>

#include <sltrace/theory.h>

typedef struct slt_exact {
    int64_t numerator, denominator; /* lowest terms, denominator > 0 */
    bool failed;
} slt_exact;

slt_exact slt_exact_of(int64_t value);
slt_exact slt_exact_add(slt_exact a, slt_exact b);
slt_exact slt_exact_sub(slt_exact a, slt_exact b);
slt_exact slt_exact_mul(slt_exact a, slt_exact b);
/* divisor > 0. */
slt_exact slt_exact_div(slt_exact a, int64_t divisor);
/* Whether a < b, exactly; neither failed. */
bool slt_exact_less(slt_exact a, slt_exact b);

/* Returns value and multiplicity as *result; SLT_RESOURCE, naming `formula`, where value
 * failed. */
slt_status slt_exact_result(slt_exact value, int64_t multiplicity, const char *formula,
                            slt_lambda *result, slt_error *err);

#endif
