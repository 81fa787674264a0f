#include "codec/experiments.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "codec/digest.h"

/* The slot of this experiment, or the empty one where it belongs. */
static uint32_t *slot_of(const slt_experiments *set, slt_digest experiment)
{
    uint64_t hash;
    memcpy(&hash, experiment.bytes, sizeof hash);
    size_t at = (size_t)hash & (set->slot_count - 1);
    while (set->slots[at] &&
           !slt_digest_equal(set->digest[set->slots[at] - 1], experiment))
        at = (at + 1) & (set->slot_count - 1);
    return &set->slots[at];
}

/* Makes room for one more.  The number of slots is a power of two, and at least half of
 * them are empty. */
static bool make_room(slt_experiments *set)
{
    if (set->count < set->capacity)
        return true;
    size_t capacity = set->capacity ? 2 * set->capacity : 64;
    slt_digest *digest = slt_world.realloc(set->digest, capacity * sizeof *digest);
    if (digest)
        set->digest = digest;
    uint32_t *slots = slt_world.calloc(2 * capacity, sizeof *slots);
    if (!digest || !slots) {
        free(slots);
        return false;
    }
    free(set->slots);
    set->slots = slots;
    set->slot_count = 2 * capacity;
    set->capacity = capacity;
    for (size_t i = 0; i < set->count; i++)
        *slot_of(set, set->digest[i]) = (uint32_t)i + 1;
    return true;
}

size_t slt_experiments_find(const slt_experiments *set, slt_digest experiment)
{
    uint32_t found = set->count ? *slot_of(set, experiment) : 0;
    return found ? found - 1 : SIZE_MAX;
}

bool slt_experiments_add(slt_experiments *set, slt_digest experiment)
{
    if (!make_room(set))
        return false;
    uint32_t *slot = slot_of(set, experiment);
    set->digest[set->count++] = experiment;
    *slot = (uint32_t)set->count;
    return true;
}

void slt_experiments_free(slt_experiments *set)
{
    free(set->digest);
    free(set->slots);
    *set = (slt_experiments){0};
}
