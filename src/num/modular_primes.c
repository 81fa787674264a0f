/* Primes of a given form, and roots of unity modulo them. */
#include "num/modular_internal.h"

uint64_t slt_modulus_power(const slt_modulus *m, uint64_t base, uint64_t exponent)
{
    uint64_t power = m->one;
    for (; exponent; exponent >>= 1) {
        if (exponent & 1)
            power = slt_modulus_mul(m, power, base);
        base = slt_modulus_mul(m, base, base);
    }
    return power;
}

/* Fermat: element^(prime - 2). */
uint64_t slt_modulus_invert(const slt_modulus *m, uint64_t element)
{
    return slt_modulus_power(m, element, m->prime - 2);
}

slt_modulus slt_modulus_of(uint64_t prime)
{
    slt_modulus m = {.prime = prime};
    uint64_t inverse = prime; /* right in 3 bits; each step doubles them */
    for (int i = 0; i < 5; i++)
        inverse *= 2 - prime * inverse;
    m.inverse = 0 - inverse;
    m.one = (UINT64_MAX % prime + 1) % prime;
    m.square = m.one;
    for (int i = 0; i < 64; i++)
        m.square = slt_modulus_add(&m, m.square, m.square);
    return m;
}

/* Whether base shows that the modulus is composite (Miller 1976, Rabin 1980); modulus - 1
 * = odd 2^twos. */
static bool is_witness(const slt_modulus *m, uint64_t base, uint64_t odd, int twos)
{
    const uint64_t minus_one = m->prime - m->one;
    uint64_t power = slt_modulus_power(m, slt_modulus_enter(m, base), odd);
    if (power == m->one || power == minus_one)
        return false;
    for (int i = 1; i < twos; i++) {
        power = slt_modulus_mul(m, power, power);
        if (power == minus_one)
            return false;
    }
    return true;
}

/* The first twelve primes are bases enough below 2^64 (Sorenson & Webster 2015). */
bool slt_modulus_is_prime(uint64_t number)
{
    static const uint8_t bases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
    const slt_modulus m = slt_modulus_of(number);
    const int twos = __builtin_ctzll(number - 1);
    for (size_t i = 0; i < sizeof bases; i++)
        if (number % bases[i] == 0 ||
            is_witness(&m, bases[i], (number - 1) >> twos, twos))
            return false;
    return true;
}

uint64_t slt_modular_prime(uint64_t end, uint64_t order)
{
    const uint64_t step = order % 2 ? 2 * order : order; /* to odd numbers alone */
    if (end <= SLT_MODULAR_MIN)
        return 0;
    uint64_t number = (end - 2) / step * step + 1;
    while (number >= SLT_MODULAR_MIN && !slt_modulus_is_prime(number))
        number = number > step ? number - step : 0;
    return number >= SLT_MODULAR_MIN ? number : 0;
}

/* Whether root^order = 1 holds for no smaller order: one would divide order / factor for
 * a prime factor of it. */
static bool is_primitive(const slt_modulus *m, uint64_t root, uint64_t order)
{
    uint64_t rest = order;
    for (uint64_t factor = 2; rest > 1; factor++) {
        if (factor * factor > rest)
            factor = rest;
        if (rest % factor)
            continue;
        if (slt_modulus_power(m, root, order / factor) == m->one)
            return false;
        while (rest % factor == 0)
            rest /= factor;
    }
    return true;
}

uint64_t slt_modulus_root(const slt_modulus *m, uint64_t order)
{
    for (uint64_t base = 2;; base++) {
        uint64_t root =
            slt_modulus_power(m, slt_modulus_enter(m, base), (m->prime - 1) / order);
        if (is_primitive(m, root, order))
            return root;
    }
}
