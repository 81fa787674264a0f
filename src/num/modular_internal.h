/* Private to modular.c, modular_primes.c and modular_rank.c: residues in Montgomery's
 * form (Montgomery 1985), x 2^64 mod q for x. */
#ifndef SLT_NUM_MODULAR_INTERNAL_H
#define SLT_NUM_MODULAR_INTERNAL_H

#include "num/modular.h"
#include "num/wide.h"

typedef struct slt_modulus {
    uint64_t prime;   /* odd, below 2^61; where a prime is sought, any odd number */
    uint64_t inverse; /* -1 / prime modulo 2^64 */
    uint64_t one;     /* 2^64 mod prime: the form of 1 */
    uint64_t square;  /* 2^128 mod prime: the form of 2^64 */
} slt_modulus;

/* The one in use. */
extern slt_modulus slt_modulus_here;

/* So many products of residues may be added before they are reduced. */
#define SLT_MODULUS_SUMMED 32

slt_modulus slt_modulus_of(uint64_t prime);

/* t / 2^64 modulo the prime, below t / 2^64 + prime; t < 2^127. */
static inline uint64_t slt_modulus_fold(const slt_modulus *m, slt_wide t)
{
    slt_wide multiple = slt_wide_mul_u64(t.low * m->inverse, m->prime);
    return (uint64_t)slt_wide_add(t, multiple).high;
}

/* The same below the prime. */
static inline uint64_t slt_modulus_reduce(const slt_modulus *m, slt_wide t)
{
    return slt_modulus_fold(m, t) % m->prime;
}

static inline uint64_t slt_modulus_add(const slt_modulus *m, uint64_t a, uint64_t b)
{
    uint64_t sum = a + b;
    return sum >= m->prime ? sum - m->prime : sum;
}

static inline uint64_t slt_modulus_sub(const slt_modulus *m, uint64_t a, uint64_t b)
{
    return a >= b ? a - b : a + (m->prime - b);
}

static inline uint64_t slt_modulus_mul(const slt_modulus *m, uint64_t a, uint64_t b)
{
    uint64_t product = slt_modulus_fold(m, slt_wide_mul_u64(a, b));
    return product >= m->prime ? product - m->prime : product;
}

/* Into the form and out of it. */
static inline uint64_t slt_modulus_enter(const slt_modulus *m, uint64_t value)
{
    return slt_modulus_mul(m, value % m->prime, m->square);
}

static inline uint64_t slt_modulus_leave(const slt_modulus *m, uint64_t element)
{
    return slt_modulus_reduce(m, (slt_wide){element, 0});
}

uint64_t slt_modulus_power(const slt_modulus *m, uint64_t base, uint64_t exponent);
/* 1 / element of a prime modulus; element is not 0. */
uint64_t slt_modulus_invert(const slt_modulus *m, uint64_t element);

/* Whether an odd number in [SLT_MODULAR_MIN, SLT_MODULAR_END) is a prime. */
bool slt_modulus_is_prime(uint64_t number);
/* An element whose powers repeat after `order`, which divides prime - 1, and not
 * sooner. */
uint64_t slt_modulus_root(const slt_modulus *m, uint64_t order);

#endif
