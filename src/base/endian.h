/* Little-endian loads and stores at any alignment. */
#ifndef SLT_BASE_ENDIAN_H
#define SLT_BASE_ENDIAN_H

#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define SLT_LE32(x) __builtin_bswap32(x)
#define SLT_LE64(x) __builtin_bswap64(x)
#else
#define SLT_LE32(x) (x)
#define SLT_LE64(x) (x)
#endif

static inline void slt_store_le32(void *at, uint32_t value)
{
    uint32_t le = SLT_LE32(value);
    memcpy(at, &le, sizeof le);
}

static inline void slt_store_le64(void *at, uint64_t value)
{
    uint64_t le = SLT_LE64(value);
    memcpy(at, &le, sizeof le);
}

static inline uint32_t slt_load_le32(const void *at)
{
    uint32_t le;
    memcpy(&le, at, sizeof le);
    return SLT_LE32(le);
}

static inline uint64_t slt_load_le64(const void *at)
{
    uint64_t le;
    memcpy(&le, at, sizeof le);
    return SLT_LE64(le);
}

#endif
