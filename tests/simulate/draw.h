/* Draws that follow from a number: splitmix64. */
#ifndef SLT_TESTS_SIMULATE_DRAW_H
#define SLT_TESTS_SIMULATE_DRAW_H

#include <stdbool.h>
#include <stdint.h>

static inline uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 to n - 1; 0 where n is 0. */
static inline uint64_t draw_below(uint64_t *state, uint64_t n)
{
    uint64_t drawn = draw(state);
    return n ? drawn % n : 0;
}

static inline bool draw_chance(uint64_t *state, uint64_t per_mille)
{
    return draw_below(state, 1000) < per_mille;
}

#endif
