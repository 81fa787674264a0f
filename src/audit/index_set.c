#include "audit/index_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "codec/digest.h"

void slt_index_set_free(slt_index_set *set)
{
    free(set->slots);
    *set = (slt_index_set){0};
}

size_t *slt_index_set_find(const slt_index_set *set, uint64_t hash,
                           slt_index_set_same same, const void *context)
{
    size_t mask = set->size - 1;
    for (size_t at = (size_t)hash & mask; set->size && set->slots[at].taken;
         at = (at + 1) & mask) {
        slt_index_slot *slot = &set->slots[at];
        if (slot->hash == hash && same(context, slot->index))
            return &slot->index;
    }
    return NULL;
}

static void places_put(slt_index_set *set, uint64_t hash, size_t index)
{
    size_t mask = set->size - 1, at = (size_t)hash & mask;
    while (set->slots[at].taken)
        at = (at + 1) & mask;
    set->slots[at] = (slt_index_slot){hash, index, true};
}

slt_status slt_index_set_add(slt_index_set *set, uint64_t hash, size_t index,
                             slt_error *err)
{
    if (2 * (set->count + 1) > set->size) {
        slt_index_set wider = {.size = set->size ? 4 * set->size : 64};
        wider.slots = slt_world.calloc(wider.size, sizeof *wider.slots);
        if (!wider.slots)
            return slt_fail(err, SLT_RESOURCE, "no memory for a set of %zu", set->count);
        for (size_t i = 0; i < set->size; i++)
            if (set->slots[i].taken)
                places_put(&wider, set->slots[i].hash, set->slots[i].index);
        wider.count = set->count;
        slt_index_set_free(set);
        *set = wider;
    }
    places_put(set, hash, index);
    set->count++;
    return SLT_OK;
}

uint64_t slt_index_set_hash(const void *bytes, size_t size)
{
    slt_digest digest = slt_digest_of(bytes, size);
    uint64_t word;
    memcpy(&word, digest.bytes, sizeof word);
    return word;
}

uint64_t slt_index_set_hash_text(const char *text)
{
    return slt_index_set_hash(text, strlen(text));
}

uint64_t slt_index_set_hash_join(uint64_t before, const char *text)
{
    const uint64_t both[2] = {before, slt_index_set_hash_text(text)};
    return slt_index_set_hash(both, sizeof both);
}
