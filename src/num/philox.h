/* Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011): a bijection of 128-bit counters
 * per 64-bit key.  philox_lanes.h has it for many counters at once. */
#ifndef SLT_NUM_PHILOX_H
#define SLT_NUM_PHILOX_H

#include <stdint.h>

#define SLT_PHILOX_ROUNDS 10
/* What words 0 and 2 are multiplied by, and what each round adds to the key's halves. */
#define SLT_PHILOX_M0 UINT32_C(0xd2511f53)
#define SLT_PHILOX_M2 UINT32_C(0xcd9e8d57)
#define SLT_PHILOX_K0 UINT32_C(0x9e3779b9)
#define SLT_PHILOX_K1 UINT32_C(0xbb67ae85)

typedef struct slt_philox_block {
    uint32_t word[4];
} slt_philox_block;

static inline __attribute__((always_inline)) slt_philox_block
slt_philox_of(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t k0,
              uint32_t k1)
{
#pragma GCC unroll 10
    for (int round = 0; round < SLT_PHILOX_ROUNDS; round++) {
        uint64_t p0 = (uint64_t)SLT_PHILOX_M0 * c0, p2 = (uint64_t)SLT_PHILOX_M2 * c2;
        c0 = (uint32_t)(p2 >> 32) ^ c1 ^ k0;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p2;
        c3 = (uint32_t)p0;
        k0 += SLT_PHILOX_K0;
        k1 += SLT_PHILOX_K1;
    }
    return (slt_philox_block){{c0, c1, c2, c3}};
}

#endif
