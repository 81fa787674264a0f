/* Natural numbers below 2^(32 SLT_BIG_LIMBS): enough for every binary64 times the powers
 * of ten that reading and writing it needs.  A result that does not fit is a broken
 * invariant and stops the program. */
#ifndef SLT_BASE_BIG_H
#define SLT_BASE_BIG_H

#include <stddef.h>
#include <stdint.h>

#define SLT_BIG_LIMBS 256

/* The number is the sum of limb[i] 2^(32 i) over i < count.  The highest limb is not
 * zero; the number zero has count 0. */
typedef struct slt_big {
    size_t count;
    uint32_t limb[SLT_BIG_LIMBS];
} slt_big;

void slt_big_set(slt_big *a, uint64_t value);
void slt_big_copy(slt_big *to, const slt_big *from);
/* a = a * factor + addend. */
void slt_big_scale(slt_big *a, uint32_t factor, uint32_t addend);
void slt_big_scale_pow10(slt_big *a, unsigned power);
void slt_big_shift(slt_big *a, unsigned bits); /* a = a * 2^bits */
void slt_big_add(slt_big *a, const slt_big *b);
void slt_big_sub(slt_big *a, const slt_big *b);          /* a >= b */
int slt_big_compare(const slt_big *a, const slt_big *b); /* <0, 0, >0 */
size_t slt_big_width(const slt_big *a); /* bits up to the highest set one; 0 of zero */

#endif
