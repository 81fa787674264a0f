/* Arithmetic modulo a prime, for ranks without rounding: tensors of SLT_MODULAR.
 *
 * Rationals whose denominators the prime does not divide, and cosines of rational parts
 * of a turn where it is 1 modulo their order, have images in the field of the prime, and
 * the map keeps sums and products.  So a polynomial of such numbers is mapped to the same
 * polynomial of their images, a minor that is 0 to 0, and the rank of a matrix of them is
 * at least that of its image; the two are equal for all primes but those that divide one
 * certain number.
 *
 * One prime is in use at a time in the process, like one instruction set (num/math.h). */
#ifndef SLT_NUM_MODULAR_H
#define SLT_NUM_MODULAR_H

#include <stdint.h>

#include "base/pool.h"
#include "num/tensor.h"

/* Primes that it computes by lie from MIN on and below END. */
#define SLT_MODULAR_MIN (UINT64_C(1) << 32)
#define SLT_MODULAR_END (UINT64_C(1) << 61)
/* Orders of roots of unity are at most this. */
#define SLT_MODULAR_ORDER_MAX (UINT64_C(1) << 50)

/* numerator / denominator cos(2 pi turn / order): an exact number.  order and denominator
 * are at least 1; a rational has turn 0. */
typedef struct slt_modular_number {
    int64_t numerator;
    uint64_t denominator, turn, order;
} slt_modular_number;

/* The largest prime in [SLT_MODULAR_MIN, end) that is 1 modulo order; 0 if there is none.
 * end is at most SLT_MODULAR_END, order from 1 to SLT_MODULAR_ORDER_MAX. */
uint64_t slt_modular_prime(uint64_t end, uint64_t order);

/* From now on tensors of SLT_MODULAR are computed modulo this prime, with a root of unity
 * of this order; those made before lose their meaning.  Call it after slt_num_start, from
 * one thread.  SLT_USAGE unless prime is a prime in [SLT_MODULAR_MIN, SLT_MODULAR_END)
 * and 1 modulo order. */
slt_status slt_modular_start(uint64_t prime, uint64_t order, slt_error *err);

/* to[e] = the image of a number, whose order divides that of slt_modular_start and whose
 * denominator the prime does not divide. */
void slt_modular_put(const slt_modular_number *number, slt_tensor *to, size_t e);

/* Images of value 2^-frac and of a finite binary64 number, and back: 0 <= residue <
 * prime.  Elements are in Montgomery's form, which nobody else needs to know. */
uint64_t slt_modular_of_fixed(int64_t value, int frac);
uint64_t slt_modular_of_real(slt_real value);
uint64_t slt_modular_residue(uint64_t element);

/* How far something is: so much of `all`, more than 0. */
typedef struct slt_modular_watch {
    void (*tell)(void *context, uint64_t done, uint64_t all);
    void *context;
} slt_modular_watch;

/* The rank of a matrix of SLT_MODULAR, which is used up.  pool may be NULL; so may
 * watch. */
size_t slt_modular_rank(slt_tensor *matrix, slt_pool *pool,
                        const slt_modular_watch *watch);

#endif
