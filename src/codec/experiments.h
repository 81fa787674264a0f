/* A set of experiments, or other digests, numbered in the order in which they came. */
#ifndef SLT_CODEC_EXPERIMENTS_H
#define SLT_CODEC_EXPERIMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/trace.h>

typedef struct slt_experiments {
    slt_digest *digest; /* by number */
    size_t count, capacity;
    uint32_t *slots; /* 1 + a number, 0 where empty */
    size_t slot_count;
} slt_experiments;

/* The number of one in the set, SIZE_MAX where it is not. */
size_t slt_experiments_find(const slt_experiments *set, slt_digest experiment);
/* Adds one that is not in the set, as number `count`; false without memory. */
bool slt_experiments_add(slt_experiments *set, slt_digest experiment);
void slt_experiments_free(slt_experiments *set);

#endif
