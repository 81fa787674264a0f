/* Random numbers for tests (splitmix64), from a printed seed: SLT_TEST_SEED in the
 * environment, or a fixed one. */
#ifndef SLT_TESTS_RANDOM_H
#define SLT_TESTS_RANDOM_H

#include "tap.h"

static uint64_t random_state;

static inline void random_begin(void)
{
    const char *text = getenv("SLT_TEST_SEED");
    random_state = text ? strtoull(text, NULL, 10) : 20250101;
    tap_note("SLT_TEST_SEED=%" PRIu64, random_state);
}

static inline uint64_t random_word(void)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static inline size_t random_below(size_t n)
{
    return (size_t)(random_word() % n);
}

#endif
