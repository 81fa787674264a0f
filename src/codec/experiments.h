/* A set of experiments, or of other digests, numbered in the order in which they were
 * added. */
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

/* The number of a member; SIZE_MAX if it is not in the set. */
size_t slt_experiments_find(const slt_experiments *set, slt_digest experiment);
/* Adds an experiment that is not in the set yet, with the number `count`; false without
 * memory. */
bool slt_experiments_add(slt_experiments *set, slt_digest experiment);
void slt_experiments_free(slt_experiments *set);

#endif
